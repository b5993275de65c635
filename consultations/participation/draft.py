"""Saving an answer that is not sent yet, and throwing it away; `submit` sends all at once."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations.models import (
    Comment,
    Draft,
    Membership,
    QuestionDraft,
    Recommendation,
    Response,
    User,
)
from consultations.participation.answers import ConflictError, ParticipationError, Unsent
from consultations.participation.opening import open_response


def save(
    *,
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    said: Unsent,
    at: datetime,
) -> Draft:
    """Save an answer in the user's response, which is begun where there is none; nothing is sent.

    Saved again with the same words it stays as it is. Raises ClosedError after the deadline, and
    ConflictError where a colleague saved or sent other words since the form was opened.
    """
    arguments = (user, membership, recommendation, said, at)
    try:
        return _save(*arguments)
    except IntegrityError:
        # Two first saves at once: the other made the response; now it is there.
        return _save(*arguments)


@transaction.atomic
def discard(*, draft: Draft | QuestionDraft, over: UUID | None) -> None:
    """Throw a draft away; raise ConflictError where it was saved again since it was seen.

    One that is sent or gone meanwhile is left as it is.
    """
    Response.objects.select_for_update(no_key=True).filter(pk=draft.response_id).first()
    rows = type(draft)._default_manager.select_related("written_by")
    latest: Any = rows.filter(pk=draft.pk).first()
    if latest is None:
        return
    if latest.stamp != over:
        raise ConflictError(_("This draft was saved again since you opened this page."), latest)
    latest.delete()


def take(
    recommendation: Recommendation, response: Response, over: UUID | None, user: User
) -> int | None:
    """Remove the draft that is being sent; raise ConflictError where other words were saved.

    Returns the number of who saved it last, None where there was none. Called once the response is
    locked.
    """
    here = Draft.objects.filter(response=response, recommendation=recommendation)
    latest = here.select_related("written_by").first()
    if latest is None:
        return None
    if latest.stamp != over:
        raise saved_since(latest, user)
    latest.delete()
    return latest.written_by_id


def keep_permission(response: Response, permission: str) -> None:
    """The first choice made in a response is offered for its other answers."""
    if permission and not response.permission:
        response.permission = permission
        response.save(update_fields=["permission"])


@transaction.atomic
def _save(
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    said: Unsent,
    at: datetime,
) -> Draft:
    if recommendation.current is None:
        raise ParticipationError(_("This recommendation has no text yet."))
    opened = open_response(
        user,
        membership,
        recommendation.consultation,
        permission=said.permission,
        notices=None,
        at=at,
    )
    draft = Draft(response=opened.response, recommendation=recommendation)
    if not opened.begun_now:
        draft = _draft_on(recommendation, opened.response, said.based_on)
    if draft.pk and said.same_as(draft):
        return draft
    if draft.pk and draft.stamp != said.over:
        raise saved_since(draft, user)
    draft.stamp = uuid4()
    draft.stance, draft.text, draft.permission = said.stance, said.text, said.permission
    draft.based_on, draft.answering = said.based_on, said.answering
    draft.written_by, draft.written_at = user, at
    draft.begun_at = draft.begun_at or at
    draft.save()
    keep_permission(opened.response, said.permission)
    return draft


def _draft_on(recommendation: Recommendation, response: Response, based_on: int) -> Draft:
    """Return the draft, or a new one (not saved); raise ConflictError where it was sent since."""
    rows = Draft.objects.filter(response=response, recommendation=recommendation)
    draft = rows.select_related("written_by").first()
    sent = Comment.objects.filter(response=response, recommendation=recommendation)
    comment = sent.select_related("submitted_version").first()
    latest = comment.submitted_version if comment else None
    if latest is not None and latest.number != based_on:
        raise ConflictError(_("This comment was sent since you opened this page."), latest)
    return draft or Draft(response=response, recommendation=recommendation)


def saved_since(draft: Draft | QuestionDraft, user: User) -> ConflictError:
    """Return the error that tells `user` who saved other words since the form was opened."""
    if draft.written_by == user:
        return ConflictError(
            _("You saved other words in another window since you opened this page."), draft
        )
    if draft.written_by is None:
        return ConflictError(_("Other words were saved since you opened this page."), draft)
    said = _("%(name)s saved other words since you opened this page.")
    return ConflictError(said % {"name": draft.written_by}, draft)
