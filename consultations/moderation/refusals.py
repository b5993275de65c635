"""Why what is decided may not come about: each returns the sentence that says so, or ""."""

from django.utils.translation import gettext as _

from consultations.models import Response


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
