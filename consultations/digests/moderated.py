"""What an edition says of moderation in its period: counted, counted again, then told."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.analysis.moderated import verify
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.moderation import figures
from consultations.moderation.figures import Told, span

# A preview ends now: a decision may be committed between the two readings, but not for ever.
TRIES = 3


def told(consultation_id: int, start: datetime, end: datetime) -> dict[str, Any]:
    """Return what moderators decided in `[start, end)`, as an edition stores it.

    Reasons given seldom stand there without their names, as they are told. Raises
    UnfaithfulSummaryError where the decisions, counted again, say something else.
    """
    found = checked(consultation_id, start, end)
    plain = asdict(found.facts)
    return {**plain, "reasons": found.public_reasons, "other_reasons": found.other_reasons}


def checked(consultation_id: int, start: datetime, end: datetime) -> Told:
    """Return the figures of a period, once an independent count agrees with them."""
    for _n in range(TRIES):
        found = figures.read(consultation_id, start, end)
        violations = verify(found.facts, *figures.rows(consultation_id, start, end))
        if not violations:
            return found
    said = "; ".join(f"{each.where}: {each.detail}" for each in violations)
    raise UnfaithfulSummaryError(said)


def sentences(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sentences that tell what an edition stored; none where nothing was decided."""
    stored: Mapping[str, Any] = facts.get("moderation") or {}
    return (*_decisions(stored), *_appeals(stored)) if stored else ()


def _decisions(stored: Mapping[str, Any]) -> tuple[str, ...]:
    sentences = [*_whole(stored), *_words(stored)]
    if not sentences:
        return ()
    if stored["seconds"] is not None:
        sentences.append(
            _("Half were decided within %(span)s.") % {"span": span(stored["seconds"])}
        )
    listed = [f"{name} {number:,}" for name, number in stored["reasons"]]
    if stored["other_reasons"]:
        few = _("reasons given fewer than five times %(n)s")
        listed.append(few % {"n": stored["other_reasons"]})
    if listed:
        sentences.append(_("Reasons: %(reasons)s.") % {"reasons": ", ".join(listed)})
    return tuple(sentences)


def _whole(stored: Mapping[str, Any]) -> Iterator[str]:
    names = ("published", "rejected", "hidden", "restored")
    total = sum(stored[name] for name in names)
    if not total:
        return
    said = ngettext(
        "Moderators made %(n)s decision: %(published)s published, %(rejected)s not published, "
        "%(hidden)s taken from view, %(restored)s shown after all.",
        "Moderators made %(n)s decisions: %(published)s published, %(rejected)s not published, "
        "%(hidden)s taken from view, %(restored)s shown after all.",
        total,
    )
    numbers = {name: f"{stored[name]:,}" for name in names}
    yield said % {"n": f"{total:,}", **numbers}


def _words(stored: Mapping[str, Any]) -> Iterator[str]:
    # Editions before removals were counted hold no such figures.
    counts = {name: stored.get(name, 0) for name in ("redacted", "unredacted")}
    if any(counts.values()):
        said = _("Removals of words from comments: %(redacted)s; put back: %(unredacted)s.")
        yield said % {name: f"{number:,}" for name, number in counts.items()}


def _appeals(stored: Mapping[str, Any]) -> tuple[str, ...]:
    if not any(stored[name] for name in ("appeals", "upheld", "dismissed", "void", "waiting")):
        return ()
    said = _(
        "Appeals: %(appeals)s made, %(upheld)s upheld, %(dismissed)s dismissed, "
        "%(void)s ended otherwise, %(waiting)s waiting."
    )
    names = ("appeals", "upheld", "dismissed", "void", "waiting")
    sentences = [said % {name: f"{stored[name]:,}" for name in names}]
    if stored["appeal_seconds"] is not None:
        half = _("Half of the appeals were decided within %(span)s.")
        sentences.append(half % {"span": span(stored["appeal_seconds"])})
    return tuple(sentences)
