"""My document's page: what it takes, keeps and says; whose documents do not exist for whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.models import (
    Comment,
    ConfidentialityRequest,
    Consultation,
    Document,
    Message,
    User,
)
from tests import samples
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_evidence,
    make_reason,
    make_response,
    make_staff,
    make_user,
)
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def path(name: str, consultation: Consultation, *more: object) -> str:
    return reverse(f"evidence.{name}", args=[consultation.slug, *more])


def post(client: Client, consultation: Consultation, **said: Any) -> HttpResponse:
    """Save a document as the page does, with a PDF unless something else is said."""
    file = SimpleUploadedFile("survey.pdf", samples.PDF)
    typed = {"title": "Survey", "file": file, "permission": "named", "over": ""}
    return client.post(path("mine", consultation), typed | said)


def act(name: str, client: Client, document: Document) -> HttpResponse:
    return client.post(path(name, document.consultation, document.reference), follow=True)


def test_document_is_saved_and_shown_to_its_respondent_alone() -> None:
    consultation, employer = make_consultation(), make_user()
    client = log_in(employer)

    answer = post(client, consultation, title="Turbines")

    assert (answer.status_code, answer["Location"]) == (302, path("mine", consultation))
    document = Document.objects.get()
    page = client.get(path("mine", consultation)).content.decode()
    assert page.count("Turbines") == 2  # its link, and what its other link throws away
    assert "Saved, not sent" in page
    assert "sent together with your answers" in page
    assert document.reference in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"title": ""}, "Give the document a title."),
        ({"title": "…"}, "at least one letter"),
        ({"title": "x" * 201}, "Shorten this to 200"),
        ({"permission": ""}, "Choose whether we may publish this document."),
        ({"permission": "everybody"}, "valid choice"),
        ({"file": ""}, "Choose a file."),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "Choose a PDF, DOCX, ODT, XLSX or CSV"),
        ({"file": SimpleUploadedFile("a.pdf", samples.docx())}, "named .pdf"),
        (
            {"file": SimpleUploadedFile("a.pdf", samples.pdf(11 * MEGABYTE))},
            "This file has 11 MB: 10 MB is the most.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_title_kept(
    said: dict[str, Any], sentence: str
) -> None:
    consultation = make_consultation()

    answer = post(log_in(make_user()), consultation, **{"title": "My kept title", **said})

    words = answer.content.decode()
    assert answer.status_code == 422
    assert words.count(sentence) == 2  # in the summary, and beside the field
    assert "<title>Error:" in words
    assert ("My kept title" in words) == ("title" not in said)
    assert Document.objects.count() == 0


def test_no_model_field_can_be_set_through_the_form() -> None:
    consultation, theirs = make_consultation(), make_evidence(state="draft")

    file = SimpleUploadedFile("survey.pdf", samples.PDF)
    log_in(make_user()).post(
        path("mine", consultation),
        {
            "title": "Survey",
            "file": file,
            "permission": "named",
            "over": "",
            "state": "published",
            "published_at": "2026-01-01",
            "reference": "ABCDEFGH",
            "response": theirs.response_id,
            "consultation": theirs.consultation_id,
        },
    )

    document = Document.objects.latest("pk")
    assert (document.state, document.published_at) == ("draft", None)
    assert document.consultation == consultation
    assert document.reference != "ABCDEFGH"


def test_collision_with_a_colleague_shows_theirs_and_keeps_the_title() -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    post(log_in(colleague), consultation, title="Theirs")

    answer = post(log_in(lead), consultation, title="Mine")

    words = answer.content.decode()
    assert answer.status_code == 409
    assert ("Theirs" in words, 'value="Mine"' in words) == (True, True)
    over = Document.objects.get().reference
    assert answer.context["form"]["over"].value() == over
    assert post(log_in(lead), consultation, title="Mine", over=over).status_code == 302
    assert Document.objects.get().title == "Mine"


def test_page_posted_after_the_close_keeps_the_title_and_says_so() -> None:
    consultation = make_consultation(closes_at=timezone.now() - timedelta(seconds=1))

    answer = post(log_in(make_user()), consultation, title="Too late")

    words = answer.content.decode()
    assert answer.status_code == 409
    assert ("has closed" in words, 'value="Too late"' in words) == (True, True)
    assert Document.objects.count() == 0


def test_document_is_sent_with_the_answers_from_the_check_page() -> None:
    consultation, employer = make_consultation(), make_user()
    save(employer, recommendation_of(consultation))
    client = log_in(employer)
    post(client, consultation)
    address = reverse("responses.check", args=[consultation.slug])
    page = client.get(address)

    answer = client.post(address, page.context["form"].initial)

    assert "Survey" in page.content.decode()
    assert answer["Location"] == reverse("responses.receipt", args=[consultation.slug])
    assert Document.objects.get().state == "submitted"
    assert "Survey" in str(Message.objects.get().letter)


def test_document_is_named_on_the_task_list_and_the_printed_copy() -> None:
    consultation, employer = make_consultation(), make_user()
    client = log_in(employer)
    lists = [reverse(f"responses.{name}", args=[consultation.slug]) for name in ("mine", "printed")]

    before = ["A document as evidence" in client.get(each).content.decode() for each in lists]
    post(client, consultation, title="Survey of turbines")
    after = ["Survey of turbines" in client.get(each).content.decode() for each in lists]

    assert (before, after) == ([True, False], [True, True])


def test_sent_later_by_its_own_button_then_taken_back() -> None:
    response = make_response()
    document = make_evidence(response, "draft")
    client = log_in(response.respondent)

    sent = act("send", client, document).content.decode()
    ask = client.get(path("remove", document.consultation, document.reference)).content.decode()
    gone = act("remove", client, document).content.decode()

    assert "A moderator looks at it before anybody else sees it." in sent
    assert "It goes from the public pages at once" in ask
    assert "is removed" in gone
    assert Document.objects.get().state == "withdrawn"


def test_one_that_stands_aside_can_be_chosen_instead() -> None:
    response = make_response()
    make_evidence(response, "draft", title="First")
    aside = make_evidence(response, "aside", title="Second")

    act("choose", log_in(response.respondent), aside)

    states = Document.objects.order_by("pk").values_list("title", "state")
    assert list(states) == [("First", "aside"), ("Second", "draft")]


@pytest.mark.parametrize("name", ["send", "choose", "remove"])
def test_document_of_another_does_not_exist(name: str) -> None:
    document = make_evidence(state="draft")
    own = document.response.respondent
    others = [make_user(), make_staff(document.consultation, "officer")]
    make_response(document.consultation, others[0])

    answers = [act(name, log_in(each), document).status_code for each in others]

    assert answers == [404, 404]
    assert Document.objects.get().state == "draft"
    assert client_get(own, name, document) in {200, 302}


def client_get(user: User, name: str, document: Document) -> int:
    address = path(name, document.consultation, document.reference)
    return log_in(user).get(address).status_code


def test_get_of_a_button_changes_nothing() -> None:
    document = make_evidence(state="draft")
    own = document.response.respondent

    answers = [client_get(own, name, document) for name in ("send", "choose", "remove")]

    assert answers == [302, 302, 200]
    assert Document.objects.get().state == "draft"


def test_refused_document_shows_its_reason() -> None:
    response = make_response()
    Document.objects.filter(pk=make_evidence(response, "rejected").pk).update(reason=make_reason())

    page = log_in(response.respondent).get(path("mine", response.consultation)).content.decode()

    assert "It was abusive, which our rules do not allow." in page


def test_page_says_that_a_request_for_confidentiality_stands_in_the_way() -> None:
    response = make_response()
    client, sentence = log_in(response.respondent), "While that stands"
    before = client.get(path("mine", response.consultation)).content.decode()
    ConfidentialityRequest.objects.create(
        response=response, reason="A secret.", asked_at=timezone.now()
    )

    after = client.get(path("mine", response.consultation)).content.decode()

    assert (sentence in before, sentence in after) == (False, True)


def test_whoever_has_not_said_who_they_are_is_asked_first() -> None:
    consultation = make_consultation()

    answer = log_in(make_user(name="", kind="")).get(path("mine", consultation))

    assert answer["Location"].startswith(reverse("people.about_you"))


def test_pages_cost_the_same_queries_with_one_document_and_with_three() -> None:
    response = make_response()
    make_comment(None, response, state=Comment.State.PUBLISHED)
    client, costs = log_in(response.respondent), []
    addresses = [
        path("mine", response.consultation),
        reverse("responses.mine", args=[response.consultation.slug]),
    ]
    for states in (["draft"], ["submitted", "published"]):
        for state in states:
            make_evidence(response, state)
        costs.append([])
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            costs[-1].append(len(asked))

    assert costs[0] == costs[1]
    assert max(costs[0]) <= 13
