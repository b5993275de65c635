"""What no parameter opens, and what no form takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.models import (
    Decision,
)
from tests.admin.scene import listed, page_of
from tests.factories import (
    log_in,
    make_case,
    make_consultation,
    make_staff,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("user", "password__startswith=pbkdf2"),
        ("user", "email__exact=a@example.org"),
        ("user", "is_staff__gt=0"),
        ("consultation", "preview_token__startswith=a"),
        ("message", "letter__icontains=a"),
        ("case", "comment__response__respondent__password__startswith=a"),
        ("comment", "state__startswith=p"),
    ],
)
def test_parameter_that_names_a_field_is_refused(model: str, lookup: str) -> None:
    client = log_in(make_staff(make_consultation(), "officer"))
    assert client.get(f"{listed(model)}?{lookup}").status_code == 400


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("user", "is_staff__exact=1"),
        ("comment", "state__exact=published"),
        ("decision", "reason__id__exact=1"),
        ("ledgerentry", "act=role_given"),
        ("case", "state=held&consultation=1"),
        ("organisation", "kind__id__exact=1"),
    ],
)
def test_parameter_of_a_filter_is_taken(model: str, lookup: str) -> None:
    client = log_in(make_staff(make_consultation(), "officer"))
    assert client.get(f"{listed(model)}?{lookup}").status_code == 200


@pytest.mark.parametrize("model", ["comment", "response", "message", "case", "user"])
@pytest.mark.parametrize("lookup", ["state__exact=%00", "q=%00", "%00=x"])
@pytest.mark.exhaustive
def test_null_character_in_a_parameter_is_no_server_error(model: str, lookup: str) -> None:
    client = log_in(make_staff(make_consultation(), "officer"))
    answer = client.get(f"{listed(model)}?{lookup}")
    assert (answer.status_code, answer["Location"]) == (302, f"{listed(model)}?e=1")
    assert client.get(answer["Location"]).status_code == 200


def test_choice_that_is_no_key_is_no_server_error() -> None:
    client = log_in(make_staff(make_consultation(), "officer"))
    said = {"action": "publish", "_selected_action": ["nonsense"], "index": "0"}
    assert client.post(listed("case"), said).status_code == 302


def test_bulk_action_takes_only_its_own_decision() -> None:
    case = make_case()
    client = log_in(make_staff(case.consultation))
    said = {
        "action": "reject",
        "decision": "publish",
        "_selected_action": [case.pk],
        "read": f"{case.pk}:1",
    }
    assert client.post(listed("case"), said).status_code == 200
    case.refresh_from_db()
    assert (case.closed_at, Decision.objects.count()) == (None, 0)


def test_times_that_no_calendar_holds_are_refused_beside_the_field() -> None:
    consultation = make_consultation(recommendations=1, opens_at=timezone.now() + timedelta(days=1))
    client = log_in(make_staff(consultation, "officer"))
    said = {"closes_at": "9999-12-31T23:59:00", "opens_at": "1066-10-14T09:00:00"}
    page = client.post(page_of(consultation), said)
    assert {"opens_at", "closes_at"} <= set(page.context["adminform"].form.errors)
    assert "Choose a year from 2000 to 2099." in page.content.decode()
