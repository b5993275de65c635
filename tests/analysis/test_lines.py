import json

import pytest

from consultations.analysis.lines import BadLine, read, written
from consultations.analysis.snapshot import BLOCKS, Entry
from consultations.analysis.summary import summarise
from tests.analysis.cast import REASONS, crowd, entry, snapshot

GOOD: dict[str, object] = {
    "id": "a",
    "text": REASONS[0],
    "stance": "support",
    "kind": "employer",
    "region": "TLC",
    "organisation": "acme",
}


def line(**changes: object) -> bytes:
    """A good line, or one with these changes; a field that is `...` is left out."""
    return json.dumps({k: v for k, v in {**GOOD, **changes}.items() if v is not ...}).encode()


def test_line_is_read_as_a_published_new_comment():
    assert list(read([line()])) == [entry("a", organisation="acme")]


@pytest.mark.parametrize("nothing", ["", None, ...])
def test_region_and_organisation_may_be_empty_null_or_missing(nothing):
    (found,) = read([line(region=nothing, organisation=nothing)])

    assert found == entry("a", region="", organisation="")


def test_number_as_id_is_its_digits():
    assert list(read([line(id=7)])) == [entry("7", organisation="acme")]


def test_byte_order_mark_and_empty_lines_are_passed_over():
    lines = [b"\xef\xbb\xbf" + line(), b"\n", b" \r\n", line(id="b", stance="?")]

    found = list(read(lines))

    assert isinstance(found[0], Entry)
    assert [each.number for each in found if isinstance(each, BadLine)] == [4]


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (b"{", "", "not JSON (Expecting property name enclosed in double quotes, character 2)"),
        (b'{"id": "\xff"}', "", "not UTF-8 (byte 9)"),
        (b"[" * 100_000, "", "not JSON that can be read"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "", "not JSON that can be read"),
        (b"[]", "", "expected an object"),
        (line(id=...), "id", "is missing"),
        (line(id=""), "id", "is empty"),
        (line(id=True), "id", "expected text"),
        (line(text=...), "text", "is missing"),
        (line(text=None), "text", "expected text"),
        (line(text="\ud800"), "text", "holds half of a broken character"),
        (line(region="\udfff"), "region", "holds half of a broken character"),
        (line(organisation=4), "organisation", "expected text"),
        (line(kind=...), "kind", "is missing"),
        (
            line(kind="baker"),
            "kind",
            "expected one of employer, local_leader, represents_employers, "
            "represents_local_government, other",
        ),
        (
            line(stance="Support"),
            "stance",
            "expected one of strongly_support, support, neither, oppose, strongly_oppose, no_view",
        ),
        (line(stance=["support"]), "stance", "expected text"),
    ],
)
def test_bad_line_is_named_with_its_field_and_the_reason(bad, field, reason):
    assert list(read([b"", bad])) == [BadLine(2, field, reason)]


def test_each_bad_field_of_a_line_is_named():
    found = list(read([line(id="", kind=...)]))

    assert list(map(str, found)) == ["line 1, id: is empty", "line 1, kind: is missing"]


def test_id_that_stands_twice_is_refused():
    found = list(read([line(id=7), line(id="b"), line(id="7")]))

    assert found[2] == BadLine(3, "id", "stands in line 1 already")


def test_fields_that_nothing_reads_are_told():
    unread: set[str] = set()

    assert len(list(read([line(organization="x"), line(id="b", note=1)], unread))) == 2
    assert unread == {"organization", "note"}


def test_quotes_are_written_by_blocks_each_with_its_place():
    made = snapshot(entry("a", stance="oppose"), *crowd(3, text=REASONS[3]), entry("z", REASONS[4]))
    summary = summarise(made)

    told = json.loads(json.dumps(written(summary)))

    assert [each["block"] for each in told["blocks"]] == list(BLOCKS)
    quotes = sorted((q for b in told["blocks"] for q in b["quotes"]), key=lambda q: q["place"])
    assert [q.pop("place") for q in quotes] == list(range(len(summary.quotes)))
    del told["blocks"]
    assert told | {"quotes": quotes} == json.loads(json.dumps(summary.to_json()))
