import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.summary import (
    STANCES,
    Facts,
    Options,
    Quote,
    Row,
    Statement,
    Summary,
    summarise,
)
from consultations.analysis.verify import verify
from tests.analysis.cast import REASONS, crowd, entries, entry, snapshot

EARLIER = (
    *crowd(6, "a", new=False),
    *crowd(3, "o", kind="other", new=False),
    *crowd(2, "u", kind="represents_employers", published=False, new=False),
)
BEFORE = snapshot(*EARLIER)
NOW = snapshot(
    *EARLIER,
    *(entry(f"n{at}", text, stance="oppose") for at, text in enumerate(REASONS[:5])),
    entry("p", f"{REASONS[0]} Ring 0113 496 0123.", stance="neither", kind="local_leader"),
    entry(
        "q", REASONS[7], stance="neither", kind="local_leader", organisation="leeds", body="company"
    ),
    entry("r", f"{REASONS[4]} {REASONS[3]}"),
    entry("s", f"{REASONS[1]} {REASONS[3]}", quotable=False),
)
PREVIOUS = summarise(BEFORE)
SUMMARY = summarise(NOW, PREVIOUS)

Change = Callable[[Summary], Summary]


def codes(summary: Summary) -> set[str]:
    return {found.code for found in verify(summary, NOW, PREVIOUS)}


def facts(change: Callable[[Facts], Facts]) -> Change:
    return lambda summary: replace(summary, facts=change(summary.facts))


def first_row(change: Callable[[Row], Row]) -> Change:
    return facts(lambda each: replace(each, by_kind=(change(each.by_kind[0]), *each.by_kind[1:])))


def first_body(change: Callable[[Row], Row]) -> Change:
    return facts(lambda each: replace(each, by_body=(change(each.by_body[0]), *each.by_body[1:])))


def first_quote(change: Callable[[Quote], Quote]) -> Change:
    return lambda summary: replace(summary, quotes=(change(summary.quotes[0]), *summary.quotes[1:]))


def first_statement(change: Callable[[Statement], Statement]) -> Change:
    return lambda summary: replace(
        summary, statements=(change(summary.statements[0]), *summary.statements[1:])
    )


def whole(comment: str, **changes: object) -> Callable[[Quote], Quote]:
    """A quote of all of another comment."""
    text = next(each.text for each in NOW.entries if each.comment == comment)
    values = {"comment": comment, "text": text, "start": 0, "end": len(text), **changes}
    return lambda quote: replace(quote, **values)


def bumped(stances: dict[str, int]) -> dict[str, int]:
    return stances | {"oppose": stances["oppose"] + 1}


CORRUPTIONS: dict[str, tuple[str, Change]] = {
    "another recommendation": ("recommendation", lambda s: replace(s, recommendation=2)),
    "another snapshot": ("snapshot", lambda s: replace(s, snapshot="0" * 64)),
    "another previous": ("previous", lambda s: replace(s, previous="0" * 64)),
    "lower threshold": ("options", lambda s: replace(s, options=Options(minimum_row=1))),
    "total": ("count", facts(lambda f: replace(f, total=f.total + 1))),
    "new": ("count", facts(lambda f: replace(f, new=f.new - 1))),
    "unpublished": ("count", facts(lambda f: replace(f, unpublished=0))),
    "organisations": ("count", facts(lambda f: replace(f, organisations=2))),
    "stances": ("count", facts(lambda f: replace(f, stances=bumped(f.stances)))),
    "movement": ("movement", facts(lambda f: replace(f, movement=bumped(f.movement or {})))),
    "no movement": ("movement", facts(lambda f: replace(f, movement=None))),
    "row total": ("count", first_row(lambda r: replace(r, total=r.total + 1))),
    "row stances": ("count", first_row(lambda r: replace(r, stances=bumped(r.stances or {})))),
    "row movement": ("movement", first_row(lambda r: replace(r, movement=None))),
    "row name": ("rows", first_row(lambda r: replace(r, keys=("other",)))),
    "row gone": ("rows", facts(lambda f: replace(f, by_kind=f.by_kind[1:]))),
    "bodies gone": ("rows", facts(lambda f: replace(f, by_body=()))),
    "body hidden": ("rows", first_body(lambda r: replace(r, stances=None))),
    "body total": ("count", first_body(lambda r: replace(r, total=r.total + 1))),
    "body stances": ("count", first_body(lambda r: replace(r, stances=bumped(r.stances or {})))),
    "region gone": ("rows", facts(lambda f: replace(f, by_region=()))),
    "unknown comment": ("quote", first_quote(lambda q: replace(q, comment="zz"))),
    "other words": ("quote", first_quote(lambda q: replace(q, text=q.text.upper()))),
    "outside": ("quote", first_quote(lambda q: replace(q, end=q.end + 9999))),
    "shifted": ("edge", first_quote(lambda q: replace(q, start=q.start + 1, text=q.text[1:]))),
    "clipped": ("edge", first_quote(lambda q: replace(q, end=q.end - 1, text=q.text[:-1]))),
    "block": ("block", first_quote(lambda q: replace(q, block="opposition"))),
    "reason": ("why", first_quote(lambda q: replace(q, why="popular"))),
    "earlier": ("new", first_quote(lambda q: replace(q, new=False))),
    "not quotable": ("permission", first_quote(whole("s"))),
    "personal": ("permission", first_quote(whole("p", block="neither"))),
    "unpublished quote": ("permission", first_quote(whole("u0000"))),
    "earlier comment": ("new", first_quote(whole("a0000", new=False))),
    "twice": ("quotes", lambda s: replace(s, quotes=(*s.quotes, s.quotes[0]))),
    "silenced": (
        "silenced",
        lambda s: replace(s, quotes=tuple(q for q in s.quotes if q.block != "opposition")),
    ),
    "number": ("statement", first_statement(lambda t: replace(t, text=t.text.replace("9", "8")))),
    "source": ("statement", first_statement(lambda t: replace(t, sources=("all/total",)))),
    "invented": (
        "statement",
        lambda s: replace(s, statements=(*s.statements, Statement("Most agree.", ()))),
    ),
    "sample": ("statement", lambda s: replace(s, statements=s.statements[:-1])),
}


