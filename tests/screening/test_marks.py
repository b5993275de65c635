import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.language import seems_other_than
from consultations.analysis.personal import likely_personal, personal_data
from consultations.screening.marks import CODES, marks_of

PLAIN = "Our members say that a steady rule over ten years would help them more than any grant."
SPANISH = "Creemos que las empresas pequeñas necesitan más tiempo para cumplir con estas reglas"
WELSH = "Mae angen mwy o amser ar y busnesau bach yng Nghymru er mwyn iddyn nhw fod yn barod"


def codes(text: str, language: str = "en") -> dict[str, int]:
    return {mark["code"]: mark["count"] for mark in marks_of(text, language)}


def test_plain_text_has_no_mark() -> None:
    assert codes(PLAIN) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann@example.org or bob@example.org.", {"email": 2}),
        ("Ring 020 7946 0958 before noon.", {"phone": 1}),
        ("We moved from LS1 4AP to M1 1AE.", {"postcode": 2}),
        ("My number is QQ 12 34 56 C.", {}),
        ("My number is AB 12 34 56 C.", {"national_insurance": 1}),
        ("Paid with 4111 1111 1111 1111 at noon.", {"card": 1}),
        ("Order 4111 1111 1111 1112 never came.", {}),
        ("０２０ ７９４６ ０９５８ is our line", {"phone": 1}),
    ],
)
def test_personal_data_is_found_by_its_form(text: str, found: dict[str, int]) -> None:
    assert personal_data(text) == found
    assert likely_personal(text) == tuple(sorted(found))
    assert codes(text) == found


def test_number_with_a_wrong_check_digit_is_no_card() -> None:
    wrong = [f"411111111111111{last}" for last in range(10)]

    assert [likely_personal(number) for number in wrong].count(("card",)) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("See https://example.org/a and www.example.com.", 2),
        ("Look at example.co.uk today", 1),
        ("This is so.In our view it is", 0),
        ("Write to ann@example.org", 0),
    ],
)
def test_links_are_counted(text: str, count: int) -> None:
    assert codes(text).get("links", 0) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("THIS IS AN OUTRAGE AND NOBODY LISTENS", 100),
        ("The NHS, the UK and HMRC are named.", 0),
        ("NO WAY", 0),
    ],
)
def test_shouting_is_most_of_a_long_enough_text(text: str, count: int) -> None:
    assert codes(text).get("shouting", 0) == count


@pytest.mark.parametrize("text", ["Nooooooooo", "Stop it!!!!!!!!", "no no no no no no to that"])
def test_repeated_characters_and_words_are_marked(text: str) -> None:
    assert set(codes(text)) == {"repeated_characters"}


def test_other_language_than_the_consultations_is_marked() -> None:
    assert codes(SPANISH) == {"language": 1}
    assert codes(WELSH) == {"language": 1}
    assert codes(WELSH, "cy") == {}
    assert codes(PLAIN, "cy") == {"language": 1}


def test_short_text_gives_no_mark_of_its_language() -> None:
    assert not seems_other_than("en", "Muy de acuerdo con todo")
    assert not seems_other_than("fr", SPANISH)


@given(st.text(max_size=400))
def test_any_text_gives_known_marks_in_their_order(text: str) -> None:
    found = [mark["code"] for mark in marks_of(text, "en")]

    assert found == [code for code in CODES if code in found]
