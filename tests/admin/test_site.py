"""What belongs to the whole site: who sees which part of it, who keeps it, on which ledger."""

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.models import (
    Comment,
    Consultation,
    LedgerEntry,
    Membership,
    Message,
    Organisation,
    Reason,
    Suppression,
    User,
)
from tests.admin.scene import act, administrator, listed, page_of
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_reason,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_people_and_claims_elsewhere_do_not_exist() -> None:
    mine, other = make_consultation(), make_consultation()
    near, far = make_membership(), make_membership()
    make_case(membership=near, consultation=mine)
    make_response(other, far.user, membership=far)
    make_case(membership=far, consultation=other)
    client = log_in(make_staff(mine, "officer"))
    for model, rows in (("user", (near.user, far.user)), ("membership", (near, far))):
        assert [client.get(page_of(row)).status_code for row in rows] == [200, 404]
        shown = client.get(listed(model)).content.decode()
        assert (near.user.name in shown, far.user.name in shown) == (True, False)


def test_people_with_an_answer_a_right_or_a_shared_organisation_are_shown() -> None:
    mine, organisation = make_consultation(), make_organisation()
    lead = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    colleague = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    make_response(mine, lead.user, membership=lead, organisation=organisation)
    author, analyst = make_response(mine).respondent, make_staff(mine, "analyst")
    client = log_in(make_staff(mine, "officer"))
    for person in (lead.user, colleague.user, author, analyst):
        assert client.get(page_of(person)).status_code == 200


