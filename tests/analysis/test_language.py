"""The language in which a text is read out: the expected one, unless it is plainly another."""

import pytest

from consultations.analysis.language import language_of

ENGLISH = "Our members say that a steady rule over ten years would help them more than any grant."
WELSH = "Mae angen mwy o amser ar y busnesau bach yng Nghymru er mwyn iddyn nhw fod yn barod"
SPANISH = "Creemos que las empresas pequeñas necesitan más tiempo para cumplir con estas reglas"


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        (ENGLISH, "en", "en"),
        (WELSH, "en", "cy"),
        (WELSH, "cy", "cy"),
        (ENGLISH, "cy", "en"),
        # Of a language that we do not know nothing is said.
        (SPANISH, "en", "en"),
        ("Mae angen mwy o amser.", "en", "en"),
        ("", "en", "en"),
    ],
)
def test_language_is_the_expected_one_unless_it_is_plainly_another(
    text: str, expected: str, found: str
) -> None:
    assert language_of(text, expected) == found
