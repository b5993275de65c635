"""How many decisions and appeals there were, for what reasons, and how long they took.

Three statements at every size. Figures of the owner's own work: they name nobody.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.utils.translation import ngettext

from consultations import ledger
from consultations.analysis.moderated import Contested, ModerationFacts, Ruled, named
from consultations.models import Appeal, Case, Decision, Membership

EVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
Verb, Outcome, Claim = Decision.Verb, Appeal.Outcome, Membership.Claim
NAMES = {
    Verb.PUBLISH: "published",
    Verb.REJECT: "rejected",
    Verb.HIDE: "hidden",
    Verb.REDACT: "redacted",
    Verb.UNREDACT: "unredacted",
}
# What is published from there was refused or taken from view before.
RESTORED = Q(verb=Verb.PUBLISH, state_before__in=["rejected", "hidden"])
DECIDED = Q(outcome__in=[Outcome.UPHELD, Outcome.DISMISSED])
WAITED = ExpressionWrapper(F("decided_at") - F("case__since"), DurationField())
PENDED = ExpressionWrapper(F("decided_at") - F("made_at"), DurationField())
CHUNK = 2_000


class Median(Aggregate):
    """The lower median."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    arity = 1


@dataclass(frozen=True)
class Told:
    """The facts, and the names of the reasons that may be named in public."""

    facts: ModerationFacts
    names: dict[str, str]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Every reason by name, the most frequent first: for those who decide."""
        return [(self.names[code], number) for code, number in named(self.facts.reasons, 1)[0]]

    @property
    def public_reasons(self) -> list[tuple[str, int]]:
        """The reasons that may be named in public."""
        return [(self.names[code], number) for code, number in named(self.facts.reasons)[0]]

    @property
    def other_reasons(self) -> int:
        """How often a reason was given that may not be named in public."""
        return named(self.facts.reasons)[1]


def read(consultation_id: int, start: datetime = EVER[0], end: datetime = EVER[1]) -> Told:
    """Return the figures of a consultation, in `[start, end)` where a period is given."""
    counted, reasons = Counter[str](), Counter[str]()
    names: dict[str, str] = {}
    decided = _decided(consultation_id, start, end)
    restored = ExpressionWrapper(RESTORED, BooleanField())
    rows = decided.annotate(restored=restored).values_list(
        "verb", "restored", "reason__code", "reason__name"
    )
    for verb, again, code, name, number in rows.annotate(n=Count("pk")).order_by():
        counted["restored" if again else NAMES[Verb(verb)]] += number
        if code:
            reasons[code] += number
            names[code] = name
    waited = decided.filter(_WAITED).aggregate(median=Median(WAITED))["median"]
    facts = ModerationFacts(
        **{name: counted[name] for name in (*NAMES.values(), "restored")},
        reasons=dict(reasons),
        seconds=_seconds(waited),
        **_appeals(consultation_id, start, end),
    )
    return Told(facts, names)


def so_far(consultation_id: int) -> Told:
    """Return a consultation's figures as they stand (one query while nothing has been decided).

    They are counted anew once the ledger has grown: every decision and every appeal is on it.
    """
    return _counted(consultation_id, ledger.last(consultation_id))


@lru_cache(maxsize=256)
def _counted(consultation_id: int, _end: tuple[int, str]) -> Told:
    return read(consultation_id)


# What had waited, and was decided then: not what was hidden, or shown again, of itself.
_WAITED = Q(decided_at__gt=F("case__since"), verb__in=[Verb.PUBLISH, Verb.REJECT]) & ~RESTORED


def _decided(consultation_id: int, start: datetime, end: datetime) -> QuerySet[Decision]:
    about = Q(case__comment__isnull=False) | Q(case__document__isnull=False)
    return Decision.objects.filter(
        about,
        case__consultation=consultation_id,
        undone_by__isnull=True,
        verb__in=list(NAMES),
        decided_at__gte=start,
        decided_at__lt=end,
    )


def _contested(consultation_id: int, start: datetime, end: datetime) -> QuerySet[Appeal]:
    found = Appeal.objects.filter(decision__case__consultation=consultation_id, made_at__lt=end)
    return found.filter(Q(decided_at__isnull=True) | Q(decided_at__gte=start))


def _appeals(consultation_id: int, start: datetime, end: datetime) -> dict[str, Any]:
    """Return the appeals' part of the facts (one statement)."""
    then = Q(decided_at__lt=end)
    counts = {
        "appeals": Q(made_at__gte=start),
        "upheld": Q(then, outcome=Outcome.UPHELD),
        "dismissed": Q(then, outcome=Outcome.DISMISSED),
        "void": Q(then, outcome=Outcome.VOID),
        "waiting": ~then | Q(decided_at__isnull=True),
        "dependent": Q(then & DECIDED, independent=False),
    }
    found = _contested(consultation_id, start, end).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in counts.items()},
        appeal_seconds=Median(PENDED, filter=then & DECIDED),
    )
    return {**found, "appeal_seconds": _seconds(found["appeal_seconds"])}


