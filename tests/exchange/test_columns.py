"""What a mapping says of a file's columns; what it cannot say is refused by name."""

import pytest

from consultations.exchange import columns, places
from consultations.exchange.columns import Asking, MappingError, Question
from consultations.exchange.sheets import Row

GOOD = """
channel = "post"
received_on = "2026-11-03"
delimiter = ";"
header = 2
[questions.3]
answer = ["Which", 7]
why = "Reason"
[questions.3.values]
"Ja" = "Yes"
[columns]
reference = "Ref  no."
name = 3
[recommendations.1]
stance = "View"
text = ["Why", "What else"]
[values.stance]
"Muy de acuerdo" = "strongly_support"
"*" = "no_view"
"""
HEADER = Row(
    2, ["ref no.", "View", "Name", "Why ", "What\nelse", "Not asked", "B", "Which", "Reason"]
)


def test_mapping_is_read_and_its_columns_are_found() -> None:
    mapping = columns.read(GOOD)
    assert mapping.questions == {1: Question(stance="View", texts=("Why", "What else"))}
    assert mapping.values["stance"] == {"muy de acuerdo": "strongly_support", "*": "no_view"}
    assert mapping.asked == {3: Asking(("Which", 7), "Reason", {"ja": "Yes"})}
    assert (mapping.header, mapping.delimiter) == (2, ";")
    assert mapping.defaults == {"channel": "post", "received_on": "2026-11-03"}
    found = places.find(mapping, HEADER)
    assert found.facts == {"reference": 0, "name": 2}
    assert found.questions == {1: (1, (3, 4), None)}
    assert found.asked == {3: ((7, 6), 8)}
    assert found.untaken() == ["6 (“Not asked”)"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("[columns", "Expected .* at the end of a table"),
        ("a = [[[[", "Unclosed array|Invalid value"),
        ("channels = 'post'", "Unknown entry “channels”"),
        ("columns = 3", "“columns” must be a table"),
        ("[columns]\ncolour = 'x'", "Unknown entry “columns.colour”"),
        ("[columns]\nname = true", "“columns.name” must be a heading or a number"),
        ("[columns]\nname = [1]", "“columns.name” must be a heading or a number"),
        ("[recommendations.one]\ntext = 'x'", "“recommendations.one” must be a number"),
        ("[questions.1]\ncolour = 'x'", "Unknown entry “questions.1.colour”"),
        ("[questions.one]\nanswer = 'x'", "“questions.one” must be a number"),
        ("[questions.1]\nwhy = ['x']", "“questions.1.why” must be a heading or a number"),
        ("[questions.1]\nvalues = 'x'", "“questions.1.values” must give a text for each"),
        ("[recommendations]\n1 = 'x'", "“recommendations.1” must be a table"),
        ("[recommendations.1]\nwords = 'x'", "Unknown entry “recommendations.1.words”"),
        ("[recommendations.1]\ntext = [1.5]", "must be a heading or a number"),
        ("[values.stance]\nyes = 1", "“values.stance” must give a text for each"),
        ("[values.colour]\nred = 'x'", "Unknown entry “values.colour”"),
        ("delimiter = '#'", "“delimiter” must be one of"),
        ("encoding = 'ebcdic'", "“encoding” must be one of"),
        ("header = '2'", "“header” is of the wrong kind"),
        ("layout = 'snap'", "“layout” must be one of 'citizen-space'"),
    ],
)
def test_mapping_that_says_something_else_is_refused(source: str, sentence: str) -> None:
    with pytest.raises(MappingError, match=sentence):
        columns.read(source)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("name = 'Nam'", "There is no column “Nam”."),
        ("name = 10", "There is no column 10."),
        ("name = 0", "There is no column 0."),
        ("name = 'View'", "Several columns are called “View”: give the number"),
    ],
)
def test_column_that_is_not_there_once_is_named(said: str, sentence: str) -> None:
    mapping = columns.read(f"[columns]\n{said}")
    with pytest.raises(MappingError, match=sentence):
        places.find(mapping, Row(1, [*HEADER.cells[:-1], "view"]))
