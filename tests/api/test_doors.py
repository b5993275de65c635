"""The API: what anybody may read, in pages, once for whoever has it already, and nothing else."""

import random
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations.api import answers
from consultations.digests import editions
from consultations.models import Comment, Consultation, Permission, database_now
from consultations.results import keep
from tests import factories
from tests.digests.scene import fill, make_edition, make_scene, say

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/"


def scene(each: int = 3, **fields: object) -> Consultation:
    """Return an open consultation with published comments."""
    now = timezone.now()
    values = {"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9), **fields}
    consultation = factories.make_consultation("report", recommendations=1, **values)
    for number in range(each):
        say(consultation.recommendations.get(), number, at=now - timedelta(days=1, hours=number))
    return consultation


def test_a_program_goes_from_the_root_to_a_comment(client: Client) -> None:
    scene(each=1)

    first = client.get(ROOT).json()
    [found] = client.get(first["consultations"]).json()["consultations"]
    one = f"{ROOT}consultations/{found['consultation']}/"
    [recommendation] = client.get(f"{one}recommendations/").json()["recommendations"]
    number = recommendation["recommendation"]
    [comment] = client.get(f"{one}recommendations/{number}/comments/").json()["comments"]
    again = client.get(f"{one}recommendations/{number}/comments/{comment['comment']}/").json()

    assert found["phase"] == "open"
    assert again == comment
    assert comment["text"] == Comment.objects.get().public_text


def test_pages_hold_every_comment_once(client: Client) -> None:
    scene(each=5)
    address, met = f"{ROOT}consultations/report/recommendations/1/comments/?limit=2", []

    while address:
        page = client.get(address).json()
        met += [row["comment"] for row in page["comments"]]
        address = page["next"]

    newest_first = Comment.objects.order_by("-first_published_at", "-pk")
    assert met == list(newest_first.values_list("reference", flat=True))


def test_pages_cost_the_same_queries(client: Client, django_assert_num_queries) -> None:
    scene(each=4)
    for limit in (1, 3):
        with django_assert_num_queries(3):
            client.get(f"{ROOT}consultations/report/recommendations/1/comments/?limit={limit}")


@pytest.mark.parametrize(
    "question",
    ["limit=0", "limit=101", "limit=x", "order=-pk", "kind=nobody", "after=1", "limit=1&limit=2"],
)
def test_a_question_that_is_none_is_refused_by_name(client: Client, question: str) -> None:
    scene(each=1)

    page = client.get(f"{ROOT}consultations/report/recommendations/1/comments/?{question}")

    assert page.status_code == 400
    assert page["Content-Type"] == "application/problem+json"
    assert page.json()["detail"].startswith(question.partition("=")[0])


def test_who_has_it_already_is_told_so(client: Client) -> None:
    scene(each=1)
    address = f"{ROOT}consultations/report/recommendations/1/comments/"
    tag = client.get(address)["ETag"]

    same = client.get(address, headers={"If-None-Match": tag})
    say(Consultation.objects.get().recommendations.get(), 3, at=timezone.now())
    changed = client.get(address, headers={"If-None-Match": tag})

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200


def test_other_sites_may_read_and_nobody_may_write(client: Client) -> None:
    scene(each=1)
    address = f"{ROOT}consultations/report/"

    for answer in (client.get(address), client.options(address), client.get(f"{address}results/")):
        assert answer["Access-Control-Allow-Origin"] == "*"
    strict = Client(enforce_csrf_checks=True)
    for method in (strict.put, strict.patch, strict.delete):
        assert method(address).status_code in {403, 405}


def test_what_is_kept_from_the_public_is_not_there_for_staff_either() -> None:
    consultation = scene(each=1, answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    keep.refresh(database_now())
    officer = factories.log_in(factories.make_staff(consultation, right="officer"))
    one = f"{ROOT}consultations/report/"

    assert officer.get(f"{one}recommendations/1/comments/").json()["comments"] == []
    assert officer.get(f"{one}results/").status_code == 404


@pytest.mark.parametrize("permission", [Permission.UNNAMED, Permission.UNPUBLISHED])
def test_permission_to_publish_holds(client: Client, permission: str) -> None:
    consultation = scene(each=0)
    said = say(consultation.recommendations.get(), 0, permission=permission)

    page = client.get(f"{ROOT}consultations/report/recommendations/1/comments/")

    assert said.response.name not in page.content.decode()
    assert len(page.json()["comments"]) == (permission == Permission.UNNAMED)


def test_one_range_of_addresses_asks_so_often_and_no_oftener(client: Client) -> None:
    # a range of its own in each run: others of this minute have counted
    here, elsewhere = (f"198.18.{place}." for place in random.sample(range(256), 2))
    asked, answer = 0, client.get(ROOT, REMOTE_ADDR=f"{here}7")

    # a new minute may begin in between, and none is refused before its own count is full
    while answer.status_code == 200 and asked <= 2 * answers.MOST:
        left = int(re.findall(r";r=([0-9]+);", answer["RateLimit"])[0])
        asked, answer = asked + 1, client.get(ROOT, REMOTE_ADDR=f"{here}7")

    assert (answer.status_code, asked >= answers.MOST, left) == (429, True, 0)
    assert 1 <= int(answer["Retry-After"]) <= answers.WINDOW
    assert answer["RateLimit-Policy"] == '"api";q=600;w=60'
    assert client.get(ROOT, REMOTE_ADDR=f"{here}99").status_code == 429
    assert client.get(ROOT, REMOTE_ADDR=f"{elsewhere}7").status_code == 200


def test_a_browser_that_asks_first_may_read_what_limits_say(client: Client) -> None:
    scene(each=1)

    asked = client.options(ROOT, headers={"Origin": "https://news.example"})
    read = client.get(f"{ROOT}consultations/report/")

    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "RateLimit" in read["Access-Control-Expose-Headers"]
    assert read["Cache-Control"] == "public, no-cache"


def test_results_are_those_counted_last(client: Client) -> None:
    scene(each=2)
    address = f"{ROOT}consultations/report/results/"
    assert client.get(address).status_code == 404

    keep.refresh(database_now())

    assert client.get(address).json()["respondents"]["total"] == 2


def test_editions_say_what_their_pages_say_and_withdrawn_ones_nothing(client: Client) -> None:
    consultation = make_scene()
    fill(consultation, each=3)
    edition = make_edition()
    Consultation.objects.update(opens_at=timezone.now() - timedelta(days=90))
    one = f"{ROOT}consultations/{consultation.slug}/editions/"

    [row] = client.get(one).json()["editions"]
    told = client.get(f"{one}1/").json()
    officer = factories.make_staff(consultation, right="officer")
    editions.withdraw(edition=edition, reason="A slip.", by=officer, at=database_now())

    assert (row["edition"], row["state"], row["sha256"]) == (1, "released", edition.hash)
    assert (told["number"], told["sha256"]) == (1, edition.hash)
    assert client.get(one).json()["editions"][0]["state"] == "withdrawn"
    assert client.get(f"{one}1/").status_code == 404


def test_official_response_is_the_version_that_stands(client: Client) -> None:
    now = timezone.now()
    consultation = scene(each=1, closes_at=now - timedelta(hours=1))
    factories.make_official(consultation.recommendations.get())

    address = f"{ROOT}consultations/report/official-response/"
    [answer] = client.get(address).json()["official_response"]
    path = "/consultations/report/official-response/feed/"
    file = "/consultations/report/download/official-response.jsonl"

    assert b"".join(client.get(file)).count(b"\n") == 1
    assert (answer["recommendation"], answer["version"]) == (1, 1)
    assert b"Recommendation 1, version 1" in client.get(path).content

    # reopened: the page hides it until the new close, and so do these
    Consultation.objects.update(closes_at=now + timedelta(hours=1))
    assert client.get(address).json()["official_response"] == []
    assert b"<entry>" not in client.get(path).content
    assert b"".join(client.get(file)) == b""
