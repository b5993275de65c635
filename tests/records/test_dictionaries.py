"""The dictionaries of the files: every column once, with its meaning; a page shows them all."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from consultations import records
from consultations.exchange import extracts

EVERY = [*extracts.EXTRACTS.values(), *(table.extract for table in extracts.TABLES.values())]


@pytest.mark.parametrize("extract", EVERY, ids=lambda extract: extract.name)
def test_each_column_has_a_name_of_its_own_and_a_meaning(extract: extracts.Extract) -> None:
    names = [column.name for column in extract.columns]

    assert [name for name, many in Counter(names).items() if many > 1] == []
    assert all(str(column.meaning).endswith(".") for column in extract.columns)


def test_every_column_of_every_file_is_explained() -> None:
    explained = {one.name for _name, _title, columns in records.DICTIONARIES for one in columns}
    used = {one.name for extract in EVERY for one in extract.columns}

    assert used == explained


@pytest.mark.django_db
def test_page_of_the_columns_is_public(client: Client) -> None:
    page = client.get(reverse("pages.columns"))

    assert page.status_code == 200
    assert "<code>first_published_at</code>" in page.content.decode()
