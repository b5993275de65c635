"""Sending a whole response: every draft of it becomes a comment's next version, or none does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consultations.limits import Sender
from consultations.models import (
    CommentVersion,
    Consultation,
    Draft,
    Membership,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
    User,
)
from consultations.participation import documents, questions, receipt, signing, write
from consultations.participation.answers import MOST_CHARACTERS, CorrectedError, UnreadyError
from consultations.participation.opening import Opened, open_response
from consultations.participation.responses import response_of

NOTHING_READ: Mapping[int, UUID] = MappingProxyType({})
_NEXT = """
SELECT nextval(pg_get_serial_sequence('consultations_commentversion', 'id'))
  FROM generate_series(1, %s)
"""


@transaction.atomic
def submit(
    *,
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    notices: str,
    read: Mapping[int, UUID],
    document: str = "",
    at: datetime,
    read_answers: Mapping[int, UUID] = NOTHING_READ,
    address: str = "",
) -> Response:
    """Send every draft of the user's response and its document, and queue one receipt.

    `read` holds the stamp of each draft that the user has checked, by recommendation, and
    `read_answers` by question; `document` is the reference of the document beside them, and
    `notices` names the notices that stood beside the button. Of the `address` that it came from
    only a rate is kept. Sent twice it sends once. Raises ClosedError after the deadline,
    CorrectedError where words changed meanwhile, UnreadyError where something is missing or too
    long, was saved since it was read, or nothing is there to send.
    """
    if response_of(user, consultation) is None:
        raise UnreadyError(_("You have written nothing yet."))
    if consultation.notices() != notices:
        raise CorrectedError(
            _("The notices below changed since you opened this page. Read them again, then send.")
        )
    opened = open_response(user, membership, consultation, permission="", notices=notices, at=at)
    response = opened.response
    drafts = _drafts(response, consultation)
    saved = questions.drafts_of(response, consultation) if opened.asks else []
    if not (drafts or saved) and _sent_before(response, read, read_answers):
        return response
    _refuse_unread(drafts, saved, read, read_answers)
    _refuse_incomplete(drafts)
    _refuse_long(drafts, saved, MOST_CHARACTERS[response.for_organisation])
    attached = documents.saved_in(response)
    documents.refuse_unread(attached, document)
    given = questions.send(saved, response, user=user, at=at)
    if opened.owes:
        questions.refuse_owing(response)
    written = _write(drafts, opened, user, at) if drafts else []
    if attached:
        documents.put_forward(attached, at)
    sender = Sender(user.pk, membership.organisation_id if membership else None, address)
    write.record(written, opened.case, at, sender=sender)
    questions.record(given, at)
    if attached:
        documents.record(attached, user, at)
    signing.sent(opened, consultation, user=user, at=at)
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    receipt.send([each.version for each in written], given, attached, user=user, at=at)
    return response


def _sent_before(
    response: Response, read: Mapping[int, UUID], read_answers: Mapping[int, UUID]
) -> bool:
    """Whether the very drafts that were read are this response's versions by now."""
    sent = CommentVersion.objects.filter(response=response, key__in=read.values())
    answers = QuestionAnswerVersion.objects.filter(response=response, key__in=read_answers.values())
    return bool(read or read_answers) and (
        sent.count() == len(read) and answers.count() == len(read_answers)
    )


def _drafts(response: Response, consultation: Consultation) -> list[Draft]:
    rows = Draft.objects.filter(response=response).select_related("recommendation__current")
    found = list(rows.order_by("recommendation__number", "pk"))
    for draft in found:
        draft.response, draft.recommendation.consultation = response, consultation
    return found


def _refuse_unread(
    drafts: Sequence[Draft],
    saved: Sequence[QuestionDraft],
    read: Mapping[int, UUID],
    read_answers: Mapping[int, UUID],
) -> None:
    """Raise UnreadyError where a draft was saved, begun or sent since the user read them all."""
    here = {draft.recommendation.number: draft.stamp for draft in drafts}
    answers = {draft.question.number: draft.stamp for draft in saved}
    if not (here or answers) or (here, answers) != (dict(read), dict(read_answers)):
        raise UnreadyError(
            _("Something was saved since you opened this page. Check your answers again.")
        )


def _refuse_long(drafts: Sequence[Draft], saved: Sequence[QuestionDraft], most: int) -> None:
    """Raise UnreadyError for a text that is longer than its form takes.

    So are two drafts that were joined, and an organisation's that is now a person's own.
    """
    texts = [(_("recommendation %s") % each.recommendation.number, each.text) for each in drafts]
    texts += [(_("question %s") % each.question.number, each.text) for each in saved]
    for what, text in texts:
        if len(text) > most:
            said = _(
                "Your answer to %(what)s has %(count)s characters: shorten it to %(most)s, and "
                "save it once more."
            )
            raise UnreadyError(said % {"what": what, "count": len(text), "most": most})


def _refuse_incomplete(drafts: Sequence[Draft]) -> None:
    """Raise UnreadyError for what is missing, CorrectedError for words that were corrected."""
    for draft in drafts:
        number = {"number": draft.recommendation.number}
        if not draft.complete:
            raise UnreadyError(
                _("Your answer to recommendation %(number)s is not finished.") % number
            )
        current = draft.recommendation.current
        if current is None or current.number != draft.answering:
            raise CorrectedError(
                _(
                    "Recommendation %(number)s was corrected since you wrote about it. Read it "
                    "again, and save your answer once more."
                )
                % number
            )


def _write(
    drafts: Sequence[Draft], opened: Opened, user: User, at: datetime
) -> list[write.Written]:
    written = []
    for draft, version_id in zip(drafts, _version_ids(len(drafts)), strict=True):
        comment = write.comment_on(draft.recommendation, opened.response, is_new=False)
        latest = comment.submitted_version
        if (latest.number if latest else 0) != draft.based_on:
            raise UnreadyError(
                _("Recommendation %(number)s was answered again since this draft was begun.")
                % {"number": draft.recommendation.number}
            )
        by = draft.written_by_id
        said = write.Words(draft.stance, draft.text, draft.allowed, draft.stamp, by)
        written.append(
            write.version(version_id, comment, said, user=user, at=at, at_once=opened.at_once)
        )
    return written


def _version_ids(amount: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [amount])
        return [row[0] for row in cursor.fetchall()]
