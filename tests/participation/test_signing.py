"""Signing off: a lead sends, states whom they represent, and confirms an approval once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Comment,
    Consultation,
    Draft,
    LedgerEntry,
    Response,
    SignOff,
    User,
)
from consultations.moderation import decide
from consultations.organisations import standing
from tests.factories import (
    log_in,
    make_consultation,
    make_membership,
    make_organisation,
    make_organisation_kind,
    make_staff,
    make_user,
)
from tests.participation.scene import make_council, recommendation_of, save
from tests.participation.test_submit import submit

pytestmark = pytest.mark.django_db


def sign_off(user: User, consultation: Consultation, **fields: Any) -> SignOff:
    """Sign off as the view does."""
    membership = standing(user)
    assert membership is not None
    said = {"represents": "", "consulted": "The economy committee."} | fields
    return participation.sign_off(
        user=user,
        membership=membership,
        consultation=consultation,
        said=participation.Statement(**said),
        at=timezone.now(),
    )


def subject_to(days: int = 60) -> dict[str, Any]:
    """Return that Cabinet has still to approve it, so many days from now."""
    return {"body": "Cabinet", "expected_on": (timezone.now() + timedelta(days=days)).date()}


def close(consultation: Consultation, ago: timedelta = timedelta(hours=1)) -> None:
    """Let the consultation have closed."""
    closed = timezone.now() - ago
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=closed - timedelta(days=49), closes_at=closed
    )
    consultation.refresh_from_db()


def sent_subject_to_approval() -> tuple[User, User, Consultation, Response]:
    """Return a lead, a contributor, and their council's response of two published answers."""
    lead, colleague = make_council()
    consultation = make_consultation()
    for number in (1, 2):
        save(colleague, recommendation_of(consultation, number), text=f"On {number}.")
    sign_off(lead, consultation, **subject_to())
    response = submit(lead, consultation)
    moderator = make_staff(consultation)
    response.refresh_from_db()
    for case in consultation.cases.order_by("pk"):
        decide.publish(
            case=case,
            version_number=1,
            by=moderator,
            at=timezone.now(),
            signed=response.sign_off_id,
        )
    return lead, colleague, consultation, response


def test_contributor_saves_and_does_not_send() -> None:
    _lead, colleague = make_council()
    consultation = make_consultation()
    save(colleague, recommendation_of(consultation))

    with pytest.raises(participation.NotLeadError, match="Only a lead"):
        submit(colleague, consultation)
    membership = standing(colleague)
    assert membership is not None
    with pytest.raises(participation.NotLeadError):
        participation.sign_off(
            user=colleague,
            membership=membership,
            consultation=consultation,
            said=participation.Statement("", ""),
            at=timezone.now(),
        )

    assert (Comment.objects.count(), Draft.objects.count(), SignOff.objects.count()) == (0, 1, 0)


def test_claimant_who_waits_sends_their_own() -> None:
    claimant = make_user(acting_for="organisation", organisation=make_organisation())
    make_membership(claimant, claimant.organisation)
    consultation = make_consultation()
    save(claimant, recommendation_of(consultation))

    submit(claimant, consultation)

    assert Comment.objects.count() == 1


def test_representative_body_says_whom_it_represents_before_anything_is_sent() -> None:
    kind = make_organisation_kind("chamber", "represents_employers", is_representative=True)
    chamber = make_organisation("Chamber", kind=kind)
    lead = make_user(acting_for="organisation", organisation=chamber, kind="represents_employers")
    make_membership(lead, chamber, claim="confirmed")
    consultation = make_consultation()
    save(lead, recommendation_of(consultation))

    with pytest.raises(participation.ParticipationError, match="whom Chamber represents"):
        submit(lead, consultation)
    with pytest.raises(participation.ParticipationError, match="Say whom you represent"):
        sign_off(lead, consultation)
    sign_off(lead, consultation, represents="86 employers.")
    response = submit(lead, consultation)

    response.refresh_from_db()
    assert response.sign_off is not None
    assert response.sign_off.represents == "86 employers."
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["comment_submitted", "response_signed_off"]
    assert ledger.verify(consultation.pk) == []


def test_sign_off_changed_keeps_what_was_signed_before() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()

    first = sign_off(lead, consultation)
    again = sign_off(lead, consultation)
    second = sign_off(lead, consultation, consulted="Both committees.")

    assert (first, SignOff.objects.count()) == (again, 2)
    assert Response.objects.get().sign_off == second
    assert LedgerEntry.objects.count() == 0
    with pytest.raises(ProgrammingError, match="never changes"), transaction.atomic():
        SignOff.objects.filter(pk=first.pk).update(consulted="Nobody.")


def test_sign_off_is_shown_once_a_moderator_has_read_an_answer_with_it() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    save(lead, recommendation_of(consultation))
    signed = sign_off(lead, consultation)
    response = submit(lead, consultation)
    response.refresh_from_db()
    assert response.shown_sign_off is None

    case, moderator = consultation.cases.get(), make_staff(consultation)
    client = log_in(moderator)
    page = reverse("admin:consultations_case_change", args=[case.pk])
    assert "The economy committee." in client.get(page).content.decode()
    client.post(page, {"decision": "publish", "version": 1, "signed": signed.pk})

    response.refresh_from_db()
    assert response.shown_sign_off == signed
    sign_off(lead, consultation, consulted="Words that nobody has read.")
    response.refresh_from_db()
    assert response.shown_sign_off == signed


def test_sign_off_that_changed_since_it_was_read_stays_unread_but_the_mark_is_shown() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    save(lead, recommendation_of(consultation))
    read = sign_off(lead, consultation)
    response = submit(lead, consultation)
    sign_off(lead, consultation, consulted="Unread words.", **subject_to())

    case = consultation.cases.get()
    by, at = make_staff(consultation), timezone.now()
    decide.publish(case=case, version_number=1, by=by, at=at, signed=read.pk)

    response.refresh_from_db()
    assert (response.shown_sign_off, response.awaits_whom()) == (None, "")
    assert response.awaits() == response.sign_off


def test_sign_off_is_shown_at_once_where_moderation_comes_after() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER)
    sign_off(lead, consultation)

    save(lead, recommendation_of(consultation))
    response = submit(lead, consultation)

    response.refresh_from_db()
    assert response.shown_sign_off == response.sign_off is not None


@pytest.mark.parametrize("days", [-2, 200])
def test_approval_is_expected_neither_before_today_nor_too_late(days: int) -> None:
    lead, _colleague = make_council()

    with pytest.raises(participation.ParticipationError, match="approval must"):
        sign_off(lead, make_consultation(), **subject_to(days))


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_sign_off_first_at_once_make_one_response() -> None:
    leads = make_council(leads=2)
    consultation, barrier, signed = make_consultation(), Barrier(2), []

    def sign(lead: User) -> None:
        barrier.wait()
        try:
            signed.append(sign_off(lead, consultation, consulted=f"By {lead.pk}").pk)
        finally:
            connection.close()

    threads = [Thread(target=sign, args=[lead]) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(SignOff.objects.values_list("pk", flat=True)) == set(signed)
    assert (len(signed), Response.objects.get().sign_off_id) == (2, max(signed))
