"""What the words of a column stand for."""

from datetime import date

import pytest

from consultations.exchange import values
from consultations.exchange.values import ValueRefused, Values
from tests.factories import make_organisation_kind, make_region


@pytest.mark.parametrize(
    ("what", "said", "code"),
    [
        ("stance", "Strongly agree", "strongly_support"),
        ("stance", " strongly  SUPPORT ", "strongly_support"),
        ("stance", "Neither agree nor disagree", "neither"),
        ("stance", "Don’t know", "no_view"),
        ("stance", "Very Useful", "strongly_support"),
        ("stance", "Not Answered", ""),
        ("stance", "", ""),
        ("permission", "Yes", "unnamed"),
        ("permission", "Publish with my name", "named"),
        ("permission", "No", "unpublished"),
        ("responding_as", "On behalf of an organisation", "organisation"),
        ("kind", "Local Authority", "local_leader"),
        ("channel", "Letter", "post"),
    ],
)
def test_usual_words_are_known(what: str, said: str, code: str) -> None:
    assert Values({}).code(what, said) == code


@pytest.mark.parametrize("said", ["perhaps", "\ud800", "x" * 300, "5"])
def test_unknown_word_is_refused_with_what_to_do(said: str) -> None:
    with pytest.raises(ValueRefused, match=r"say what it stands for under \[values.stance\]"):
        Values({}).code("stance", said)


def test_this_site_is_no_channel_of_an_import() -> None:
    with pytest.raises(ValueRefused):
        Values({}).code("channel", "web")


def test_mapping_comes_before_the_usual_words_and_may_name_all_others() -> None:
    read = Values({"stance": {"agree": "strongly_support", "*": "no_view"}})
    said = [read.code("stance", word) for word in ("Agree", "disagree", "perhaps", "")]
    assert said == ["strongly_support", "oppose", "no_view", ""]


def test_mapping_to_a_word_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueRefused):
        Values({"stance": {"agree": "yea"}}).code("stance", "agree")


@pytest.mark.parametrize(
    "said", ["2026-11-03", "2026-11-03 09:15:00", "03/11/2026", "3-11-2026", "3 November 2026"]
)
def test_day_is_read_with_the_day_before_the_month(said: str) -> None:
    assert values.day(said) == date(2026, 11, 3)


@pytest.mark.parametrize("said", ["", "11/25/2026", "2026-02-30", "45000", "soon", "3/11/26", "\0"])
def test_what_is_no_day_is_refused(said: str) -> None:
    with pytest.raises(ValueRefused, match="is no day"):
        values.day(said)


@pytest.mark.django_db
def test_our_own_rows_are_known_by_code_and_by_name() -> None:
    region, kind = make_region(), make_organisation_kind()
    known = values.known()
    assert known.regions["tlc"] == known.regions["north east"] == region.pk
    assert known.bodies["employer"].key == kind.pk
    assert known.default_body("employer") == known.bodies["employer"]
    assert known.default_body("other") is None
