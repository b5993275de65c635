"""The pages on which officers invite, follow, remind and take back; and who opens them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.exchange import contacts
from consultations.models import Consultation, Invitation, Organisation, Role, Upload
from tests.admin.scene import act
from tests.factories import (
    confirm_address,
    log_in,
    make_case,
    make_consultation,
    make_invitation,
    make_membership,
    make_organisation_kind,
    make_region,
    make_staff,
    make_user,
)
from tests.invitations.scene import begin, invite, mails

pytestmark = pytest.mark.django_db
LISTED = "admin:consultations_invitation_changelist"
HEAD = "Organisation,Kind,Region,Contact name,E-mail\n"
GOOD = "Works 1,Employer,North East,Ann,ann@works.example\n"
BAD = "Works 2,Martian,,,bob@works.example\n"


def page_of(name: str, consultation: Consultation) -> str:
    return reverse(f"admin:consultations_consultation_{name}", args=[consultation.pk])


def send(client: Client, consultation: Consultation, rows: str, name: str = "list.csv") -> Any:
    """Upload a file of these rows; return the answer."""
    make_region()
    make_organisation_kind()
    file = SimpleUploadedFile(name, (HEAD + rows).encode())
    return client.post(page_of("invite", consultation), {"file": file})


def officer_of(consultation: Consultation) -> Client:
    return log_in(make_staff(consultation, "officer"))


def test_file_is_tried_first_and_then_invites() -> None:
    consultation = make_consultation()
    client = officer_of(consultation)

    tried = send(client, consultation, GOOD)["Location"]
    page = client.get(tried).content.decode()
    before = Invitation.objects.count()
    done = client.post(tried, follow=True)

    assert "1 contact would be invited, for 1 organisation." in page
    assert "Invite 1 contact now" in page
    assert before == 0
    assert done.redirect_chain == [(page_of("invitations", consultation), 302)]
    assert "1 invitation is on its way. 1 organisation was added." in done.content.decode()
    assert mails() == [("ann@works.example", "queued")]
    assert not Upload.objects.exists()


def test_same_confirmation_twice_invites_once_and_says_so() -> None:
    consultation = make_consultation()
    client = officer_of(consultation)
    tried = send(client, consultation, GOOD)["Location"]

    answers = [client.post(tried, follow=True) for _n in range(2)]

    assert "That file is here no longer" in answers[1].content.decode()
    assert (Invitation.objects.count(), len(mails())) == (1, 1)


def test_bad_rows_are_listed_and_stop_all_until_they_are_left_out() -> None:
    consultation = make_consultation()
    client = officer_of(consultation)
    tried = send(client, consultation, GOOD + BAD)["Location"]

    page = client.get(tried).content.decode()
    refused = client.post(tried)
    after = Invitation.objects.count()
    client.post(tried, {"leave_out_bad": "on"})

    assert "1 row is bad." in page
    assert "<td>kind</td><td>“Martian” is unknown.</td>" in page
    assert refused.context["errors"] == [
        ("", "Some rows are bad: put the file right and upload it again, or leave them out.")
    ]
    assert (after, Invitation.objects.count()) == (0, 1)


def test_domains_are_trusted_where_the_officer_ticks_it() -> None:
    consultation = make_consultation()
    client = officer_of(consultation)
    tried = send(client, consultation, GOOD)["Location"]

    client.post(tried, {"trust_domains": "on"})

    assert Organisation.objects.get().domains == ["works.example"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04rubbish", "The spreadsheet is damaged or locked"),
        (b"\0\0\0\0", "There are no columns headed"),
        (b"x" * (contacts.MOST_BYTES + 1), "The file is larger than 2 MB: part it."),
    ],
)
def test_file_that_cannot_be_read_is_refused_beside_its_field(
    content: bytes, sentence: str
) -> None:
    consultation = make_consultation()
    file = SimpleUploadedFile("list.xlsx", content)

    answer = officer_of(consultation).post(page_of("invite", consultation), {"file": file})

    ((field, said),) = answer.context["errors"]
    assert (field, sentence in said) == ("id_file", True)
    assert answer.context["title"].startswith("Error:")
    assert not Upload.objects.exists()


def test_no_file_is_asked_for() -> None:
    consultation = make_consultation()

    answer = officer_of(consultation).post(page_of("invite", consultation))

    assert answer.context["errors"] == [("id_file", "Choose a file.")]


@pytest.mark.parametrize("named", ["0", "nonsense", "9" * 30, "²", ""])
def test_file_of_nobody_is_here_no_longer(named: str) -> None:
    consultation = make_consultation()

    answer = officer_of(consultation).get(page_of("invite", consultation), {"upload": named})

    assert answer["Location"] == page_of("invitations", consultation)


def test_file_of_a_colleague_or_of_another_consultation_is_not_seen() -> None:
    consultation, other = make_consultation(), make_consultation()
    officer = make_staff(consultation, "officer")
    tried = send(log_in(officer), consultation, GOOD)["Location"]
    elsewhere = log_in(make_staff(other, "officer"))

    colleague = officer_of(consultation).get(tried)
    foreign = elsewhere.get(tried.replace(f"/{consultation.pk}/", f"/{other.pk}/"))

    assert [answer.status_code for answer in (colleague, foreign)] == [302, 302]
    assert elsewhere.get(tried).status_code == 404


def test_overview_counts_by_standing_and_leads_to_the_list() -> None:
    consultation = make_consultation()
    _one, two, _three = invite(consultation, 3)
    begin(two, make_user(two.email))
    make_invitation()
    client = officer_of(consultation)

    page = client.get(page_of("invitations", consultation))

    standings = {str(label): (n, link) for label, n, link in page.context["standings"]}
    assert {label: n for label, (n, _link) in standings.items() if n} == {
        "invited": 2,
        "drafting": 1,
    }
    listed = client.get(standings["drafting"][1]).context["cl"].result_list
    assert [row.pk for row in listed] == [two.pk]


def test_everybody_is_reminded_once_from_the_overview() -> None:
    consultation = make_consultation()
    invite(consultation, 2)
    client = officer_of(consultation)

    pages = [
        client.post(page_of("invitations", consultation), follow=True).content.decode()
        for _n in range(2)
    ]

    assert "2 reminders are on their way." in pages[0]
    assert "Not reminded: 2. They were reminded before: once is enough." in pages[1]
    assert len(mails("invitation-reminder")) == 2


def test_one_is_reminded_and_taken_back_from_the_list() -> None:
    consultation = make_consultation()
    one, two = invite(consultation, 2)
    client = officer_of(consultation)

    reminded = act(client, "remind", one)
    again = act(client, "remind", one)
    back = act(client, "withdraw", two)

    assert "1 reminder is on its way." in reminded
    assert "They were reminded before" in again
    assert "1 invitation taken back." in back
    assert mails("invitation-reminder") == [(one.email, "queued")]
    two.refresh_from_db()
    assert two.withdrawn_at is not None


def test_invitation_of_another_consultation_is_neither_listed_nor_acted_on() -> None:
    mine, other = make_consultation(), make_consultation()
    (foreign,) = invite(other)
    client = officer_of(mine)

    listed = client.get(reverse(LISTED)).context["cl"].result_count
    act(client, "withdraw", foreign)
    act(client, "remind", foreign)

    foreign.refresh_from_db()
    assert (listed, foreign.withdrawn_at, foreign.reminded_at) == (0, None, None)


@pytest.mark.parametrize("right", Role.Right.values)
def test_only_officers_open_the_pages(right: str) -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation, right))
    pages = [page_of("invitations", consultation), page_of("invite", consultation)]

    answers = [client.get(page).status_code for page in pages]
    answers += [client.post(page).status_code for page in pages]

    expected = [200, 200, 302, 200] if right == "officer" else [404] * 4
    assert answers == expected
    assert client.get(reverse(LISTED)).status_code == (200 if right == "officer" else 403)


def test_link_of_an_invitation_is_not_shown_to_staff() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    client = officer_of(consultation)
    change = reverse("admin:consultations_invitation_change", args=[invitation.pk])

    pages = [client.get(page).content.decode() for page in (reverse(LISTED), change)]

    assert [invitation.token in page for page in pages] == [False, False]
    assert invitation.email in pages[1]


@pytest.mark.parametrize("many", [1, 3])
def test_pages_cost_the_same_at_any_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    invite(consultation, many)
    client = officer_of(consultation)

    with django_assert_num_queries(7):
        client.get(reverse(LISTED))
    with django_assert_num_queries(7):
        client.get(page_of("invitations", consultation))


@pytest.mark.parametrize("many", [1, 3])
def test_file_costs_the_same_to_try_at_any_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    client = officer_of(consultation)
    rows = "".join(f"Works {n},Employer,,,a{n}@works.example\n" for n in range(many))
    tried = send(client, consultation, rows)["Location"]

    with django_assert_num_queries(12):
        client.get(tried)


def test_moderator_sees_that_an_officer_invited_the_claimant() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    invited = confirm_address(make_user(invitation.email))
    claims = [make_membership(person, invitation.organisation) for person in (invited, None)]
    client = log_in(make_staff(consultation))

    pages = []
    for claim in claims:
        case = make_case(membership=claim, consultation=consultation)
        path = reverse("admin:consultations_case_change", args=[case.pk])
        pages.append(client.get(path).content.decode())

    assert ["invited this address for this organisation" in page for page in pages] == [True, False]


def test_nobody_is_reminded_from_the_page_of_a_closed_consultation() -> None:
    consultation = make_consultation()
    invite(consultation)
    Consultation.objects.update(closes_at=timezone.now())
    client = officer_of(consultation)

    page = client.get(page_of("invitations", consultation)).content.decode()
    answer = client.post(page_of("invitations", consultation), follow=True).content.decode()

    assert "Reminders can be sent while the consultation is open." in page
    assert "The consultation has closed." in answer
    assert mails("invitation-reminder") == []
