"""What authors alone read of their comments: earlier versions, and words that were removed."""

from collections import defaultdict
from collections.abc import Iterable

from consultations.models import Comment, CommentVersion, Redaction


def earlier(comments: Iterable[Comment]) -> dict[int, list[CommentVersion]]:
    """Return the versions before the newest, by comment; no query where nothing was changed."""
    sent = [(one.pk, one.submitted_version) for one in comments]
    newest = {pk: version.pk for pk, version in sent if version and version.number > 1}
    found: dict[int, list[CommentVersion]] = {pk: [] for pk in newest}
    if newest:
        rows = CommentVersion.objects.filter(comment__in=newest).exclude(pk__in=newest.values())
        for version in rows.order_by("-number", "pk"):
            found[version.comment_id].append(version)
    return found


def removed(comments: Iterable[Comment]) -> dict[int, list[Redaction]]:
    """Return what is removed from each comment as it stands, in public or as it was sent last.

    By comment; no query where nothing ever was.
    """
    standing = {
        (one.public_version_id if one.listed else one.submitted_version_id): one.pk
        for one in comments
        if one.redacted
    }
    found: dict[int, list[Redaction]] = defaultdict(list)
    if standing:
        rows = Redaction.objects.in_force().filter(version__in=standing)
        for row in rows.select_related("reason", "version").order_by("version", "start", "pk"):
            found[standing[row.version_id]].append(row)
    return found
