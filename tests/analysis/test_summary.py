import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.summary import (
    KINDS,
    METHOD,
    Entry,
    Options,
    Snapshot,
    Summary,
    summarise,
)
from tests.analysis.cast import REASONS, crowd, entries, entry, snapshot


def test_summary_says_what_it_was_made_from():
    made = snapshot(entry("a"))
    first = summarise(made)
    second = summarise(made, first)

    assert (first.recommendation, first.method, first.snapshot) == (1, METHOD, made.digest())
    assert (first.previous, second.previous) == ("", first.digest())


def test_summary_of_nothing_is_empty():
    summary = summarise(snapshot())

    assert (summary.facts.total, summary.facts.by_kind, summary.quotes) == (0, (), ())
    assert summary.statements[0].text == "None so far."


@given(entries(), st.randoms(use_true_random=False))
def test_summary_is_the_same_in_any_order(made, chance):
    shuffled = list(made)
    chance.shuffle(shuffled)
    one, other = snapshot(*made), snapshot(*shuffled)

    assert one.digest() == other.digest()
    assert json.dumps(summarise(one).to_json()) == json.dumps(summarise(other).to_json())


@given(entries(), entries())
def test_summary_round_trips_through_json(made, earlier):
    before = summarise(snapshot(*earlier))
    summary = summarise(snapshot(*made), before, Options(quotes=5))
    written = json.loads(json.dumps(summary.to_json()))

    assert Summary.from_json(written) == summary
    assert Summary.from_json(written).digest() == summary.digest()


@given(entries())
def test_snapshot_round_trips_through_json(made):
    written = json.loads(json.dumps(snapshot(*made).to_json()))

    assert Snapshot.from_json(written).digest() == snapshot(*made).digest()


@pytest.mark.parametrize(
    ("name", "value"),
    [("stance", "maybe"), ("kind", "robot"), ("text", None), ("new", 1), ("comment", 7)],
)
def test_entry_refuses_what_was_not_declared(name, value):
    with pytest.raises(ValueError, match=name):
        Entry.from_json(entry("a").to_json() | {name: value})


def test_snapshot_refuses_a_comment_that_stands_twice():
    with pytest.raises(ValueError, match="twice"):
        snapshot(entry("a"), entry("a", "Other words."))


@pytest.mark.parametrize(
    ("name", "value"), [("facts", {}), ("quotes", "none"), ("method", 1), ("options", None)]
)
def test_summary_refuses_a_broken_record(name, value):
    written = summarise(snapshot(entry("a"))).to_json()

    with pytest.raises(ValueError, match="expected"):
        Summary.from_json(written | {name: value})


def test_summary_refuses_the_edition_of_another_recommendation():
    before = summarise(Snapshot(2, ()))

    with pytest.raises(ValueError, match="recommendation"):
        summarise(snapshot(entry("a")), before)


def test_options_refuse_lengths_that_would_silence_somebody():
    with pytest.raises(ValueError, match="words_min"):
        Options(words_min=40, words_max=60)


def test_large_snapshot_of_short_and_long_comments_silences_nobody():
    short = [
        entry(f"s{at:04}", f"Agreed {at}.", stance="oppose", kind=KINDS[at % 2])
        for at in range(400)
    ]
    summary = summarise(snapshot(*short, entry("long", REASONS[2], stance="oppose")))

    assert [quote.comment for quote in summary.quotes] == ["long"]


def test_statements_tell_the_facts_in_plain_words():
    made = [
        *crowd(12, "a", kind="employer"),
        *crowd(1, "b", kind="employer", stance="oppose", new=False),
        *crowd(3, "c", kind="local_leader", stance="strongly_support"),
        *crowd(8, "d", kind="local_leader", stance="strongly_oppose", new=False),
        *crowd(1, "e", kind="other", stance="neither", published=False, new=False),
        *crowd(2, "f", kind="represents_employers", stance="no_view", new=False),
    ]

    assert [each.text for each in summarise(snapshot(*made)).statements] == [
        "15 new comments, 27 in all.",
        "1 of them is counted here but not published.",
        "Counting near-identical ones once, 1 different text.",
        "Of 27 comments, most (15) support and fewer than half (9) oppose.",
        "Of 27 comments, 27 are one letter, sent by 13 employers and 14 local leaders, bodies that"
        " represent employers and other respondents (counted together);"
        " counted in full in the figures, once among the quotations.",
        "Of 13 employers, 12 support and 1 opposes.",
        "Of 14 local leaders, bodies that represent employers and other respondents"
        " (counted together), 3 support and 8 oppose.",
        "People chose to take part, so these figures do not measure what the public thinks.",
    ]


def between(employers: tuple[int, int], leaders: tuple[int, int]) -> list[str]:
    """The sentence on employers and local leaders, each given as (supporting, opposing)."""
    made = [
        *crowd(employers[0], "a"),
        *crowd(employers[1], "b", stance="oppose"),
        *crowd(leaders[0], "c", kind="local_leader"),
        *crowd(leaders[1], "d", kind="local_leader", stance="oppose"),
    ]
    texts = [each.text for each in summarise(snapshot(*made)).statements]
    return [text for text in texts if text.startswith("Employers and local leaders")]


def test_groups_differ_past_twenty_points():
    assert between((8, 2), (6, 4)) == [
        "Employers and local leaders differ: of 10 employers, 8 support and 2 oppose; "
        "of 10 local leaders, 6 support and 4 oppose."
    ]


def test_groups_agree_by_a_majority_within_twenty_points():
    assert between((8, 2), (7, 3)) == [
        "Employers and local leaders agree: 8 of 10 employers and 7 of 10 local leaders"
        " support this."
    ]
    assert between((2, 10), (3, 9)) == [
        "Employers and local leaders agree: 10 of 12 employers and 9 of 12 local leaders"
        " oppose this."
    ]


@pytest.mark.parametrize(
    ("employers", "leaders"), [((9, 0), (0, 20)), ((5, 5), (6, 4)), ((0, 0), (20, 0))]
)
def test_groups_that_are_small_or_divided_are_not_compared(employers, leaders):
    assert between(employers, leaders) == []


def test_movement_is_told_in_words():
    before = summarise(
        snapshot(*crowd(6, "a", new=False), *crowd(3, "b", stance="oppose", new=False))
    )
    after = summarise(
        snapshot(
            *crowd(6, "a", new=False), *crowd(5, "c"), *crowd(2, "b", stance="oppose", new=False)
        ),
        before,
    )

    told = [each for each in after.statements if "last edition" in each.text]
    assert [each.text for each in told] == [
        "Since the last edition, 5 more support and 1 fewer opposes.",
        "Since the last edition, 1 comment was taken back, hidden or erased.",
        "Of all comments, 6 of 9 supported and 3 opposed at the last edition;"
        " 11 of 13 support and 2 oppose now.",
        "Of employers, 6 of 9 supported and 3 opposed at the last edition;"
        " 11 of 13 support and 2 oppose now.",
        "Of the quotations, 1 stood in the last edition and 1 did not;"
        " 1 of the last edition's is not quoted any more.",
    ]
    assert told[0].sources == ("all/movement/supporting", "all/movement/opposing")
