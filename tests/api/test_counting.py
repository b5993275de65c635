"""Questions are counted by all processes of a host together, each range of addresses apart."""

import os
import random

import pytest

from consultations.api.counting import count

pytestmark = pytest.mark.django_db
# the file outlives a run
MINUTE = random.randrange(1 << 31)  # noqa: S311


def test_processes_count_together() -> None:
    asker = "192.0.2.0/24 of this test"
    before = count(asker, MINUTE)

    child = os.fork()
    if not child:
        for _question in range(50):
            count(asker, MINUTE)
        os._exit(0)
    for _question in range(50):
        count(asker, MINUTE)
    _child, ended = os.waitpid(child, 0)

    assert (ended, count(asker, MINUTE)) == (0, before + 101)


def test_another_minute_and_another_range_begin_anew() -> None:
    for _question in range(3):
        count("198.51.100.0/24", MINUTE)

    assert count("198.51.100.0/24", MINUTE + 1) == 1
    assert count("203.0.113.0/24", MINUTE) == 1
