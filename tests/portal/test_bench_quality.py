"""The bench of digests: its measures are right, on sets small enough to count by hand."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consultations.analysis.duplicates import voices
from consultations.analysis.verify import verify
from portal.bench import arguments, crowd, letters, quality, rouge, summarising, traceability
from portal.bench.arguments import Argument, covered
from portal.bench.measure import Line, Plan

CAT = "the cats sat on the mat"


def lines(run: Callable[[Plan, Callable[[Line], None]], None], plan: Plan) -> dict[str, Any]:
    """What a subject prints, by name."""
    said: list[Line] = []
    run(plan, said.append)
    return {line.name: json.loads(line.as_json()) for line in said}


@pytest.mark.parametrize(
    ("said", "reference", "size", "expected"),
    [
        (CAT, CAT, 1, 1),
        (CAT, CAT, 2, 1),
        # Five of six words each: "the" twice, sat, on, mat; "cats" and "dogs" differ.
        (CAT, "the dogs sat on the mat", 1, 5 / 6),
        # sat on, on the, the mat of five pairs each.
        (CAT, "the dogs sat on the mat", 2, 3 / 5),
        # A word counts as often as it stands in both: two of six, and two of two.
        ("the the the the the the", "the the", 1, 2 * 2 / 8),
        # Stems, not words; case and punctuation are nothing.
        ("Relating, relations!", "relate relation", 1, 1),
        ("", CAT, 1, 0),
        ("", "", 2, 0),
    ],
)
def test_rouge_counts_what_two_texts_have_in_common(said, reference, size, expected):
    assert rouge.f1(said, [reference], size) == pytest.approx(expected)


def test_rouge_of_several_references_is_their_mean():
    assert rouge.f1(CAT, [CAT, "nothing alike"], 1) == pytest.approx(0.5)


def test_coverage_is_of_those_who_make_a_point():
    def said(name: str, *points: str) -> Argument:
        return Argument(name, name, "topic", "1", frozenset(points))

    everybody = [said("a", "p"), said("b", "p", "q"), said("c", "r"), said("d")]

    assert covered(everybody, [everybody[0]]) == pytest.approx(2 / 3)
    assert covered(everybody, [everybody[3]]) == 0
    assert covered(everybody, everybody) == 1


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of the sets: one topic, one product, one thing of the other set."""
    data = tmp_path_factory.mktemp("sets")
    for name in ("argkp", "amazon", "opinosis/topics", "opinosis/gold/food"):
        (data / name).mkdir(parents=True)
    said, labels = ["arg_id,argument,topic,stance,split"], ["arg_id,key_point_id,label,split"]
    for number in range(40):
        side, text = (
            ("1", "-1")[number % 2],
            crowd.editions(1, number, odd=False)[1].entries[0].text,
        )
        said.append(f"{number},{text.replace(',', '')},One topic,{side},dev")
        labels.append(f"{number},{side}:{number % 6},{int(number % 5 > 0)},dev")
    (data / "argkp/arguments.csv").write_text("\n".join(said))
    (data / "argkp/labels.csv").write_text("\n".join(labels))
    names = ["cat", "prod_id", *(f"rev{n}" for n in range(1, 9)), "summ1", "summ2", "summ3"]
    reviews = [f"{CAT} {n}. It was warm there and nobody wanted to move." for n in range(8)]
    rows = [names, ["home", "B1", *reviews, *reviews[:3]]]
    (data / "amazon/dev.csv").write_text("\n".join("\t".join(row) for row in rows))
    (data / "opinosis/topics/food.txt.data").write_bytes(b"Good\x92s the food. \n ... \n")
    (data / "opinosis/gold/food/food.1.gold").write_text("Good food.")
    return data


@pytest.mark.exhaustive
def test_quality_is_told_beside_limits_and_references(sets):
    found = lines(quality.run, Plan((), 0, 0, sets))

    limits = {name: line["limit"] for name, line in found.items() if "limit" in line}
    assert {name: limit for name, limit in limits.items() if "duplicates" not in name} == {
        "quality.argkp.side.5_quotes": 0.75,
        "quality.minority.list": 0.4,
        "quality.minority.blocks": 0.65,
        "quality.minority.heard": 1.0,
    }
    assert found["quality.minority.heard"]["value"] == 1
    assert found["quality.minority.heard"]["n"] == 2 * 2 * quality.DRAWN
    for name in ("exact", "recased", "homoglyphs", "personalised", "edited", "changed_10"):
        assert found[f"quality.duplicates.{name}"]["met"]
    assert found["quality.duplicates.argkp.merged"]["limit"] == 8
    references = {name: line["value"] for name, line in found.items() if name[-1].isalpha()}
    assert references["limit.quality.amazon.rouge1.copycat"] == 31.8
    assert references["limit.quality.amazon.rouge2.copycat"] == 5.8
    assert references["limit.quality.opinosis.rouge1.opinosis"] == 28.8
    for name in ("argkp.side.5_quotes", "argkp.topic.8_quotes", "amazon.rouge2", "opinosis.rouge1"):
        assert 0 <= found[f"limit.quality.{name}.by_chance"]["value"] <= 100


def test_minority_is_a_tenth_that_is_drawn(sets):
    topic = arguments.read(sets / "argkp")

    drawn = list(quality._tenths(topic))

    assert {(len(few), len(many)) for few, many in drawn} == {(2, 20)}
    assert all({each.side for each in few} != {each.side for each in many} for few, many in drawn)


@pytest.mark.exhaustive
def test_summarising_is_told_in_seconds_and_megabytes():
    found = lines(summarising.run, Plan((300,), 0, 0))

    assert {name: line.get("limit") for name, line in found.items()} == {
        "summarising.cpu": 0.5,
        "summarising.cpu.verify": None,
        "summarising.memory": 1024,
    }
    assert 0 < found["summarising.cpu.verify"]["value"] < found["summarising.cpu"]["value"]
    assert found["summarising.memory"]["met"]


def test_crowd_is_the_same_for_a_seed_and_holds_campaigns_and_what_changed():
    before, now = crowd.editions(300, 4, odd=False)

    assert (before, now) == crowd.editions(300, 4, odd=False)
    assert len(now.entries) == 300
    known = {each.comment: each for each in before.entries}
    assert all(each.new == (each.comment not in known) for each in now.entries)
    edited = [each for each in now.entries if each.edited]
    assert edited
    assert known.keys() - {each.comment for each in now.entries}
    voice = voices([each.text for each in now.entries])
    assert min(sorted(Counter(voice).values())[-len(letters.LENGTHS) :]) >= 5


@pytest.mark.parametrize(
    "seeds", [range(100), pytest.param(range(100, 1_000), marks=pytest.mark.exhaustive)], ids=str
)
def test_random_summaries_are_true_and_every_lie_in_them_is_found(seeds):
    violations, missed = [], []
    for seed in seeds:
        made = traceability.trial(seed, most_comments=8)
        violations += verify(made.summary, made.now, made.previous)
        for place, lie in traceability.told_falsely(made.summary, seed, every=seed % 500 == 0):
            if not traceability.found(lie, made):
                missed.append((seed, place))
    assert violations == []
    assert missed == []


def test_what_was_not_changed_is_no_lie():
    made = traceability.trial(7, most_comments=12)

    assert not traceability.found(made.summary.to_json(), made)
    wrong = replace(made.summary, facts=replace(made.summary.facts, total=-1))
    assert traceability.found(wrong.to_json(), made)
