"""Are the figures of the whole time true? Counted again, in another way, and checked when read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from consultations.analysis.answered import Answered, Asked, Question, Respondent
from consultations.analysis.snapshot import KINDS
from consultations.analysis.tables import check_sizes
from consultations.analysis.violation import Violation


def verify_answered(
    told: Answered, respondents: Sequence[Respondent], channels: Sequence[str], minimum: int
) -> list[Violation]:
    """Return where what is told of those who answered differs from a second count of them."""
    counted = Counter[str]()
    for each in respondents:
        counted["responses"] += 1
        counted["people"] += each.organisation == ""
        counted["late"] += each.late
        counted["pending"] += each.pending
        counted["questions_alone"] += not each.comments
    counted["organisations"] = len(Counter(e.organisation for e in respondents if e.organisation))
    found = [
        Violation("count", f"answered/{name}", f"{getattr(told, name)} told, {number} counted")
        for name, number in counted.items()
        if getattr(told, name) != number
    ]
    if sorted(each.reference for each in respondents if each.organisation) != list(told.bodies):
        found.append(Violation("count", "answered/bodies", "are not those that answered"))
    rows = [(row.keys, row.total) for row in told.by_kind]
    kinds = _sizes((each.kind, each.published) for each in respondents if each.comments)
    found += check_sizes("answered/by_kind", rows, kinds, KINDS, minimum, members=True)
    rows = [(row.keys, row.total) for row in told.by_channel]
    ways = _sizes((each.channel, each.published) for each in respondents if each.comments)
    return [*found, *check_sizes("answered/by_channel", rows, ways, channels, minimum)]


def verify_asked(
    told: Sequence[Asked],
    questions: Sequence[Question],
    replies: Iterable[tuple[int, Sequence[str]]],
    minimum: int,
) -> list[Violation]:
    """Return where what is told of the questions differs from the replies (number, codes) again."""
    answers, chosen = Counter[int](), Counter[tuple[int, str]]()
    for number, codes in replies:
        answers[number] += 1
        for code in codes:
            chosen[number, code] += 1
    due = [(each.number, each.choices, each.several) for each in questions]
    if [(each.number, each.choices, each.several) for each in told] != due:
        return [Violation("questions", "questions", "are not those that were asked")]
    found = list(check_asked(told))
    for each in told:
        where = f"questions/{each.number}"
        if each.answered != answers[each.number]:
            found.append(Violation("count", where, "is told of other answers"))
        if answers[each.number] < minimum:
            if each.rows:
                found.append(Violation("rows", where, "tell what a few have chosen"))
            continue
        sizes = {code: (n := chosen[each.number, code], n) for code in each.choices}
        rows = [(row.keys, row.total) for row in each.rows]
        found += check_sizes(where, rows, sizes, each.choices, minimum)
    return found


def check_answered(told: Answered) -> Iterator[Violation]:
    """Yield where the stored figures of those who answered cannot all be true."""
    for name in ("by_kind", "by_channel"):
        if sum(row.total for row in getattr(told, name)) != told.responses - told.questions_alone:
            yield Violation("sum", f"answered/{name}", "does not add up to all who comment")
    parts = (told.late, told.pending, told.questions_alone, told.people + told.organisations)
    if max(parts) > told.responses or told.people + len(told.bodies) != told.responses:
        yield Violation("sum", "answered", "holds more than all, or less")
    if list(told.bodies) != sorted(set(told.bodies)):
        yield Violation("bodies", "answered/bodies", "stand twice, or in another order")


def check_asked(told: Sequence[Asked]) -> Iterator[Violation]:
    """Yield where the stored figures of a question cannot all be true."""
    for each in told:
        where, total = f"questions/{each.number}", sum(row.total for row in each.rows)
        if not each.rows:  # too few have answered: `verify_asked` knows whether that is so
            continue
        if sorted(key for row in each.rows for key in row.keys) != sorted(each.choices):
            yield Violation("rows", where, "are not its choices")
        if each.choices and not each.several and total != each.answered:
            yield Violation("sum", where, "does not add up")
        if each.several and not each.answered <= total <= each.answered * len(each.choices):
            yield Violation("sum", where, "holds more than was chosen, or less")


def _sizes(found: Iterable[tuple[str, bool]]) -> Mapping[str, tuple[int, int]]:
    """By code, how many there are and how many of them are not public."""
    sizes: dict[str, tuple[int, int]] = {}
    for code, published in found:
        size, hidden = sizes.get(code, (0, 0))
        sizes[code] = size + 1, hidden + (not published)
    return sizes
