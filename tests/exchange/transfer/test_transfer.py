"""A consultation written to a file and read back: equal but for ids, whole or not at all."""

from pathlib import Path

import pytest

from consultations.exchange.transfer import carried, dump, load
from consultations.models import database_now
from tests.exchange.transfer.scene import everything, rows, second_database

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_is_equal_in_a_second_database_but_for_ids(tmp_path: Path) -> None:
    with second_database() as enter:
        there = everything(tmp_path)
        file = tmp_path / "own.jsonl.gz"
        counts = dump(consultation=there, path=file, at=database_now())
        lacking = [label for label in (*carried.SHARED, *carried.OWN) if not counts[label]]
        before = rows(there)
        enter()
        here = load(path=file, at=database_now())

        after = rows(here)
        assert lacking == ["consultations.LedgerOrigin", "consultations.LedgerNumber"]
        for label, held in before.items():
            assert after[label] == held, label
