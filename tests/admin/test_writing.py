"""What the forms of a consultation refuse: stale pages, untidy texts, terms that are promised."""

import pytest
from django.urls import reverse

from consultations.models import Correction
from tests.admin.test_consultations import ADD, again, officer, opened, page_of, said
from tests.factories import log_in, make_consultation, make_staff

pytestmark = pytest.mark.django_db


def test_stale_form_keeps_what_was_typed_and_reverts_nobody() -> None:
    consultation, mine = opened()
    theirs = log_in(make_staff(consultation, "officer"))
    seen = mine.get(page_of(consultation)).context["adminform"].form["seen"].value()
    changed = again(consultation, title="Their title", reason="A slip.", seen=seen)
    assert theirs.post(page_of(consultation), changed).status_code == 302
    late = again(consultation, seen=seen, reason="Other.") | {
        "title": "My title",
        "recommendations-0-text": "My words.",
    }
    page = mine.post(page_of(consultation), late)
    shown = page.content.decode()
    assert "Somebody else changed this consultation" in shown
    assert ("My title" in shown, "My words." in shown) == (True, True)
    consultation.refresh_from_db()
    assert (consultation.title, Correction.objects.count()) == ("Their title", 1)
    known = page.context["adminform"].form["seen"].value()
    assert mine.post(page_of(consultation), late | {"seen": known}).status_code == 302
    consultation.refresh_from_db()
    assert consultation.title == "My title"


@pytest.mark.parametrize("name", ["title", "owner", "privacy_version"])
@pytest.mark.parametrize("typed", ["\u202eevil", "a\u2028b", "a\r\nb"])
def test_short_texts_are_tidied(name: str, typed: str) -> None:
    page = log_in(officer()).post(reverse(ADD), said(**{name: typed}))
    assert list(page.context["adminform"].form.errors) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [("moderation", "after"), ("privacy_version", "2"), ("visibility", "invited")],
)
def test_change_of_the_terms_after_opening_needs_a_reason(name: str, value: str) -> None:
    consultation, client = opened()
    page = client.post(page_of(consultation), again(consultation, **{name: value}))
    assert "give the reason for the correction" in page.content.decode()
    changed = again(consultation, reason="As announced.", **{name: value})
    assert client.post(page_of(consultation), changed).status_code == 302
    assert Correction.objects.get().changes[0]["field"] == name


def test_answers_shown_cannot_change_after_opening() -> None:
    consultation = make_consultation(recommendations=1, answers_shown="closed")
    client = log_in(make_staff(consultation, "officer"))
    changed = again(consultation, reason="x", answers_shown="open")
    client.post(page_of(consultation), changed)
    consultation.refresh_from_db()
    assert consultation.answers_shown == "closed"


def test_consultation_of_the_invited_does_not_become_public_after_opening() -> None:
    consultation = make_consultation(recommendations=1, visibility="invited")
    client = log_in(make_staff(consultation, "officer"))
    changed = again(consultation, reason="x", visibility="public")
    client.post(page_of(consultation), changed)
    consultation.refresh_from_db()
    assert consultation.visibility == "invited"


def test_form_that_does_not_say_what_was_read_is_stale() -> None:
    consultation, client = opened()
    page = client.post(
        page_of(consultation), again(consultation, title="Mine", reason="x", seen="")
    )
    assert "Somebody else changed this consultation" in page.content.decode()
    consultation.refresh_from_db()
    assert consultation.title != "Mine"
