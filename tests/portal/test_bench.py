"""The bench, very small: every result it promises comes out, with the limits beside them."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from consultations.mail import delivery
from portal.bench import campaigns, letters, reading
from portal.bench.measure import Line, Times
from tests import factories

SIZES = (30, 60)
QUEUE = (
    *("queue", "queue.deep", "queue.filtered", "queue.word", "queue.rare", "queue.absent"),
    *("queue.decided", "review", "comments", "comments.deep", "comments.filtered"),
    *("comments.word", "comments.rare", "comments.absent"),
)
# name: whether a limit stands beside it
AT_EACH_SIZE = {
    "page.bytes": False,
    "page.queries": True,
    "page.p50": False,
    "page.p95": False,
    "page.ratio_to_smallest": True,
    "page.ratio_to_lean": True,
    "page.ratio_to_bare": False,
    "page.deep.queries": True,
    "page.deep.p50": False,
    "page.deep.p95": False,
    "page.deep.ratio_to_smallest": True,
    "page.deep.ratio_to_lean": True,
    "limit.bare.p50": False,
    "limit.bare.p95": False,
    "limit.lean.p50": False,
    "limit.lean.p95": False,
    "limit.lean.queries": False,
    **{
        f"reading.{kind}.{what}": what in {"queries", "ratio_to_plain"}
        for kind in reading.KINDS
        for what in ("queries", "p50", "p95", "ratio_to_plain", "ratio_to_bare")
    },
    **{
        f"limit.reading.{kind}.bare.{what}": False
        for kind in reading.KINDS
        for what in ("p50", "p95")
    },
    "reading.plain.ratio_to_smallest": True,
    "final.cpu": True,
    "final.cpu.workbook": False,
    "final.memory": True,
    "final.page.queries": True,
    **{f"final.{view}.{what}": False for view in ("page", "lean") for what in ("p50", "p95")},
    "final.page.ratio_to_lean": True,
    "summarising.cpu": True,
    "summarising.cpu.verify": False,
    "summarising.memory": True,
}
# of so few readers that one batch is all: what workers do is `SHARED`'s
FANOUT = {
    "fanout.plan.queries": True,
    "fanout.plan": False,
    "fanout.queries": True,
    "fanout.commits": False,
    "fanout.bytes": False,
}
SHARED = {
    "limit.fanout.sink_ceiling": False,
    "limit.fanout.smtplib": False,
    "limit.fanout.django": False,
    "fanout.drained": False,
    "fanout.ratio_to_django": True,
    "fanout.ratio_to_smtplib": True,
    "fanout.memory": True,
}
RESULTS = ("page", "card", "api", "comments", "comments.deep", "comments.filtered")
ONCE = {
    "page.queries_spread": True,
    **{f"posting{kind}.queries": True for kind in ("", ".next", ".organisation")},
    "posting.p50": False,
    "posting.p95": False,
    "posting.smtp_connections": True,
    **{
        f"drafting.{page}.{what}": what == "queries"
        for page in ("form", "list", "check", "save")
        for what in ("queries", "p50", "p95")
    },
    **{
        f"limit.drafting.{page}.{view}.{what}": False
        for page in ("form", "list", "check")
        for view in ("bare", "lean")
        for what in ("p50", "p95")
    },
    **{f"drafting.{page}.p95_to_bare": True for page in ("form", "list", "check")},
    **{f"drafting.{page}.p95_to_lean": True for page in ("form", "list", "check")},
    "drafting.begin.queries": True,
    "drafting.send.p50": False,
    "drafting.send.p95": False,
    "drafting.left": True,
    **{f"{page}.{what}": what == "queries" for page in QUEUE for what in ("queries", "p50", "p95")},
    **{f"{page}.deep.ratio_to_first": True for page in ("queue", "comments")},
    **{
        f"{page}.longest": True
        for page in QUEUE
        if page.endswith(("word", "rare", "absent", "found"))
    },
    **{
        f"{page}.{what}": what == "queries"
        for page in ("log", "log.deep", "log.filtered", "log.searched")
        for what in ("queries", "p50", "p95")
    },
    "log.deep.ratio_to_first": True,
    "limit.copy_out": False,
    "exports.csv": False,
    "exports.csv.ratio_to_copy": True,
    "exports.csv.first_byte": True,
    "exports.csv.first_row": True,
    "exports.csv.memory": True,
    **{
        f"exports.public.{ending}{what}": what != ""
        for ending in ("csv", "jsonl")
        for what in ("", ".first_row", ".memory")
    },
    "limit.xlsx_ready": False,
    "exports.xlsx": False,
    "exports.xlsx.ratio_to_ready": True,
    "exports.xlsx.memory": True,
    **{
        f"results.count{kind}.{what}": True for kind in ("", ".whole") for what in ("cpu", "memory")
    },
    **{
        f"results.{page}.{what}": what in {"queries", "ratio_to_lean"}
        for page in RESULTS
        for what in ("queries", "p50", "p95", "ratio_to_lean")
    },
    **{f"limit.results.{page}.lean": False for page in RESULTS},
    **{
        f"{subject}.{kind.name}": kind.least is not None
        for subject in ("campaigns.found", "quality.duplicates")
        for kind in letters.KINDS
    },
    "traceability.violations": True,
    "traceability.missed": True,
    **{
        f"campaigns.{kind}.{what}": what == "p95"
        for kind in campaigns.ARRIVING
        for what in ("p50", "p95", "joined")
    },
    "mail.plan.queries": True,
    "mail.plan": False,
    "mail.bytes": False,
    "limit.sink_ceiling": False,
    "limit.smtplib": False,
    "mail.drained": False,
    "mail.ratio_to_smtplib": True,
    **FANOUT,
    "limit.copy": False,
    "import": False,
    "import.ratio_to_copy": True,
    "import.again": False,
    "transfer.dump.memory": True,
    "limit.copy_whole": False,
    "transfer.dump": False,
    "transfer.dump.ratio_to_copy": False,
    "transfer.bytes": False,
    "transfer.load.memory": True,
    "transfer.load": False,
    "bench.machine": False,
}
# Not a question of the machine's speed or of the size.
COUNTED = (
    "page.queries",
    "page.deep.queries",
    "queue.queries",
    "comments.queries",
    "log.queries",
    "final.page.queries",
    "posting.smtp_connections",
    "drafting.left",
    "traceability.violations",
    "traceability.missed",
    *(f"campaigns.found.{kind.name}" for kind in letters.KINDS if kind.least is not None),
)


def bench(*arguments: str) -> list[dict[str, Any]]:
    """Run the command; return its lines."""
    said = StringIO()
    call_command("bench", *arguments, stdout=said)
    return [json.loads(line) for line in said.getvalue().splitlines()]


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_every_subject_prints_its_results_and_limits() -> None:
    sizes = ",".join(map(str, SIZES))
    lines = bench("--sizes", sizes, "--samples", "2", "--mails", "40", "--snapshots", "2")
    found = {(line["name"], line["n"]): "limit" in line for line in lines}
    each = {(name, n): limit for n in SIZES for name, limit in AT_EACH_SIZE.items()}
    assert each == {key: limit for key, limit in found.items() if key[0] in AT_EACH_SIZE}
    assert {name: limit for (name, _n), limit in found.items() if name not in AT_EACH_SIZE} == ONCE
    assert [line for line in lines if line["name"] in COUNTED and not line["met"]] == []
    assert all(set(line) >= {"name", "value", "unit", "n"} for line in lines)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_fanout_by_two_workers_meets_what_no_machine_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a round that runs out of time is claimed afresh, by statements that a faster machine saves
    monkeypatch.setattr(delivery, "ROUND", timedelta(hours=1))
    lines = bench("fanout", "--mails", "520")
    found = {line["name"]: "limit" in line for line in lines}
    assert found == {**FANOUT, **SHARED, "bench.machine": False}
    counted = {"fanout.plan.queries", "fanout.queries", "fanout.memory"}
    assert {line["name"] for line in lines if line.get("met")} >= counted


@pytest.mark.django_db
def test_database_with_people_is_refused() -> None:
    factories.make_user()
    with pytest.raises(CommandError, match="empty scratch database"):
        bench("mail")


@pytest.mark.parametrize("argument", ["mial", "--sizes=1,x", "--samples=0"])
def test_nonsense_is_refused(argument: str) -> None:
    with pytest.raises(CommandError):
        bench(argument)


def test_times_are_told_by_nearest_rank() -> None:
    times = Times()
    for number in range(100, 0, -1):
        times.add(number)
    assert (times.p50, times.at(0.95)) == (50, 95)


def test_line_says_whether_its_limit_is_met() -> None:
    assert json.loads(Line("a", 0.25, "ratio", 1, 0.25, at_least=True).as_json())["met"]
    assert not Line("a", 0.2, "ratio", 1, 0.25, at_least=True).met
    assert not Line("a", 6.1, "ratio", 1, 6).met
    assert "limit" not in json.loads(Line("a", 6.1, "ratio", 1).as_json())
