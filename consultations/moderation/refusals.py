"""Why what is decided may not come about: each returns the sentence that says so, or ""."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Appeal, CommentVersion, Decision, Document, Redaction, Response

APPEALED = gettext_lazy(
    "Its author appeals against this. Decide on the appeal, which waits in the queue, or leave it "
    "to whoever decides there."
)


def unchecked(response: Response) -> str:
    """Refuse what was typed and not yet compared with the original."""
    if not response.unchecked:
        return ""
    return _("An officer typed this: a second person first checks it against the original.")


def spoken_for(response: Response) -> str:
    """Refuse what would show or count beside a colleague's response for the organisation.

    Its membership should be at hand; costs one query for a member's response.
    """
    if response.official or not response.for_organisation:
        return ""
    member = response.membership
    if member is None or not member.current:
        return ""
    theirs = Response.objects.filter(
        consultation_id=response.consultation_id,
        organisation_id=member.organisation_id,
        submitted_at__isnull=False,
    )
    if not theirs.exists():
        return ""
    return _("A colleague’s response speaks for the organisation, which counts once.")


def appealed(kept: CommentVersion | Document | None) -> str:
    """Refuse to show again what is kept from the public while its author appeals (one query)."""
    waiting = Appeal.objects.waiting().exclude(decision__verb=Decision.Verb.REDACT)
    about = {"decision__case__document": kept}
    if isinstance(kept, CommentVersion):
        about = {"decision__version": kept}
    return str(APPEALED) if kept and waiting.filter(**about).exists() else ""


def appealed_removal(removal: Redaction) -> str:
    """Refuse to put words back while their author appeals against their removal (one query)."""
    waiting = Appeal.objects.waiting().filter(
        decision__case__comment=removal.version.comment_id,
        decision__verb=Decision.Verb.REDACT,
        decision__decided_by=removal.redacted_by_id,
        decision__decided_at=removal.redacted_at,
    )
    return str(APPEALED) if waiting.exists() else ""
