"""Saving an answer that is not sent yet, and throwing it away; `submit` sends all at once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations.models import Comment, Draft, Membership, Recommendation, Response, User
from consultations.participation.answers import ConflictError, ParticipationError, Unsent
from consultations.participation.responses import open_response


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


def discard(*, draft: Draft, over: int) -> None:
    """Throw a draft away; raise ConflictError where it was saved again since it was seen."""
    if Draft.objects.filter(pk=draft.pk, number=over).delete()[0]:
        return
    latest = Draft.objects.filter(pk=draft.pk).first()
    if latest is not None:
        raise ConflictError(_("This draft was saved again since you opened this page."), latest)


def take(recommendation: Recommendation, response: Response, over: int) -> None:
    """Remove the draft that is being sent; raise ConflictError where other words were saved."""
    here = Draft.objects.filter(response=response, recommendation=recommendation)
    if not here.filter(number=over).delete()[0]:
        raise _saved_since(here.select_related("written_by").get())


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
    draft = _draft_on(recommendation, opened.response, said)
    if draft.pk and said.same_as(draft):
        return draft
    if draft.pk and draft.number != said.over:
        raise _saved_since(draft)
    draft.number += bool(draft.pk)
    draft.stance, draft.text, draft.permission = said.stance, said.text, said.permission
    draft.based_on, draft.answering = said.based_on, said.answering
    draft.written_by, draft.written_at = user, at
    draft.begun_at = draft.begun_at or at
    draft.save()
    _keep_permission(opened.response, said.permission)
    return draft


def _draft_on(recommendation: Recommendation, response: Response, said: Unsent) -> Draft:
    """Return the draft, or a new one (not saved); raise ConflictError where it was sent since."""
    rows = Draft.objects.filter(response=response, recommendation=recommendation)
    draft = rows.select_related("written_by").first()
    sent = Comment.objects.filter(response=response, recommendation=recommendation)
    comment = sent.select_related("submitted_version").first()
    latest = comment.submitted_version if comment else None
    if latest is not None and latest.number != said.based_on:
        raise ConflictError(_("This comment was sent since you opened this page."), latest)
    return draft or Draft(response=response, recommendation=recommendation, key=said.key)


def _saved_since(draft: Draft) -> ConflictError:
    if draft.written_by is None:
        return ConflictError(_("Other words were saved since you opened this page."), draft)
    said = _("%(name)s saved other words since you opened this page.")
    return ConflictError(said % {"name": draft.written_by}, draft)


def _keep_permission(response: Response, permission: str) -> None:
    """The first choice made in a response is offered for its other answers."""
    if permission and not response.permission:
        response.permission = permission
        response.save(update_fields=["permission"])
