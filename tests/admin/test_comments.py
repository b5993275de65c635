"""The list of comments: its pages, which count nothing, and what a search of it finds."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.admin.comments import CommentAdmin
from consultations.models import Comment, Consultation
from tests.admin.scene import listed
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_response,
    make_staff,
    make_version,
)

pytestmark = pytest.mark.django_db


def said(consultation: Consultation, text: str = "Words.", **fields: object) -> Comment:
    """Make a comment on the first recommendation."""
    recommendation = consultation.recommendations.get(number=1)
    return make_comment(recommendation, make_response(consultation), text=text, **fields)


def found(client: Client, **asked: str) -> list[Comment]:
    """Return the comments that a page of the list shows."""
    return list(client.get(listed("comment"), asked).context["cl"].result_list)


def test_list_costs_the_same_at_any_number_and_counts_nothing() -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation))
    costs = []
    for more in (1, 2):
        for _n in range(more):
            said(consultation)
        for asked in ({}, {"q": "words"}):
            with CaptureQueriesContext(connection) as captured:
                client.get(listed("comment"), asked)
            costs.append([query["sql"] for query in captured])

    amounts = [len(statements) for statements in costs]
    assert (amounts[:2], max(amounts) <= 10) == (amounts[2:], True)
    assert not any("COUNT(" in sql for statements in costs for sql in statements)


def test_pages_lead_through_the_whole_list_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CommentAdmin, "list_per_page", 2)
    consultation = make_consultation()
    newest_first = [said(consultation) for _n in range(5)][::-1]
    said(consultation, "Something else.")
    client, query, pages = log_in(make_staff(consultation)), "?q=words", []
    while query:
        shown = client.get(f"{listed('comment')}{query}").context["cl"]
        pages.append(list(shown.result_list))
        query = shown.later

    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]


def test_search_finds_the_newest_words_whatever_their_endings_and_references() -> None:
    consultation = make_consultation()
    first, second = said(consultation, "We trained an apprentice."), said(consultation, "Old.")
    second.submitted_version = make_version(second, text="Apprentices left us.")
    second.save()
    client = log_in(make_staff(consultation))

    assert found(client, q="apprentices") == [second, first]
    assert found(client, q="apprentice -left") == [first]
    assert found(client, q="old") == []
    assert found(client, q=f" {first.reference.lower()} ") == [first]
    assert found(client, q=second.response.reference) == [second]
    assert found(client, q="apprentice", state__exact="published") == []
    assert found(client, q="the") == []
