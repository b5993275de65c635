"""From the stage into the tables: a few statements, whatever their number of rows; triggers on.

Comments come last but for the ledger: what they lock, respondents wait for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from consultations import organisations
from consultations.exchange import comparing
from consultations.exchange.inserting import insert
from consultations.exchange.staging import run
from consultations.models import (
    AnswerSeal,
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    Organisation,
    QuestionAnswer,
    QuestionAnswerVersion,
    Response,
    Seal,
    User,
)
from consultations.models.addresses import new_reference
from consultations.models.comment_queries import SHARED_LOCK

# Among a million references a few of a hundred thousand new ones may be given already.
TAKEN = """
SELECT line FROM stage_row JOIN consultations_response USING (reference)
 UNION SELECT max(line) FROM stage_row GROUP BY reference HAVING count(*) > 1
"""
COMMENTS_TAKEN = """
SELECT comment_id FROM stage_said JOIN consultations_comment USING (reference)
 UNION SELECT max(comment_id) FROM stage_said GROUP BY reference HAVING count(*) > 1
"""
BODIES = "(SELECT DISTINCT ON (lower(organisation), organisation_kind_id) * FROM stage_row \
WHERE organisation <> '' AND organisation_id IS NULL \
ORDER BY lower(organisation), organisation_kind_id, line) AS row"
GIVE_BODIES = """
UPDATE stage_row SET organisation_id = made.id
  FROM consultations_organisation AS made
 WHERE stage_row.organisation_id IS NULL AND stage_row.organisation <> ''
   AND lower(made.name) = lower(stage_row.organisation)
   AND made.kind_id = stage_row.organisation_kind_id AND made.id > %s
"""
SAID = "stage_said AS said JOIN stage_row AS row USING (line)"
REPLIED = "stage_reply AS reply JOIN stage_row AS row USING (line)"
LISTED = "(said.permission <> 'unpublished')"
SIGNED = "(said.permission = 'named' AND (row.organisation_id IS NOT NULL OR row.name <> ''))"
COMBINATIONS = """
SELECT DISTINCT recommendation_id, kind, region_id FROM stage_said JOIN stage_row USING (line)
 WHERE stage_said.permission <> 'unpublished' ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Batch:
    """What all rows of an import share."""

    consultation: Consultation
    key: UUID
    by: User
    at: datetime
    published: bool
    note: str
    asks: bool = False


def store(batch: Batch) -> None:
    """Store everything on the stage."""
    _rename_taken()
    _organisations()
    _responses(batch)
    _versions(batch)
    if batch.asks:
        _answers(batch)
    _cases(batch)
    shared = _hold_regions() if batch.published else []
    _comments(batch)
    for recommendation_id, kind, region_id in shared:
        Comment.objects.share_regions(
            recommendation_id=recommendation_id, kind=kind, region_id=region_id
        )


def _rename_taken() -> None:
    """Give another reference where one is taken."""
    for query, update in (
        (TAKEN, "UPDATE stage_row SET reference = %s WHERE line = %s"),
        (COMMENTS_TAKEN, "UPDATE stage_said SET reference = %s WHERE comment_id = %s"),
    ):
        while found := _rows(query):
            for (key,) in found:
                run(update, [new_reference(), key])


def _organisations() -> None:
    """Add the organisations that are not known, nor added by anybody since the stage was set."""
    names = [name for (name,) in _rows(f"SELECT organisation FROM {BODIES}")]  # noqa: S608
    if not names:
        return
    organisations.hold(names)
    run(comparing.ORGANISATIONS)
    [(last,)] = _rows("SELECT coalesce(max(id), 0) FROM consultations_organisation")
    named = "organisation, organisation_kind_id, size_band_id, region_id"
    bodies = [
        Organisation(name=name, kind_id=kind, size_band_id=size, region_id=region)
        for name, kind, size, region in _rows(f"SELECT {named} FROM {BODIES}")  # noqa: S608
    ]
    if bodies:
        Organisation.objects.bulk_create(bodies, batch_size=5_000)
        run(GIVE_BODIES, [last])


