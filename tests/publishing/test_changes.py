"""What a correction changed: stored whole under the fields' own names, told in short."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from consultations import ledger, publishing
from consultations.models import Comment, Consultation, Correction
from consultations.publishing.changes import INLINE
from tests.factories import make_comment, make_consultation
from tests.publishing.test_write import save

pytestmark = pytest.mark.django_db
LONG = "Because it matters. " * 20


def correct(consultation: Consultation, number: int = 1, **words: str) -> Correction:
    """Correct the words of one recommendation."""
    said = {"title": f"Proposal {number}", "text": "Do **this**.", "what_changed": ""} | words
    correction = publishing.save(
        consultation=consultation,
        fields={},
        words=[publishing.Words(number, **said)],
        reason="It was wrong.",
        by=None,
        at=timezone.now(),
    )
    assert correction is not None
    return correction


def page_of(consultation: Consultation) -> str:
    """Return the consultation's address."""
    return reverse("consultations.show", args=[consultation.slug])


def test_long_text_that_is_corrected_is_kept_whole_and_sealed(client: Client) -> None:
    consultation = make_consultation(introduction=f"{LONG}before.")

    correction = save(consultation, "A slip.", introduction=f"{LONG}after.")

    assert correction.changes == [
        {"field": "introduction", "before": f"{LONG}before.", "after": f"{LONG}after."}
    ]
    assert ledger.verify(consultation.pk) == []
    page = client.get(page_of(consultation)).content.decode()
    assert f'<div class="kept">{LONG}before.</div>' in page
    assert f'<div class="kept">{LONG}after.</div>' in page


def test_words_that_are_corrected_are_kept_before_and_after() -> None:
    correction = correct(make_consultation(), text="Do **that**.", what_changed="A law.")

    assert correction.changes == [
        {
            "recommendation": 1,
            "field": "text",
            "before": "Do **this**.",
            "after": "Do **that**.",
        },
        {"recommendation": 1, "field": "what_changed", "before": "", "after": "A law."},
    ]
    assert [change.what for change in publishing.told(correction.changes)] == [
        "recommendation 1, its text",
        "recommendation 1, what has changed since publication",
    ]


def test_recommendation_added_by_a_correction_had_no_words_before(client: Client) -> None:
    consultation = make_consultation()

    correction = correct(consultation, 3, title="One more")

    assert [(row["field"], row["before"]) for row in correction.changes] == [
        ("title", ""),
        ("text", ""),
    ]
    assert "its title: is new: “One more”" in client.get(page_of(consultation)).content.decode()
    added = client.get(reverse("recommendations.show", args=[consultation.slug, 3]))
    assert "This recommendation was added on" in added.content.decode()


def test_times_and_choices_are_stored_plainly_and_told_in_words() -> None:
    old = datetime(2090, 6, 1, 11, 0, tzinfo=UTC)
    consultation = make_consultation(closes_at=old)

    correction = save(
        consultation, "As asked.", closes_at=old + timedelta(days=1), moderation="after"
    )

    stored = [(row["field"], row["before"], row["after"]) for row in correction.changes]
    assert stored == [
        ("closes_at", "2090-06-01T11:00:00+00:00", "2090-06-02T11:00:00+00:00"),
        ("moderation", "before", "after"),
    ]
    assert publishing.told(correction.changes) == [
        publishing.Change(
            "the closing time", "noon on Thursday 1 June 2090", "noon on Friday 2 June 2090"
        ),
        publishing.Change("when comments are moderated", "before publication", "after publication"),
    ]


@pytest.mark.parametrize(
    ("text", "is_long"), [("x" * INLINE, False), ("x" * (INLINE + 1), True), ("x\ny", True)]
)
def test_change_of_one_short_line_alone_is_told_in_line(text: str, *, is_long: bool) -> None:
    assert publishing.Change("the introduction", text, "").is_long == is_long
    assert publishing.Change("the introduction", "", text).is_long == is_long


def test_labels_are_in_the_language_of_the_reader_not_of_the_writer() -> None:
    with translation.override("cy"):
        correction = save(make_consultation(), "A slip.", title="Another title")

    assert correction.changes[0]["field"] == "title"
    with translation.override(settings.LANGUAGE_CODE):
        assert publishing.told(correction.changes)[0].what == "the title"


def test_recommendation_says_when_its_words_were_corrected(client: Client) -> None:
    consultation = make_consultation()
    correct(consultation, text="Do **that**.")

    corrected, other = (
        client.get(reverse("recommendations.show", args=[consultation.slug, n])).content.decode()
        for n in (1, 2)
    )

    link = f"{page_of(consultation)}#correction-1"
    assert ("The words above were corrected on" in corrected, link in corrected) == (True, True)
    assert link not in other
    assert 'id="correction-1"' in client.get(page_of(consultation)).content.decode()


def test_comment_on_earlier_words_says_so_and_costs_no_more_queries(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    make_comment(first, state=Comment.State.PUBLISHED)
    address = reverse("recommendations.show", args=[consultation.slug, 1])
    with CaptureQueriesContext(connection) as before:
        assert "Written before correction" not in client.get(address).content.decode()
    correct(consultation, text="Do **that**.")
    correct(consultation, text="Do **that** soon.")
    first.refresh_from_db()
    make_comment(first, state=Comment.State.PUBLISHED)
    make_comment(first, state=Comment.State.PUBLISHED)

    with CaptureQueriesContext(connection) as after:
        page = client.get(address).content.decode()

    assert page.count("Written before correction 2") == 1
    assert len(after) == len(before)
