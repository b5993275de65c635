"""Unpublished comments come and go in company: no row betrays one to whoever watches it."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from consultations.results.company import Declared, told

FEWEST = 3
PEOPLE = st.sampled_from([f"person {number}" for number in range(12)])
DECLARED = st.tuples(
    st.sampled_from(("support", "oppose")),
    st.sampled_from(("employer", "local_leader")),
    st.sampled_from(("Wales", "London", "")),
)
COUNTS = st.lists(st.dictionaries(PEOPLE, DECLARED), max_size=12)


def rows(declared: Declared) -> tuple[str, ...]:
    """Return the rows of two tables in which somebody stands."""
    _stance, kind, region = declared
    return f"kind {kind}", f"region {region}"


@given(COUNTS)
def test_in_each_row_nobody_changes_or_so_many_do(counts: list[dict[str, Declared]]) -> None:
    states: list[dict[str, Declared]] = [{}]
    for now in counts:
        states.append(told(states[-1], now, rows, FEWEST))

    for before, after in pairwise(states):
        changed = Counter(
            row
            for person in before.keys() | after.keys()
            if before.get(person) != after.get(person)
            for row in {
                row for state in (before, after) if person in state for row in rows(state[person])
            }
        )
        assert [row for row, people in changed.items() if people < FEWEST] == []


@given(st.dictionaries(PEOPLE, DECLARED), st.dictionaries(PEOPLE, DECLARED))
def test_what_is_told_is_so_or_was_and_no_more_waits_than_must(
    before: dict[str, Declared], now: dict[str, Declared]
) -> None:
    found = told(before, now, rows, FEWEST)

    for person in before.keys() | now.keys() | found.keys():
        assert found.get(person) in (before.get(person), now.get(person))
    assert told(found, now, rows, FEWEST) == found
    assert told(before, now, rows, 1) == now


def test_five_alike_are_told_at_once_and_a_sixth_elsewhere_waits() -> None:
    five = {f"person {number}": ("support", "employer", "Wales") for number in range(5)}
    other = {"person 5": ("oppose", "employer", "London")}

    assert told({}, dict(list(five.items())[:4]), rows, 5) == {}
    assert told({}, five | other, rows, 5) == five


def test_one_in_a_small_row_holds_back_nobody_who_has_company_without_them() -> None:
    leaders = {f"leader {number}": ("oppose", "local_leader", "London") for number in range(3)}
    mixed = {"a": ("support", "employer", "London"), "b": ("support", "employer", "Wales")}

    assert told({}, leaders | mixed, rows, 3) == leaders
