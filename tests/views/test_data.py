"""The page for people who take data: every door of what is public, and no more."""

import re

import pytest
from django.test import Client

from consultations.models import Consultation, database_now
from consultations.results import keep
from tests import factories
from tests.results.scene import make_answered

pytestmark = pytest.mark.django_db


def test_every_address_on_the_page_answers(client: Client) -> None:
    make_answered("report")
    keep.refresh(database_now())

    html = client.get("/data/").content.decode()

    main = html.partition("<main")[2].partition("</main>")[0]
    addresses = set(re.findall(r'href="(/[^"]*)"', main))
    assert len(addresses) >= 13
    assert {client.get(address).status_code for address in addresses} == {200}
    assert 'href="/data/"' in html.partition("<footer")[2]


def test_what_is_not_shown_yet_or_not_to_everybody_has_no_door_there(client: Client) -> None:
    after = Consultation.AnswersShown.AFTER_CLOSE
    factories.make_consultation("later", answers_shown=after)
    closed = factories.make_consultation(
        "closed-circle", visibility=Consultation.Visibility.INVITED, title="Closed circle"
    )
    officer = factories.log_in(factories.make_staff(closed, right="officer"))

    html = officer.get("/data/").content.decode()

    assert "/consultations/later/results/" not in html
    assert "/api/v1/consultations/later/recommendations/" in html
    assert "Closed circle" not in html


def test_page_costs_the_same_queries_for_one_and_three(
    client: Client, django_assert_num_queries
) -> None:
    for more in (1, 2):
        for _one in range(more):
            factories.make_consultation()
        with django_assert_num_queries(1):
            client.get("/data/")
