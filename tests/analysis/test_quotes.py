import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.personal import likely_personal
from consultations.analysis.summary import KINDS, Options, summarise
from consultations.text import words
from tests.analysis.cast import REASONS, crowd, entries, entry, snapshot

LONG = "We make pumps, and the fund " + "really " * 30 + "helped; " + "but " * 40 + "it ended."


def quotes(*made, **options):
    return summarise(snapshot(*made), options=Options(**options)).quotes


def test_quote_is_a_verbatim_span_of_whole_sentences():
    middle = "We need trains, e.g. to Hull, before we need another fund."
    text = f"Hello to all who read this.  {middle} That is all we have to say."
    (quote,) = quotes(entry("a", text), words_max=15)

    assert (quote.start, quote.end, quote.text) == (29, 29 + len(middle), middle)
    assert (quote.block, quote.why, quote.new, quote.cut) == ("support", "block", True, False)


def test_each_block_is_heard_in_turn():
    made = [
        *crowd(20, "a", text=REASONS[0]),
        entry("b", REASONS[2], stance="strongly_oppose"),
        entry("c", REASONS[4], stance="no_view"),
    ]

    assert [quote.block for quote in quotes(*made)] == ["support", "opposition", "neither"]
    assert [quote.comment for quote in quotes(*made)][1:] == ["b", "c"]


def test_employers_and_local_leaders_are_heard_between_the_blocks():
    made = [
        entry("a", REASONS[0], kind="employer"),
        entry("b", REASONS[1], kind="local_leader"),
        entry("c", REASONS[2], kind="employer", stance="oppose"),
        entry("d", REASONS[4], kind="other", stance="oppose"),
        entry("e", REASONS[3], kind="other", stance="neither"),
    ]

    assert [quote.comment for quote in quotes(*made)][:3] == ["b", "c", "e"]


def test_every_kind_is_heard_while_room_lasts():
    made = [entry(kind, REASONS[at], kind=kind) for at, kind in enumerate(KINDS)]
    found = quotes(*made, quotes=5)

    assert sorted(quote.comment for quote in found) == sorted(KINDS)
    assert found[0].why == "block"
    assert {quote.why.partition(":")[0] for quote in found[1:]} == {"kind"}


def test_room_that_is_left_goes_to_what_is_unsaid():
    made = [entry(f"c{at}", REASONS[at]) for at in (0, 2, 4, 7)]
    found = quotes(*made, quotes=4)

    assert sorted(quote.comment for quote in found) == ["c0", "c2", "c4", "c7"]
    assert [quote.why for quote in found] == ["block", "coverage", "coverage", "coverage"]


def test_near_identical_comments_are_one_voice():
    letter = " ".join(REASONS[at] for at in (0, 2, 4, 7))
    made = [
        *(entry(f"c{at}", f"{letter} Yours, number{at}") for at in range(9)),
        entry("loud", letter.upper()),
        entry("own", REASONS[3]),
    ]
    found = quotes(*made)

    assert [quote.comment for quote in found].count("own") == 1
    assert len(found) == 2


def test_new_comments_are_preferred_block_by_block():
    made = [
        entry("old", REASONS[0], new=False),
        entry("new", REASONS[2]),
        entry("earlier", REASONS[4], stance="oppose", new=False),
    ]

    assert [(quote.comment, quote.new) for quote in quotes(*made)] == [
        ("new", True),
        ("earlier", False),
        ("old", False),
    ]


def test_short_comment_is_quoted_only_where_nothing_else_speaks():
    assert [quote.text for quote in quotes(entry("a", " Yes please. "))] == ["Yes please."]
    assert [q.comment for q in quotes(entry("a", "Yes please."), entry("b"))] == ["b"]


def test_short_sentences_are_joined():
    (quote,) = quotes(entry("a", REASONS[11]))

    assert len(words(quote.text)) >= 8


def test_sentence_that_is_too_long_is_cut_between_clauses_where_nothing_else_speaks():
    (quote,) = quotes(entry("a", LONG))

    assert (quote.cut, quote.text) == (True, LONG[: LONG.index("; but")])
    assert [q.comment for q in quotes(entry("a", LONG), entry("b"))] == ["b"]


@pytest.mark.parametrize("changes", [{"published": False}, {"quotable": False}])
def test_comment_that_may_not_be_quoted_is_not(changes):
    assert quotes(entry("a", **changes)) == ()


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ("jo.smith@example.org", "email"),
        ("ｊｏ＠example.org", "email"),
        ("0113 496 0123", "phone"),
        ("+44 (0)113 496 0123", "phone"),
        ("07700-900123", "phone"),
        ("LS1 4AP", "postcode"),
        ("sw1a1aa", "postcode"),
        ("QQ123456C", None),
        ("AB 12 34 56 C", "national_insurance"),
        ("£1,250,000 in 2023/24", None),
        ("between 2019 and 2024", None),
        ("the A1 and the M62", None),
        ("BS 5750 and ISO 9001", None),
    ],
)
def test_text_with_likely_personal_data_is_not_quoted(held, code):
    text = f"{REASONS[0]} Ask about {held} for more. {REASONS[2]}"

    assert likely_personal(text) == (() if code is None else (code,))
    assert bool(quotes(entry("a", text))) == (code is None)


def test_quotes_of_a_small_budget_open_those_of_a_large_one():
    made = [
        entry(f"c{at}", text, kind=KINDS[at % 5], stance=("support", "oppose", "neither")[at % 3])
        for at, text in enumerate(REASONS[:8])
    ]

    assert quotes(*made, quotes=8)[:3] == quotes(*made, quotes=3)


@given(
    st.integers(1, 3),
    st.lists(st.sampled_from(REASONS[:5]), min_size=27, max_size=27),
    st.sampled_from(("oppose", "strongly_oppose", "neither", "no_view")),
)
def test_minority_of_a_tenth_is_always_quoted(minority, texts, stance):
    many = [entry(f"m{at}", text) for at, text in enumerate(texts)]
    few = [entry(f"f{at}", REASONS[7], stance=stance) for at in range(minority)]

    heard = {quote.comment[0] for quote in quotes(*many, *few, quotes=3)}
    assert heard == {"m", "f"}


@given(entries(), st.integers(0, 8))
def test_never_more_quotes_than_asked_for(made, number):
    assert len(quotes(*made, quotes=number)) <= number
