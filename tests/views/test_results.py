"""The page of results: one stored row, who may read it, and what it says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations.models import Consultation, ExpectedShare, Results, database_now
from consultations.results import keep
from tests import factories
from tests.digests.scene import make_scene, say
from tests.results.scene import make_answered

pytestmark = pytest.mark.django_db


def counted(*, recommendations: int = 1, each: int = 6, **fields: object) -> Consultation:
    """Return a consultation with comments whose results are counted."""
    now = timezone.now()
    values = {"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9), **fields}
    consultation = factories.make_consultation(recommendations=recommendations, **values)
    for recommendation in consultation.recommendations.order_by("number"):
        for number in range(each):
            say(recommendation, number, at=now - timedelta(days=1))
    assert keep.refresh(database_now() + timedelta(seconds=1)) == 1
    return consultation


def test_anybody_reads_the_stored_results_by_every_facet(client: Client) -> None:
    consultation = counted()

    page = client.get(f"/consultations/{consultation.slug}/results/")

    html = page.content.decode()
    assert page.status_code == 200
    for said in ("6 responses count.", "6 comments.", "By kind of respondent", "is not a sample"):
        assert said in html
    assert f"/consultations/{consultation.slug}/recommendations/1/?kind=employer#comments" in html
    assert html.count('<svg class="diverging"') >= 5
    assert "style=" not in html


def test_whom_the_owner_expected_and_nobody_answered_for_is_named(client: Client) -> None:
    consultation = counted(each=1)
    wales = factories.make_region("TLL", "Wales")
    ExpectedShare.objects.create(consultation=consultation, region=wales, percent=9)
    ExpectedShare.objects.create(consultation=consultation, kind="local_leader", percent=60)

    html = client.get(f"/consultations/{consultation.slug}/results/").content.decode()

    assert "expected to hear: Local leaders, Wales." in html


def test_page_costs_the_same_queries_for_one_and_three(
    client: Client, django_assert_num_queries
) -> None:
    one, three = counted(), counted(recommendations=3, each=8)
    for consultation in (one, three):
        page = f"/consultations/{consultation.slug}/results/"
        with django_assert_num_queries(5):
            client.get(page)
        with django_assert_num_queries(3):  # the figures are rendered once for each count
            client.get(page)


def test_before_the_first_count_the_page_says_so(client: Client) -> None:
    consultation = make_scene()

    page = client.get(f"/consultations/{consultation.slug}/results/")

    assert "The results are being counted." in page.content.decode()


def test_figures_of_an_earlier_release_are_counted_again_before_they_are_read(
    client: Client,
) -> None:
    consultation = counted()
    Results.objects.update(figures={"format": 1, "recommendations": []})

    page = client.get(f"/consultations/{consultation.slug}/results/")

    assert "The results are being counted." in page.content.decode()
    assert keep.refresh(database_now() + timedelta(hours=1)) == 1


def test_results_shown_after_the_close_are_staffs_alone_before(client: Client) -> None:
    consultation = counted(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    address = f"/consultations/{consultation.slug}/results/"
    officer = factories.make_staff(consultation)

    assert client.get(address).status_code == 404
    assert "only staff see this page" in factories.log_in(officer).get(address).content.decode()


def test_unpublished_words_and_names_are_in_no_stored_figure() -> None:
    consultation = counted()
    stored = str(Results.objects.get(consultation=consultation).figures)

    for response in consultation.responses.all():
        assert response.name not in stored
        assert response.reference not in stored


def test_card_may_stand_on_any_site_and_runs_no_script(client: Client) -> None:
    consultation = counted()

    card = client.get(f"/consultations/{consultation.slug}/results/card/")

    policy = card["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "X-Frame-Options" not in card
    html = card.content.decode()
    assert "6 responses count." in html
    assert "<script" not in html


def test_card_shows_staff_no_more_than_everybody() -> None:
    after = counted(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    officer = factories.log_in(factories.make_staff(after, right="officer"))

    assert officer.get(f"/consultations/{after.slug}/results/card/").status_code == 404


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.exhaustive
def test_every_link_leads_to_as_many_comments_as_the_row_says(client: Client, closed: bool) -> None:
    now = timezone.now()
    consultation = make_answered(each=3, closes_at=now + timedelta(days=-1 if closed else 9))
    keep.refresh(database_now())

    page = client.get(f"/consultations/{consultation.slug}/results/")

    [section] = page.context["results"].sections
    assert page.context["results"].whole is closed
    followed = 0
    for table in section.tables:
        for line in table.lines:
            found = 0
            for _name, address in line.names:
                behind = client.get(address).context["reading"].sentence if address else "0"
                found += int(behind.split()[0])
                followed += bool(address)
            assert found == line.to_read <= line.total
    assert followed >= 9
    assert "To read" in page.content.decode()
