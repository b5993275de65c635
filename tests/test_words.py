"""Words beside the chain: forgeries are found, and the database keeps what was said."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations import ledger
from consultations.models import Edition
from tests.factories import make_comment, make_consultation
from tests.test_ledger import faulty, forge


@pytest.mark.django_db
def test_verify_finds_forged_words_of_a_comment_and_forgives_erased_ones() -> None:
    comment = make_comment()
    version, consultation = comment.versions.get(), comment.recommendation.consultation
    payload = {
        "recommendation": comment.recommendation.number,
        "response": comment.response.reference,
        "version": version.number,
        "words": ledger.seal(version),
    }
    with transaction.atomic():
        ledger.append(
            consultation_id=consultation.pk,
            act="comment_submitted",
            at=timezone.now(),
            payload=payload,
        )
    assert ledger.verify(consultation.pk) == []
    wrong = [(1, "The words that it records were changed or are gone.")]
    forge("UPDATE consultations_commentversion SET stance = 'oppose'")
    assert faulty(consultation) == wrong
    forge("UPDATE consultations_commentversion SET stance = 'support', text = 'Forged.'")
    assert faulty(consultation) == wrong
    forge("UPDATE consultations_commentversion SET text = '', erased_at = now()")
    assert faulty(consultation) == []


@pytest.mark.django_db
def test_seal_of_the_same_words_is_never_the_same() -> None:
    version = make_comment().versions.get()
    assert ledger.seal(version)["hash"] != ledger.seal(version)["hash"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM consultations_commentversion",
        "TRUNCATE consultations_commentversion CASCADE",
        "UPDATE consultations_commentversion SET comment_id = comment_id + 1",
    ],
)
def test_version_of_a_comment_is_never_deleted_or_moved(sql: str) -> None:
    make_comment()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="only erased"), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_edition SET facts = '{}'",
        "DELETE FROM consultations_edition",
        "TRUNCATE consultations_edition CASCADE",
    ],
)
def test_edition_is_frozen_by_the_database(sql: str) -> None:
    now = timezone.now()
    Edition.objects.create(
        consultation=make_consultation(),
        number=1,
        slot=now,
        period=(now - timedelta(days=7), now),
        built_at=now,
        facts={},
        method="x",
        hash="0" * 64,
    )
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        connection.cursor().execute(sql)
