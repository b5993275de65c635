"""`manage.py summarise`, as somebody runs it who has a clone and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings import BASE_DIR
from tests.analysis.cast import REASONS

KINDS = ("employer", "local_leader", "other")
STANCES = ("support", "strongly_oppose", "no_view", "support")


def run(*arguments: str, fed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command without any setting or service, in no place of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", BASE_DIR / "manage.py", "summarise", *arguments],
        env={"PATH": os.environ["PATH"]},
        input=fed,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    said = [
        {
            "id": at,
            "text": f"{text} {REASONS[at % 5]}",
            "stance": STANCES[at % 4],
            "kind": KINDS[at % 3],
            "region": "TLC",
            "organisation": "acme" if at % 2 else None,
        }
        for at, text in enumerate(3 * [each for each in REASONS if len(each.split()) > 8])
    ]
    file = tmp_path / "comments.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in said))
    return file


@pytest.mark.exhaustive
def test_summary_is_printed_without_settings_or_services_the_same_in_any_order(comments):
    done = run(str(comments), "--quotes", "4")

    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    told = json.loads(done.stdout)
    said = {str(row["id"]): row for row in map(json.loads, comments.read_text().splitlines())}
    quotes = [quote for block in told["blocks"] for quote in block["quotes"]]
    assert told["facts"]["total"] == len(said)
    assert len(quotes) == 4
    for quote in quotes:
        whole = said[quote["comment"]]["text"]
        assert whole[quote["start"] : quote["end"]] == quote["text"]
        assert quote["why"]
    assert all(
        each["sources"] for each in told["statements"] if any(map(str.isdigit, each["text"]))
    )
    turned = b"\n".join(reversed(comments.read_bytes().splitlines()))
    assert run("-", "--quotes", "4", fed=turned).stdout == done.stdout


@pytest.mark.exhaustive
def test_bad_lines_are_named_and_nothing_is_printed(comments):
    lines = comments.read_bytes().splitlines()
    lines[1] = lines[1].replace(b'"local_leader"', b'"leader"')
    lines[4] = lines[4].replace(b'"text"', b'"texts"')
    comments.write_bytes(b"\n".join([*lines, lines[0]]))

    done = run(str(comments))

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines() == [
        "line 2, kind: expected one of employer, local_leader, represents_employers, "
        "represents_local_government, other",
        "line 5, text: is missing",
        f"line {len(lines) + 1}, id: stands in line 1 already",
        "not read: texts",
        "CommandError: 3 bad lines, so there is no summary.",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl: No such file or directory"),
        (["-", "--quotes", "0"], "argument --quotes: '0' is not a whole number from 1 to 1000"),
    ],
)
@pytest.mark.exhaustive
def test_what_cannot_be_is_refused_in_a_sentence(arguments, said):
    done = run(*arguments)

    assert done.returncode
    assert done.stdout == b""
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
