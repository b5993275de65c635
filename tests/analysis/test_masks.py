"""Masks: how words are found, what is read in their place, and that nobody is quoted with one."""

from dataclasses import replace

import pytest

from consultations.analysis.masks import (
    MASK,
    Removed,
    longest_run,
    mask,
    masked,
    occurrences,
    pieces,
)
from consultations.analysis.snapshot import Entry, Snapshot
from consultations.analysis.summary import summarise
from consultations.analysis.verify import verify

HIDDEN = "[removed: personal data]"


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("personal_data", "[removed: personal data]"),
        ("not-own-right", "[removed: not own right]"),
        ("x" * 80, f"[removed: {'x' * 60}]"),
    ],
)
def test_mask_reads_the_code_in_words(code: str, read: str) -> None:
    assert mask(code) == read
    assert MASK.fullmatch(read)


def test_masked_puts_each_mask_in_place_of_its_words() -> None:
    spans = [Removed(9, 12, "[removed: b]"), Removed(0, 3, "[removed: a]")]

    assert masked("Ann told Bob.", spans) == "[removed: a] told [removed: b]."
    assert masked("Ann told Bob.", []) == "Ann told Bob."


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("0161 496 0000", ["0161 496\n0000", "0161  496 0000"]),
        ("ring", ["Ring", "ring"]),
        ("Ann's", ["Ann’s"]),
        ("nobody", []),
        (" \n ", []),
        (".*", []),
    ],
)
def test_occurrences_are_found_whatever_their_case_spaces_and_quotes(
    sought: str, found: list[str]
) -> None:
    text = "Ring 0161 496\n0000, Ann’s line; or ring 0161  496 0000."

    assert [text[start:end] for start, end in occurrences(text, sought)] == found


def test_pieces_joined_are_the_text() -> None:
    text = "Ann told Bob."

    parts = pieces(text, [Removed(0, 3, HIDDEN)], [Removed(9, 12, HIDDEN)])

    assert [(piece.text, piece.kind) for piece in parts] == [
        ("Ann", "removed"),
        (" told ", ""),
        ("Bob", "chosen"),
        (".", ""),
    ]


def test_longest_run_counts_sentences_from_which_nothing_is_gone() -> None:
    assert longest_run(f"One two. {HIDDEN} three four five. Six seven. Eight.") == 3


def entry(comment: str, text: str, *, stance: str = "support", new: bool = True) -> Entry:
    return Entry(comment, text, stance, "employer", "", "", published=True, quotable=True, new=new)


LONG = "Local supply chains would gain a great deal from steady rules over many years."
SHORT = "It would help us."


@pytest.mark.parametrize(
    ("texts", "quoted"),
    [
        ([f"{HIDDEN} runs it. {LONG}"], [LONG]),
        ([f"{LONG} {HIDDEN} runs it."], [LONG]),
        ([f"{LONG[:-1]} says {HIDDEN}."], []),
        ([f"{LONG[:-1]} says {HIDDEN}.", SHORT], [SHORT]),
        ([f"{SHORT} {HIDDEN}"], []),
        ([HIDDEN], []),
    ],
)
def test_no_quote_holds_a_mask_and_the_summary_verifies(
    texts: list[str], quoted: list[str]
) -> None:
    snapshot = Snapshot(1, tuple(entry(str(n), text) for n, text in enumerate(texts)))

    summary = summarise(snapshot, None)

    assert [quote.text for quote in summary.quotes] == quoted
    assert verify(summary, snapshot) == []


def test_block_whose_new_comments_hold_masks_alone_is_heard_by_earlier_ones() -> None:
    entries = (entry("a", HIDDEN), entry("b", LONG, new=False))

    summary = summarise(Snapshot(1, entries), None)

    assert [quote.text for quote in summary.quotes] == [LONG]
    assert verify(summary, Snapshot(1, entries)) == []


def test_quote_of_a_mask_is_a_violation() -> None:
    said = f"{LONG} {HIDDEN} is why."
    snapshot = Snapshot(1, (entry("a", said),))
    summary = summarise(snapshot, None)
    quote = replace(summary.quotes[0], end=len(said), text=said)

    found = verify(replace(summary, quotes=(quote,)), snapshot)

    assert [each.detail for each in found] == [
        "holds what was put in place of words that were removed"
    ]
