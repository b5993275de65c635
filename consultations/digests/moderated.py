"""What an edition says of moderation in its period: counted, counted again, then told."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.analysis.moderated import verify
from consultations.digests.shapes import Sentence, Source
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.moderation import figures
from consultations.moderation.figures import Told, span

# A sentence, and the figures behind it: name, label, value.
_Told: TypeAlias = tuple[str, list[tuple[str, str, str]]]
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


def sentences(facts: Mapping[str, Any], path: str) -> tuple[Sentence, ...]:
    """Return the sentences that tell what an edition stored; none where nothing was decided.

    Each names the figures that it is made of; `path` leads to the page of all figures.
    """
    stored: Mapping[str, Any] = facts.get("moderation") or {}
    told = (*_decisions(stored), *_appeals(stored)) if stored else ()
    return tuple(
        Sentence(
            text,
            tuple(
                Source(f"moderation.{name}", label, value, path) for name, label, value in sources
            ),
        )
        for text, sources in told
    )


def _decisions(stored: Mapping[str, Any]) -> tuple[_Told, ...]:
    told = [*_whole(stored), *_words(stored)]
    if not told:
        return ()
    if stored["seconds"] is not None:
        half = span(stored["seconds"])
        took = ("seconds", _("Half of the decisions, at most"), half)
        told.append((_("Half were decided within %(span)s.") % {"span": half}, [took]))
    listed = [(f"reasons.{name}", name, f"{number:,}") for name, number in stored["reasons"]]
    if stored["other_reasons"]:
        few = _("reasons given fewer than five times")
        listed.append(("other_reasons", few, f"{stored['other_reasons']:,}"))
    if listed:
        reasons = ", ".join(f"{name} {number}" for _code, name, number in listed)
        told.append((_("Reasons: %(reasons)s.") % {"reasons": reasons}, listed))
    return tuple(told)


def _whole(stored: Mapping[str, Any]) -> Iterator[_Told]:
    labels = {
        "published": _("Published"),
        "rejected": _("Not published"),
        "hidden": _("Taken from view"),
        "restored": _("Shown after all"),
    }
    total = sum(stored[name] for name in labels)
    if not total:
        return
    said = ngettext(
        "Moderators made %(n)s decision: %(published)s published, %(rejected)s not published, "
        "%(hidden)s taken from view, %(restored)s shown after all.",
        "Moderators made %(n)s decisions: %(published)s published, %(rejected)s not published, "
        "%(hidden)s taken from view, %(restored)s shown after all.",
        total,
    )
    yield _counted(said, stored, labels, n=f"{total:,}")


def _words(stored: Mapping[str, Any]) -> Iterator[_Told]:
    labels = {"redacted": _("Removals of words"), "unredacted": _("Words put back")}
    # Editions before removals were counted hold no such figures.
    counts = {name: stored.get(name, 0) for name in labels}
    if any(counts.values()):
        said = _("Removals of words from comments: %(redacted)s; put back: %(unredacted)s.")
        yield _counted(said, counts, labels)


def _appeals(stored: Mapping[str, Any]) -> tuple[_Told, ...]:
    labels = {
        "appeals": _("Appeals made"),
        "upheld": _("Appeals upheld"),
        "dismissed": _("Appeals dismissed"),
        "void": _("Appeals that ended otherwise"),
        "waiting": _("Appeals that wait"),
    }
    if not any(stored[name] for name in labels):
        return ()
    said = _(
        "Appeals: %(appeals)s made, %(upheld)s upheld, %(dismissed)s dismissed, "
        "%(void)s ended otherwise, %(waiting)s waiting."
    )
    told = [_counted(said, stored, labels)]
    if stored["appeal_seconds"] is not None:
        half = span(stored["appeal_seconds"])
        took = ("appeal_seconds", _("Half of the appeals, at most"), half)
        said = _("Half of the appeals were decided within %(span)s.") % {"span": half}
        told.append((said, [took]))
    return tuple(told)


def _counted(said: str, stored: Mapping[str, int], labels: Mapping[str, str], **more: str) -> _Told:
    """Return a sentence with these numbers put in, and each as one of its sources."""
    numbers = {name: f"{stored[name]:,}" for name in labels}
    return said % (numbers | more), [(name, labels[name], n) for name, n in numbers.items()]
