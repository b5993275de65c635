"""What the author of a comment is told of words that the public does not read."""

from django.utils.translation import gettext as _

from consultations.models import Comment, CommentVersion, Consultation, Decision, Permission


def told(comment: Comment, version: CommentVersion) -> list[str]:
    """Return what is removed from the version now, and why, in sentences; none where nothing is."""
    if not comment.redacted or version.permission == Permission.UNPUBLISHED:
        return []
    rows = list(version.redactions.in_force().select_related("reason"))
    said = [
        _("Removed: “%(words)s”. The reason: %(reason)s.")
        % {"words": version.text[row.start : row.end], "reason": row.reason.name}
        for row in rows
    ]
    if not said:
        return []
    return [
        *said,
        _("In their place the public reads: %(masks)s. We keep your own words as you sent them.")
        % {"masks": ", ".join(dict.fromkeys(row.mask for row in rows))},
    ]


def ways_out(decision: Decision) -> list[str]:
    """Return what the author can do about words that were removed."""
    consultation = decision.case.consultation
    said = []
    if consultation.phase(decision.decided_at) == Consultation.Phase.OPEN:
        said.append(
            _(
                "You can change your comment until the consultation closes. A moderator reads the "
                "change before it is shown."
            )
        )
    disagree = _("If you disagree, write to %(address)s.")
    return [*said, disagree % {"address": consultation.contact_email}]
