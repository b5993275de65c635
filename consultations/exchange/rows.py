"""One row of a file as a response, or what is wrong with it, by line and column."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import text
from consultations.exchange.columns import Mapping
from consultations.exchange.places import Places
from consultations.exchange.problems import Faults, Problem
from consultations.exchange.replies import Replied, Replies
from consultations.exchange.sheets import Row
from consultations.exchange.values import (
    BODY,
    NOT_ANSWERED,
    Known,
    Unknown,
    ValueRefused,
    Values,
    day,
)
from consultations.models import Kind, Permission, Question, Stance
from consultations.participation.paper import MOST_ON_PAPER, Days

MISSING = {
    "channel": gettext_lazy("How it came is missing."),
    "reference": gettext_lazy("Its reference is missing."),
}
LIMITS = {"reference": 120, "name": 120, "organisation": 200, "late_reason": 500}


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says on one recommendation, by its number."""

    number: int
    stance: str
    text: str
    permission: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as a response; `digest` names a row that has no reference of its own."""

    line: int
    reference: str
    digest: str
    channel: str
    received_on: date
    late_reason: str
    name: str
    organisation: str
    organisation_kind: int | None
    size_band: int | None
    kind: str
    region: int | None
    permission: str
    said: tuple[Said, ...]
    replied: tuple[Replied, ...] = ()


class Reading:
    """How the rows of one file are read; raises ValueRefused for what should hold for all."""

    def __init__(
        self,
        mapping: Mapping,
        places: Places,
        known: Known,
        days: Days,
        asked: Sequence[Question] = (),
    ) -> None:
        self.places, self.known, self.days = places, known, days
        self.unknown = Unknown()
        self.values = Values(mapping.values, self.unknown)
        self.replies = Replies(mapping.asked, places.asked, asked, self.unknown)
        self.values.add("region", known.regions)
        self.values.add("organisation_kind", known.bodies)
        self.defaults = mapping.defaults
        self.day = lru_cache(1_000)(day)
        self.stance = self._default("stance") or Stance.NO_VIEW.value
        for fact in ("channel", "permission", "kind", "region"):
            self._default(fact)

    def _default(self, fact: str) -> str:
        """Return the code that holds for all rows; raises ValueRefused where it is none."""
        return self.values.code(fact, self.defaults.get(fact, ""))

    def entry(self, row: Row) -> Entry | list[Problem]:
        """Return the response of a row, or everything that is wrong with it."""
        faults = Faults(row.line, self.places)
        if any(cell.strip() for cell in row.cells[len(self.places.headings) :]):
            faults.add(_("It has more cells than there are headings."), len(self.places.headings))
        entry = self._entry(row, faults)
        return faults.found or entry

    def _entry(self, row: Row, faults: Faults) -> Entry:
        permission = self._coded("permission", row, faults) or Permission.UNPUBLISHED
        organisation, body, kind = self._who(row, faults)
        received_on, late_reason = self._received(row, faults)
        region = self._coded("region", row, faults)
        size = text.normalised(self._cell(row, "size_band")) if organisation else ""
        said = tuple(self._said(row, permission, faults))
        replied = tuple(self.replies.read(row, faults))
        if not (said or replied or faults.found):
            self._refuse_silence(faults)
        channel = self._needed("channel", self._coded("channel", row, faults), faults)
        reference = self._needed("reference", self._tidied("reference", row, faults), faults)
        return Entry(
            line=row.line,
            reference=reference,
            digest="" if reference else _digest(row),
            channel=channel,
            received_on=received_on,
            late_reason=late_reason,
            name=self._tidied("name", row, faults),
            organisation=organisation,
            organisation_kind=body,
            size_band=self.known.sizes.get(size),
            kind=kind,
            region=self.known.regions.get(region),
            permission=permission,
            said=said,
            replied=replied,
        )

    def _refuse_silence(self, faults: Faults) -> None:
        """Note a row that answers nothing, where columns are there to answer in."""
        if self.places.asked:
            faults.add(_("It says nothing on any recommendation or question."))
        elif self.places.questions:
            faults.add(_("It says nothing on any recommendation."))

    def _who(self, row: Row, faults: Faults) -> tuple[str, int | None, str]:
        """Return the organisation, the key of its kind, and the kind of stakeholder."""
        role = self._coded("responding_as", row, faults)
        name = self._tidied("organisation", row, faults)
        said = self._coded("organisation_kind", row, faults)
        body = self.known.bodies.get(said)
        kind = body.stakeholder_kind if body else self._coded("kind", row, faults)
        if not kind:
            kind = Kind.EMPLOYER if role == BODY and name else Kind.OTHER
        if not name:
            return "", None, kind
        body = body or self.known.default_body(kind)
        if body is None and not faults.found:
            faults.add(_("No kind of organisation is known for it."))
        return name, body.key if body else None, kind

    def _received(self, row: Row, faults: Faults) -> tuple[date, str]:
        """Return the day and, for a late one, the reason; a reason for all is for late ones."""
        place = self.places.facts.get("received_on")
        said = self._cell(row, "received_on").strip() or self.defaults.get("received_on", "")
        late_reason = self._tidied("late_reason", row, faults)
        received_on = self.days.today
        with faults.at(place):
            received_on = self.day(said)
            if received_on > self.days.closes:
                late_reason = late_reason or self.defaults.get("late_reason", "")
            if refused := self.days.refusal(received_on, late_reason):
                raise ValueRefused(refused)
        return received_on, late_reason

    def _said(self, row: Row, permission: str, faults: Faults) -> Iterator[Said]:
        for number, (stance_at, texts_at, permission_at) in self.places.questions.items():
            stance, allowed, words = "", "", ""
            with faults.at(stance_at):
                stance = self.values.code("stance", _at(row, stance_at))
            with faults.at(permission_at):
                allowed = self.values.code("permission", _at(row, permission_at))
            place = None
            said = []
            for place in texts_at:
                with faults.at(place):
                    cell = _at(row, place)
                    if not self.values.stands_for_nothing(cell):
                        said.append(text.tidy(cell, limit=MOST_ON_PAPER))
            words = "\n\n".join(filter(None, said))
            with faults.at(place):
                words = text.tidy(words, limit=MOST_ON_PAPER) if len(said) > 1 else words
            if stance or words:
                yield Said(number, stance or self.stance, words, allowed or permission)

    def _needed(self, fact: str, value: str, faults: Faults) -> str:
        """Return the value of a column that must have one, if there is that column."""
        if fact in self.places.facts and not value and not faults.found:
            faults.add(MISSING[fact], self.places.facts[fact])
        return value

    def _cell(self, row: Row, fact: str) -> str:
        return _at(row, self.places.facts.get(fact))

    def _tidied(self, fact: str, row: Row, faults: Faults) -> str:
        said = self._cell(row, fact)
        if said.strip().casefold() in NOT_ANSWERED:
            return ""
        with faults.at(self.places.facts.get(fact)):
            return text.tidy(said, limit=LIMITS[fact], lines=False)
        return ""

    def _coded(self, fact: str, row: Row, faults: Faults) -> str:
        """Return the code of a column's value, or else the one that holds for all rows."""
        with faults.at(self.places.facts.get(fact)):
            said = self.values.code(fact, self._cell(row, fact))
            return said or self._default(fact)
        return ""


def _at(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _digest(row: Row) -> str:
    """Return what names a row by all that stands in it."""
    said = "\x1f".join(cell.strip() for cell in row.cells).rstrip("\x1f")
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
