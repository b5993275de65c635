"""Taking a comment back before the close."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Case,
    Comment,
    Recommendation,
    Response,
    User,
    transitions,
)
from consultations.participation.answers import ClosedError
from consultations.participation.locking import OPEN_NOW


@transaction.atomic
def withdraw(*, comment: Comment, user: User, at: datetime) -> None:
    """Take a comment back before the close; its versions stay with its author."""
    response = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW)
        .get(pk=comment.response_id)
    )
    if not response.open_now:
        raise ClosedError(_("This consultation has closed: comments can no longer be withdrawn."))
    if not take_back(comment, at=at):
        return
    number = Recommendation.objects.values_list("number", flat=True).get(
        pk=comment.recommendation_id
    )
    record(response, number, user=user, at=at)


def take_back(comment: Comment, *, at: datetime) -> bool:
    """Take a comment from the public and from the figures; whether it still stood.

    Called once its response is locked; `record` puts it on the ledger, last of all.
    """
    comment.refresh_from_db()
    if transitions.refusal(transitions.TAKEN_BACK, comment.state, Comment.State.WITHDRAWN):
        return False
    Comment.objects.hold_regions(comment)
    comment.unpublish(Comment.State.WITHDRAWN, None, at=at)
    comment.save()
    Case.objects.waiting().filter(comment=comment).update(closed_at=at)
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id,
        kind=comment.kind,
        region_id=comment.region_id,
    )
    return True


def record(response: Response, number: int, *, user: User, at: datetime) -> None:
    """Put on the ledger that the answer to recommendation `number` was taken back."""
    ledger.append(
        consultation_id=response.consultation_id,
        act="comment_withdrawn",
        at=at,
        payload={
            "recommendation": number,
            "response": response.reference,
            "by": user.pk,
        },
    )
