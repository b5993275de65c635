"""The letters that tell an author which words the public no longer reads, or reads again."""

from django.utils.translation import gettext as _

from consultations.models import Comment, CommentVersion, Decision
from consultations.moderation import letters, removed


def tell_redacted(
    decision: Decision, comment: Comment, version: CommentVersion, *, waits: bool = False
) -> None:
    """Tell the author which words of the public comment were removed, why, and what is read.

    The letter `waits` where that can be undone.
    """
    subject = _("Words of your comment on recommendation %(number)s are no longer shown") % {
        "number": comment.recommendation.number
    }
    said = _("A moderator has removed words from what the public reads of your comment.")
    told = [said, *removed.told(comment, version), *removed.ways_out(decision)]
    letters._tell_author(decision, comment, version, subject, told, as_read=True, waits=waits)


def tell_unredacted(decision: Decision, comment: Comment, version: CommentVersion) -> None:
    """Tell the author that words are shown again, and which are not, where others are removed."""
    subject = _("Words of your comment on recommendation %(number)s are shown again") % {
        "number": comment.recommendation.number
    }
    said = _("A moderator has put back words that had been removed from your comment.")
    told = [said, *removed.told(comment, version)]
    letters._tell_author(decision, comment, version, subject, told, as_read=True)
