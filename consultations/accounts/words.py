"""Taking a person out of responses: what is public loses its name, all else loses its words.

Called with the responses locked, in the transaction of `erase`.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from consultations import screening
from consultations.models import (
    AnswerSeal,
    Appeal,
    Case,
    Comment,
    CommentVersion,
    ConfidentialityRequest,
    Document,
    Draft,
    LedgerPayload,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
    Seal,
    SignOff,
    User,
)
from consultations.models.reviewed import public_words_read
from consultations.moderation import appeals

SEALED = ["comment_submitted", "answers_submitted"]
REDACTED = ["comment_redacted", "comment_unredacted"]
# Where a row that stays says who had a hand in it, for colleagues to read.
HANDS = (
    (CommentVersion, "written_by"),
    (CommentVersion, "drafted_by"),
    (QuestionAnswerVersion, "written_by"),
    (QuestionAnswerVersion, "drafted_by"),
    (Draft, "written_by"),
    (QuestionDraft, "written_by"),
    (SignOff, "signed_by"),
    (ConfidentialityRequest, "asked_by"),
    (Appeal, "made_by"),
)


def erase_words(own: Collection[Response], at: datetime) -> list[Appeal]:
    """Erase what the person alone has written in these responses.

    Returns the appeals that this ended, which the ledger is to tell of once all else is locked.
    """
    keys = [response.pk for response in own]
    _hold(keys)
    _comments(own, at)
    _versions(keys, at)
    screening.forget_patterns(keys)
    QuestionAnswerVersion.objects.filter(response__in=keys, erased_at__isnull=True).update(
        text="", why="", erased_at=at, written_by=None, drafted_by=None
    )
    AnswerSeal.objects.filter(version__response__in=keys).update(salt=None)
    sent = QuestionAnswer.objects.filter(response__in=keys, state=QuestionAnswer.State.SUBMITTED)
    sent.update(state=QuestionAnswer.State.WITHDRAWN)
    for drafts in (Draft, QuestionDraft):
        drafts.objects.filter(response__in=keys).delete()
    _documents(keys, at)
    _statements(keys)
    ended = _appeals(keys, at)
    _unseal(own)
    _sign(keys)
    return ended


def let_go(person: User) -> None:
    """Take the person's hand from the words that stay with an organisation."""
    for model, hand in HANDS:
        model._default_manager.filter(**{hand: person}).update(**{hand: None})
    sent = Document.objects.filter(uploaded_by=person, response__isnull=False)
    sent.update(uploaded_by=None)
    Response.objects.filter(respondent=person).update(name="", respondent=None, membership=None)


def _hold(keys: Collection[int]) -> None:
    """Take the locks of regions, then of campaigns, in the order in which a sending takes them."""
    found = Comment.objects.filter(response__in=keys).order_by("recommendation", "pk")
    comments = list(found)
    for comment in comments:
        Comment.objects.hold_regions(comment)
    screening.hold(comment.recommendation_id for comment in comments)


def _comments(own: Collection[Response], at: datetime) -> None:
    """Make what is public nameless, and erase the others.

    What is public and was never read goes on waiting for a moderator.
    """
    responses = {response.pk: response for response in own}
    rows = Comment.objects.filter(response__in=responses).annotate(read=public_words_read())
    for comment in rows.select_related("public_version").order_by("recommendation", "pk"):
        comment.response = responses[comment.response_id]
        comment.response.name = comment.response.organisation_name = ""
        if comment.state == Comment.State.ERASED:
            continue
        nameless = comment.state == Comment.State.PUBLISHED and comment.listed
        if nameless:
            comment.submitted_version = comment.public_version
            # Who removed words has read them.
            comment.reviewed = comment.read or comment.redacted  # type: ignore[attr-defined]
            comment.sign()
        else:
            told = Comment.objects.told(comment)
            comment.unpublish(Comment.State.ERASED, None, told=told, at=at)
        comment.save()
        Comment.objects.share_regions(
            recommendation_id=comment.recommendation_id,
            kind=comment.kind,
            region_id=comment.region_id,
        )
    cases = Case.objects.filter(comment__response__in=responses)
    unread = Q(comment__listed=True, comment__reviewed=False)
    cases.waiting().exclude(unread).update(closed_at=at)
    cases.update(marks=[])  # a mark may repeat what it was set for


def _versions(keys: Collection[int], at: datetime) -> None:
    """Empty every version but those that the public reads, and drop the salts of imported ones.

    Of what was redacted the public text alone stays: the removed words go as well.
    """
    mine = CommentVersion.objects.filter(response__in=keys)
    listed = Comment.objects.filter(response__in=keys, listed=True, redacted=False)
    public = listed.values("public_version")
    mine.filter(erased_at__isnull=True).exclude(pk__in=public).update(text="", erased_at=at)
    mine.update(written_by=None, drafted_by=None)
    Seal.objects.filter(version__in=mine.filter(erased_at__isnull=False)).update(salt=None)


def _documents(keys: Collection[int], at: datetime) -> None:
    """Take the documents away, published or not: no machine takes a name out of a file."""
    mine = Document.objects.filter(response__in=keys)
    mine.in_hand().delete()
    mine.drop_content()
    Case.objects.waiting().filter(document__in=mine).update(closed_at=at)
    mine.filter(erased_at__isnull=True).update(
        state=Document.State.WITHDRAWN,
        withdrawn_at=Coalesce(F("withdrawn_at"), at),
        title="",
        file_name="",
        sha256="",
        why_withdrawn="",
        uploaded_by=None,
        erased_at=at,
    )


def _statements(keys: Collection[int]) -> None:
    """Forget whom the person stated to represent, and what they asked to be kept confidential."""
    Response.objects.filter(pk__in=keys).update(sign_off=None, shown_sign_off=None)
    SignOff.objects.filter(response__in=keys).delete()
    asked = ConfidentialityRequest.objects.filter(response__in=keys)
    asked.filter(outcome=ConfidentialityRequest.Outcome.PENDING).delete()
    asked.update(reason="", words="", asked_by=None)


def _appeals(keys: Collection[int], at: datetime) -> list[Appeal]:
    """Forget what the person wrote against decisions; what waits comes to nothing: return that."""
    about = Q(decision__case__comment__response__in=keys)
    mine = Appeal.objects.filter(about | Q(decision__case__document__response__in=keys))
    ended = list(mine.waiting().select_related(*appeals.RELATED).order_by("pk"))
    Case.objects.waiting().filter(appeal__in=ended).update(closed_at=at)
    mine.waiting().update(outcome=Appeal.Outcome.VOID, decided_at=at)
    mine.filter(erased_at__isnull=True).update(words="", erased_at=at, made_by=None)
    return ended


def _unseal(own: Collection[Response]) -> None:
    """Drop the payloads that seal erased words: with their salt, words could be guessed by hash.

    The entries stay, and the chain with them. What is still public stays sealed.
    """
    consultations = {response.consultation_id for response in own}
    references = [response.reference for response in own]
    erased = set(
        CommentVersion.objects.filter(response__in=own, erased_at__isnull=False).values_list(
            "response__reference", "comment__recommendation__number", "number"
        )
    )
    here = LedgerPayload.objects.filter(entry__consultation_id__in=consultations)
    sent = here.filter(entry__act__in=SEALED, content__response__in=references)
    gone = [
        key
        for key, said in sent.values_list("pk", "content")
        if "answers" in said
        or (said["response"], said.get("recommendation"), said.get("version")) in erased
    ]
    here.filter(pk__in=gone).delete()
    here.filter(entry__act__in=REDACTED, content__response__in=references).delete()
    files = list(Document.objects.filter(response__in=own).values_list("reference", flat=True))
    here.filter(entry__act="document_sent", content__document__in=files).delete()


def _sign(keys: Collection[int]) -> None:
    """Take the names from the responses; one in which nothing was ever sent goes altogether."""
    mine = Response.objects.filter(pk__in=keys)
    mine.filter(submitted_at=None, comments=None, question_answers=None, documents=None).delete()
    mine.update(name="", organisation_name="", respondent=None, membership=None, shared=False)
