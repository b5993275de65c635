"""What changed between two texts: pieces that join to both, in whole words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.differences import Change, departures, differences

TEXTS = st.text(alphabet="ab .\n'é", max_size=60)


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(str(piece.change), piece.text) for piece in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("the same", "the same", [("same", "the same")]),
        ("", "all new", [("added", "all new")]),
        ("all gone", "", [("removed", "all gone")]),
        (
            "Firms need power.",
            "Firms need skills.",
            [("same", "Firms need "), ("removed", "power"), ("added", "skills"), ("same", ".")],
        ),
        (
            "We want old rules now",
            "We want new laws now",
            [
                ("same", "We want "),
                ("removed", "old rules"),
                ("added", "new laws"),
                ("same", " now"),
            ],
        ),
        ("don't", "do", [("removed", "don't"), ("added", "do")]),
    ],
)
def test_differences_are_shown_in_whole_words(
    before: str, after: str, pieces: list[tuple[str, str]]
) -> None:
    assert told(before, after) == pieces


@given(TEXTS, TEXTS)
def test_pieces_join_to_both_texts(before: str, after: str) -> None:
    pieces = differences(before, after)

    old = "".join(piece.text for piece in pieces if piece.change != Change.ADDED)
    new = "".join(piece.text for piece in pieces if piece.change != Change.REMOVED)

    assert (old, new) == (before, after)


@pytest.mark.parametrize(
    ("pattern", "text", "pieces"),
    [
        (
            "We ask for one plan.",
            "We ask for a better plan. Thanks",
            [
                ("same", "We ask for"),
                ("removed", " one"),
                ("added", " a better"),
                ("same", " plan."),
                ("added", " Thanks"),
            ],
        ),
        ("We ask for a plan.", "WE ASK, for a plan!", [("same", "WE ASK, for a plan!")]),
    ],
)
def test_departures_are_words_and_neither_case_nor_signs(
    pattern: str, text: str, pieces: list[tuple[str, str]]
) -> None:
    found = departures(pattern, text)

    assert [(str(piece.change), piece.text) for piece in found] == pieces


@given(st.text(max_size=60), st.text(max_size=60))
def test_departures_but_for_what_is_removed_are_the_text(pattern: str, text: str) -> None:
    pieces = departures(pattern, text)

    kept = "".join(piece.text for piece in pieces if piece.change != Change.REMOVED)
    assert kept == text.rstrip()