def rows(
    consultation_id: int, start: datetime, end: datetime
) -> tuple[list[Ruled], list[Contested]]:
    """Return the decisions and the appeals themselves, to count them again (two statements)."""
    return (
        list(_each_decision(consultation_id, start, end)),
        list(_each_appeal(consultation_id, start, end)),
    )


def _each_decision(consultation_id: int, start: datetime, end: datetime) -> Iterator[Ruled]:
    found = _decided(consultation_id, start, end).order_by("pk")
    fields = ("verb", "state_before", "reason__code", "decided_at", "case__since")
    for verb, before, code, decided_at, since in found.values_list(*fields).iterator(CHUNK):
        again = verb == Verb.PUBLISH and before in {"rejected", "hidden"}
        waited = verb in {Verb.PUBLISH, Verb.REJECT} and not again and decided_at > since
        yield Ruled(
            "restored" if again else NAMES[Verb(verb)],
            code or "",
            _seconds(decided_at - since) if waited else None,
        )


def _each_appeal(consultation_id: int, start: datetime, end: datetime) -> Iterator[Contested]:
    found = _contested(consultation_id, start, end).order_by("pk")
    for made_at, outcome, decided_at, independent in found.values_list(
        "made_at", "outcome", "decided_at", "independent"
    ):
        then = decided_at if decided_at is not None and decided_at < end else None
        yield Contested(
            made_at >= start,
            outcome if then else "waiting",
            _seconds(then - made_at) if then else None,
            bool(independent),
        )


def claim_appeals(consultation_id: int) -> dict[str, int]:
    """Return how many appeals there were on refused claims, and what became of them (one query)."""
    here = Case.objects.filter(consultation=consultation_id, membership__isnull=False)
    made = Membership.objects.filter(pk__in=here.values("membership"), appealed_at__isnull=False)
    counts = {
        "made": Q(),
        "upheld": Q(claim=Claim.CONFIRMED, independent__isnull=False),
        "dismissed": Q(claim=Claim.REFUSED, independent__isnull=False),
        "waiting": Q(claim=Claim.PENDING, ended_at__isnull=True),
        "dependent": Q(independent=False),
    }
    found: dict[str, int] = made.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in counts.items()}
    )
    return found


def _seconds(waited: timedelta | None) -> int | None:
    return None if waited is None else waited // timedelta(seconds=1)


def span(seconds: int) -> str:
    """Return how long something took in words: minutes, then hours, then days."""
    minutes, hours, days = round(seconds / 60), round(seconds / 3600), round(seconds / 86400)
    if minutes < 60:
        least = max(minutes, 1)
        return ngettext("%(n)s minute", "%(n)s minutes", least) % {"n": least}
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": f"{days:,}"}
