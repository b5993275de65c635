"""What the pages answer: to everybody, in every phase, in a constant number of queries."""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.analysis.options import Options
from consultations.models import (
    Comment,
    Consultation,
    Permission,
    Role,
    Stance,
    database_now,
)
from consultations.results import keep
from tests.factories import (
    give_role,
    make_closed,
    make_comment,
    make_consultation,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
Published = Comment.State.PUBLISHED


def address(consultation: Consultation, number: int = 1) -> str:
    """Return a recommendation's address."""
    return reverse("recommendations.show", args=[consultation.slug, number])


FOOTER = ["accessibility", "privacy", "formats", "contact", "columns", "method"]


@pytest.mark.parametrize("name", FOOTER)
def test_footer_page_answers_everybody(client: Client, name: str) -> None:
    make_consultation()

    assert client.get(reverse(f"pages.{name}")).status_code == 200


def test_method_page_prints_every_threshold_as_the_program_has_it(client: Client) -> None:
    page = client.get(reverse("pages.method"))

    assert page.context["options"] == Options()
    shown = set(re.findall(r"\d+", re.sub(r"<[^>]*>", " ", page.content.decode())))
    thresholds = {str(value) for value in asdict(Options()).values()}
    assert thresholds <= shown
    template = Path("templates/pages/method.html").read_text()
    assert [name for name in asdict(Options()) if f"options.{name}" not in template] == []


def test_home_lists_each_phase_apart(client: Client) -> None:
    now = timezone.now()
    make_consultation(title="Open one")
    make_consultation(title="Upcoming one", opens_at=now + timedelta(days=1))
    make_consultation(title="Closed one", closes_at=now - timedelta(days=1))
    make_consultation(title="Draft one", state=Consultation.State.DRAFT, published_at=None)

    page = client.get("/")

    titles = {name: [row.title for row in page.context[name]] for name in ("open", "upcoming")}
    assert titles == {"open": ["Open one"], "upcoming": ["Upcoming one"]}
    assert "Draft one" not in page.content.decode()


def test_draft_is_not_found_by_the_public_and_seen_by_its_officer(client: Client) -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)
    officer = make_user()
    give_role(officer, draft, "officer")

    assert client.get(reverse("consultations.show", args=[draft.slug])).status_code == 404
    assert client.get(address(draft)).status_code == 404
    client.force_login(officer)
    assert client.get(reverse("consultations.show", args=[draft.slug])).status_code == 200


def test_preview_link_shows_the_draft_and_a_wrong_one_nothing(client: Client) -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)

    good = client.get(reverse("consultations.preview", args=[draft.preview_token]))
    wrong = client.get(reverse("consultations.preview", args=[draft.preview_token[::-1]]))

    assert (good.status_code, wrong.status_code) == (200, 404)


