"""Atom feeds: well formed, without anybody's words, for whoever may read the editions."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from consultations.digests import quoting
from consultations.models import Comment, Consultation, Edition
from tests.digests.scene import fill, make_edition, make_scene

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def made() -> Edition:
    """An edition whose consultation was open long before now."""
    consultation = make_scene(title="Growth & “skills” <now>")
    fill(consultation, each=3)
    edition = make_edition()
    Consultation.objects.update(opens_at=timezone.now() - timedelta(days=90))
    return edition


def path(edition: Edition) -> str:
    return f"/consultations/{edition.consultation.slug}/digests/feed/"


def read(client: Client, edition: Edition) -> ElementTree.Element:
    answer = client.get(path(edition))
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314  our own words


def test_feed_has_an_entry_for_each_edition_and_nobodys_words(client: Client) -> None:
    edition = made()
    said = Comment.objects.values_list("public_text", flat=True)

    feed = read(client, edition)

    here = f"http://localhost:8000/consultations/{edition.consultation.slug}/digests/"
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}title") == "Digests: Growth & “skills” <now>"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == edition.consultation.owner
    assert (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) == (
        f"{here}1/",
        "Digest 1",
    )
    assert entry.findtext(f"{ATOM}summary") == (
        "From 9am on Sunday 1 November 2026 to 7am on Tuesday 10 November 2026. 6 new comments."
    )
    whole = ElementTree.tostring(feed, encoding="unicode")
    assert [words for words in said if words[:30] in whole] == []


def test_a_correction_moves_the_date_of_its_entry(client: Client) -> None:
    edition = made()
    before = read(client, edition).findtext(f"{ATOM}updated")
    comment = edition.quotes.order_by("pk")[0].version.comment
    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()
    at = edition.built_at + timedelta(days=3)

    quoting.note_changes(at)

    after = read(client, edition).findtext(f"{ATOM}updated")
    assert (before, after) == (
        f"{edition.built_at:%Y-%m-%dT%H:%M:%S}+00:00",
        f"{at:%Y-%m-%dT%H:%M:%S}+00:00",
    )


def test_feed_costs_the_same_queries_for_many(client: Client, django_assert_num_queries) -> None:
    edition = made()
    with django_assert_num_queries(2):
        read(client, edition)
    for number in (2, 3):
        edition.pk, edition.number = None, number
        lower = edition.period.upper
        edition.slot = lower + timedelta(days=1)
        edition.period = type(edition.period)(lower, edition.slot, "[)")
        edition.save()

    with django_assert_num_queries(2):
        feed = read(client, edition)

    assert [each.text for each in feed.findall(f"{ATOM}entry/{ATOM}title")] == [
        "Digest 3",
        "Digest 2",
        "Digest 1",
    ]


def test_answers_not_shown_yet_have_no_feed(client: Client) -> None:
    edition = made()
    Consultation.objects.update(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)

    assert client.get(path(edition)).status_code == 404
