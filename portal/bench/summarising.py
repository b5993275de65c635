"""What summarising one recommendation costs: CPU seconds and memory, in a process for each size."""

import json
import subprocess
import sys

from django.conf import settings

from portal.bench.measure import BenchError, Emit, Line, Plan

MOST_SECONDS = ((1_000, 0.5), (10_000, 4.0), (100_000, 40.0))  # for so many comments or fewer
MOST_MEGABYTES = 1_024


def run(plan: Plan, emit: Emit) -> None:
    """Summarise random comments with campaigns, after an earlier edition, and verify the summary.

    The limit is on making it; checking it (`verify`) is told beside. All threads are counted.
    """
    for amount in plan.sizes:
        cost = _cost(amount)
        if cost["violations"]:
            raise BenchError(f"{amount} comments: the summary is not true to them")
        limit = next((most for size, most in MOST_SECONDS if amount <= size), None)
        emit(Line("summarising.cpu", cost["summarise"], "s", amount, limit))
        emit(Line("summarising.cpu.verify", cost["verify"], "s", amount))
        emit(Line("summarising.memory", cost["megabytes"], "MB", amount, MOST_MEGABYTES))


def _cost(amount: int) -> dict[str, float]:
    command = [sys.executable, "-m", "portal.bench.crowd", str(amount)]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"{amount} comments: {done.stderr[-500:]}")
    return {name: float(value) for name, value in json.loads(done.stdout).items()}
