"""The final summary on the page of digests: how it stands, and having it made now."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.digests import final
from consultations.digests.preview import LONGEST_REASON
from consultations.forms import TidyField
from consultations.models import Consultation, User


class FinalForm(forms.Form):
    """Why the final summary is made now, whatever waits still."""

    why = TidyField(
        label=gettext_lazy("Reason for making it now"),
        limit=LONGEST_REASON,
        help_text=gettext_lazy("It goes on the record of this consultation."),
        widget=forms.TextInput,
    )


def make_now(consultation: Consultation, said: dict[str, Any], *, by: User, at: datetime) -> str:
    """Order it, and return what to say; raises DigestError."""
    final.make_now(consultation=consultation, reason=said["why"], by=by, at=at)
    return _("It is made of all that counts now, in about two minutes.")


def standing(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return how the final summary stands, and whether it can be ordered (at most four queries)."""
    why_not = final.why_not(consultation, at)
    made = consultation.editions.filter(final=True).exists()
    by_itself = _(
        "By itself it comes on the first morning after the close on which nothing waits in the "
        "queue, and every digest that is to come has been published."
    )
    if final.is_too_late(consultation, at):
        by_itself = _("It closed more than 30 days ago, so it is made only when you say so.")
    again = _("It was taken back, and is made again only when you say so.")
    return {
        "final_standing": why_not or (again if made else by_itself),
        "may_make_final": not why_not,
        "may_preview_final": bool(consultation.closes_at and at >= consultation.closes_at),
    }
