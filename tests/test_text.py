import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.text import TextError, normalised, sentences, tidy, words


def refusal(value: str, **limits: object) -> TextError:
    with pytest.raises(TextError) as caught:
        tidy(value, **{"limit": 100, **limits})
    return caught.value


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_tidy_mends_line_ends_and_trailing_space():
    assert tidy("  One\r\nTwo\rThree\u2028Four \n\t ", limit=100) == "  One\nTwo\nThree\nFour"


def test_tidy_composes_letters():
    assert tidy("Tŷ Cafe\u0301", limit=7) == "Tŷ Café"


@pytest.mark.parametrize("blank", ["", " ", "\r\n\t \n", "\u3000\u00a0"])
def test_tidy_returns_blank_for_blank(blank):
    assert tidy(blank, limit=1) == ""


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\x00", "control"),
        ("\x1f", "control"),
        ("\x0b", "control"),
        ("\x85", "control"),
        ("\x7f", "control"),
        ("\ud83d", "surrogate"),
        ("\U000e0067", "tag"),
        ("\u202e", "direction"),
        ("\u200f", "direction"),
        ("\u061c", "direction"),
        ("\u2066", "direction"),
        ("\u200b", "invisible"),
        ("\ufeff", "invisible"),
        ("\u2060", "invisible"),
        ("\ufffe", "noncharacter"),
        ("\U0001ffff", "noncharacter"),
        ("e" + "\u0301" * 40, "marks"),
    ],
)
def test_tidy_refuses_characters_that_hide(character, code):
    error = refusal(f"One\r\nTwo\nThr{character}ee")

    assert (error.code, error.line) == (code, 3)


def test_tidy_names_what_it_found_and_where():
    error = refusal("All fine\nNot\x00 fine\x00")

    assert error.told() == (
        "Line 2 has a control character that cannot be shown (U+0000), and 1 more like it. "
        "Take it out, or type that part again."
    )
    assert error.count == 2


def test_refusal_is_told_in_another_language_part_by_part():
    error = refusal("All fine\nNot\x00 fine")

    assert error.told("[{}]".format) == (
        "[Line 2 has [[a control character that cannot be shown] (U+0000). "
        "Take it out, or type that part again.]]"
    )


def test_tidy_refuses_a_hidden_character_at_the_very_end():
    assert refusal("Yes\x1f").code == "control"


@pytest.mark.parametrize("text", ["👩‍🌾 farm", "نمی‌دانم", "❤️ it", "Kā te pai\tok", "क्षत्रिय"])
def test_tidy_keeps_joiners_and_every_script(text):
    assert tidy(text, limit=100) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["...", "👍", "?!", "\u3164"])
def test_tidy_refuses_text_without_letter_or_number(text):
    assert refusal(text).code == "no_letters"


def test_tidy_counts_code_points_with_crlf_once():
    assert tidy("a\r\nb👍", limit=4) == "a\nb👍"
    error = refusal("a\r\nb👍", limit=3)

    assert (error.code, error.count) == ("too_long", 4)
    assert error.told() == "Shorten this to 3 characters or fewer: it has 4, which is 1 too many."


def test_tidy_counts_bytes():
    assert tidy("é\r\nb", limit=3, limit_bytes=4) == "é\nb"
    error = refusal("é\r\nbb", limit_bytes=4)

    assert (error.code, error.count) == ("too_many_bytes", 5)


def test_tidy_refuses_a_line_break_in_a_single_line():
    assert refusal("Smith\r\nBcc: me", lines=False).code == "line_break"
    assert tidy("  Smith \r\n", limit=10, lines=False) == "Smith"


def test_tidy_is_quick_on_hostile_marks():
    assert refusal("a" + "\u0301\u0316" * 30_000, limit=20_000).code == "marks"
    assert refusal("a" * 1_000_000, limit=5_000).code == "too_long"


def outcome(value: str, **limits: int) -> tuple[str, str]:
    """What came out, or the code of the refusal."""
    try:
        return tidy(value, **limits), ""
    except TextError as error:
        return "", error.code


@given(st.text())
def test_tidy_settles_at_once_or_refuses(text):
    tidied, _ = outcome(text, limit=50, limit_bytes=120)

    assert outcome(tidied, limit=50, limit_bytes=120) == (tidied, "")
    assert unicodedata.is_normalized("NFC", tidied)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_tidy_cuts_nothing_in_silence(text):
    tidied, code = outcome(text, limit=10**6)

    assert tidied == unicodedata.normalize("NFC", text.rstrip()) or code == "no_letters"


def test_normalised_folds_case_width_space_and_invisibles():
    assert normalised("ＷＥ  Agree,\n\u200bSTRASSE so\u00adft ﬁne") == "we agree, strasse soft fine"
    assert normalised("Straße") == normalised("STRASSE")


@given(st.text())
def test_normalised_is_stable(text):
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    "whole",
    [
        "Towns, e.g. Leeds, need this.",
        "Towns, i.e. Leeds and York, need this.",
        "Acme Ltd. Makes pumps.",
        "We met Mr. Smith and Dr. Jones.",
        "She lives in St. Albans now.",
        "See No. 5 in the list.",
        "It rose by 3.5 per cent.",
        "Letters from J. R. Hartley came.",
        "The U.K. Government said so.",
        "1. Build more homes",
        "He said Yahoo! is fine.",
        "Well... maybe not.",
        "See example.org for more.",
    ],
)
def test_sentences_keep_whole(whole):
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One here. Two there! Three? Four", ["One here.", "Two there!", "Three?", "Four"]),
        ("“Stop.” She left. (So did he.) Then rain.", None),
        ("No. We disagree.", ["No.", "We disagree."]),
        ("Costs rose in 2020. 5 councils left.", ["Costs rose in 2020.", "5 councils left."]),
        ("First line\n\n  second line \n", ["First line", "second line"]),
        ("Wait… What now?", ["Wait…", "What now?"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_split(text, parts):
    expected = ["“Stop.”", "She left.", "(So did he.)", "Then rain."] if parts is None else parts
    assert split(text) == expected


@given(st.text(st.sampled_from('ab A.!?"\n 1…)')))
def test_sentences_lose_nothing_but_white_space(text):
    spans = sentences(text)

    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert spans == sorted(spans)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_words_hold_together():
    text = "Don’t cut long-term funding by 3.5% or £1,000 (e.g. UKSPF)."
    assert words(text) == [
        "Don’t", "cut", "long-term", "funding", "by", "3.5", "or", "1,000", "e.g", "UKSPF",
    ]  # fmt: skip
