"""Notes between colleagues: written and read at their desk, and nowhere else."""

from datetime import datetime

from django.db.models import QuerySet

from consultations.models import Consultation, Membership, Note


def note(*, membership: Membership, consultation: Consultation, text: str, at: datetime) -> Note:
    """Leave a note at the member's desk."""
    return Note.objects.create(
        consultation=consultation,
        organisation_id=membership.organisation_id,
        host=membership.desk,
        author=membership.user,
        text=text,
        written_at=at,
    )


def notes(membership: Membership, consultation: Consultation) -> QuerySet[Note]:
    """Return the notes of the member's desk on a consultation, the oldest first."""
    rows = Note.objects.filter(
        consultation=consultation,
        organisation_id=membership.organisation_id,
        host=membership.desk,
    )
    return rows.select_related("author").order_by("written_at", "pk")
