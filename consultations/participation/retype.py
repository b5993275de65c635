"""After typing: a second person confirms it, and mistakes are put right until it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations.models import Case, Comment, QuestionAnswer, Response, User
from consultations.participation import paper as papers
from consultations.participation import questions, storing
from consultations.participation import replies as answering
from consultations.participation.paper import Paper, PaperError, Said
from consultations.participation.replies import Reply

UNDECIDED = {Comment.State.SUBMITTED, Comment.State.HELD, Comment.State.WITHDRAWN}


@transaction.atomic
def check(*, response: Response, seen: datetime, by: User, at: datetime) -> Response:
    """Confirm that a response was typed as it came; `seen` is when what was read was typed.

    Raises PaperError for the person who typed it, and where it was typed anew or checked since.
    """
    response = _lock(response)
    _refuse_changed(response, seen)
    if response.typed_by_id == by.pk:
        raise PaperError(_("You typed it: somebody else compares it with the original."))
    if response.checked_at is not None:
        raise PaperError(_("It was checked already."))
    response.checked_by, response.checked_at = by, at
    response.save(update_fields=["checked_by", "checked_at"])
    storing.note(response, "response_checked", by, at)
    return response


def retype(
    *,
    response: Response,
    paper: Paper,
    said: Sequence[Said],
    key: UUID,
    seen: datetime,
    by: User,
    at: datetime,
    replies: Sequence[Reply] = (),
) -> Response:
    """Put right what was typed, before it is decided: new versions, and the old ones are kept.

    A recommendation or question that is left out is taken back. It must be checked again. Raises
    PaperError where a colleague changed it since, its respondent changed online what would change,
    or a moderator has decided it.
    """
    refused = papers.days(response.consultation, at).refusal(paper.received_on, paper.late_reason)
    if refused:
        raise PaperError(refused)
    papers.refuse_empty(said, replies)
    try:
        return _retype(response, paper, said, replies, key, seen, by, at)
    except IntegrityError as error:
        raise PaperError(
            _("Another response has this reference of yours, or is this organisation's already.")
        ) from error


@transaction.atomic
def _retype(
    response: Response,
    paper: Paper,
    said: Sequence[Said],
    replies: Sequence[Reply],
    key: UUID,
    seen: datetime,
    by: User,
    at: datetime,
) -> Response:
    response = _lock(response)
    if response.typed_at != seen and papers.made_by(response, key, said, replies):
        return response  # the form was sent twice
    _refuse_changed(response, seen)
    comments, answers = _comments(response), answering.standing(response)
    kept = paper.external_reference or response.external_reference
    facts = papers.describe(response, replace(paper, external_reference=kept))
    touched = _touched(comments, said)
    _refuse_decided([*comments.values()] if facts else touched)
    _refuse_own(touched, seen)
    change = Change(
        said=[one for one in said if not _stands(comments.get(one.recommendation.pk), one)],
        gone=_gone(comments, said),
        replies=answering.new(answers, replies),
        unsaid=answering.gone(answers, replies),
    )
    replied = [answers[one.question.pk] for one in change.replies if one.question.pk in answers]
    _refuse_answered([*replied, *change.unsaid], seen)
    if facts or change:
        response.typed_by, response.typed_at = by, at
        response.checked_by = response.checked_at = None
        response.save()
        _follow(response, comments, facts)
        _write(response, change, (comments, answers), facts, key, by, at)
    return response


@dataclass(frozen=True)
class Change:
    """What a form says anew, and what it no longer says."""

    said: Sequence[Said]
    gone: Sequence[Comment]
    replies: Sequence[Reply]
    unsaid: Sequence[QuestionAnswer]

    def __bool__(self) -> bool:
        return bool(self.said or self.gone or self.replies or self.unsaid)


def _follow(response: Response, comments: dict[int, Comment], facts: Sequence[str]) -> None:
    """Let the comments be counted under the response's kind and region, where these changed."""
    for comment in comments.values() if {"kind", "region_id"} & {*facts} else ():
        comment.kind, comment.region_id = response.kind, response.region_id
        comment.save(update_fields=["kind", "region"])


