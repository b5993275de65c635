from dataclasses import replace

import pytest
from hypothesis import given

from consultations.analysis.facts import percentage
from consultations.analysis.snapshot import MEMBERS, STANCES
from consultations.analysis.summary import Options, summarise
from consultations.analysis.verify import verify
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
            entry("e"),
        )
    ).facts

    assert (facts.total, facts.new, facts.unpublished, facts.organisations) == (5, 4, 1, 2)
    assert list(facts.stances.items()) == list(zip(STANCES, (0, 2, 0, 1, 1, 1), strict=True))


@pytest.mark.parametrize("published", [0, 3])
def test_of_a_few_of_whom_one_is_not_published_only_the_number_is_told(published):
    few = snapshot(*crowd(published, "p"), entry("u", published=False, quotable=False))
    summary = summarise(few)

    facts = summary.facts
    assert (facts.total, facts.unpublished, facts.people) == (published + 1, 1, published + 1)
    assert (facts.stances, facts.by_kind, facts.by_region, facts.by_body) == (None, (), (), ())
    said = (
        "1 of them is counted here but not published, and there are too few to tell what was said."
    )
    assert [each.text for each in summary.statements if each.sources] == [
        f"{published + 1} new {'comments' if published else 'comment'}, {published + 1} in all.",
        said,
    ]
    assert facts.distinct == 0
    assert verify(summary, few) == []
    counted = dict.fromkeys(STANCES, 0) | {"support": published + 1}
    told = replace(summary, facts=replace(facts, stances=counted))
    assert "is told where it is to be hidden, or the reverse" in str(verify(told, few))


def test_few_are_compared_with_nothing_and_told_once_they_are_five():
    few = snapshot(*crowd(3, "p"), entry("u", published=False, quotable=False))
    first = summarise(few)
    more = snapshot(
        *crowd(3, "p", new=False, held=True),
        entry("u", published=False, quotable=False, new=False, held=True),
        *crowd(6, "q"),
    )

    second = summarise(more, first)

    assert (second.facts.total, second.facts.movement) == (10, None)
    assert [row.movement for row in (*second.facts.by_kind, *second.facts.by_region)] == [None] * 2
    assert (second.changes.new, second.changes.stances) == (6, ())
    assert sum(second.facts.stances.values()) == 10
    assert verify(second, more, first) == []


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
        (("employer",), 9, 9),
        (("local_leader", "represents_employers", "other"), 4, 4),
    ]
    assert [row.stances for row in facts.by_kind] == [None, None]


def test_small_row_of_published_comments_stands():
    facts = summarise(snapshot(*crowd(9, "e"), entry("o", kind="other"))).facts

    assert rows(facts.by_kind) == [(("employer",), 9, 9), (("other",), 1, 1)]


@given(entries())
def test_no_row_shows_an_unpublished_stance(made):
    facts = summarise(snapshot(*made)).facts

    for table, key in (
        (facts.by_kind, lambda each: each.kind),
        (facts.by_region, lambda each: each.region),
        (facts.by_body, lambda each: f"{each.kind}:{each.body}"),
    ):
        assert sum(row.total for row in table) == (len(made) if table else 0)
        assert table or safe(made) or facts.stances is None
        for row in table:
            inside = [each for each in made if key(each) in row.keys]
            assert len(inside) == row.total
            assert row.stances is None or safe(inside)
        untold = {key for row in table if row.stances is None for key in row.keys}
        behind = [each for each in made if key(each) in untold]
        assert len(behind) in {0, len(made)} or safe(behind)


def safe(inside):
    """Whether of these comments no unpublished one can be worked out."""
    return len(inside) >= 5 or all(each.published for each in inside)


@given(entries())
def test_table_by_body_parts_the_table_by_kind_and_betrays_nobody(made):
    facts = summarise(snapshot(*made)).facts

    assert (facts.by_body == ()) == (facts.stances is None or all(each.body == "" for each in made))
    for row in facts.by_body:
        (kind,) = {
            other.keys
            for other in facts.by_kind
            for key in row.keys
            if key.partition(":")[0] in other.keys
        }
        siblings = [r for r in facts.by_body if r.keys[0].partition(":")[0] in kind]
        told = [each for each in siblings if each.stances is not None]
        known = {key for each in told for key in each.keys}
        rest = [
            each for each in made if each.kind in kind and f"{each.kind}:{each.body}" not in known
        ]
        assert not told or safe(rest)


@given(entries())
def test_no_row_adds_a_body_to_those_whom_it_represents(made):
    facts = summarise(snapshot(*made)).facts

    for row in facts.by_kind:
        for body, members in MEMBERS.items():
            assert not {body, members} <= {*row.keys}
    for row in facts.by_body:
        inside = [each for each in made if f"{each.kind}:{each.body}" in row.keys]
        spoken = {MEMBERS.get(each.kind, each.kind) for each in inside if each.representative}
        assert spoken.isdisjoint(each.kind for each in inside if not each.representative)


def test_unions_and_universities_stand_apart_from_citizens():
    facts = summarise(
        snapshot(
            *crowd(6, "c", kind="other"),
            *crowd(2, "u", kind="other", body="trade_union", organisation="u", stance="oppose"),
            entry("v", kind="other", body="university", organisation="v"),
            *crowd(7, "e", body="company"),
        )
    ).facts

    assert rows(facts.by_kind) == [(("employer",), 7, 7), (("other",), 9, 9)]
    assert rows(facts.by_body) == [
        (("employer:company",), 7, 7),
        (("other:trade_union",), 2, 2),
        (("other:university",), 1, 1),
        (("other:",), 6, 6),
    ]
    assert facts.by_body[1].stances == dict.fromkeys(STANCES, 0) | {"oppose": 2}


def test_small_union_with_an_unpublished_comment_is_counted_with_other_bodies():
    facts = summarise(
        snapshot(
            *crowd(6, "c", kind="other"),
            *crowd(2, "u", kind="other", body="trade_union", published=False),
            *crowd(4, "v", kind="other", body="university"),
        )
    ).facts

    assert rows(facts.by_body) == [
        (("other:",), 6, 6),
        (("other:trade_union", "other:university"), 6, 6),
    ]


def test_small_union_beside_citizens_alone_shows_the_size_of_both_and_no_more():
    facts = summarise(
        snapshot(
            *crowd(6, "c", kind="other"),
            *crowd(2, "u", kind="other", body="trade_union", published=False),
        )
    ).facts

    assert rows(facts.by_body) == [(("other:trade_union",), 2, 2), (("other:",), 6, 6)]
    assert [(row.stances, row.movement) for row in facts.by_body] == [(None, None)] * 2


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


def test_representative_bodies_and_members_alone_show_their_sizes_and_no_more():
    bodies = crowd(3, "b", kind="represents_employers", published=False)
    summary = summarise(snapshot(*crowd(6), *bodies))

    assert rows(summary.facts.by_kind) == [(("employer",), 6, 6), (("represents_employers",), 3, 3)]
    assert [row.stances for row in summary.facts.by_kind] == [None, None]
    told = [each.text for each in summary.statements]
    assert "6 employers: what they said is not told apart." in told
    assert "3 bodies that represent employers: what they said is not told apart." in told


@pytest.mark.parametrize(
    ("part", "base", "expected"), [(1, 19, None), (10, 20, 50), (1, 40, 3), (1, 21, 5), (0, 20, 0)]
)
def test_percentage_needs_a_base_of_twenty(part, base, expected):
    assert percentage(part, base) == expected
