"""Documents handed out: to whom, with which headers, and where they are listed."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import documents
from consultations.models import (
    Comment,
    ConfidentialityRequest,
    Consultation,
    Document,
    DocumentContent,
    Response,
    Role,
)
from consultations.views.documents import PAGE
from tests import samples
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_document,
    make_evidence,
    make_membership,
    make_organisation,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
State = Document.State


def url(document: Document) -> str:
    return reverse("documents.fetch", args=[document.consultation.slug, document.reference])


def page(name: str, consultation: Consultation, *more: object) -> str:
    return Client().get(reverse(name, args=[consultation.slug, *more])).content.decode()


def test_owners_document_is_a_download_that_nothing_can_run(client: Client) -> None:
    document = make_document(name="Bericht für Köln.pdf")

    answer = client.get(url(document))

    assert (answer.status_code, answer.content) == (200, samples.PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (
        answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert answer["Content-Length"] == str(len(samples.PDF))
    assert answer["Cache-Control"] == "private, no-cache"
    plain, whole = answer["Content-Disposition"].split("; ")[1:]
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert (plain, unquote(whole)) == (
        'filename="Bericht fur Koln.pdf"',
        "filename*=UTF-8''Bericht für Köln.pdf",
    )


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (samples.docx(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessing"),
        (samples.xlsx(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml."),
        (samples.odt(), "a.odt", "application/vnd.oasis.opendocument.text"),
        (samples.CSV, "a.csv", "text/csv; charset=utf-8"),
    ],
)
def test_document_has_the_type_of_its_kind(
    client: Client, content: bytes, name: str, content_type: str
) -> None:
    answer = client.get(url(make_document(content=content, name=name)))

    assert answer["Content-Type"].startswith(content_type)
    assert answer.content == content


def test_document_that_the_browser_has_is_not_sent_again(client: Client) -> None:
    document = make_document()
    tag = client.get(url(document))["ETag"]

    again = client.get(url(document), headers={"if-none-match": tag})
    other = client.get(url(document), headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


def test_head_says_how_long_it_is_and_sends_nothing(client: Client) -> None:
    answer = client.head(url(make_document()))

    assert (answer["Content-Length"], answer.content) == (str(len(samples.PDF)), b"")


def test_document_of_a_draft_is_its_staffs_alone() -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)
    document = make_document(draft)
    people = [Client(), log_in(make_user()), log_in(make_staff(draft, Role.Right.OFFICER))]

    assert [each.get(url(document)).status_code for each in people] == [404, 404, 200]


def test_document_of_another_consultation_is_not_found(client: Client) -> None:
    document, other = make_document(), make_consultation()

    assert (
        client.get(url(document).replace(document.consultation.slug, other.slug)).status_code == 404
    )


def test_withdrawn_document_is_named_with_its_reason_and_not_handed_out(client: Client) -> None:
    consultation = make_consultation()
    document = make_document(consultation, title="The first table")
    documents.withdraw(
        document=document, why="A row was <b>wrong</b>.", by=make_user(), at=timezone.now()
    )
    make_document(consultation, title="The second table")

    shown = page("consultations.show", consultation)

    assert client.get(url(document)).status_code == 404
    assert url(document) not in shown
    assert shown.index("The first table") < shown.index("The second table")
    assert "A row was &lt;b&gt;wrong&lt;/b&gt;." in shown


def test_documents_stand_on_the_page_of_what_they_are_about() -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    make_document(consultation, title="About it all")
    make_document(consultation, title="About the first", recommendation=first)
    places = {
        "consultation": page("consultations.show", consultation),
        "print": page("consultations.printed", consultation),
        "first": page("recommendations.show", consultation, 1),
        "second": page("recommendations.show", consultation, 2),
    }

    said = {
        name: ("About it all" in text, "About the first" in text) for name, text in places.items()
    }

    assert said == {
        "consultation": (True, True),
        "print": (True, True),
        "first": (False, True),
        "second": (False, False),
    }
    assert "PDF, 1 kB" in places["first"]


@pytest.mark.parametrize("name", ["consultations.show", "consultations.printed"])
def test_pages_cost_the_same_queries_with_one_document_and_with_three(
    client: Client, name: str
) -> None:
    consultation, costs = make_consultation(), []
    first = consultation.recommendations.get(number=1)
    for times in (1, 2):
        for n in range(times):
            number = f"{times}{n}".encode()
            make_document(consultation, content=samples.CSV + number, name="a.csv")
            make_document(
                consultation, content=samples.CSV + number, name="a.csv", recommendation=first
            )
            make_evidence(make_response(consultation))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name, args=[consultation.slug]))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_recommendation_costs_not_one_query_more_with_documents(client: Client) -> None:
    consultation = make_consultation()
    address = reverse("recommendations.show", args=[consultation.slug, 1])
    costs = []
    for n in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        costs.append(len(queries))
        make_document(
            consultation,
            content=samples.CSV + str(n).encode(),
            name="a.csv",
            recommendation=consultation.recommendations.get(number=1),
        )

    assert costs == [costs[0]] * 3


def seen_by_everybody(document: Document, own: Client) -> dict[str, int]:
    """Return what the document answers to one person of each sort."""
    consultation = document.consultation
    people = {
        "anonymous": Client(),
        "its respondent": own,
        "another respondent": log_in(make_response(consultation).respondent or make_user()),
        "moderator": log_in(make_staff(consultation)),
        "auditor": log_in(make_staff(consultation, Role.Right.AUDITOR)),
        "officer elsewhere": log_in(make_staff(make_consultation(), Role.Right.OFFICER)),
    }
    return {name: each.get(url(document)).status_code for name, each in people.items()}


@pytest.mark.parametrize(
    ("state", "strangers", "staff"),
    [
        (State.DRAFT, 404, 404),
        (State.ASIDE, 404, 404),
        (State.SUBMITTED, 404, 200),
        (State.PUBLISHED, 200, 200),
        (State.REJECTED, 404, 200),
        (State.HIDDEN, 404, 200),
    ],
)
def test_evidence_is_seen_by_whom_its_state_allows(state: str, strangers: int, staff: int) -> None:
    document = make_evidence(state=state)
    own = log_in(document.response.respondent)

    assert seen_by_everybody(document, own) == {
        "anonymous": strangers,
        "its respondent": 200,
        "another respondent": strangers,
        "moderator": staff,
        "auditor": strangers,
        "officer elsewhere": strangers,
    }


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.REPLACED])
def test_evidence_whose_bytes_are_gone_is_not_found(state: str) -> None:
    document = make_evidence(state=state)
    Document.objects.all().drop_content()
    own = log_in(document.response.respondent)

    assert set(seen_by_everybody(document, own).values()) == {404}
    assert DocumentContent.objects.count() == 0


def listed(consultation: Consultation) -> list[str]:
    """Return what the consultation's page and the list of evidence link to, which is the same."""
    first = Client().get(reverse("consultations.show", args=[consultation.slug]))
    whole = Client().get(reverse("documents.index", args=[consultation.slug]))
    assert first.context["sent"] == whole.context["sent"]
    return [document.title for document in whole.context["sent"]]