def test_suppressed_addresses_of_others_do_not_exist() -> None:
    mine = make_consultation()
    near, far = make_response(mine).respondent, make_user()
    rows = [
        Suppression.objects.create(address=person.email, reason="5.1.1", since=timezone.now())
        for person in (near, far)
    ]
    client = log_in(make_staff(mine, "officer"))
    assert [client.get(page_of(row)).status_code for row in rows] == [200, 404]
    delete = reverse("admin:consultations_suppression_delete", args=[rows[0].pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    lifted = log_in(administrator()).post(delete, {"post": "yes"})
    assert (lifted.status_code, Suppression.objects.count()) == (302, 1)
    assert LedgerEntry.objects.get(consultation=mine).act == "suppression_lifted"


def test_reasons_are_kept_by_site_administrators_on_the_ledgers_concerned() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    consultation, reason = comment.recommendation.consultation, make_reason()
    stood = {"name": reason.name, "text": reason.text}
    officer = log_in(make_staff(consultation, "officer"))
    hide = reverse("admin:consultations_comment_hide", args=[comment.pk])
    officer.post(hide, {"reason": reason.pk})
    said = {"name": "Rude", "text": "It was\r\nrude.", "order": "0"}
    assert officer.post(page_of(reason), said).status_code == 403
    assert log_in(administrator()).post(page_of(reason), said).status_code == 302
    reason.refresh_from_db()
    assert (reason.name, reason.text) == ("Rude", "It was\nrude.")
    entry = LedgerEntry.objects.get(consultation=consultation, act="reason_changed")
    assert entry.payload.content["before"] == stood


def test_organisations_are_kept_by_site_administrators_on_the_ledgers_concerned() -> None:
    consultation, membership = make_consultation(), make_membership()
    organisation = membership.organisation
    make_case(membership=membership, consultation=consultation)
    said = {"name": "Another", "kind": organisation.kind.pk, "domains": "a.example, b.example"}
    officer = log_in(make_staff(consultation, "officer"))
    assert officer.get(page_of(organisation)).status_code == 200
    assert officer.post(page_of(organisation), said).status_code == 403
    assert log_in(administrator()).post(page_of(organisation), said).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name, organisation.domains) == ("Another", ["a.example", "b.example"])
    assert LedgerEntry.objects.get().act == "organisation_changed"


@pytest.mark.parametrize("name", ["Evil \u202eeman", "Two\u2028lines", "Two\r\nlines"])
def test_names_that_deceive_are_refused_beside_the_field(name: str) -> None:
    client, organisation, reason = log_in(administrator()), make_organisation("Good"), make_reason()
    said = {"name": name, "kind": organisation.kind.pk, "domains": ""}
    page = client.post(page_of(organisation), said)
    assert list(page.context["adminform"].form.errors) == ["name"]
    page = client.post(page_of(reason), {"name": name, "text": "\u202ex", "order": "0"})
    assert list(page.context["adminform"].form.errors) == ["name", "text"]
    assert (Organisation.objects.get().name, Reason.objects.get().name) == ("Good", "Abusive")


def delivery(consultation: Consultation | None, state: str = "unknown") -> Message:
    now = timezone.now()
    return Message.objects.create(
        stream=1,
        dedupe_key=f"x{Message.objects.count()}",
        to="a@example.org",
        message_id="<x@y>",
        queued_at=now,
        not_before=now,
        state=state,
        consultation=consultation,
    )


def test_deliveries_in_doubt_stand_on_the_first_page() -> None:
    mine, other = make_consultation(), make_consultation()
    for consultation, state in ((mine, "unknown"), (mine, "failed"), (other, "failed")):
        delivery(consultation, state)
    delivery(None)
    delivery(mine, "sent")
    index, to = reverse("admin:index"), listed("message")
    unknown = ("1 mail may or may not have arrived: settle it.", f"{to}?state__exact=unknown")
    failed = ("1 mail failed.", f"{to}?state__exact=failed")
    officer = log_in(make_staff(mine, "officer"))
    page = officer.get(index)
    assert page.context["doubts"] == [unknown, failed]
    assert page.content.decode().count(f'href="{failed[1]}"') == 1
    assert len(officer.get(failed[1]).context["cl"].result_list) == 1
    assert log_in(make_staff(mine)).get(index).context["doubts"] == []
    elsewhere = (
        "3 mails of other consultations are in doubt or failed: their officers look after them.",
        "",
    )
    assert log_in(administrator()).get(index).context["doubts"] == [unknown, elsewhere]


def test_deliveries_of_no_consultation_are_settled_by_site_administrators_alone() -> None:
    code, theirs = delivery(None), delivery(make_consultation())
    officer = log_in(make_staff(make_consultation(), "officer"))
    assert officer.get(page_of(code)).status_code == 404
    keeper = log_in(administrator())
    assert [keeper.get(page_of(row)).status_code for row in (code, theirs)] == [200, 404]
    act(keeper, "settle_as_sent", code, theirs)
    assert [Message.objects.get(pk=row.pk).state for row in (code, theirs)] == ["sent", "unknown"]


def test_deliveries_are_settled_on_the_ledger() -> None:
    consultation = make_consultation()
    message = delivery(consultation)
    act(log_in(make_staff(consultation, "officer")), "settle_as_sent", message)
    entry = LedgerEntry.objects.get(consultation=consultation)
    assert (entry.act, entry.payload.content["as_sent"]) == ("delivery_settled", True)


def test_account_is_closed_at_once_by_site_administrators_alone() -> None:
    person = make_user()
    consultation = make_response(None, person).consultation
    browser = log_in(person)
    page = f"/consultations/{consultation.slug}/response/"
    before = browser.get(page).status_code
    assert "closed" not in act(
        log_in(make_staff(consultation, "officer")), "close_accounts", person
    )
    person.refresh_from_db()
    assert person.is_active
    keeper = log_in(administrator())
    assert "the account is closed." in act(keeper, "close_accounts", person)
    assert (before, browser.get(page).status_code) == (200, 302)
    act(keeper, "reopen_accounts", person)
    person.refresh_from_db()
    assert person.is_active
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["account_closed", "account_reopened"]


def test_what_is_done_to_many_is_shown_first_and_confirmed_by_its_number() -> None:
    people, keeper = [make_user(), make_user()], log_in(administrator())
    picked = {"action": "close_accounts", "_selected_action": [one.pk for one in people]}

    asked = keeper.post(listed("user"), picked)
    unsure = keeper.post(listed("user"), picked | {"confirmed": "yes", "count": "1"})
    before = User.objects.filter(is_active=False).count()
    done = keeper.post(listed("user"), picked | {"confirmed": "yes", "count": "2"}, follow=True)

    assert all(person.email in asked.content.decode() for person in people)
    assert "Type 2 to confirm." in asked.content.decode()
    assert "This decides 2, and you typed 1." in unsure.content.decode()
    assert (before, User.objects.filter(is_active=False).count()) == (0, 2)
    assert done.content.decode().count("the account is closed.") == 2


def test_account_of_ones_own_or_of_a_superuser_is_not_closed() -> None:
    keeper, root = administrator(), make_user(is_superuser=True)
    page = act(log_in(keeper), "close_accounts", keeper, root)
    assert ("your own account" in page, "superuser" in page) == (True, True)
    assert User.objects.filter(is_active=False).count() == 0


def test_membership_is_ended_and_revoked_from_its_list() -> None:
    consultation = make_consultation()
    rows = [make_membership(claim=Membership.Claim.CONFIRMED) for _n in range(2)]
    for row in rows:
        make_response(consultation, row.user, membership=row, organisation=row.organisation)
    act(log_in(make_staff(consultation)), "end", rows[0])
    assert Membership.objects.filter(ended_at__isnull=False).count() == 0
    client = log_in(make_staff(consultation, "officer"))
    act(client, "end", rows[0])
    silent = act(client, "revoke", rows[1])
    act(client, "revoke", rows[1], why="She left before the letter was sent.")
    assert "This field is required." in silent
    assert "She left before" in str(Message.objects.get(to=rows[1].user.email).letter)
    assert Membership.objects.filter(ended_at__isnull=True).count() == 0
    assert [response.official for response in consultation.responses.order_by("pk")] == [
        True,
        False,
    ]
