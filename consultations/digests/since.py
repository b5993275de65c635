"""What an edition says of earlier ones that were withdrawn in its period: each is told once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consultations.models import Edition, EditionAct
from consultations.models.clock import day_of


def withdrawn(consultation_id: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return which editions were withdrawn in `[start, end)`, as an edition stores it."""
    acts = EditionAct.objects.filter(
        edition__consultation=consultation_id,
        act=Edition.State.WITHDRAWN,
        at__gte=start,
        at__lt=end,
    )
    rows = acts.order_by("edition__number", "pk").values_list("edition__number", "at")
    return [{"number": number, "at": at.isoformat()} for number, at in rows]


def sentences(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each edition that was withdrawn, as stored; mostly none."""
    said = _("Digest %(number)s was withdrawn on %(day)s: its page says why.")
    return tuple(
        said % {"number": each["number"], "day": day_of(datetime.fromisoformat(each["at"]))}
        for each in facts.get("withdrawn", ())
    )