def test_evidence_that_its_respondent_wants_unpublished_is_never_listed() -> None:
    response = make_response()
    document = make_evidence(response, permission="unpublished")

    assert listed(response.consultation) == []
    assert Client().get(url(document)).status_code == 404


@pytest.mark.parametrize(("outcome", "shown"), [("pending", 0), ("granted", 0), ("refused", 1)])
def test_evidence_is_not_shown_while_confidentiality_stands(outcome: str, shown: int) -> None:
    response, now = make_response(), timezone.now()
    document = make_evidence(response)
    ConfidentialityRequest.objects.create(
        response=response,
        reason="A trade secret.",
        asked_at=now,
        outcome=outcome,
        decided_at=None if outcome == "pending" else now,
    )

    assert len(listed(response.consultation)) == shown
    assert Client().get(url(document)).status_code == (200 if shown else 404)


def test_evidence_waits_for_the_close_where_answers_do() -> None:
    consultation = make_consultation(answers_shown="closed")
    document = make_evidence(make_response(consultation))
    before = (listed(consultation), Client().get(url(document)).status_code)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    after = (listed(consultation), Client().get(url(document)).status_code)

    assert (before, after) == (([], 404), ([document.title], 200))


def signed(response: Response, permission: str) -> bool:
    """Whether the list names who sent the document."""
    make_evidence(response, permission=permission)
    text = page("documents.index", response.consultation)
    return (response.organisation_name or response.name) in text


def test_evidence_is_signed_as_comments_are() -> None:
    council = make_organisation("Aldermoor Borough Council")
    pending = make_membership(organisation=council)
    confirmed = make_membership(organisation=council, claim="confirmed")
    named = {"name": "Ann Example"}

    shown = [
        signed(make_response(**named), "named"),
        signed(make_response(**named), "unnamed"),
        signed(make_response(respondent=pending.user, membership=pending), "named"),
        signed(
            make_response(respondent=confirmed.user, membership=confirmed, organisation=council),
            "named",
        ),
    ]

    assert shown == [True, False, False, True]


def test_organisations_page_lists_its_signed_evidence(client: Client) -> None:
    council = make_organisation("Aldermoor Borough Council")
    member = make_membership(organisation=council, claim="confirmed")
    response = make_response(respondent=member.user, membership=member, organisation=council)
    make_comment(None, response, state=Comment.State.PUBLISHED)
    address = reverse("organisations.show", args=[response.consultation.slug, council.reference])
    make_evidence(response, State.REJECTED, title="Refused")
    without = client.get(address).content.decode()
    make_evidence(response, title="Our survey")

    with_it = client.get(address).content.decode()

    assert ("Refused" in with_it, "Our survey" in without, "Our survey" in with_it) == (
        False,
        False,
        True,
    )


def test_list_of_evidence_goes_on_from_page_to_page(
    client: Client,
) -> None:
    consultation = make_consultation()
    made = [make_evidence(make_response(consultation)).reference for _n in range(2 * PAGE + 1)]
    address, seen, query = reverse("documents.index", args=[consultation.slug]), [], ""

    while True:
        found = client.get(address + query)
        seen += [document.reference for document in found.context["sent"]]
        if not found.context["older"]:
            break
        query = f"?older={found.context['older']}"

    assert seen == made[::-1]


@pytest.mark.parametrize("nonsense", ["ABCDEFGH", "1 OR 1=1", "\x00", "é" * 300, ""])
def test_nonsense_in_the_address_of_the_list_is_not_found(client: Client, nonsense: str) -> None:
    address = reverse("documents.index", args=[make_consultation().slug])

    assert client.get(address, {"older": nonsense}).status_code == 404


def test_list_of_evidence_costs_the_same_queries_with_one_and_with_three(client: Client) -> None:
    consultation, costs = make_consultation(), []
    for times in (1, 2):
        for _n in range(times):
            make_evidence(make_response(consultation))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("documents.index", args=[consultation.slug]))
        costs.append(len(queries))

    assert costs == [2, 2]
