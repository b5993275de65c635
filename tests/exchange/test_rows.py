"""A row as a response, or every fault of it with its line and column."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.exchange import columns, places
from consultations.exchange.rows import Entry, Reading
from consultations.exchange.sheets import Row
from consultations.exchange.values import Body, Known
from consultations.participation.paper import Days

DAYS = Days(opens=date(2026, 11, 1), closes=date(2026, 11, 20), today=date(2026, 11, 25))
KNOWN = Known(
    regions={"tlc": 7, "north east": 7},
    bodies={"company": Body(3, "employer"), "university": Body(4, "other")},
    sizes={"micro": 5},
)
MAPPING = """
channel = "post"
late_reason = "Accepted by the owner."
[columns]
reference = "Ref"
received_on = "Day"
name = "Name"
organisation = "Body"
organisation_kind = "Body kind"
kind = "Kind"
region = "Region"
permission = "May"
[recommendations.1]
stance = "View"
text = ["Why", "More"]
[recommendations.2]
stance = "View 2"
permission = "May 2"
"""
HEADINGS = [
    *("Ref", "Day", "Name", "Body", "Body kind", "Kind", "Region", "May"),
    *("View", "Why", "More", "View 2", "May 2"),
]
GOOD = {
    "Ref": "A1",
    "Day": "2026-11-03",
    "Name": "Ann",
    "Kind": "Business",
    "Region": "North East",
    "May": "Named",
    "View": "Agree",
    "Why": " It helps.\r\nMuch. ",
    "View 2": "",
    "May 2": "",
}


def read(mapping: str = MAPPING, **fields: str) -> Any:
    found = columns.read(mapping)
    header = Row(1, HEADINGS)
    reading = Reading(found, places.find(found, header), KNOWN, DAYS)
    cells = GOOD | {key.replace("_", " "): value for key, value in fields.items()}
    return reading.entry(Row(5, [cells.get(heading, "") for heading in HEADINGS]))


def faults(**fields: str) -> list[str]:
    found = read(**fields)
    assert isinstance(found, list), found
    return [str(one) for one in found]


def test_good_row_is_a_response() -> None:
    entry = read()
    assert isinstance(entry, Entry)
    assert (entry.line, entry.reference, entry.digest) == (5, "A1", "")
    assert (entry.channel, entry.received_on, entry.late_reason) == ("post", date(2026, 11, 3), "")
    assert (entry.name, entry.kind, entry.region, entry.permission) == (
        "Ann",
        "employer",
        7,
        "named",
    )
    [said] = entry.said
    assert (said.number, said.stance, said.text) == (1, "support", " It helps.\nMuch.")


def test_texts_stand_one_below_another_and_permissions_may_differ() -> None:
    entry = read(More="Cheaper too.", View_2="Disagree", May_2="No")
    assert [(one.text, one.permission) for one in entry.said] == [
        (" It helps.\nMuch.\n\nCheaper too.", "named"),
        ("", "unpublished"),
    ]


def test_words_without_a_view_are_no_view_and_no_permission_is_none() -> None:
    entry = read(View="Not Answered", May="")
    assert (entry.said[0].stance, entry.said[0].permission) == ("no_view", "unpublished")


def test_organisation_brings_its_kind() -> None:
    entry = read(Body="Forge", Body_kind="University", Kind="")
    assert (entry.organisation, entry.organisation_kind, entry.kind) == ("Forge", 4, "other")
    entry = read(Body="Forge", Kind="Business")
    assert (entry.organisation_kind, entry.kind) == (3, "employer")


def test_late_row_takes_the_reason_that_holds_for_all_late_ones() -> None:
    assert read(Day="21/11/2026").late_reason == "Accepted by the owner."
    without = MAPPING.replace('late_reason = "Accepted by the owner."', "")
    [fault] = read(without, Day="21/11/2026")
    assert str(fault).startswith("line 5, column 2 (“Day”): It came after the consultation closed")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"Ref": ""}, "column 1 (“Ref”): Its reference is missing."),
        ({"Ref": "x" * 121}, "column 1 (“Ref”): Shorten this to 120 characters"),
        ({"Day": "soon"}, "column 2 (“Day”): “soon” is no day"),
        ({"Day": "2026-10-31"}, "column 2 (“Day”): The consultation had not opened"),
        ({"Day": "2026-11-26"}, "column 2 (“Day”): The day on which it was received lies in the"),
        ({"Name": "An\nn"}, "column 3 (“Name”): Write this on one line."),
        ({"Name": "Ann\u202e"}, "column 3 (“Name”): Line 1 has a hidden character"),
        ({"Body": "F", "Kind": "Council"}, "No kind of organisation is known for it."),
        ({"Body_kind": "Circle"}, "column 5 (“Body kind”): “Circle” is unknown"),
        ({"Kind": "Martian"}, "column 6 (“Kind”): “Martian” is unknown"),
        ({"Region": "Mars"}, "column 7 (“Region”): “Mars” is unknown"),
        ({"May": "perhaps"}, "column 8 (“May”): “perhaps” is unknown"),
        ({"View": "so-so"}, "column 9 (“View”): “so-so” is unknown"),
        ({"Why": "a\0b"}, "column 10 (“Why”): Line 1 has a control character"),
        ({"Why": "a\ud800b"}, "column 10 (“Why”): Line 1 has half of a broken character"),
        ({"Why": "x" * 5_000_000}, "column 10 (“Why”): Shorten this to 20,000 characters"),
        ({"Why": "…"}, "column 10 (“Why”): Write at least one letter or number."),
        ({"View": "", "Why": ""}, "It says nothing on any recommendation."),
    ],
)
def test_fault_names_the_line_and_the_column(fields: dict[str, str], sentence: str) -> None:
    [said] = faults(**fields)
    assert said.removeprefix("line 5, ").removeprefix("line 5: ")[: len(sentence)] == sentence


def test_every_fault_of_a_row_is_told_at_once() -> None:
    said = faults(Day="soon", Region="Mars", Why="a\0b")
    assert [one.split(" (")[0] for one in said] == [
        "line 5, column 2",
        "line 5, column 7",
        "line 5, column 10",
    ]


def test_more_cells_than_headings_are_a_fault() -> None:
    found = columns.read(MAPPING)
    reading = Reading(found, places.find(found, Row(1, HEADINGS)), KNOWN, DAYS)
    cells = [GOOD.get(heading, "") for heading in HEADINGS]
    [fault] = reading.entry(Row(5, [*cells, "", "stray"]))  # type: ignore[misc]
    assert str(fault) == "line 5, column 14: It has more cells than there are headings."
    assert isinstance(reading.entry(Row(5, [*cells, "", " "])), Entry)


def test_row_without_a_reference_is_named_by_what_stands_in_it() -> None:
    mapping = MAPPING.replace('reference = "Ref"', "")
    one, same, other = read(mapping), read(mapping), read(mapping, Why="Else.")
    assert one.digest == same.digest != other.digest
    assert one.reference == ""


@given(cells=st.lists(st.text(max_size=30), min_size=13, max_size=13))
def test_any_cells_are_a_response_or_faults(cells: list[str]) -> None:
    found = columns.read(MAPPING)
    reading = Reading(found, places.find(found, Row(1, HEADINGS)), KNOWN, DAYS)
    assert reading.entry(Row(5, cells))
