"""The owner's documents in the admin: added, withdrawn, and never by anybody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.models import Consultation, Document, Role
from tests import samples
from tests.factories import (
    log_in,
    make_consultation,
    make_document,
    make_evidence,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
RIGHTS = [Role.Right.MODERATOR, Role.Right.ANALYST, Role.Right.AUDITOR]


def place(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_documents", args=[consultation.pk])


def officer_of(consultation: Consultation) -> Client:
    return log_in(make_staff(consultation, Role.Right.OFFICER))


def add(client: Client, consultation: Consultation, **said: object) -> object:
    """Post the form, with a PDF unless something else is said."""
    file = SimpleUploadedFile("report.pdf", samples.PDF)
    return client.post(place(consultation), {"title": "The report", "file": file, **said})


def test_officer_adds_documents_and_reads_that_nothing_scans_them() -> None:
    consultation = make_consultation()
    client, second = officer_of(consultation), consultation.recommendations.get(number=2)

    page = client.get(place(consultation)).content.decode()
    add(client, consultation)
    add(client, consultation, title="A table", recommendation=second.pk)

    assert "Files are not scanned for viruses here: scan them before you upload." in page
    found = Document.objects.order_by("pk").values_list("title", "recommendation", "state")
    assert list(found) == [
        ("The report", None, "published"),
        ("A table", second.pk, "published"),
    ]
    assert client.get(place(consultation)).content.decode().count("Withdraw…") == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"title": ""}, "Give the document a title."),
        ({"title": "a\u202eb"}, "changes the direction"),
        ({"file": ""}, "Choose a file."),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "This file is empty."),
        ({"file": SimpleUploadedFile("a.docx", samples.PDF)}, "named .docx"),
        ({"file": SimpleUploadedFile("a.pdf", samples.pdf(11 * 1024 * 1024))}, "11 MB"),
        ({"recommendation": "99999999"}, "valid choice"),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_field_and_the_title_kept(
    said: dict[str, object], sentence: str
) -> None:
    consultation = make_consultation()

    page = add(officer_of(consultation), consultation, **{"title": "Kept title", **said})

    text = page.content.decode()  # type: ignore[attr-defined]
    assert sentence in text
    assert ("Kept title" in text) == ("title" not in said)
    assert Document.objects.count() == 0


def test_recommendation_of_another_consultation_is_no_choice() -> None:
    consultation, other = make_consultation(), make_consultation()
    theirs = other.recommendations.get(number=1)

    add(officer_of(consultation), consultation, recommendation=theirs.pk)

    assert Document.objects.count() == 0


@pytest.mark.parametrize("right", RIGHTS)
def test_only_officers_add_and_withdraw(right: str) -> None:
    consultation = make_consultation()
    document = make_document(consultation)
    withdraw = reverse("admin:consultations_document_withdraw", args=[document.pk])
    client = log_in(make_staff(consultation, right))

    answers = [
        client.get(place(consultation)),
        add(client, consultation, title="Mine"),
        client.get(withdraw),
        client.post(withdraw, {"why": "x"}),
    ]

    assert [each.status_code for each in answers] == [404] * 4  # type: ignore[attr-defined]
    assert Document.objects.get().state == "published"


def test_officer_of_another_consultation_finds_nothing() -> None:
    document = make_document()
    withdraw = reverse("admin:consultations_document_withdraw", args=[document.pk])
    client = officer_of(make_consultation())

    answers = [client.get(place(document.consultation)), client.post(withdraw, {"why": "x"})]

    assert [each.status_code for each in answers] == [404, 404]


def test_officer_withdraws_with_a_reason() -> None:
    consultation = make_consultation()
    document = make_document(consultation)
    withdraw = reverse("admin:consultations_document_withdraw", args=[document.pk])
    client = officer_of(consultation)

    refused = client.post(withdraw, {"why": ""})
    done = client.post(withdraw, {"why": "A row was wrong."}, follow=True)
    again = client.post(withdraw, {"why": "Again."})

    assert "Say why" in refused.content.decode()
    assert "A row was wrong." in done.content.decode()
    assert "withdrawn already" in again.content.decode()
    assert Document.objects.get().why_withdrawn == "A row was wrong."


def test_list_holds_what_was_sent_and_nothing_that_is_only_saved() -> None:
    consultation = make_consultation()
    make_document(consultation, title="The owner's")
    make_evidence(make_response(consultation), "submitted", title="Sent")
    make_evidence(make_response(consultation), "draft", title="Saved")
    make_evidence(title="Elsewhere")
    address = reverse("admin:consultations_document_changelist")

    page = log_in(make_staff(consultation)).get(address)

    rows = page.context["cl"].result_list
    assert {row.title for row in rows} == {"The owner's", "Sent"}


def test_draft_cannot_be_opened_in_the_admin() -> None:
    document = make_evidence(state="draft")
    address = reverse("admin:consultations_document_change", args=[document.pk])

    assert officer_of(document.consultation).get(address).status_code == 404
