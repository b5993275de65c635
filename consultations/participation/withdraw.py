"""Taking a comment back before the close."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Comment, Recommendation, Response, User
from consultations.participation.answers import ClosedError
from consultations.participation.responses import OPEN_NOW


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
    comment.refresh_from_db()
    if comment.state in {Comment.State.WITHDRAWN, Comment.State.ERASED}:
        return
    Comment.objects.hold_regions(comment)
    comment.unpublish(Comment.State.WITHDRAWN, None, at=at)
    comment.save()
    Case.objects.waiting().filter(comment=comment).update(closed_at=at)
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id,
        kind=comment.kind,
        region_id=comment.region_id,
    )
    recommendation = Recommendation.objects.get(pk=comment.recommendation_id)
    ledger.append(
        consultation_id=recommendation.consultation_id,
        act="comment_withdrawn",
        at=at,
        payload={
            "recommendation": recommendation.number,
            "response": response.reference,
            "by": user.pk,
        },
    )