def test_comments_stand_newest_first_with_name_or_withheld(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    now = timezone.now()
    named = make_response(consultation, make_user(name="Ada Firth"))
    make_comment(first, named, state=Published, text="Older.", at=now - timedelta(days=1))
    nameless = make_response(consultation, make_user(name="Bea Moss"))
    make_comment(
        first, nameless, state=Published, text="Newer.", permission=Permission.UNNAMED, at=now
    )

    page = client.get(address(consultation))

    shown = [(row.signature(), row.public_text) for row in page.context["reading"].comments]
    assert shown == [("", "Newer."), ("Ada Firth", "Older.")]
    assert "Bea Moss" not in page.content.decode()
    assert "Name withheld" in page.content.decode()


@pytest.mark.parametrize("state", ["submitted", "held", "rejected", "hidden", "withdrawn"])
def test_comment_that_is_not_published_is_nowhere(client: Client, state: str) -> None:
    consultation = make_consultation()
    comment = make_comment(consultation.recommendations.get(number=1), state=state)
    reference = comment.reference

    page = client.get(address(consultation))
    alone = client.get(reverse("comments.show", args=[consultation.slug, 1, reference]))

    assert "This would help firms like ours." not in page.content.decode()
    assert alone.status_code == 404


def test_unpublished_permission_counts_and_is_not_shown(client: Client) -> None:
    consultation = make_consultation()
    make_comment(
        consultation.recommendations.get(number=1),
        state=Published,
        permission=Permission.UNPUBLISHED,
        stance=Stance.OPPOSE,
    )

    page = client.get(address(consultation))

    figures = page.context["figures"]
    assert (figures.counted, figures.listed) == (1, 0)
    # whoever watches would see what somebody thinks who asked not to be published
    assert figures.stances["oppose"] == 0
    assert "This would help firms like ours." not in page.content.decode()


@pytest.mark.parametrize(("published", "told"), [(3, False), (4, True)])
def test_what_a_few_said_is_not_told_after_the_close_where_one_is_not_published(
    client: Client, published: int, told: bool
) -> None:
    consultation = make_closed()
    recommendation = consultation.recommendations.get(number=1)
    for _n in range(published):
        make_comment(recommendation, state="published", stance="support")
    make_comment(recommendation, state="published", stance="oppose", permission="unpublished")
    assert keep.refresh(database_now()) == 1

    for path in (f"{consultation.slug}/recommendations/1/", consultation.slug + "/"):
        page = client.get(f"/consultations/{path}")
        figures = page.context.get("figures") or page.context["rows"][0]["figures"]
        assert (figures.counted, figures.whole) == (published + 1, told)
        assert figures.stances["oppose"] == told
    results = client.get(f"/consultations/{consultation.slug}/results/").content.decode()
    assert ("They are too few to tell what was said" in results) is not told
    assert ("By kind of respondent" in results.split('id="respondents"')[0]) is told


def test_answers_shown_after_the_close_stay_with_staff_until_then(client: Client) -> None:
    consultation = make_consultation(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    comment = make_comment(consultation.recommendations.get(number=1), state=Published)
    alone = reverse("comments.show", args=[consultation.slug, 1, comment.reference])

    assert "This would help" not in client.get(address(consultation)).content.decode()
    assert client.get(alone).status_code == 404
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert "This would help" in client.get(address(consultation)).content.decode()
    assert client.get(alone).status_code == 200


def test_pages_of_comments_follow_one_another_without_gap_or_repeat(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    now = timezone.now()
    for n in range(60):
        # three at each instant, so that pages break inside a tie
        make_comment(first, state=Published, text=f"Text {n}.", at=now - timedelta(hours=n // 3))

    seen, query = [], ""
    while True:
        page = client.get(address(consultation) + query)
        seen += [row.pk for row in page.context["reading"].comments]
        if not page.context["reading"].following:
            break
        query = f"?older={page.context['reading'].following}"

    assert len(seen) == len(set(seen)) == 60


def test_cursor_that_is_nonsense_is_not_found(client: Client) -> None:
    consultation = make_consultation()

    for nonsense in ("ABCDEFGH", "1 OR 1=1", "\x00", "é" * 300):
        answer = client.get(address(consultation), {"older": nonsense})
        assert answer.status_code == 404


@pytest.mark.parametrize("logged_in", [False, True])
def test_page_costs_the_same_queries_with_one_comment_and_with_three(
    client: Client, logged_in: bool
) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    if logged_in:
        client.force_login(make_user())
    costs = []
    for times in (1, 2):
        for _n in range(times):
            make_comment(first, state=Published)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(consultation))
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert costs[0] <= 10


def test_my_response_costs_the_same_queries_with_one_comment_and_with_three(
    client: Client,
) -> None:
    consultation = make_consultation(recommendations=3)
    respondent = make_user()
    response = make_response(consultation, respondent)
    client.force_login(respondent)
    costs = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            make_comment(consultation.recommendations.get(number=number), response)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("responses.mine", args=[consultation.slug]))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_page_of_a_logged_in_person_is_never_stored(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())

    assert "no-store" in client.get(address(consultation))["Cache-Control"]


def test_every_page_has_a_strict_policy(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_anonymous_reader_gets_no_cookie_but_the_forms_own(client: Client) -> None:
    answer = client.get(address(make_consultation()))

    assert list(answer.cookies) == ["csrf"]


def test_nameless_comment_shares_no_address_with_the_named_one_of_its_author(
    client: Client,
) -> None:
    consultation = make_consultation()
    response = make_response(consultation)
    for number, permission in ((1, Permission.NAMED), (2, Permission.UNNAMED)):
        recommendation = consultation.recommendations.get(number=number)
        make_comment(recommendation, response, state=Published, permission=permission)
    named, nameless = Comment.objects.order_by("recommendation__number")

    pages = [client.get(address(consultation, number)).content.decode() for number in (1, 2)]

    assert named.reference != nameless.reference
    assert [named.reference in page for page in pages] == [True, False]
    assert [response.reference in page for page in pages] == [False, False]


def test_consultation_by_invitation_shows_the_public_nothing(client: Client) -> None:
    consultation = make_consultation(visibility=Consultation.Visibility.INVITED)
    comment = make_comment(consultation.recommendations.get(number=1), state=Published)
    alone = reverse("comments.show", args=[consultation.slug, 1, comment.reference])
    footer = [reverse(f"pages.{name}") for name in ("privacy", "formats", "contact")]

    assert [client.get(path).status_code for path in (address(consultation), alone)] == [404, 404]
    assert [consultation.title in client.get(path).content.decode() for path in footer] == [
        False
    ] * 3
    client.force_login(make_staff(consultation, Role.Right.ANALYST))
    assert [client.get(path).status_code for path in (address(consultation), alone)] == [200, 200]
