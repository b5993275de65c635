"""The bench's sets: their mappings are good, and what is no table is written as one."""

import json
from pathlib import Path

import pytest

from consultations.exchange import columns
from portal.bench import sets

MAPPINGS = {
    "arguments": (sets.ARGUMENTS, {1}),
    "sentences": (sets.SENTENCES, {1}),
    "conversation": (sets.CONVERSATION, {1}),
    "synthetic": (sets.SYNTHETIC, {1}),
    "gambling": (sets.GAMBLING, {1, 2}),
    "reviews": (sets.REVIEWS, set(range(1, 9))),
    "survey": (sets.SURVEY, set(range(1, 7))),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_mapping_of_each_set_is_read(name: str) -> None:
    said, numbers = MAPPINGS[name]
    mapping = columns.read(sets.COMMON.format(day="2026-11-03") + said)
    assert set(mapping.questions) == numbers
    assert mapping.defaults["received_on"] == "2026-11-03"


def test_sets_are_found_in_a_folder_like_theirs(tmp_path: Path) -> None:
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    scratch.mkdir()
    gambling = data / "themefinder/evals/data/gambling_XS/inputs"
    for part in (1, 2):
        (gambling / f"question_part_{part}").mkdir(parents=True)
        row = {"response_id": 7, "response": f"Answer {part}"}
        (gambling / f"question_part_{part}/responses.jsonl").write_text(json.dumps(row))
    (data / "opinosis/topics").mkdir(parents=True)
    (data / "opinosis/topics/food.txt").write_bytes(b"Good\x92s\n ... \n")
    (data / "polis/one.two").mkdir(parents=True)
    (data / "polis/one.two/comments.csv").write_text("comment-id,comment-body\n")
    found = {one.name: one for one in sets.found(data, scratch)}
    assert "polis-one" in found
    assert found["gambling"].file.read_text().splitlines() == [
        "response_id,1,2",
        "7,Answer 1,Answer 2",
    ]
    assert found["opinosis"].file.read_text().splitlines() == [
        "reference,text",
        "food.txt-1,Good’s",
    ]


def test_rows_are_multiplied_each_with_a_reference_of_its_own(tmp_path: Path) -> None:
    few = sets.invented(["One.", "Two."], tmp_path / "few.csv")
    many = sets.multiplied(sets.Set("few", few, ""), 3, tmp_path / "many.csv")
    assert many.read_text().splitlines()[1:] == ["0,One.,Yes", "1,Two.,No", "2,One.,Yes"]
