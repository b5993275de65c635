"""Odd e-mail addresses get a sentence, never a server error, and staff read what is closed."""

import pytest
from django.test import Client
from django.urls import reverse

from consultations.models import Comment, Consultation, Message
from tests.factories import make_comment, make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db
ODD = ['"a,b"@example.org', '"<x>"@example.org', "a" * 250 + "@example.org", "ä@exämple.org"]


@pytest.mark.parametrize("email", ODD)
@pytest.mark.parametrize(
    "name", ["account_signup", "account_request_login_code", "account_reset_password"]
)
def test_odd_address_is_answered_without_a_mail(client: Client, name: str, email: str) -> None:
    answer = client.post(reverse(name), {"email": email})

    assert answer.status_code in {200, 302}
    assert Message.objects.count() == 0


def test_staff_read_answers_before_the_close_and_others_do_not(client: Client) -> None:
    consultation = make_consultation(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    make_comment(consultation.recommendations.get(number=1), state=Comment.State.PUBLISHED)
    page = reverse("recommendations.show", args=[consultation.slug, 1])
    elsewhere = make_staff(make_consultation())

    shown = {}
    readers = {"staff": make_staff(consultation), "elsewhere": elsewhere, "reader": make_user()}
    for name, reader in readers.items():
        client.force_login(reader)
        shown[name] = "This would help firms like ours." in client.get(page).content.decode()

    assert shown == {"staff": True, "elsewhere": False, "reader": False}


def test_preview_link_leads_to_the_page_once_it_is_public(client: Client) -> None:
    consultation = make_consultation()
    link = reverse("consultations.preview", args=[consultation.preview_token])

    assert client.get(link)["Location"] == reverse("consultations.show", args=[consultation.slug])


def test_too_many_tries_get_a_page(client: Client) -> None:
    answers = [
        client.post(reverse("account_signup"), {"email": f"n{n}@example.org"}) for n in range(25)
    ]

    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert "Please wait a little" in limited[0].content.decode()
