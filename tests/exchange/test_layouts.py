"""The three column layouts of Citizen Space exports, as small files of our own have them."""

import pytest

from consultations.exchange import layouts, places
from consultations.exchange.sheets import Row

CODES = ["Ident 1", "Ident 2", "Ident 3", "Ident 4", "Ident 5"]
WORDS = [
    "What is your name?",
    "What is your email address?",
    "Are you responding as an individual or on behalf of an organisation?",
    "Please select which sector your organisation is part of",
    "We publish a summary - would you be happy for your response to be published in full?",
]
PARTED = [
    "Respondent type - Respondent type",
    "Location - address",
    "Organisation type - Organisation type",
    "Prop 1 Q1 - Do you agree or disagree with the plan?",
    "Prop 1 Q2 - To what extent do you agree that it will work?",
    "Prop 1 Q8 - Please use this space to explain your answers",
    "Prop 2 Q1 - Do you agree or disagree with this plan?",
    "Prop 2 Q8 - Please use this space to explain your answers",
]
PLAIN = [
    "Responding as",
    "Organisation name",
    "Size of organisation",
    "Where do the outcomes sit on a scale from very useful to not useful at all?",
    "What role would you and/or your organisation play?",
]


def taken(headings: list[str]) -> tuple[dict[str, int], dict[int, object]]:
    header = Row(1, headings)
    found = places.find(layouts.recognise(header), header)
    return dict(found.facts), dict(found.questions)


def test_headings_below_a_row_of_codes_are_found() -> None:
    assert layouts.header_of([Row(1, CODES), Row(2, WORDS)]) == Row(2, WORDS)
    facts, questions = taken(WORDS)
    assert facts == {"name": 0, "responding_as": 2, "permission": 4}
    assert questions == {}


def test_numbered_questions_answer_the_recommendation_of_their_number() -> None:
    facts, questions = taken(PARTED)
    assert facts == {"responding_as": 0, "region": 1, "kind": 2}
    assert questions == {1: (3, (5,), None), 2: (6, (7,), None)}
    header = Row(1, PARTED)
    untaken = places.find(layouts.recognise(header), header).untaken()
    assert [name[:1] for name in untaken] == ["5"]  # a second closed question is told of


def test_plain_questions_follow_one_another() -> None:
    facts, questions = taken(PLAIN)
    assert facts == {"responding_as": 0, "organisation": 1, "size_band": 2}
    assert questions == {1: (3, (4,), None)}


@pytest.mark.parametrize("first", [[], [Row(1, [])], [Row(1, ["", " "]), Row(2, CODES)]])
def test_no_headings_are_found_where_there_are_none(first: list[Row]) -> None:
    assert layouts.header_of(first) is None


def test_any_headings_are_looked_at_without_an_error() -> None:
    for heading in ("", "\0", "q", "Q9999", "proposal", "\ud800", "x" * 10_000, "prop 1", "name"):
        layouts.recognise(Row(1, [heading, heading]))
