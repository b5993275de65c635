import pytest
from hypothesis import given

from consultations.analysis.facts import percentage
from consultations.analysis.snapshot import STANCES
from consultations.analysis.summary import Options, summarise
from tests.analysis.cast import crowd, entries, entry, snapshot


def rows(made):
    return [(row.keys, row.total, row.new) for row in made]


def test_facts_count_in_full():
    facts = summarise(
        snapshot(
            entry("a", organisation="acme"),
            entry("b", organisation="acme", stance="oppose", new=False),
            entry("c", organisation="leeds", stance="no_view", kind="local_leader"),
            entry("d", published=False, quotable=False, stance="strongly_oppose", region=""),
        )
    ).facts

    assert (facts.total, facts.new, facts.unpublished, facts.organisations) == (4, 3, 1, 2)
    assert list(facts.stances.items()) == list(zip(STANCES, (0, 1, 0, 1, 1, 1), strict=True))


def test_rows_stand_in_the_declared_order():
    facts = summarise(
        snapshot(
            entry("a", kind="other", region=""),
            entry("b", kind="local_leader", region="TLL"),
            entry("c", kind="employer", region="TLC"),
        )
    ).facts

    assert rows(facts.by_kind) == [
        (("employer",), 1, 1),
        (("local_leader",), 1, 1),
        (("other",), 1, 1),
    ]
    assert [row.keys for row in facts.by_region] == [("TLC",), ("TLL",), ("",)]


def test_small_row_with_unpublished_comments_is_merged_with_the_next_smallest():
    facts = summarise(
        snapshot(
            *crowd(9, "e", kind="employer"),
            *crowd(6, "l", kind="local_leader"),
            *crowd(3, "o", kind="other"),
            *crowd(2, "r", kind="represents_employers", published=False),
        )
    ).facts

    assert rows(facts.by_kind) == [
        (("employer",), 9, 9),
        (("local_leader",), 6, 6),
        (("represents_employers", "other"), 5, 5),
    ]


def test_merging_goes_on_until_the_row_is_large_enough():
    facts = summarise(
        snapshot(
            *crowd(9, "e", kind="employer"),
            *crowd(2, "l", kind="local_leader"),
            *crowd(1, "o", kind="other"),
            *crowd(1, "r", kind="represents_employers", published=False),
        )
    ).facts

    assert rows(facts.by_kind) == [
        (("employer", "local_leader", "represents_employers", "other"), 13, 13)
    ]


def test_small_row_of_published_comments_stands():
    facts = summarise(snapshot(*crowd(9, "e"), entry("o", kind="other"))).facts

    assert rows(facts.by_kind) == [(("employer",), 9, 9), (("other",), 1, 1)]


@given(entries())
def test_no_row_shows_an_unpublished_stance(made):
    facts = summarise(snapshot(*made)).facts

    for table, code in ((facts.by_kind, "kind"), (facts.by_region, "region")):
        assert sum(row.total for row in table) == len(made)
        for row in table:
            inside = [each for each in made if getattr(each, code) in row.keys]
            assert len(inside) == row.total
            assert len(table) == 1 or row.total >= 5 or all(each.published for each in inside)


def test_movement_is_told_where_five_are_new():
    before = summarise(snapshot(*crowd(6, "a", new=False), *crowd(6, "l", kind="local_leader")))
    after = summarise(
        snapshot(
            *crowd(6, "a", new=False),
            *crowd(5, "b", stance="oppose"),
            *crowd(6, "l", kind="local_leader", new=False),
            *crowd(4, "m", kind="local_leader"),
        ),
        before,
    ).facts

    assert [row.movement for row in after.by_kind] == [
        dict.fromkeys(STANCES, 0) | {"oppose": 5},
        None,
    ]
    assert after.movement == dict.fromkeys(STANCES, 0) | {"oppose": 5, "support": 4}


def test_movement_is_not_told_without_a_previous_edition():
    facts = summarise(snapshot(*crowd(9))).facts

    assert (facts.movement, facts.by_kind[0].movement) == (None, None)


def test_movement_is_not_told_where_rows_were_merged_otherwise():
    hidden = crowd(1, "r", kind="other", published=False)
    before = summarise(snapshot(*crowd(9, "e", new=False), *hidden))
    after = summarise(
        snapshot(*crowd(9, "e", new=False), *crowd(8, "n"), *hidden, *crowd(6, "o", kind="other")),
        before,
    ).facts

    assert [row.movement for row in after.by_kind] == [None, None]


def test_movement_of_a_row_nobody_stood_in_before_starts_from_nothing():
    before = summarise(snapshot(*crowd(3, "e", new=False)))
    after = summarise(
        snapshot(*crowd(3, "e", new=False), *crowd(5, "l", kind="local_leader")), before
    ).facts

    assert after.by_kind[1].movement == dict.fromkeys(STANCES, 0) | {"support": 5}


def test_thresholds_can_be_set():
    hidden = crowd(6, "o", kind="other", published=False)
    facts = summarise(snapshot(*crowd(9), *hidden), options=Options(minimum_row=7)).facts

    assert rows(facts.by_kind) == [(("employer", "other"), 15, 15)]


def test_representative_bodies_are_never_added_to_their_members_where_another_row_is_left():
    bodies = crowd(3, "b", kind="represents_employers", published=False)
    facts = summarise(snapshot(*crowd(6), *crowd(9, "o", kind="other"), *bodies)).facts

    assert rows(facts.by_kind) == [
        (("employer",), 6, 6),
        (("represents_employers", "other"), 12, 12),
    ]


def test_representative_bodies_are_merged_with_members_rather_than_told_apart():
    bodies = crowd(3, "b", kind="represents_employers", published=False)
    facts = summarise(snapshot(*crowd(6), *bodies)).facts

    assert rows(facts.by_kind) == [(("employer", "represents_employers"), 9, 9)]


@pytest.mark.parametrize(
    ("part", "base", "expected"), [(1, 19, None), (10, 20, 50), (1, 40, 3), (1, 21, 5), (0, 20, 0)]
)
def test_percentage_needs_a_base_of_twenty(part, base, expected):
    assert percentage(part, base) == expected
