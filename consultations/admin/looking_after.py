"""Which digests somebody must look after: those that are not out yet, or do not come."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.admin import rights
from consultations.admin.editions import told
from consultations.digests import due, final
from consultations.models import Consultation, Edition, database_now
from consultations.models.clock import moment
from consultations.models.edition_standing import UNSEEN

# A digest that is due is made within a minute or two: after this, something is wrong.
PATIENCE = timedelta(minutes=30)


def digests(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what an officer must look after, in a sentence, with the page where it is done.

    One digest that waits stops those after it; one that could not be made is tried again and again.
    Four queries, and two more for each that waits; none for who is an officer nowhere.
    """
    mine = rights.where(request, rights.OFFICER)
    if not mine:
        return []
    at = database_now()
    waiting = Edition.objects.filter(consultation__in=mine, state__in=UNSEEN)
    said = [
        (f"{each.consultation}, {each}: {told(each)}", _page(each.consultation_id))
        for each in waiting.select_related("consultation").order_by("slot", "pk")
    ]
    late = _late(mine, at)
    titles = dict(Consultation.objects.filter(pk__in=late).values_list("pk", "title"))
    for number, since in late.items():
        sentence = _("%(title)s: the digest of %(moment)s could not be made yet.")
        values = {"title": titles[number], "moment": moment(since)}
        said.append((sentence % values, _page(number)))
    return said


def _late(consultations: list[int], at: datetime) -> dict[int, datetime]:
    """Return of which consultations a digest is due and not made, and since when."""
    waiting = [*due.due_editions(at), *final.due_finals(at)]
    return {
        each.consultation_id: each.slot
        for each in reversed(waiting)
        if each.consultation_id in consultations and each.slot < at - PATIENCE
    }


def _page(consultation_id: int) -> str:
    return reverse("admin:consultations_consultation_digests", args=[consultation_id])
