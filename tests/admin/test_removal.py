"""Removing a recommendation on its consultation's page in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultations import publishing
from consultations.models import Consultation
from tests.admin.test_consultations import again, opened, page_of
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_recommendation,
    make_staff,
)

pytestmark = pytest.mark.django_db
GOES = {"recommendations-1-DELETE": "on"}


def draft() -> tuple[Consultation, Client]:
    """Make a draft with one recommendation, and its officer."""
    consultation = make_consultation(
        recommendations=1,
        state=Consultation.State.DRAFT,
        published_at=None,
        opens_at=timezone.now() + timedelta(days=1),
    )
    return consultation, log_in(make_staff(consultation, "officer"))


def with_two_more(consultation: Consultation) -> dict[str, Any]:
    """Add two recommendations, and return what the form then says, nothing changed."""
    said = again(consultation)
    for place in (1, 2):
        row = make_recommendation(consultation, place + 1)
        said |= {
            f"recommendations-{place}-id": str(row.pk),
            f"recommendations-{place}-consultation": str(consultation.pk),
            f"recommendations-{place}-title": f"Proposal {place + 1}",
            f"recommendations-{place}-text": "Do **this**.",
            f"recommendations-{place}-what_changed": "",
        }
    totals = {f"recommendations-{name}_FORMS": "3" for name in ("TOTAL", "INITIAL")}
    return said | totals | {"seen": publishing.fingerprint(consultation)}


def titles(consultation: Consultation) -> list[tuple[int, str]]:
    rows = consultation.recommendations.order_by("number")
    return list(rows.values_list("number", "current__title"))


def test_officer_removes_one_from_a_draft_and_the_next_moves_up() -> None:
    consultation, client = draft()
    said = with_two_more(consultation)
    assert 'name="recommendations-1-DELETE"' in client.get(page_of(consultation)).content.decode()

    page = client.post(page_of(consultation), said | GOES, follow=True)

    assert titles(consultation) == [(1, "Proposal 1"), (2, "Proposal 3")]
    assert "Removed recommendation 2" in page.content.decode()


def test_form_of_an_open_consultation_offers_no_removing_and_refuses_it() -> None:
    consultation, client = opened()
    said = with_two_more(consultation)
    assert "-DELETE" not in client.get(page_of(consultation)).content.decode()

    page = client.post(page_of(consultation), said | GOES | {"reason": "A mistake."})

    assert "recommendations can no longer be removed" in page.content.decode()
    assert consultation.recommendations.count() == 3


def test_what_was_answered_stays_and_the_officer_is_told() -> None:
    consultation, client = draft()
    said = with_two_more(consultation)
    make_comment(consultation.recommendations.get(number=2))

    page = client.post(page_of(consultation), said | GOES, follow=True)

    assert "Recommendation 2 has been answered" in page.content.decode()
    assert consultation.recommendations.count() == 3


@pytest.mark.parametrize("right", ["moderator", "analyst", "auditor"])
def test_nobody_but_an_officer_removes(right: str) -> None:
    consultation, _client = draft()
    client = log_in(make_staff(consultation, right))
    said = with_two_more(consultation)

    assert "-DELETE" not in client.get(page_of(consultation)).content.decode()
    assert client.post(page_of(consultation), said | GOES).status_code == 403
    assert consultation.recommendations.count() == 3
