"""Whose a response is, once a claim is decided: the organisation's own, or set aside."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from consultations.models import Case, Comment, Organisation, QuestionAnswer, Response
from consultations.moderation import desks, documents

SENT = [Comment.State.SUBMITTED, Comment.State.HELD, Comment.State.PUBLISHED]


def give(response: Response, organisation: Organisation) -> bool:
    """Make the response the organisation's own and sign its comments, unless it has another.

    Only what was sent counts as another: what colleagues have begun is brought into this one, and
    what this member had begun goes to theirs.
    """
    others = Response.objects.filter(
        consultation_id=response.consultation_id, organisation=organisation
    ).select_for_update(of=("self",), no_key=True)
    for other in others:
        if other.submitted_at is not None:
            desks.bring(response, to=other, organisation=organisation)
            return False
        desks.bring(other, to=response, organisation=organisation)
        other.delete()
    was_shared, response.organisation, response.shared = response.shared, organisation, False
    try:
        with transaction.atomic():
            response.save(update_fields=["organisation", "shared"])
    except IntegrityError:  # a colleague's response came in between: now it is there to be seen
        response.organisation, response.shared = None, was_shared
        return give(response, organisation)
    sign_again(response)
    return True


def sign_again(response: Response) -> None:
    """Show or withhold the name on the public comments of a response whose owner changed."""
    listed = Comment.objects.filter(response=response, listed=True)
    for comment in listed.select_related("public_version").order_by("recommendation", "pk"):
        Comment.objects.hold_regions(comment)
        comment.response = response
        comment.sign()
        comment.save(update_fields=["signed", "shown_region", "shown_organisation_kind"])
        _share_regions(comment)


def set_aside(response: Response, at: datetime) -> None:
    """Neither show nor count what a colleague's response says for the organisation already.

    Only the author still reads it. What neither waits, stands nor counts is left as it is.
    """
    theirs = Comment.objects.filter(Q(counted=True) | Q(state__in=SENT), response=response)
    for comment in theirs.order_by("recommendation", "pk"):
        Comment.objects.hold_regions(comment)
        if comment.state == Comment.State.REJECTED:  # so it stays, and only counts no longer
            comment.counted, comment.counted_since = False, None
        else:
            told = Comment.objects.told(comment)
            comment.unpublish(Comment.State.HIDDEN, None, told=told, at=at)
        comment.save()
        _share_regions(comment)
    Case.objects.waiting().filter(comment__response=response).update(closed_at=at)
    answers = response.question_answers.filter(state=QuestionAnswer.State.SUBMITTED)
    answers.update(state=QuestionAnswer.State.SET_ASIDE)
    documents.set_aside(response, at)


def _share_regions(comment: Comment) -> None:
    """Show or withhold the regions that a comment shares with others."""
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )
