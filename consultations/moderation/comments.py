"""What every verb on a comment does first and last: lock it, and save it with those it touches."""

from consultations.models import Comment, Response

RELATED = (
    "region",
    "submitted_version",
    "public_version",
    "reason",
    "recommendation__consultation",
    "recommendation__current",
)


def lock(comment_id: int) -> Comment:
    """Lock the comment's response, and return the comment as it stands after the wait."""
    response = Response.objects.select_for_update(of=("self",), no_key=True).get(
        comments__pk=comment_id
    )
    comment = Comment.objects.select_related(*RELATED).get(pk=comment_id)
    comment.response = response
    return comment


def save(comment: Comment) -> None:
    """Save a comment, and show or withhold regions that it shares with others."""
    Comment.objects.hold_regions(comment)
    comment.save()
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )
