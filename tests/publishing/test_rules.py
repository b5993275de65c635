"""What may not change, what is sealed, and what the database itself keeps."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations import ledger, publishing
from consultations.models import Consultation, Correction, LedgerEntry, RecommendationVersion
from tests.factories import make_consultation
from tests.publishing.test_write import save

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("shown", ["open", "closed"])
def test_save_after_opening_cannot_change_when_answers_are_shown(shown: str) -> None:
    other = {"open": "closed", "closed": "open"}[shown]

    with pytest.raises(publishing.PublishingError, match="can no longer change"):
        save(make_consultation(answers_shown=shown), "A reason.", answers_shown=other)


@pytest.mark.parametrize(
    ("name", "value"),
    [("moderation", "after"), ("privacy_version", "2"), ("visibility", "invited")],
)
def test_save_after_opening_terms_change_by_a_correction(name: str, value: str) -> None:
    consultation = make_consultation()

    with pytest.raises(publishing.PublishingError, match="give the reason"):
        save(consultation, **{name: value})

    assert save(consultation, "As announced.", **{name: value}).number == 1


def test_save_after_opening_cannot_make_public_what_was_said_among_the_invited() -> None:
    with pytest.raises(publishing.PublishingError, match="can no longer become public"):
        save(make_consultation(visibility="invited"), "A reason.", visibility="public")


@pytest.mark.parametrize("year", [1999, 2100, 9999])
def test_save_of_a_year_that_no_calendar_here_holds_is_refused(year: int) -> None:
    consultation = make_consultation(opens_at=timezone.now() + timedelta(days=1))

    with pytest.raises(publishing.PublishingError, match="2000 to 2099"):
        save(consultation, closes_at=timezone.now().replace(year=year, day=1))


def test_published_words_and_corrections_are_sealed_and_forgeries_found() -> None:
    consultation = make_consultation(
        state=Consultation.State.DRAFT, published_at=None, opens_at=timezone.now()
    )
    publishing.publish(consultation=consultation, by=None, at=timezone.now())
    words = publishing.Words(1, "Proposal 1", "Do **that**.", "")
    arguments = {"consultation": consultation, "by": None, "at": timezone.now()}
    publishing.save(fields={}, words=[words], reason="It said this.", **arguments)
    assert ledger.verify(consultation.pk) == []

    forge("UPDATE consultations_correction SET reason = 'Another.'")
    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [2]
    forge("UPDATE consultations_recommendationversion SET text = 'x' WHERE number = 1")
    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [2, 1, 1]


def test_words_rewritten_before_opening_are_sealed_anew() -> None:
    consultation = make_consultation(
        state=Consultation.State.DRAFT,
        published_at=None,
        opens_at=timezone.now() + timedelta(days=1),
    )
    publishing.publish(consultation=consultation, by=None, at=timezone.now())
    words = publishing.Words(1, "Proposal 1", "Do **that**.", "")
    arguments = {"consultation": consultation, "by": None, "at": timezone.now()}
    publishing.save(fields={}, words=[words], reason="", **arguments)

    assert RecommendationVersion.objects.filter(text="Do **that**.").count() == 1
    assert LedgerEntry.objects.latest("sequence").act == "words_rewritten"
    assert ledger.verify(consultation.pk) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_recommendationversion SET text = 'x'",
        "DELETE FROM consultations_recommendationversion",
        "TRUNCATE consultations_recommendationversion CASCADE",
        "UPDATE consultations_correction SET reason = 'x'",
        "UPDATE consultations_correction SET made_by_id = NULL, reason = 'x'",
        "DELETE FROM consultations_correction",
        "TRUNCATE consultations_correction CASCADE",
    ],
)
def test_what_was_answered_is_refused_any_change_by_the_database(sql: str) -> None:
    save(make_consultation(), "A slip.", title="Another title")
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=r"are kept|append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_correction_outlives_the_account_of_who_made_it() -> None:
    correction = save(make_consultation(), "A slip.", title="Another title")

    Correction.objects.filter(pk=correction.pk).update(made_by=None)

    assert Correction.objects.get().made_by is None


def forge(sql: str) -> None:
    """Change rows as somebody does who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")