def test_verify_finds_nothing_in_what_was_made():
    assert verify(SUMMARY, NOW, PREVIOUS) == []
    assert verify(SUMMARY, NOW) == []


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_verify_finds_a_planted_corruption(name):
    code, change = CORRUPTIONS[name]

    assert code in codes(change(SUMMARY))


def test_verify_finds_a_small_row_that_was_split_off():
    made = snapshot(*crowd(9, "e"), *crowd(2, "o", kind="other", published=False))
    summary = summarise(made)
    (row,) = summary.facts.by_kind
    none = dict.fromkeys(STANCES, 0)
    split = (
        Row(("employer",), 9, 9, none | {"support": 9}),
        Row(("other",), 2, 2, none | {"support": 2}),
    )

    assert row.keys == ("employer", "other")
    found = verify(replace(summary, facts=replace(summary.facts, by_kind=split)), made)
    assert found[0].code == "rows"


def test_verify_finds_a_row_that_is_told_where_only_its_size_may_be():
    bodies = crowd(3, "b", kind="represents_employers", body="trade_association", published=False)
    made = snapshot(*crowd(6, body="company"), *bodies)
    summary = summarise(made)
    told = replace(summary.facts.by_body[0], stances=dict.fromkeys(STANCES, 0) | {"support": 6})
    facts_ = replace(summary.facts, by_body=(told, *summary.facts.by_body[1:]))

    assert verify(summary, made) == []
    found = verify(replace(summary, facts=facts_), made)
    assert [(each.code, each.where) for each in found] == [("rows", "body:employer:company")]


def test_verify_finds_a_short_quote_where_a_longer_one_was_to_be_had():
    made = snapshot(entry("a", "Yes please."), entry("b"))
    summary = summarise(made)
    short = Quote("a", 0, 11, "Yes please.", "support", "block", True, False)

    assert [v.code for v in verify(replace(summary, quotes=(short,)), made)] == ["length"]


def test_verify_finds_two_quotes_of_one_campaign():
    text = f"{REASONS[0]} {REASONS[2]} {REASONS[4]}"
    made = snapshot(entry("a", text), entry("b", f"{text} Thanks."))
    summary = summarise(made)
    (one,) = summary.quotes
    other = replace(one, comment="a" if one.comment == "b" else "b")

    assert [v.code for v in verify(replace(summary, quotes=(one, other)), made)] == ["quotes"]


@given(entries(), entries(), st.integers(1, 8))
def test_verify_finds_nothing_in_random_summaries(made, earlier, number):
    options = Options(quotes=number)
    previous = summarise(snapshot(*earlier), options=options)
    summary = summarise(snapshot(*made), previous, options)

    assert verify(summary, snapshot(*made), previous) == []
    assert verify(Summary.from_json(summary.to_json()), snapshot(*made)) == []


@given(entries(), st.sampled_from(("total", "new", "unpublished", "organisations")))
def test_verify_finds_a_wrong_total_in_random_summaries(made, name):
    summary = summarise(snapshot(*made))
    written = summary.to_json()
    told = written["facts"]
    assert isinstance(told, dict)
    wrong = Summary.from_json({**written, "facts": {**told, name: told[name] + 1}})

    assert verify(wrong, snapshot(*made))[0].code == "count"


def test_summary_can_be_read_and_verified_without_numpy():
    program = (
        "import sys, consultations.analysis.verify, consultations.analysis.shapes;"
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
