"""What the author of a comment is told of words that the public does not read."""

from django.utils.translation import gettext as _

from consultations.mail.letter import Block
from consultations.models import Comment, CommentVersion, Consultation, Decision, Permission
from consultations.models.appeal import ends_at
from consultations.moderation import appeal_letters


def told(comment: Comment, version: CommentVersion) -> list[str]:
    """Return what is removed from the version now, why, and the rule, in sentences; else none."""
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
    rules = dict.fromkeys(row.reason.rule for row in rows if row.reason.rule)
    return [
        *said,
        *(_("The rule: %(rule)s") % {"rule": rule} for rule in rules),
        _("In their place the public reads: %(masks)s. We keep your own words as you sent them.")
        % {"masks": ", ".join(dict.fromkeys(row.mask for row in rows))},
    ]


def ways_out(decision: Decision) -> list[str]:
    """Return what the author can do about words that were removed."""
    if decision.case.consultation.phase(decision.decided_at) != Consultation.Phase.OPEN:
        return []
    can = _(
        "You can change your comment until the consultation closes. A moderator reads the "
        "change before it is shown."
    )
    return [can]


def offers(decision: Decision, version: CommentVersion) -> list[Block]:
    """Return how to appeal against what removed words of the version that a decision publishes."""
    if version.permission == Permission.UNPUBLISHED:
        return []
    made = Decision.objects.filter(
        case__comment=decision.case.comment_id, verb=Decision.Verb.REDACT, appeal__isnull=True
    )
    gone = set(version.redactions.in_force().values_list("redacted_by", "redacted_at"))
    return [
        block
        for each in made.select_related("case__consultation").order_by("pk")
        if (each.decided_by_id, each.decided_at) in gone and decision.decided_at < ends_at(each)
        for block in appeal_letters.offer(each, _("Appeal against the removal of words"))
    ]
