"""A consultation of thousands of comments goes through a file in less memory than its rows take."""

import gzip
import tracemalloc
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from consultations.exchange import transfer
from consultations.models import Comment, database_now
from portal.bench import fill, spoken
from tests.exchange.transfer.scene import second_database


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_thousands_of_comments_need_no_more_memory_than_a_few(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl.gz"
    with second_database() as enter:
        call_command("load_reference_data", stdout=StringIO())
        there = fill.consultation("many", 5)
        people = fill.people(there, 500)
        for recommendation in there.recommendations.select_related("consultation", "current"):
            spoken.comments(recommendation, people)
        dumped = peak(lambda: transfer.dump(consultation=there, path=file, at=database_now()))
        enter()
        loaded = peak(lambda: transfer.load(path=file, at=database_now()))

        assert Comment.objects.count() == 2_500
    with gzip.open(file) as lines:
        written = sum(map(len, lines))
    assert max(dumped, loaded) < written / 4, (dumped, loaded, written)


def peak(do: Callable[[], object]) -> int:
    """Return the most bytes that Python held for it at once."""
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
