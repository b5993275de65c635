"""Pages of the queue that begin behind a row: each case on one page, forwards and back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.admin.cases import CaseAdmin
from consultations.models import Case
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
QUEUE = "/admin/consultations/case/"


@pytest.fixture(autouse=True)
def two_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseAdmin, "list_per_page", 2)


def scene(**fields: Any) -> tuple[Client, list[Case]]:
    """Return a moderator of two consultations, and five cases in the queue's order."""
    one, two, now = make_consultation(), make_consultation(), timezone.now()
    moderator = make_staff(one)
    give_role(moderator, two)
    cases = [
        make_case(
            make_comment(consultation.recommendations.get(number=1), make_response(consultation)),
            since=now - timedelta(days=days),
            **fields,
        )
        for consultation, days in ((one, 2), (one, 1), (one, 1), (two, 9), (two, 3))
    ]
    return log_in(moderator), cases


def walk(client: Client, address: str, way: str) -> list[list[Case]]:
    """Return the pages that follow one another from an address on."""
    pages = []
    while address:
        shown = client.get(f"{QUEUE}{address}").context["cl"]
        pages.append(list(shown.result_list))
        address = getattr(shown, way)
    return pages


def test_pages_lead_through_the_whole_queue_and_back() -> None:
    client, cases = scene()
    last = client.get(f"{QUEUE}{client.get(QUEUE).context['cl'].later}").context["cl"]

    forwards = walk(client, "?", "later")
    backwards = walk(client, last.later, "earlier")

    assert forwards == [cases[:2], cases[2:4], cases[4:]]
    assert backwards == [cases[4:], cases[2:4], cases[:2]]


def test_decided_cases_are_paged_newest_first() -> None:
    client, cases = scene()
    now = timezone.now()
    for place, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(closed_at=now - timedelta(hours=place // 2))

    pages = walk(client, "?state=decided", "later")

    assert pages == [[cases[1], cases[0]], [cases[3], cases[2]], [cases[4]]]


def test_search_is_paged_as_the_queue_is() -> None:
    client, cases = scene()

    assert walk(client, "?q=firms", "later") == [cases[:2], cases[2:4], cases[4:]]


@pytest.mark.parametrize(
    "place", ["", "x", "1.2", "1.2.3.4", "1.-2.3", f"1.{'9' * 18}.1", "9" * 60, "١.٢.٣", "%00"]
)
@pytest.mark.exhaustive
def test_no_place_of_the_queue_begins_at_the_beginning(place: str) -> None:
    client, cases = scene()

    page = client.get(f"{QUEUE}?after={place}", follow=True)

    assert page.status_code == 200
    assert list(page.context["cl"].result_list) == cases[:2]


def test_rows_stand_under_their_consultation_with_what_waits_there() -> None:
    client, cases = scene()

    page = client.get(f"{QUEUE}?after=", follow=True).content.decode()
    later = client.get(f"{QUEUE}{client.get(QUEUE).context['cl'].later}").content.decode()

    assert page.count('scope="rowgroup"') == 1
    assert later.count('scope="rowgroup"') == 2
    first, second = cases[0].consultation, cases[4].consultation
    for consultation, waits in ((first, "3 wait, the oldest for 2 days (target: 3 days)"),):
        assert consultation.title in page
        assert page.count(waits) == 2
    assert f"{second.title}</strong><br>2 wait, the oldest for 9 days" in page


def test_start_takes_the_oldest_of_a_consultation_and_only_by_post() -> None:
    client, cases = scene()
    start = reverse("admin:consultations_case_next")

    opened = client.post(start, {"consultation": cases[3].consultation_id})
    refused = client.get(start)
    elsewhere = client.post(start, {"consultation": make_consultation().pk})

    assert opened["Location"] == f"{QUEUE}{cases[3].pk}/change/"
    assert Case.objects.filter(claimed_until__isnull=False).get() == cases[3]
    assert refused.status_code == 405
    assert elsewhere["Location"] == QUEUE


def test_actions_reach_other_pages_when_all_are_selected() -> None:
    client, cases = scene()
    said = {"action": "hold", "_selected_action": [cases[0].pk], "select_across": "1", "index": "0"}

    asked = client.post(QUEUE, said).content.decode()

    assert asked.count('name="read"') == 5
