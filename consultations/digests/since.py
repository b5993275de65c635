"""What an edition says of earlier ones that were withdrawn since the last that stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from consultations.models import Edition, EditionAct
from consultations.models.clock import day_of
from consultations.models.edition_standing import EditionQuerySet


def withdrawn(consultation_id: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return which editions were withdrawn before `end`, as the one on `[start, end)` stores it.

    Not those that an edition before it tells already, unless that one was withdrawn too.
    """
    acts = EditionAct.objects.filter(
        ~Exists(told_before(consultation_id, start, "at")),
        edition__consultation=consultation_id,
        act=Edition.State.WITHDRAWN,
        at__lt=end,
    )
    rows = acts.order_by("edition__number", "pk").values_list("edition__number", "at")
    return [{"number": number, "at": at.isoformat()} for number, at in rows]


def told_before(consultation_id: int, start: datetime, instant: str) -> EditionQuerySet:
    """Return the editions that stand, end by `start`, and so have told what was at `instant`.

    Not the final one: the series tells for itself. Not one that left it to another before it, which
    was withdrawn only afterwards. `instant` names a column of the query around it.
    """
    left_to = EditionAct.objects.filter(
        edition__consultation=consultation_id,
        edition__final=False,
        edition__slot__gt=OuterRef(OuterRef(instant)),
        edition__slot__lt=OuterRef("slot"),
        act=Edition.State.WITHDRAWN,
        at__gt=OuterRef("built_at"),
    )
    standing = Edition.objects.standing().regular().filter(consultation=consultation_id)
    return standing.filter(~Exists(left_to), slot__lte=start, slot__gt=OuterRef(instant))


def sentences(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each edition that was withdrawn, as stored; mostly none."""
    said = _("Digest %(number)s was withdrawn on %(day)s: its page says why.")
    return tuple(
        said % {"number": each["number"], "day": day_of(datetime.fromisoformat(each["at"]))}
        for each in facts.get("withdrawn", ())
    )
