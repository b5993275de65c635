"""An edition as one structure, of plain strings and numbers, for web page, mail and preview.

Web pages and the admin import this; it reads frozen facts and looks up what they name. What is
said of one recommendation is next door, in `sections`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.digests import beside, closing, moderated, since
from consultations.digests.final import is_to_come
from consultations.digests.quoting import spoken
from consultations.digests.sections import section
from consultations.digests.shapes import View
from consultations.digests.sound import sound_quotes
from consultations.models import Consultation, Edition, EditionWorkbook, Quote, Stance
from consultations.models.clock import moment
from consultations.models.edition_standing import UNSEEN

CAUTION = gettext_lazy(
    "People chose to take part: this is not a sample and measures no public support."
)
FINAL_TO_COME = gettext_lazy("A final summary of the whole consultation is to come.")


def view(edition: Edition) -> View:
    """Return a saved edition as it reads now: frozen facts, the rest looked up (three queries).

    Of a final summary, five.

    Raises UnfaithfulSummaryError where what is stored is not what was published.
    """
    quotes = sound_quotes(edition)
    seen = assemble(edition.facts, quotes, number=edition.number, fingerprint=edition.hash)
    built = edition.final and EditionWorkbook.objects.filter(edition=edition).exists()
    return replace(
        seen,
        corrections=beside.corrections(quotes),
        earlier=(*seen.earlier, *beside.corrected_since(edition)),
        readers=None if edition.state in UNSEEN else edition.readers,
        workbook_path=_path("digests.workbook", edition) if built else "",
    )


def assemble(
    facts: Mapping[str, Any],
    quotes: Iterable[Quote],
    *,
    number: int = 0,
    fingerprint: str = "",
    notice: str = "",
) -> View:
    """Put frozen facts and present quotes together; without a number it is a preview."""
    said = [spoken(quote) for quote in quotes]
    final = "whole" in facts
    named = beside.named_in(facts)
    slug = facts["slug"]
    home = reverse("consultations.show", args=[slug])
    start, end = (datetime.fromisoformat(facts[name]) for name in ("from", "to"))
    return View(
        number=number,
        heading=_heading(number, final=final),
        title=facts["title"],
        path=reverse("digests.show", args=[slug, number]) if number else home,
        consultation_path=home,
        method_path=reverse("pages.method"),
        period=closing.covers(start, end) if final else period_of(start, end),
        start=facts["from"],
        end=facts["to"],
        caution=str(CAUTION),
        stances=tuple(str(label) for label in Stance.labels),
        sections=tuple(
            section(told, facts, [q for q in said if q.recommendation == told["number"]], named)
            for told in facts["recommendations"]
        ),
        to_come=() if final else _to_come(facts),
        method=facts["method"],
        hash=fingerprint,
        notice=notice,
        moderation=moderated.sentences(facts, reverse("moderation.show", args=[slug])),
        moderation_path=reverse("moderation.show", args=[slug]),
        record=_record(facts) if number else "",
        earlier=since.sentences(facts),
        record_path=reverse("digests.record", args=[slug, number]) if number else "",
        whole=closing.whole(facts) if final else None,
        about=closing.about() if final else "",
    )


def _path(name: str, edition: Edition) -> str:
    return reverse(name, args=[edition.facts["slug"], edition.number])


def _heading(number: int, *, final: bool) -> str:
    """What an edition is called at its head."""
    if final:
        return _("Final summary")
    return _("Digest %(n)s") % {"n": number} if number else _("The next digest")


def _record(facts: Mapping[str, Any]) -> str:
    """The sentence that names the end of the ledger as it was: whoever keeps it can tell later."""
    end = facts.get("record")
    if not end or not end["entry"]:
        return ""
    said = _("The record of this consultation then ended with entry %(n)s, %(hash)s.")
    return said % {"n": end["entry"], "hash": end["hash"]}


def as_plain(seen: View) -> dict[str, Any]:
    """Return the view as plain values for a JSON column; templates read both alike."""
    return asdict(seen)


def address(path: str) -> str:
    """Return the full address of a path, from settings and never from a request."""
    return f"{settings.SITE_URL}{path}"


def period_of(start: datetime, end: datetime) -> str:
    """Return the sentence that says which period an edition covers."""
    return _("From %(start)s to %(end)s.") % {"start": moment(start), "end": moment(end)}


def upcoming(at: datetime | None, consultation: Consultation, now: datetime) -> str:
    """Return the sentence that says `now` when the next digest comes, as `due` knows (two queries).

    None is made while one waits, or is held, before it is published.
    After the close `due` gives a date only while something may still be told.
    """
    if consultation.editions.unseen().exists():
        return _("A digest is being checked before it is published.")
    if at is None:
        over = consultation.published_at and not consultation.digests_held_at
        if over and is_to_come(consultation, now):
            return str(FINAL_TO_COME)
        return (
            _("No more digests are to come.") if over else _("No date is set for the next digest.")
        )
    checked = consultation.release != Consultation.Release.AT_ONCE
    if not checked and not consultation.editions.public().exists():
        said = _("The first digest comes at %(moment)s, if any comments are published by then.")
        return said % {"moment": moment(at)}
    return _following(at, consultation.closes_at, checked=checked)


def _following(at: datetime, closes_at: datetime | None, *, checked: bool) -> str:
    """The sentence about a digest that follows another, or is checked before it goes out."""
    if checked:
        said = _(
            "The next digest is made at %(moment)s, if there is anything new, and is published "
            "once it has been checked."
        )
    elif closes_at and at >= closes_at:
        said = _("One more digest comes at %(moment)s, if more comments are published by then.")
    else:
        said = _("The next digest comes at %(moment)s, if there is anything new.")
    return said % {"moment": moment(at)}


def _to_come(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What is still to come, as it stood when the edition was made."""
    waiting, end = facts["waiting"], datetime.fromisoformat(facts["to"])
    said = []
    if waiting:
        told = ngettext(
            "Waiting for a moderator: %(n)s comment.",
            "Waiting for a moderator: %(n)s comments.",
            waiting,
        )
        said.append(told % {"n": f"{waiting:,}"})
    closes = _instant(facts["closes_at"])
    closed = closes is not None and closes <= end
    if closes:
        told = _("The consultation closes at %(moment)s.")
        if closed:
            told = _("The consultation closed at %(moment)s.")
        said.append(told % {"moment": moment(closes)})
    if following := _instant(facts["next_at"]):
        said.append(_following(following, closes, checked=facts.get("checked", False)))
    elif closed and not waiting:
        more = facts.get("final_to_come", False)
        said.append(str(FINAL_TO_COME) if more else _("No more digests are to come."))
    return tuple(said)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
