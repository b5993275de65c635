"""The earlier versions of comments, which their authors alone read."""

from collections.abc import Iterable

from consultations.models import Comment, CommentVersion


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
