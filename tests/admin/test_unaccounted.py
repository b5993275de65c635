"""Who answered without an account: an officer copies what is held about them, or erases them."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import Case, Comment, Consultation, LedgerEntry, Response, User
from consultations.moderation import decide
from consultations.participation import Said
from tests.factories import log_in, make_consultation, make_organisation, make_response, make_staff
from tests.participation.test_enter import check, paper
from tests.proving import prove

pytestmark = pytest.mark.django_db
NAME = "Zqzq Letterwriter"


def letter(consultation: Consultation, by: User, *, published: bool = True) -> Response:
    """Type what came by post on two recommendations, and publish the first."""
    said = [
        Said(row, stance="support", text=f"zqzqwords {row.number}", permission="named")
        for row in consultation.recommendations.select_related("current").order_by("number")[:2]
    ]
    response = participation.enter(
        consultation=consultation,
        paper=paper(name=NAME),
        said=said,
        key=uuid4(),
        by=by,
        at=timezone.now(),
    )
    check(response, make_staff(consultation, "officer"))
    if published:
        case = Case.objects.get(comment__recommendation__number=1)
        decide.publish(case=case, version_number=1, by=by, at=timezone.now())
    return Response.objects.get(pk=response.pk)


def page_of(response: Response) -> str:
    return reverse("admin:consultations_response_person", args=[response.pk])


def scene() -> tuple[Consultation, Response, Client]:
    consultation = make_consultation(recommendations=2)
    officer = make_staff(consultation, "officer")
    response, client = letter(consultation, officer), log_in(officer)
    prove(client.session, officer)
    return consultation, response, client


def test_officer_hands_out_a_copy_of_all_that_the_response_holds() -> None:
    consultation, response, client = scene()
    change = reverse("admin:consultations_response_change", args=[response.pk])
    assert page_of(response) in client.get(change).content.decode()

    answer = client.post(page_of(response), {"copy": "1"})

    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    held = json.loads(packed.read("data.json"))
    assert held["responses"][0]["name"] == NAME
    assert {row["text"] for row in held["versions"]} == {"zqzqwords 1", "zqzqwords 2"}
    assert LedgerEntry.objects.order_by("pk").last().act == "person_copied"
    assert ledger.verify(consultation.pk) == []


def test_officer_erases_the_person_and_what_is_public_stays_without_a_name() -> None:
    consultation, response, client = scene()

    wrong = client.post(page_of(response), {"reference": "XXXXXXXX"})
    done = client.post(page_of(response), {"reference": response.reference.lower()}, follow=True)

    assert "This is not the reference of this response." in wrong.content.decode()
    assert "Erased. The response stays without a name." in done.content.decode()
    response.refresh_from_db()
    shown, gone = Comment.objects.order_by("recommendation__number")
    assert (response.name, shown.listed, shown.public_text) == ("", True, "zqzqwords 1")
    assert (gone.state, gone.submitted_version.text) == ("erased", "")
    assert LedgerEntry.objects.order_by("pk").last().act == "person_erased"
    assert ledger.verify(consultation.pk) == []
    assert client.get(page_of(response)).status_code == 404


def test_page_is_for_officers_there_and_for_people_without_an_account() -> None:
    consultation, response, client = scene()
    moderator, elsewhere = make_staff(consultation), make_staff(make_consultation(), "officer")
    answers = [log_in(who).get(page_of(response)).status_code for who in (moderator, elsewhere)]
    own, body = make_response(consultation), make_organisation()
    Response.objects.filter(pk=response.pk).update(organisation=body)

    others = [client.get(page_of(each)).status_code for each in (own, response)]

    assert (answers, others) == ([404, 404], [404, 404])
