import pytest

from consultations.analysis.quantifiers import counted, quantifier
from consultations.analysis.summary import KINDS, Options, summarise
from consultations.analysis.verify import verify
from portal.bench.letters import SENTENCES
from tests.analysis.cast import crowd, entry, snapshot


def told(employers, leaders):
    """The comparison of employers with local leaders, each given as (supporting, opposing)."""
    made = [
        *crowd(employers[0], "a", text=SENTENCES[0]),
        *crowd(employers[1], "b", text=SENTENCES[1], stance="oppose"),
        *crowd(leaders[0], "c", text=SENTENCES[2], kind="local_leader"),
        *crowd(leaders[1], "d", text=SENTENCES[3], kind="local_leader", stance="oppose"),
    ]
    summary = summarise(snapshot(*made))
    (ground,) = summary.ground
    shown = [summary.quotes[place] for place in ground.quotes]
    return ground.verdict, [f"{quote.comment[0]} {quote.block}" for quote in shown]


@pytest.mark.parametrize(
    ("employers", "leaders", "verdict", "shown"),
    [
        ((12, 3), (12, 4), "agree_support", ["a support", "c support"]),
        ((3, 12), (4, 12), "agree_oppose", ["b opposition", "d opposition"]),
        ((12, 3), (3, 12), "part", ["a support", "d opposition"]),
        ((5, 5), (6, 4), "unclear", ["a support", "c support"]),
        ((9, 0), (0, 20), "too_few", ["a support", "d opposition"]),
    ],
)
def test_ground_is_shown_by_a_quote_from_each_side(employers, leaders, verdict, shown):
    found, quoted = told(employers, leaders)

    assert found == verdict
    if verdict != "unclear":
        assert quoted == shown


def test_every_region_with_three_texts_is_heard_where_it_is_shown():
    made = [
        entry(f"{region}{at}", SENTENCES[3 * place + at], region=region, placed=region != "TLE")
        for place, region in enumerate(("TLC", "TLD", "TLE"))
        for at in range(3)
    ]
    crowded = [entry(f"x{at:02}", SENTENCES[12 + at], region="TLC") for at in range(20)]
    shot = snapshot(*made, *crowded, entry("lone", SENTENCES[33], region="TLF"))
    summary = summarise(shot, options=Options(quotes=4))

    regions = {quote.why for quote in summary.quotes if quote.why.startswith("region")}
    heard = {quote.comment[:3] for quote in summary.quotes}
    assert regions <= {"region:TLC", "region:TLD"}
    assert {"TLD"} <= heard
    assert verify(summary, shot, None, Options(quotes=4)) == []


def test_kind_with_three_texts_goes_before_kinds_with_fewer():
    made = [entry(f"{kind}", SENTENCES[at], kind=kind) for at, kind in enumerate(KINDS)]
    made += [entry(f"other{at}", SENTENCES[9 + at], kind="other") for at in range(3)]
    summary = summarise(snapshot(*made))

    assert summary.quotes[1].why == "kind:other" or summary.quotes[0].comment.startswith("other")


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (40, "all"),
        (39, "almost all"),
        (36, "almost all"),
        (35, "most"),
        (23, "most"),
        (22, "about half"),
        (18, "about half"),
        (17, "fewer than half"),
        (8, "fewer than half"),
        (7, "few"),
    ],
)
def test_quantifiers_follow_the_published_thresholds(number, word):
    assert quantifier(number, 40, Options()) == word


def test_quantifier_stands_beside_its_count_and_on_no_small_base():
    assert counted(31, 40, "support", Options()) == "most (31) support"
    assert counted(15, 19, "support", Options()) == "15 support"
    assert counted(1, 40, "support", Options()) == "1 supports"
    assert counted(0, 40, "support", Options()) == "none support"


def test_related_comments_are_alike_and_never_copies_nor_of_one_organisation():
    text = "Buses to the industrial estate never came, and our apprentices left for other towns."
    close = "Our apprentices left because the buses to the industrial estate stopped running."
    made = [
        entry("a", text, organisation="acme"),
        entry("b", f"{text} Indeed.", organisation="other"),
        entry("c", close, organisation="acme"),
        entry("d", close.replace("stopped", "had long ceased"), organisation="d"),
        entry("e", SENTENCES[0]),
    ]
    summary = summarise(snapshot(*made), options=Options(related_percent=20))
    related = {quote.comment: quote.related for quote in summary.quotes}

    first = next(each for each in ("a", "b") if each in related)
    assert related[first]
    assert set(related[first]) <= {"c", "d"}
