"""Auditors see the heads of the chains, and have them verified; what was forged is told."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import ledger
from consultations.exchange import building
from consultations.models import Consultation, Job
from tests.factories import give_role, log_in, make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/consultations/ledgerentry/chains/"
CUT = (
    "DELETE FROM consultations_ledgerpayload WHERE entry_id IN"
    " (SELECT id FROM consultations_ledgerentry WHERE sequence = {0});"
    " DELETE FROM consultations_ledgerentry WHERE sequence = {0}"
)
FORGERIES = {
    "changed": "UPDATE consultations_ledgerentry SET act = 'nothing' WHERE sequence = 2",
    "taken out": CUT.format(2),
    "put in": (
        "INSERT INTO consultations_ledgerentry (consultation_id, sequence, act, at, format,"
        " payload_hash, previous_hash, hash) SELECT consultation_id, 4, act, at, format,"
        " payload_hash, hash, payload_hash FROM consultations_ledgerentry WHERE sequence = 3"
    ),
}


def chain() -> Consultation:
    """Make a consultation with three entries on its ledger."""
    consultation = make_consultation()
    for act in ("first", "second", "third"):
        ledger.append(
            consultation_id=consultation.pk, act=act, at=timezone.now(), payload={"by": 1}
        )
    return consultation


def forge(sql: str) -> None:
    """Write what the application's role may not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def verified(client: Client, consultation: Consultation, head: str = "") -> str:
    """Have the chain verified; return the page."""
    client.post(PAGE, {"consultation": consultation.pk, "head": head})
    building.run_one(timezone.now())
    return client.get(PAGE).content.decode()


def test_auditor_sees_the_head_and_has_it_verified() -> None:
    consultation = chain()
    client = log_in(make_staff(consultation, "auditor"))

    before = client.get(PAGE).content.decode()
    after = verified(client, consultation)

    head = f"<code>{ledger.head(consultation.pk)}</code>"
    assert (head in before, "Not in the last thirty days." in before) == (True, True)
    assert "Whole: 3 entries, at " in after
    link = f'href="{reverse("admin:consultations_ledgerentry_chains")}"'
    listed = client.get("/admin/consultations/ledgerentry/").content.decode()
    assert link in listed


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forged_row_is_found_and_told(forgery: str) -> None:
    consultation = chain()
    client = log_in(make_staff(consultation, "auditor"))
    forge(forgery)

    page = verified(client, consultation)

    assert ("wrong, found at" in page, "Whole:" in page) == (True, False)


def test_tail_that_was_cut_is_found_by_the_head_noted_before() -> None:
    consultation = chain()
    client = log_in(make_staff(consultation, "auditor"))
    noted = ledger.head(consultation.pk)
    whole = verified(client, consultation, f" {noted.upper()} ")
    forge(CUT.format(3))

    unseen, found = verified(client, consultation), verified(client, consultation, noted)

    assert "The head that you noted is in it." in whole
    assert "Whole: 2 entries" in unseen
    assert "The end is missing" in found


def test_head_that_is_none_is_asked_again() -> None:
    consultation = chain()
    client = log_in(make_staff(consultation, "auditor"))

    page = client.post(PAGE, {"consultation": consultation.pk, "head": "12"}).content.decode()

    assert "A head is 64 digits" in page
    assert Job.objects.count() == 0


def test_verification_asked_for_twice_while_it_waits_is_one() -> None:
    consultation = chain()
    for _n in range(2):
        client = log_in(make_staff(consultation, "auditor"))
        client.post(PAGE, {"consultation": consultation.pk})

    assert Job.objects.count() == 1


def test_chain_of_another_consultation_does_not_exist() -> None:
    mine, other = chain(), chain()
    client = log_in(make_staff(mine, "officer"))

    page = client.post(PAGE, {"consultation": other.pk})

    assert ledger.head(other.pk) not in page.content.decode()
    assert Job.objects.count() == 0


@pytest.mark.parametrize("right", ["moderator", "analyst"])
def test_page_is_for_those_who_audit(right: str) -> None:
    consultation = chain()
    client = log_in(make_staff(consultation, right))

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"consultation": consultation.pk}).status_code == 404


def test_page_costs_the_same_at_any_number(django_assert_max_num_queries: object) -> None:
    auditor = make_user()
    client, costs = log_in(auditor), []
    for more in (1, 2):
        for _n in range(more):
            give_role(auditor, chain(), "auditor")
        with django_assert_max_num_queries(12) as captured:  # type: ignore[operator]
            client.get(PAGE)
        costs.append(len(captured))

    assert costs[0] == costs[1]