def _responses(batch: Batch) -> None:
    response = Response(consultation=batch.consultation, notices="", started_at=batch.at)
    response.sent(batch.at)
    same = (
        *("reference", "external_reference", "channel", "received_on", "late_reason", "name"),
        *("organisation_id", "size_band_id", "kind", "region_id", "permission"),
    )
    columns = {
        **{name: f"row.{name}" for name in same},
        "id": "row.response_id",
        "for_organisation": "row.organisation_id IS NOT NULL",
        "organisation_name": "row.organisation",
        "organisation_kind_id": "row.organisation_kind_id",
    }
    insert(response, columns, "stage_row AS row")


def _versions(batch: Batch) -> None:
    """Write the words, and a seal of each."""
    columns = {
        "id": "said.version_id",
        "comment_id": "said.comment_id",
        "response_id": "row.response_id",
        "answered_id": "said.answered_id",
        "key": "gen_random_uuid()",
        **{name: f"said.{name}" for name in ("stance", "text", "permission")},
    }
    insert(CommentVersion(number=1, written_by=batch.by, written_at=batch.at), columns, SAID)
    seals = {"version_id": "said.version_id", "salt": "said.salt", "hash": "said.hash"}
    insert(Seal(batch=batch.key), seals, "stage_said AS said")


def _answers(batch: Batch) -> None:
    """Write what was said to the owner's questions, and a seal of each."""
    answer = QuestionAnswer(submitted_at=batch.at)
    columns = {
        "id": "reply.answer_id",
        "response_id": "row.response_id",
        "question_id": "reply.question_id",
        "current_id": "reply.version_id",
    }
    insert(answer, columns, REPLIED)
    version = QuestionAnswerVersion(number=1, written_by=batch.by, written_at=batch.at)
    columns = {
        "id": "reply.version_id",
        "answer_id": "reply.answer_id",
        "response_id": "row.response_id",
        "key": "gen_random_uuid()",
        **{name: f"reply.{name}" for name in ("question_id", "chosen", "text", "why")},
    }
    insert(version, columns, REPLIED)
    seals = {"version_id": "reply.version_id", "salt": "reply.salt", "hash": "reply.hash"}
    insert(AnswerSeal(batch=batch.key), seals, "stage_reply AS reply")


def _cases(batch: Batch) -> None:
    """Let each wait for a moderator, or note that an officer published it."""
    case = Case(consultation=batch.consultation, since=batch.at, marks=[])
    columns = {"id": "said.case_id", "comment_id": "said.comment_id"}
    if not batch.published:
        insert(case, columns, "stage_said AS said")
        return
    case.closed_at = batch.at
    insert(case, columns, "stage_said AS said")
    decision = Decision(
        verb=Decision.Verb.PUBLISH,
        state_before=Comment.State.SUBMITTED,
        state_after=Comment.State.PUBLISHED,
        note=batch.note,
        decided_by=batch.by,
        decided_at=batch.at,
    )
    columns = {"case_id": "said.case_id", "version_id": "said.version_id"}
    insert(decision, columns, "stage_said AS said")


def _comments(batch: Batch) -> None:
    columns = {
        "id": "said.comment_id",
        "response_id": "row.response_id",
        "recommendation_id": "said.recommendation_id",
        "reference": "said.reference",
        "submitted_version_id": "said.version_id",
        "stance": "said.stance",
        "kind": "row.kind",
        "region_id": "row.region_id",
    }
    state, waiting = Comment.State.SUBMITTED, not batch.published
    comment = Comment(state=state, submitted_at=batch.at, waiting=waiting)
    if batch.published:
        comment.state, comment.reviewed, comment.counted = Comment.State.PUBLISHED, True, True
        comment.first_published_at = comment.counted_since = batch.at
        columns |= {
            "public_version_id": "said.version_id",
            "public_text": f"CASE WHEN {LISTED} THEN said.text ELSE '' END",
            "listed": LISTED,
            "signed": SIGNED,
            "shown_region_id": f"CASE WHEN {SIGNED} THEN row.region_id END",
            "shown_organisation_kind_id": f"CASE WHEN {SIGNED} AND row.organisation_id "
            "IS NOT NULL THEN row.organisation_kind_id END",
        }
    insert(comment, columns, SAID)


def _hold_regions() -> list[tuple[int, str, int]]:
    """Hold, in one order, every kind and region that will share what is shown of it."""
    found = _rows(COMBINATIONS)
    for recommendation_id, kind, region_id in found:
        key = f"{recommendation_id}:{kind}:{region_id}"
        run("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SHARED_LOCK, key])
    return [row for row in found if row[2] is not None]


def _rows(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
