"""What moderators decided, in counts and medians: nobody's words, and nobody's name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median_low

from consultations.analysis.violation import Violation

# A reason that was given less often is not named in public: readers who saw a comment go would
# learn why it went.
LEAST_NAMED = 5
# What may be decided; the last two are of words of a comment.
VERBS = ("published", "rejected", "hidden", "restored", "redacted", "unredacted")


@dataclass(frozen=True, slots=True)
class Ruled:
    """One decision on a comment or a document.

    `verb` is one of `VERBS`; `reason` a code or ""; `seconds` how long it
    had waited, None where it had not.
    """

    verb: str
    reason: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Contested:
    """One appeal: made in the period or not, how it ended in it (or "" or "waiting"), and when."""

    made: bool
    outcome: str
    seconds: int | None
    independent: bool


@dataclass(frozen=True, slots=True)
class ModerationFacts:
    """Counts of decisions and appeals, and the medians of how long both took, in seconds."""

    published: int
    rejected: int
    hidden: int
    restored: int
    redacted: int
    unredacted: int
    reasons: dict[str, int]
    seconds: int | None
    appeals: int
    upheld: int
    dismissed: int
    void: int
    waiting: int
    dependent: int
    appeal_seconds: int | None


def named(
    reasons: Mapping[str, int], least: int = LEAST_NAMED
) -> tuple[list[tuple[str, int]], int]:
    """Return the reasons that may be named in public, the most frequent first, and the others' sum.

    The others are one number without names, whether they are one reason or several.
    """
    told = [(reason, number) for reason, number in reasons.items() if number >= least]
    rest = sum(number for number in reasons.values() if number < least)
    return sorted(told, key=lambda each: (-each[1], each[0])), rest


def verify(
    facts: ModerationFacts, decided: Sequence[Ruled], contested: Sequence[Contested]
) -> list[Violation]:
    """Return where the facts differ from the decisions and appeals themselves, counted again."""
    counted = {**_decided(decided), **_contested(contested)}
    return list(_differences(facts, counted))


def _differences(facts: ModerationFacts, counted: Mapping[str, object]) -> Iterator[Violation]:
    for field in fields(facts):
        told = getattr(facts, field.name)
        if told != counted[field.name]:
            detail = f"{told} told, {counted[field.name]} counted"
            yield Violation("count", f"moderation/{field.name}", detail)


def _decided(decided: Iterable[Ruled]) -> dict[str, object]:
    rows = list(decided)
    verbs = Counter(row.verb for row in rows)
    return {
        **{verb: verbs[verb] for verb in VERBS},
        "reasons": dict(Counter(row.reason for row in rows if row.reason)),
        "seconds": _middle(row.seconds for row in rows),
    }


def _contested(contested: Iterable[Contested]) -> dict[str, object]:
    rows = list(contested)
    ended = Counter(row.outcome for row in rows)
    return {
        "appeals": sum(row.made for row in rows),
        **{name: ended[name] for name in ("upheld", "dismissed", "void", "waiting")},
        "dependent": sum(
            not row.independent for row in rows if row.outcome in {"upheld", "dismissed"}
        ),
        "appeal_seconds": _middle(
            row.seconds for row in rows if row.outcome in {"upheld", "dismissed"}
        ),
    }


def _middle(values: Iterable[int | None]) -> int | None:
    """Return the lower median, as the database's `percentile_disc` does."""
    known = [value for value in values if value is not None]
    return median_low(known) if known else None
