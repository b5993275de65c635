"""What a final summary holds beside its recommendations: who answered, and the owner's questions.

Counted, counted again in another way, then stored; how it reads is next door, in `closing`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.analysis import recounted
from consultations.analysis.answered import (
    Answered,
    Asked,
    Question,
    Respondent,
    answered,
    asked,
)
from consultations.analysis.options import Options
from consultations.analysis.plain import record
from consultations.analysis.violation import Violation
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import (
    Comment,
    Consultation,
    QuestionAnswer,
    Response,
    SignOff,
)
from consultations.models import Question as Row
from consultations.models.succession import successors

CHUNK = 2_000
CHANNELS = tuple(Response.Channel.values)
# An answer may be sent between the two readings where questions are counted before the close.
TRIES = 3
COUNTED = """
SELECT said.question_id, choice.code, count(*)
  FROM consultations_questionanswer AS said
  JOIN consultations_questionanswerversion AS version ON version.id = said.current_id
  JOIN consultations_question AS asked ON asked.id = said.question_id
  LEFT JOIN LATERAL unnest(version.chosen || 0::smallint) AS choice (code) ON true
  LEFT JOIN (
       SELECT sent.response_id, bool_or(sent.counted AND sent.counted_since < %(end)s) AS counts
         FROM consultations_comment AS sent
         JOIN consultations_recommendation AS held ON held.id = sent.recommendation_id
        WHERE held.consultation_id = %(consultation)s
          AND sent.state NOT IN ('withdrawn', 'erased')
        GROUP BY sent.response_id) AS spoken ON spoken.response_id = said.response_id
 WHERE asked.consultation_id = %(consultation)s AND said.state = 'submitted'
   AND said.submitted_at < %(end)s
   AND (spoken.response_id IS NULL OR spoken.counts)
   AND (cardinality(version.chosen) > 0 OR cardinality(asked.options) = 0 AND asked.kind <> 'scale')
 GROUP BY said.question_id, choice.code
"""


def told(consultation: Consultation, end: datetime, options: Options) -> dict[str, Any]:
    """Return who had answered before `end` and what the questions were answered with, as stored.

    Raises UnfaithfulSummaryError where a second count differs. Five queries, whatever the number.
    """
    return {
        "answered": record(respondents(consultation, end, options)),
        "questions": questions(consultation, end, options),
    }


def respondents(consultation: Consultation, end: datetime, options: Options) -> Answered:
    """Return who had answered before `end`, in counts that a second count agrees with."""
    rows = list(_respondents(consultation, end))
    found = answered(rows, CHANNELS, options)
    _require(recounted.verify_answered(found, rows, CHANNELS, options.minimum_row))
    return found


def questions(consultation: Consultation, end: datetime, options: Options) -> list[dict[str, Any]]:
    """Return the owner's questions as stored, each with how many had answered it, and how.

    One row for each choice; rows of fewer than `minimum_row` are merged. Raises
    UnfaithfulSummaryError where a second count differs.
    """
    rows = list(consultation.questions.select_related("recommendation").order_by("number", "pk"))
    if not rows:
        return []
    for _n in range(TRIES):
        found = _asked(consultation, rows, end, options)
        plain = [_plain(row) for row in rows]
        replies = _replies(rows, end)
        wrong = recounted.verify_asked(found, plain, replies, options.minimum_row)
        if not wrong:
            return [_stored(row, each) for row, each in zip(rows, found, strict=True)]
    _require(wrong)
    return []


def _require(wrong: Sequence[Violation]) -> None:
    if wrong:
        said = "; ".join(f"{each.code} {each.where}: {each.detail}" for each in wrong)
        raise UnfaithfulSummaryError(said)


def _respondents(consultation: Consultation, end: datetime) -> Iterator[Respondent]:
    """Everybody of whom a comment counts, or an answer to a question, once each (two queries).

    Answers of those whose comments were all rejected, or wait, count no more than these.
    """
    comments = Comment.objects.counted_before(end).filter(response=OuterRef("pk"))
    answers = QuestionAnswer.objects.filter(
        response=OuterRef("pk"), state=QuestionAnswer.State.SUBMITTED, submitted_at__lt=end
    )
    alone = Exists(answers) & ~Exists(_sent().filter(response=OuterRef("pk")))
    rows = (
        Response.objects.filter(consultation=consultation)
        .filter(Q(Exists(comments)) | Q(alone))
        .annotate(comments_count=Exists(comments), public=Exists(comments.filter(listed=True)))
    )
    later = successors(end.date())
    names = (
        *("reference", "kind", "channel", "organisation_id", "public"),
        *("late_reason", "sign_off__outcome", "comments_count"),
    )
    for row in rows.order_by("pk").values_list(*names).iterator(CHUNK):
        reference, kind, channel, body, public, late, outcome, comments_too = row
        yield Respondent(
            reference=reference,
            kind=kind,
            channel=channel,
            organisation=str(later.get(body, body) or ""),
            published=public,
            late=late != "",
            pending=body is not None and outcome == SignOff.Outcome.SUBJECT,
            comments=comments_too,
        )


def _sent() -> QuerySet[Comment]:
    """Comments that were sent and not taken back by their author, whatever became of them."""
    return Comment.objects.exclude(state__in=(Comment.State.WITHDRAWN, Comment.State.ERASED))


def _asked(
    consultation: Consultation, rows: Sequence[Row], end: datetime, options: Options
) -> list[Asked]:
    """Count in the database: each choice, and under 0 the answers."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"consultation": consultation.pk, "end": end})
        counted: dict[int, dict[int, int]] = {}
        for question, chosen, number in cursor.fetchall():
            counted.setdefault(question, {})[chosen] = number
    made = []
    for row in rows:
        mine = counted.get(row.pk, {})
        chosen = {str(code): number for code, number in mine.items() if code}
        made.append(asked(_plain(row), mine.get(0, 0), chosen, options))
    return made


def _plain(row: Row) -> Question:
    codes = tuple(str(code) for code, _label in row.choices())
    return Question(row.number, codes, several=row.kind == Row.Kind.SEVERAL)


def _replies(rows: Sequence[Row], end: datetime) -> Iterator[tuple[int, list[str]]]:
    """Each answer that counts, one by one: the second count reads nothing of the first."""
    known = {row.pk: row for row in rows}
    found: QuerySet[QuestionAnswer] = QuestionAnswer.objects.filter(
        question__in=known, state=QuestionAnswer.State.SUBMITTED, submitted_at__lt=end
    )
    mine = {"response": OuterRef("response")}
    comments = Comment.objects.counted_before(end).filter(**mine)
    found = found.filter(Q(Exists(comments)) | ~Q(Exists(_sent().filter(**mine))))
    said = found.order_by("pk").values_list("question", "current__chosen")
    for question, chosen in said.iterator(CHUNK):
        row = known[question]
        if chosen or row.is_text:
            yield row.number, [str(code) for code in chosen or ()]


def _stored(row: Row, found: Asked) -> dict[str, Any]:
    """The question in the owner's words, which stand from the opening on, and its figures."""
    return {
        **record(found),
        "words": row.words,
        "kind": row.kind,
        "recommendation": row.recommendation.number if row.recommendation else 0,
        "labels": [label for _code, label in row.choices()],
    }
