"""Asking that a response be kept confidential: with a reason, decided by an officer, told, kept."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import ConfidentialityRequest, LedgerEntry, Message, Response, Role, User
from consultations.moderation import confidentiality
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    log_in,
    make_consultation,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
Outcome = ConfidentialityRequest.Outcome
WHY = "It tells what we pay for energy."


def ask(response: Response) -> ConfidentialityRequest:
    person = response.respondent
    assert person is not None
    return participation.ask_confidentiality(
        response=response, reason=WHY, user=person, at=timezone.now()
    )


def decide(request: ConfidentialityRequest, *, granted: bool, by: User | None = None) -> None:
    confidentiality.decide(
        request=request,
        granted=granted,
        words="Prices are a trade secret.",
        by=by or make_staff(request.response.consultation, Role.Right.OFFICER),
        at=timezone.now(),
    )


def test_request_waits_once_and_stands_on_the_ledger() -> None:
    request = ask(make_response())

    assert (request.outcome, request.reason) == (Outcome.PENDING, WHY)
    with pytest.raises(participation.ParticipationError, match="already"):
        ask(request.response)
    assert [entry.act for entry in LedgerEntry.objects.all()] == ["confidentiality_asked"]
    assert WHY not in str(LedgerEntry.objects.get().payload.content)


@pytest.mark.parametrize(
    ("granted", "act", "said"),
    [
        (True, "confidentiality_granted", "as far as the law allows"),
        (False, "confidentiality_refused", "We will not keep"),
    ],
)
def test_decision_is_recorded_and_told(granted: bool, act: str, said: str) -> None:
    request = ask(make_response())

    decide(request, granted=granted)

    request.refresh_from_db()
    assert request.outcome == (Outcome.GRANTED if granted else Outcome.REFUSED)
    assert LedgerEntry.objects.order_by("-sequence")[0].act == act
    assert ledger.verify(request.response.consultation_id) == []
    letter = str(Message.objects.get().letter)
    for words in (said, "Prices are a trade secret.", "contact@example.org"):
        assert words in letter
    assert WHY not in letter


def test_decision_is_made_once_and_another_request_may_follow() -> None:
    request = ask(make_response())
    decide(request, granted=False)

    with pytest.raises(DecisionRefused):
        decide(request, granted=True)
    ask(request.response)

    assert ConfidentialityRequest.objects.count() == 2


def test_page_takes_a_reason_and_shows_what_became_of_it(client: Client) -> None:
    employer, consultation = make_user(), make_consultation()
    response = make_response(consultation, employer)
    client.force_login(employer)
    path = reverse("responses.confidentiality", args=[consultation.slug])
    assert "We cannot promise confidentiality." in client.get(path).content.decode()

    empty = client.post(path, {"reason": " "})
    sent = client.post(path, {"reason": WHY})
    again = client.post(path, {"reason": "And another."})

    assert (empty.status_code, sent.status_code, again.status_code) == (422, 302, 409)
    assert "And another." in again.content.decode()
    decide(response.confidentiality_requests.get(), granted=True)
    page = client.get(path).content.decode()
    for words in (WHY, "Granted", "Prices are a trade secret.", "Send my request"):
        assert words in page


def test_request_is_read_and_decided_by_officers_alone() -> None:
    consultation = make_consultation()
    request = ask(make_response(consultation))
    listed = reverse("admin:consultations_confidentialityrequest_changelist")
    path = reverse("admin:consultations_confidentialityrequest_decide", args=[request.pk])
    elsewhere = make_staff(make_consultation(), Role.Right.OFFICER)
    for person in (make_staff(consultation, Role.Right.MODERATOR), elsewhere):
        assert log_in(person).get(path).status_code == 404
    officer = log_in(make_staff(consultation, Role.Right.OFFICER))

    assert officer.get(listed).status_code == 200
    assert WHY in officer.get(path).content.decode()
    unsaid = officer.post(path, {"outcome": "granted", "words": ""})
    assert "Say why: the respondent receives it." in unsaid.content.decode()
    officer.post(path, {"outcome": "granted", "words": "A trade secret."})

    request.refresh_from_db()
    assert (request.outcome, request.words) == (Outcome.GRANTED, "A trade secret.")
    late = officer.post(path, {"outcome": "refused", "words": "No."})
    assert "was decided already" in late.content.decode()
