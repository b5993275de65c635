"""Whether the consultation's record is whole, and the entries that anybody can check."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from consultations import ledger
from consultations.models import Consultation, LedgerEntry

# What everybody can see happen; the other entries are the auditors'.
PUBLIC_ACTS = {
    "consultation_published": gettext_lazy("The consultation was published"),
    "correction_made": gettext_lazy("A correction was made"),
    "document_added": gettext_lazy("A document was added"),
    "document_withdrawn": gettext_lazy("A document was withdrawn"),
    "edition_released": gettext_lazy("A digest was published"),
    "edition_withdrawn": gettext_lazy("A digest was withdrawn"),
    "official_response_delayed": gettext_lazy("A reason for a delay was given"),
    "official_response_published": gettext_lazy("Official answers were published"),
}
MOST_FAULTS = 100


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return the record's end, what is wrong with it, and the entries of what is public."""
    entries, head = ledger.last(consultation.pk)
    faults = ledger.verify(consultation.pk, known_head=head)
    rows = LedgerEntry.objects.filter(consultation=consultation).order_by("sequence")
    public = rows.filter(act__in=PUBLIC_ACTS, sequence__lte=entries)
    return {
        "verified_at": at,
        "entries": entries,
        "head": head,
        "whole": not faults,
        "wrong": len(faults),
        "faults": [
            {"entry": one.sequence, "sentence": one.sentence} for one in faults[:MOST_FAULTS]
        ],
        "public_entries": [
            {"entry": entry, "at": when, "act": act, "label": str(PUBLIC_ACTS[act]), "hash": said}
            for entry, when, act, said in public.values_list("sequence", "at", "act", "hash")
        ],
    }