def _write(
    response: Response,
    change: Change,
    there: tuple[dict[int, Comment], dict[int, QuestionAnswer]],
    facts: Sequence[str],
    key: UUID,
    by: User,
    at: datetime,
) -> None:
    """Write the new versions, take back what is gone, and put both on the ledger."""
    comments, answers = there
    pairs = [
        (comments.get(one.recommendation.pk) or papers.new_comment(response, one), one)
        for one in change.said
    ]
    storing.store(pairs, key, by, at)
    written = answering.write(change.replies, response, answers, key=key, by=by, at=at)
    _take_back(change.gone, at)
    answering.take_back(change.unsaid)
    storing.record(pairs, by, at)
    questions.record(written, at)
    storing.note(
        response,
        "response_retyped",
        by,
        at,
        changed=sorted(facts),
        gone=sorted(comment.recommendation.number for comment in change.gone),
        gone_questions=sorted(answer.question.number for answer in change.unsaid),
    )


def _lock(response: Response) -> Response:
    """Return the response as it stands, locked, as every verb on it does first."""
    locked = Response.objects.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    locked.consultation = response.consultation
    return locked


def _refuse_changed(response: Response, seen: datetime) -> None:
    """Raise PaperError unless the response was typed, and stands as it was seen."""
    if response.typed_at is None:
        raise PaperError(_("Nobody typed this response: it is its author’s own, or imported."))
    if response.typed_at != seen:
        raise PaperError(_("Somebody typed this response anew since you opened the page."))


def _comments(response: Response) -> dict[int, Comment]:
    """Return the response's comments by their recommendations' keys."""
    found = Comment.objects.filter(response=response).order_by("recommendation__number", "pk")
    rows = list(found.select_related("submitted_version", "recommendation"))
    for comment in rows:
        comment.response = response
    return {comment.recommendation_id: comment for comment in rows}


def _stands(comment: Comment | None, said: Said) -> bool:
    """Whether the comment says this already."""
    if comment is None or comment.state == Comment.State.WITHDRAWN:
        return False
    return said.same_as(comment.submitted_version)


def _gone(comments: dict[int, Comment], said: Sequence[Said]) -> list[Comment]:
    """Return the comments that the officer emptied."""
    stay = {one.recommendation.pk for one in said}
    return [
        comment
        for key, comment in comments.items()
        if key not in stay and comment.state != Comment.State.WITHDRAWN
    ]


def _touched(comments: dict[int, Comment], said: Sequence[Said]) -> list[Comment]:
    """Return the comments whose words would change."""
    changed = [
        comments[one.recommendation.pk]
        for one in said
        if one.recommendation.pk in comments and not _stands(comments[one.recommendation.pk], one)
    ]
    return [*changed, *_gone(comments, said)]


def _refuse_decided(comments: Sequence[Comment]) -> None:
    """Raise PaperError where a moderator has decided one of these."""
    for comment in comments:
        if comment.state not in UNDECIDED:
            raise PaperError(
                _("What it says on recommendation %(number)s was decided: it stays as it is.")
                % {"number": comment.recommendation.number}
            )


def _refuse_own(comments: Sequence[Comment], seen: datetime) -> None:
    """Raise PaperError where the respondent changed or took back one of these since `seen`."""
    taken_back = Case.objects.filter(comment__in=comments, closed_at__gt=seen)
    gone = set(taken_back.values_list("comment", flat=True))
    for comment in comments:
        sent = comment.submitted_version
        if comment.pk in gone or (sent is not None and sent.written_at > seen):
            raise PaperError(
                _(
                    "The respondent changed what they say on recommendation %(number)s after it "
                    "was typed: theirs stands."
                )
                % {"number": comment.recommendation.number}
            )


def _refuse_answered(answers: Sequence[QuestionAnswer], seen: datetime) -> None:
    """Raise PaperError where the respondent changed one of these answers since `seen`."""
    for answer in answers:
        if answer.current is not None and answer.current.written_at > seen:
            raise PaperError(
                _("The respondent answered question %(number)s anew after it was typed.")
                % {"number": answer.question.number}
            )


def _take_back(comments: Sequence[Comment], at: datetime) -> None:
    """Take back what should not have been typed; its versions are kept."""
    # All by one statement, in one order: two who hold some of them never wait for one another.
    keys = [comment.pk for comment in comments]
    held = Comment.objects.filter(pk__in=keys).order_by("recommendation", "pk")
    list(held.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    for comment in comments:
        comment.unpublish(Comment.State.WITHDRAWN, None, at=at)
        comment.save()
    Case.objects.waiting().filter(comment__in=comments).update(closed_at=at)
