"""All of a person's e-mails on one page: it changes what was clicked, and nothing else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.digests import subscribe
from consultations.mail import unsubscribe
from consultations.models import Consultation, Subscription, Suppression, User
from tests import factories

pytestmark = pytest.mark.django_db
PATH, AGAIN = "/account/e-mails/", "/account/e-mails/start-again/"


def follow(user: User, *choices: str) -> list[Subscription]:
    """Return a choice about one consultation after another."""
    return [factories.make_subscription(user, None, choice) for choice in choices]


def shown(*rows: Subscription, **changed: str) -> dict[str, str]:
    """Return what the page's form sends: each row as it was shown, but for what was clicked."""
    said: dict[str, str] = {}
    for place, row in enumerate(rows):
        slug = row.consultation.slug
        choice = changed.get(f"row{place}", row.choice)
        said |= {f"{slug}-choice": choice, f"{slug}-was": row.choice, f"{slug}-seen": row.stamp}
    return said


def choices(*rows: Subscription) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.choice for row in rows]


def test_one_click_changes_one_row_and_leaves_the_others(client: Client) -> None:
    reader = factories.make_user()
    rows = follow(reader, "every", "every", "nothing")
    stranger = factories.make_subscription(None, rows[0].consultation)
    stamps = [row.stamp for row in rows]
    client.force_login(reader)

    posted = client.post(PATH, shown(*rows, row0="milestones"))

    assert (posted.status_code, choices(*rows)) == (302, ["milestones", "every", "nothing"])
    assert [row.stamp == before for row, before in zip(rows, stamps, strict=True)] == [
        False,
        True,
        True,
    ]
    assert choices(stranger) == ["every"]


def test_a_stale_page_never_undoes_what_was_chosen_elsewhere(client: Client) -> None:
    reader = factories.make_user()
    rows = follow(reader, "every", "every", "every")
    stale = shown(*rows, row0="milestones", row2="milestones")
    for row in rows[:2]:
        unsubscribe.stop(token=row.token, at=timezone.now())
    client.force_login(reader)

    page = client.post(PATH, stale)

    # The first was clicked here too, the second was not, and nothing stands against the third.
    assert (page.status_code, choices(*rows)) == (409, ["nothing", "nothing", "milestones"])
    html = page.content.decode()
    assert html.count("Since this page was opened you chose something else: Nothing.") == 2
    assert f'href="#id_{rows[0].consultation.slug}-choice_0"' in html
    assert f'name="{rows[0].consultation.slug}-seen" value="{rows[0].stamp}"' in html


def test_a_complaint_is_shown_and_taken_back_by_choosing_again(client: Client) -> None:
    reader = factories.make_user()
    rows = follow(reader, "every", "milestones")
    unsubscribe.complained(user_id=reader.pk, consultation_id=None, at=timezone.now())
    assert choices(*rows) == ["nothing", "nothing"]
    client.force_login(reader)
    assert client.get(PATH).content.decode().count("called an e-mail of ours spam") == 2

    client.post(PATH, shown(*rows, row0="every"))

    assert choices(*rows) == ["every", "nothing"]
    assert [row.complained_at is None for row in rows] == [True, False]


def test_what_was_answered_and_never_chosen_about_is_listed(client: Client) -> None:
    reader, lead = factories.make_user(), factories.make_user()
    own = factories.make_response(respondent=reader).consultation
    council = factories.make_organisation("Council")
    for person in (lead, reader):
        factories.make_membership(person, council, "confirmed")
    desk = factories.make_response(respondent=lead, organisation=council).consultation
    factories.make_response()
    client.force_login(reader)

    page = client.get(PATH).content.decode()

    listed = {row.consultation for row in subscribe.followed_by(reader)}
    assert (listed, own.title in page, desk.title in page) == ({own, desk}, True, True)
    assert "checked" not in page
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("odd", [{}, {"nothing": "here"}, {"x-choice": "every"}])
def test_a_post_that_names_no_row_of_theirs_changes_nothing(
    client: Client, odd: dict[str, str]
) -> None:
    other = factories.make_subscription()
    client.force_login(factories.make_user())

    assert client.post(PATH, odd | shown(other, row0="nothing")).status_code == 302
    assert choices(other) == ["every"]


def test_queries_are_the_same_for_one_and_for_three(client: Client) -> None:
    counts = []
    for many in (1, 3):
        reader = factories.make_user()
        follow(reader, *["every"] * many)
        client.force_login(reader)
        with CaptureQueriesContext(connection) as captured:
            client.get(PATH)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_an_address_that_was_stopped_is_shown_to_its_owner_and_started_again(
    client: Client,
) -> None:
    reader, other = factories.make_user("Owner@example.org"), factories.make_user()
    for user in (reader, other):
        Suppression.objects.create(
            address=user.email.lower(), reason="5.1.1 smtp; 550", since=timezone.now()
        )
    row = factories.make_subscription(reader)
    client.force_login(reader)
    settings = f"/consultations/{row.consultation.slug}/digests/settings/"
    for path in (PATH, settings):
        assert "We send nothing to your address" in client.get(path).content.decode()
    assert client.get(AGAIN).status_code == 405

    client.post(AGAIN)

    assert list(Suppression.objects.values_list("address", flat=True)) == [other.email.lower()]
    assert "We send nothing" not in client.get(PATH).content.decode()
    assert choices(row) == ["every"]


def test_two_pages_at_once_keep_the_first_choice(client: Client) -> None:
    reader = factories.make_user()
    consultation: Consultation = factories.make_consultation()
    first = {"user": reader, "consultation": consultation, "seen": "", "at": timezone.now()}
    subscribe.choose(choice="nothing", **first)

    with pytest.raises(subscribe.SubscribeError, match="something else: Nothing"):
        subscribe.choose(choice="every", **first)

    assert Subscription.objects.get().choice == "nothing"
