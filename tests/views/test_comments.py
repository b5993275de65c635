"""Sending a comment by the form: each refusal keeps the words."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.models import Case, Comment, CommentVersion, Consultation, User
from tests.factories import (
    NOTICES,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_response,
    make_user,
)

pytestmark = pytest.mark.django_db
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def form(**fields: object) -> dict[str, object]:
    """Return a filled form."""
    said = {
        "stance": "support",
        "text": "It would help firms like ours.",
        "permission": "named",
        "key": str(uuid4()),
        "based_on": 0,
        "answering": 1,
        "notices": NOTICES,
    }
    return said | fields


def send_to(consultation: Consultation, number: int = 1) -> str:
    """Return the address that takes comments."""
    return reverse("comments.post", args=[consultation.slug, number])


def test_post_leads_to_a_receipt_that_asks_for_digests_with_nothing_chosen(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())

    page = client.post(send_to(consultation), form(), follow=True)

    assert page.redirect_chain == [(reverse("comments.receipt", args=[consultation.slug, 1]), 302)]
    assert 'name="choice"' in page.content.decode()
    assert " checked" not in page.content.decode()


def test_post_before_log_in_keeps_the_words_for_afterwards(client: Client) -> None:
    consultation = make_consultation()
    here = reverse("recommendations.show", args=[consultation.slug, 1])

    answer = client.post(send_to(consultation), form(text="Typed before log-in."))
    assert answer["Location"].startswith(reverse("account_login"))
    assert Comment.objects.count() == 0

    client.force_login(make_user())
    page = client.get(here).content.decode()
    assert "Typed before log-in." in page
    assert "We kept what you wrote" in page


def test_post_without_the_four_answers_asks_them_first_and_keeps_the_words(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(User.objects.create_user("new@example.org"))

    answer = client.post(send_to(consultation), form(text="Typed by a newcomer."))

    assert answer["Location"].startswith(reverse("people.about_you"))
    here = reverse("recommendations.show", args=[consultation.slug, 1])
    assert "Typed by a newcomer." in client.get(here).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stance": ""}, "Choose your view"),
        ({"stance": "ecstatic"}, "Select a valid choice"),
        ({"permission": ""}, "Choose whether we may publish"),
        ({"text": "x" * 5_001}, "5,000"),
        ({"text": "a\x00b"}, "control character"),
        ({"text": "a\u202eb"}, "direction"),
        ({"text": "a\u200bb"}, "invisible"),
        ({"text": "…!?"}, "at least one letter or number"),
        ({"key": "nonsense"}, "UUID"),
    ],
)
def test_post_refused_says_why_and_keeps_the_rest(
    client: Client, fields: dict[str, str], words: str
) -> None:
    consultation = make_consultation()
    client.force_login(make_user())

    answer = client.post(send_to(consultation), form(**fields))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "<title>Error:" in page
    if "text" not in fields:
        assert "It would help firms like ours." in page
    assert Comment.objects.count() == 0


def test_post_counts_a_line_end_once(client: Client) -> None:
    client.force_login(make_user())

    client.post(send_to(make_consultation()), form(text="a\r\n" * 2_499 + "ab"))

    assert len(CommentVersion.objects.get().text) == 5_000


def test_post_after_the_close_keeps_the_text_and_says_so(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    answer = client.post(send_to(consultation), form(text="A minute late."))

    assert answer.status_code == 409
    assert "A minute late." in answer.content.decode()
    assert "was not sent" in answer.content.decode()
    assert "This consultation has closed" in answer.content.decode()
    assert "Send my comment" not in answer.content.decode()


def test_form_that_is_wrong_and_too_late_keeps_the_text(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    answer = client.post(send_to(consultation), form(stance="", text="A minute late."))

    page = answer.content.decode()
    assert (answer.status_code, "A minute late." in page) == (409, True)
    assert "so nothing was saved or sent" in page
    assert ("Choose your view" in page, "Send my comment" in page) == (False, False)


def test_post_on_an_older_version_shows_both_texts(client: Client) -> None:
    consultation = make_consultation()
    respondent = make_user()
    response = make_response(consultation, respondent)
    make_comment(consultation.recommendations.get(number=1), response, text="What stands.")
    client.force_login(respondent)

    answer = client.post(send_to(consultation), form(text="What I typed."))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What stands." in page
    assert "What I typed." in page
    assert CommentVersion.objects.count() == 1


def test_post_sent_twice_makes_one_comment(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    said = form()

    answers = [client.post(send_to(consultation), said) for _n in "12"]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert CommentVersion.objects.count() == 1


def test_post_costs_at_most_twelve_queries(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    client.post(send_to(consultation, 1), form())

    with CaptureQueriesContext(connection) as queries:
        client.post(send_to(consultation, 2), form())

    asked = [row["sql"] for row in queries if not row["sql"].startswith(CONTROL)]
    assert len(asked) <= 12, "\n".join(asked)


def test_first_post_under_a_waiting_claim_costs_twelve_queries(client: Client) -> None:
    consultation, council = make_consultation(), make_organisation()
    claimant = make_user(acting_for=User.ActingFor.ORGANISATION, organisation=council)
    make_membership(claimant, council)
    client.force_login(claimant)
    client.get(reverse("recommendations.show", args=[consultation.slug, 1]))

    with CaptureQueriesContext(connection) as queries:
        client.post(send_to(consultation, 1), form())

    asked = [row["sql"] for row in queries if not row["sql"].startswith(CONTROL)]
    assert len(asked) == 12, "\n".join(asked)
    assert Case.objects.count() == 2


def test_post_names_of_model_fields_change_nothing_else(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    forged = {
        field.name: "1" for model in (Comment, CommentVersion) for field in model._meta.fields
    }

    client.post(send_to(consultation), form() | {**forged, **form()})

    comment = Comment.objects.get()
    assert (comment.state, comment.listed, comment.counted) == ("submitted", False, False)


def test_post_without_the_token_is_refused_and_keeps_the_words() -> None:
    consultation = make_consultation()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    answer = client.post(send_to(consultation), form(text="Words to keep."))

    assert answer.status_code == 403
    assert "Words to keep." in answer.content.decode()


def test_respondents_html_is_shown_as_typed(client: Client) -> None:
    consultation = make_consultation()
    text = '<script>alert("x")</script> & =cmd'
    make_comment(consultation.recommendations.get(number=1), state="published", text=text)

    page = client.get(reverse("recommendations.show", args=[consultation.slug, 1]))

    assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; =cmd" in page.content.decode()


def test_withdraw_asks_first_and_then_takes_it_back(client: Client) -> None:
    consultation = make_consultation()
    respondent = make_user()
    comment = make_comment(
        consultation.recommendations.get(number=1), make_response(consultation, respondent)
    )
    client.force_login(respondent)
    where = reverse("comments.withdraw", args=[consultation.slug, 1])

    assert client.get(where).status_code == 200
    comment.refresh_from_db()
    assert comment.state == "submitted"
    client.post(where)
    comment.refresh_from_db()
    assert comment.state == "withdrawn"


def test_somebody_elses_comment_is_not_found(client: Client) -> None:
    consultation = make_consultation()
    make_comment(consultation.recommendations.get(number=1))
    client.force_login(make_user())

    for name in ("comments.receipt", "comments.withdraw"):
        assert client.get(reverse(name, args=[consultation.slug, 1])).status_code == 404


def test_page_of_a_failed_token_repeats_nothing_but_a_comment(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    secret = {"password1": "hunter2-hunter2", "oldpassword": "before-before", "email": "x@y.org"}

    for path in (reverse("account_change_password"), reverse("account_signup"), "/admin/"):
        page = strict.post(path, secret).content.decode()
        assert not [value for value in secret.values() if value in page]
        assert "<form" not in page


def test_page_of_a_failed_token_offers_the_form_only_where_it_was_ours() -> None:
    consultation = make_consultation()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    said = form(text="Words to keep.")

    ours = strict.post(send_to(consultation), said, HTTP_ORIGIN="http://testserver")
    others = strict.post(send_to(consultation), said, HTTP_ORIGIN="https://evil.example")

    assert "<form" in ours.content.decode()
    assert "<form" not in others.content.decode()
    assert "Words to keep." in others.content.decode()


def test_words_kept_before_the_close_are_shown_after_it(client: Client) -> None:
    consultation = make_consultation()
    client.post(send_to(consultation), form(text="A minute before the close."))
    client.force_login(make_user())
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    page = client.get(reverse("recommendations.show", args=[consultation.slug, 1]))

    assert "A minute before the close." in page.content.decode()
    assert "so it was not sent" in page.content.decode()


def test_refused_form_comes_back_with_a_key_that_works(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    said = form()
    client.post(send_to(consultation, 1), said)

    refused = client.post(send_to(consultation, 2), said)
    again = said | {"key": refused.context["form"].initial["key"]}
    taken = client.post(send_to(consultation, 2), again)

    assert (refused.status_code, taken.status_code) == (409, 302)
