"""Every leaf of a rich summary's JSON, corrupted one by one, is found by `verify`."""

import json
from collections.abc import Iterator
from dataclasses import replace

from consultations.analysis.summary import Options, Summary, summarise
from consultations.analysis.verify import check_frozen, verify
from tests.analysis.cast import REASONS, crowd, entry, snapshot

LETTER = f"{REASONS[0]} {REASONS[2]} {REASONS[4]}"
SECOND = f"{REASONS[1]} {REASONS[3]} {REASONS[7]}"
LEADERS = {"kind": "local_leader", "stance": "oppose", "region": "TLD"}
EARLIER = (
    *(entry(f"e{at:02}", f"{LETTER} Signed, person {at}.", new=False) for at in range(9)),
    *crowd(12, "f", text="", quotable=False, published=False, new=False),
    *crowd(8, "l", text=REASONS[3], new=False, **LEADERS),
    entry("k", f"{REASONS[7]} {REASONS[2]}", new=False, organisation="acme", body="company"),
    entry("m", REASONS[1], new=False, stance="neither", kind="other", region="TLE"),
    entry("o", REASONS[4], new=False, stance="neither", kind="other", region="TLE"),
)
NOW = (
    *(replace(each, edited=each.comment == "k") for each in EARLIER[1:]),
    *(entry(f"n{at}", f"{SECOND} We are number {at}.", **LEADERS) for at in range(6)),
    *(entry(f"p{at}", text, region="TLF") for at, text in enumerate(REASONS[1:5])),
    entry("q", f"Rail links matter. {REASONS[3]}", organisation="leeds", kind="other"),
    entry("r", f"A fund between northern cities matters to suppliers. {REASONS[11]}", kind="other"),
    *crowd(2, "u", text="", quotable=False, published=False, body="charity", organisation="u"),
)
PREVIOUS = summarise(snapshot(*EARLIER))
SUMMARY = summarise(snapshot(*NOW), PREVIOUS)


def leaves(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The path to each scalar."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path


def corrupted(path: tuple[object, ...]) -> Summary | None:
    """The summary with one leaf changed, or None where it cannot even be read."""
    written = json.loads(json.dumps(SUMMARY.to_json()))
    held = written
    for key in path[:-1]:
        held = held[key]
    last = held[path[-1]]
    if isinstance(last, bool):
        held[path[-1]] = not last
    elif isinstance(last, int):
        held[path[-1]] = last + 1
    else:
        held[path[-1]] = f"{last}x" if last else "x"
    try:
        return Summary.from_json(written)
    except ValueError:
        return None


def test_summary_that_is_corrupted_holds_all_that_there_is_to_corrupt() -> None:
    assert SUMMARY.changes is not None
    assert [each.campaign for each in SUMMARY.duplicates][:2] == [True, True]
    assert {quote.why.partition(":")[0] for quote in SUMMARY.quotes} > {"block", "kept"}
    assert any(quote.related for quote in SUMMARY.quotes)
    assert {each.reason for each in SUMMARY.changes.dropped}
    assert SUMMARY.changes.campaigns
    assert [each.verdict for each in SUMMARY.ground] == ["part"]
    assert verify(SUMMARY, snapshot(*NOW), PREVIOUS, Options()) == []
    assert check_frozen(Summary.from_json(SUMMARY.bare().to_json())) == []


def test_verify_finds_every_leaf_that_is_corrupted() -> None:
    shot, missed = snapshot(*NOW), []
    for path in leaves(json.loads(json.dumps(SUMMARY.to_json()))):
        wrong = corrupted(path)
        if wrong is None or check_frozen(wrong):  # which `verify` asks too, and is quick
            continue
        if not verify(wrong, shot, PREVIOUS, Options()):
            missed.append(path)

    assert missed == []
