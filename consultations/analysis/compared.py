"""Are common ground and what changed told truly? Part of `verify`; counts from the entries."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from consultations.analysis.comparisons import Changes, Ground
from consultations.analysis.masks import MASK
from consultations.analysis.shapes import Quote, Summary
from consultations.analysis.snapshot import STANCES, Entry, Snapshot
from consultations.analysis.violation import Violation

_PAIRS = [("employer", "local_leader")]


def check_ground(summary: Summary, snapshot: Snapshot) -> Iterator[Violation]:
    """Yield where two kinds are wrongly told to agree or part, or are shown by wrong quotes."""
    if [each.kinds for each in summary.ground] != _PAIRS:
        yield Violation("ground", "ground", "compares other kinds")
        return
    entries = {entry.comment: entry for entry in snapshot.entries}
    for each in summary.ground:
        where = f"ground:{'+'.join(each.kinds)}"
        if each.verdict != _verdict(each, summary, snapshot.entries):
            yield Violation("ground", where, "is told otherwise than the comments say")
        if each.quotes != _places(each, summary, entries):
            yield Violation("ground", where, "is shown by other quotes")


def _shares(kind: str, entries: Sequence[Entry]) -> tuple[int, Fraction, Fraction]:
    stances = [entry.stance for entry in entries if entry.kind == kind]
    base = max(1, len(stances))
    support = sum(stance.endswith("support") for stance in stances)
    oppose = sum(stance.endswith("oppose") for stance in stances)
    return len(stances), Fraction(support, base), Fraction(oppose, base)


def _alone(kind: str, summary: Summary) -> bool:
    return any(row.keys == (kind,) and row.stances for row in summary.facts.by_kind)


def _verdict(each: Ground, summary: Summary, entries: Sequence[Entry]) -> str:
    one, other = (_shares(kind, entries) for kind in each.kinds)
    told = all(_alone(kind, summary) for kind in each.kinds)
    if not told or one[0] < summary.options.differ_group or other[0] < summary.options.differ_group:
        return "too_few"
    apart = Fraction(summary.options.differ_points, 100)
    if abs(one[1] - other[1]) >= apart or abs(one[2] - other[2]) >= apart:
        return "part"
    half = Fraction(1, 2)
    if min(one[1], other[1]) > half:
        return "agree_support"
    return "agree_oppose" if min(one[2], other[2]) > half else "unclear"


def _places(each: Ground, summary: Summary, entries: Mapping[str, Entry]) -> tuple[int, ...]:
    found = []
    told = all(_alone(kind, summary) for kind in each.kinds)
    for kind in each.kinds:
        _base, support, oppose = _shares(kind, tuple(entries.values()))
        side = "" if support == oppose else "support" if support > oppose else "opposition"
        best = None
        for place, quote in enumerate(summary.quotes):
            entry = entries.get(quote.comment)
            if entry is not None and entry.kind == kind:
                fits = told and quote.block == side
                if best is None or (fits and not best[0]):
                    best = (fits, place)
        found += [] if best is None else [best[1]]
    return tuple(found)


def check_changes(
    summary: Summary, snapshot: Snapshot, previous: Summary | None
) -> Iterator[Violation]:
    """Yield where what changed since the previous edition is told wrongly.

    Without `previous` only what the snapshot itself tells can be checked.
    """
    changes, entries = summary.changes, snapshot.entries
    if (changes is None) != (not summary.previous):
        yield Violation("changes", "changes", "are there without an edition before, or missing")
    if changes is None:
        return
    news = len([entry for entry in entries if entry.new])
    edits = len([entry for entry in entries if entry.edited])
    if (changes.new, changes.edited) != (news, edits):
        yield Violation("changes", "changes", "count other comments")
    if previous is None:
        return
    gone = previous.facts.total - len([entry for entry in entries if entry.held])
    if changes.withdrawn != max(gone, 0):
        yield Violation("changes", "changes/withdrawn", "differs from the two editions")
    yield from _then_and_now(summary, changes)
    yield from _quotes(summary, changes, entries, previous)


def _then_and_now(summary: Summary, changes: Changes) -> Iterator[Violation]:
    """Told of each row whose movement is, from what the previous edition told to what this does."""
    rows: list[tuple[tuple[str, ...], dict[str, int], dict[str, int] | None]]
    rows = [((), summary.facts.stances or {}, summary.facts.movement)]
    rows += [(row.keys, row.stances or {}, row.movement) for row in summary.facts.by_kind]
    due = [
        (keys, {stance: now[stance] - moved[stance] for stance in STANCES}, now)
        for keys, now, moved in rows
        if moved is not None
    ]
    if [(each.keys, each.before, each.now) for each in changes.stances] != due:
        yield Violation("changes", "changes/stances", "differ from the two editions")


def _quotes(
    summary: Summary, changes: Changes, entries: Sequence[Entry], previous: Summary
) -> Iterator[Violation]:
    before = {(quote.comment, quote.text) for quote in previous.quotes if quote.text}
    again = [(quote.comment, quote.text) in before for quote in summary.quotes]
    if [quote.kept for quote in summary.quotes] != again:
        yield Violation("kept", "quotes", "stood in the previous edition, or did not")
    kept = [place for place, stood in enumerate(again) if stood]
    added = [place for place, stood in enumerate(again) if not stood]
    if (list(changes.kept), list(changes.added)) != (kept, added):
        yield Violation("changes", "changes/quotes", "differ from the two editions")
    stay = {summary.quotes[place].comment for place in kept}
    gone = [quote for quote in previous.quotes if quote.comment not in stay]
    known = {entry.comment: entry for entry in entries}
    due = [(quote.comment, _why(quote, known.get(quote.comment))) for quote in gone]
    if [(each.comment, each.reason) for each in changes.dropped] != due:
        yield Violation("changes", "changes/dropped", "differ from the two editions")
    fresh = [each.key for each in summary.duplicates if each.campaign and not each.known]
    if list(changes.campaigns) != fresh:
        yield Violation("changes", "changes/campaigns", "differ from the two editions")


def _why(quote: Quote, entry: Entry | None) -> str:
    if entry is None or not entry.published or not entry.quotable:
        return "withdrawn"
    if quote.text and quote.text in entry.text:
        return "others"
    if entry.edited or not MASK.search(entry.text):
        return "edited"
    return "redacted"
