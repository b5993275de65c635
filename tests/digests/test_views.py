"""The public archive of editions, and the reader's own choice."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from consultations.digests import build
from consultations.models import Comment, Consultation, Edition, Role, Subscription
from tests import factories
from tests.digests.scene import overwrite, say

pytestmark = pytest.mark.django_db
AGO = timedelta(days=1)
ONLY_STAFF = "Answers are not shown to the public yet: only staff see"


def test_anybody_reads_an_edition_with_its_tables_and_quotes(client: Client) -> None:
    edition, comment = made()

    page = client.get(f"/consultations/{edition.consultation.slug}/digests/1/")

    html = page.content.decode()
    assert page.status_code == 200
    for said in ("Digest 1", "by region", "North East", "by kind of respondent", "is not a sample"):
        assert said in html
    assert comment.response.name in html
    assert "style=" not in html


def test_list_of_editions_links_to_each(client: Client) -> None:
    edition, _comment = made()
    slug = edition.consultation.slug

    html = client.get(f"/consultations/{slug}/digests/").content.decode()

    assert f'href="/consultations/{slug}/digests/1/"' in html
    assert "The next digest comes at 7am on " in html


def test_list_costs_the_same_queries_for_many(client: Client, django_assert_num_queries) -> None:
    edition, _comment = made()
    slug = edition.consultation.slug
    with django_assert_num_queries(4):
        client.get(f"/consultations/{slug}/digests/")
    for number in (2, 3):
        edition.pk, edition.number = None, number
        lower = edition.period.upper
        edition.slot = lower + AGO
        edition.period = type(edition.period)(lower, edition.slot, "[)")
        edition.save()

    with django_assert_num_queries(4):
        client.get(f"/consultations/{slug}/digests/")


def test_missing_editions_and_drafts_are_not_found(client: Client) -> None:
    edition, _comment = made()
    slug = edition.consultation.slug
    for number in (0, 2, 10**12, 10**30):
        for end in ("/", ".json"):
            assert client.get(f"/consultations/{slug}/digests/{number}{end}").status_code == 404

    Consultation.objects.update(state=Consultation.State.DRAFT)
    for end in ("/", ".json"):
        assert client.get(f"/consultations/{slug}/digests/1{end}").status_code == 404


def test_answers_not_shown_yet_are_for_staff_alone(client: Client) -> None:
    edition, _comment = made()
    consultation = edition.consultation
    Consultation.objects.update(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    front = f"/consultations/{consultation.slug}/"
    paths = [f"{front}digests/{rest}" for rest in ("", "1/")]
    record = f"{front}digests/1.json"
    assert [client.get(path).status_code for path in (*paths, record)] == [404] * 3
    client.force_login(factories.make_user())
    assert [client.get(path).status_code for path in (*paths, record)] == [404] * 3

    client.force_login(factories.make_staff(consultation, Role.Right.ANALYST))

    assert client.get(record).json()["number"] == 1
    pages = [client.get(path) for path in [*paths, front, f"{front}recommendations/1/"]]
    assert [page.status_code for page in pages] == [200] * 4
    assert [page.content.decode().count(ONLY_STAFF) for page in pages] == [1] * 4

    Consultation.objects.update(answers_shown=Consultation.AnswersShown.WHILE_OPEN)
    again = [client.get(page.wsgi_request.path) for page in pages]
    assert [page.content.decode().count(ONLY_STAFF) for page in again] == [0] * 4


def test_sentence_opens_to_its_counts_which_lead_to_the_table_and_to_the_comments(
    client: Client,
) -> None:
    edition, _comment = made()
    slug = edition.consultation.slug
    page = BeautifulSoup(client.get(f"/consultations/{slug}/digests/1/").content, "lxml")

    sourced = {each.summary.get_text(): each for each in page.select("details.sourced")}
    told = sourced["Of 1 employer, 1 supports and none oppose."]
    places = {link["href"] for link in told.select("a[href^='#']")}
    assert all(page.find(id=place.removeprefix("#")) for place in places)
    assert places == {"#recommendation-1-kind-employer"}
    assert "Employers who support: 1, of 1." in told.get_text()
    behind = [link["href"] for link in told.select(".behind a")]
    assert (
        f"/consultations/{slug}/recommendations/1/?kind=employer&stance=support#comments" in behind
    )
    assert {client.get(path).status_code for path in behind} == {200}
    every = {link["href"] for link in page.select("main a[href^='#']")}
    assert [place for place in every if not page.find(id=place.removeprefix("#"))] == []


def test_edition_that_is_not_as_it_was_published_is_refused_in_a_sentence(
    client: Client,
) -> None:
    edition, comment = made()
    told = edition.facts["recommendations"][0]["summary"]
    told["facts"]["total"] += 1
    overwrite(edition)
    path = f"/consultations/{edition.consultation.slug}/digests/1"

    with capture_logs() as logged:
        page, record = client.get(f"{path}/"), client.get(f"{path}.json")

    assert [(each["event"], each["edition"]) for each in logged] == [
        ("edition_refused", edition.pk)
    ] * 2
    assert (page.status_code, record.status_code) == (500, 500)
    assert "This digest is not as it was published" in page.content.decode()
    assert "This digest is not as it was published" in record.json()["error"]
    for answer in (page, record):
        assert comment.public_text[:40] not in answer.content.decode()


def test_hidden_comment_leaves_a_note_on_the_page(client: Client) -> None:
    edition, comment = made()
    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()

    html = client.get(f"/consultations/{edition.consultation.slug}/digests/1/").content.decode()

    assert (comment.response.name in html, "A quotation was removed" in html) == (False, True)


def test_settings_need_a_login_and_choose_nothing_beforehand(client: Client) -> None:
    consultation = factories.make_consultation()
    path = f"/consultations/{consultation.slug}/digests/settings/"
    assert client.get(path).status_code == 302

    client.force_login(factories.make_user())
    page = client.get(path)

    assert "checked" not in page.content.decode()
    assert "The first digest comes at 7am on Tuesday" in page.content.decode()
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("choice", ["every", "milestones", "nothing"])
def test_choice_is_kept_and_shown(client: Client, choice: str) -> None:
    consultation, reader = factories.make_consultation(), factories.make_user()
    path = f"/consultations/{consultation.slug}/digests/settings/"
    client.force_login(reader)

    posted = client.post(path, {"choice": choice})

    assert (posted.status_code, posted.headers["Location"]) == (302, path)
    assert Subscription.objects.get(user=reader).choice == choice
    assert f'value="{choice}"' in client.get(path).content.decode()
    assert client.get(path).content.decode().count("checked") == 1


@pytest.mark.parametrize(
    "posted", [{}, {"choice": "all"}, {"choice": "\x00"}, {"choice": "unchosen"}]
)
def test_no_choice_is_an_error_beside_the_field(client: Client, posted: dict[str, str]) -> None:
    consultation = factories.make_consultation()
    client.force_login(factories.make_user())

    page = client.post(f"/consultations/{consultation.slug}/digests/settings/", posted)

    assert page.status_code == 422
    assert "<title>Error: " in page.content.decode().replace("\n", "")
    assert Subscription.objects.count() == 0


def test_choosing_again_keeps_the_address_for_leaving(client: Client) -> None:
    consultation, reader = factories.make_consultation(), factories.make_user()
    before = factories.make_subscription(reader, consultation)
    client.force_login(reader)

    said = {"choice": "nothing", "seen": before.stamp}
    client.post(f"/consultations/{consultation.slug}/digests/settings/", said)

    after = Subscription.objects.get()
    assert (after.choice, after.token) == ("nothing", before.token)


def test_a_page_that_shows_an_earlier_choice_changes_nothing_and_says_so(client: Client) -> None:
    consultation, reader = factories.make_consultation(), factories.make_user()
    before = factories.make_subscription(reader, consultation)
    client.force_login(reader)
    client.post(f"/u/{before.token}", {"List-Unsubscribe": "One-Click"})
    path = f"/consultations/{consultation.slug}/digests/settings/"

    page = client.post(path, {"choice": "milestones", "seen": before.stamp})

    assert page.status_code == 409
    assert "you chose something else: Nothing." in page.content.decode()
    now = Subscription.objects.get()
    assert (now.choice, f'value="{now.stamp}"' in page.content.decode()) == ("nothing", True)


def made() -> tuple[Edition, Comment]:
    """An edition of an open consultation, of now, with one comment."""
    now = timezone.now()
    consultation = factories.make_consultation(
        recommendations=1, opens_at=now - timedelta(days=20), cadence="daily"
    )
    comment = say(consultation.recommendations.get(), 0, at=now - timedelta(days=3))
    [edition] = build.make_due(now)
    return edition, comment
