"""Redactions beside the chain: changed, forged and deleted rows are found; erasure is no fault."""

import pytest
from django.core.management import CommandError, call_command

from consultations import ledger
from consultations.models import Comment, Consultation, LedgerPayload
from tests.factories import make_comment
from tests.moderation.scene import TEXT, put_back, remove
from tests.test_ledger import faulty, forge

pytestmark = pytest.mark.django_db
CHANGED = "The redactions that it records were changed, are gone, or are not all."


def redacted() -> tuple[Consultation, Comment]:
    """Make a comment from which two things were removed, and one put back."""
    comment = make_comment(state="published", text=TEXT)
    remove(comment)
    remove(comment, "agrees")
    put_back(comment)
    consultation = comment.recommendation.consultation
    assert ledger.verify(consultation.pk) == []
    return consultation, comment


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_redaction SET start = start + 1",
        "UPDATE consultations_redaction SET mask = '[removed: forged]'",
        "UPDATE consultations_redaction SET redacted_at = now() WHERE ended_at IS NULL",
        "UPDATE consultations_redaction SET ended_at = NULL, ended_by_id = NULL",
        "UPDATE consultations_redaction SET ended_at = now(), ended_by_id = redacted_by_id",
        "DELETE FROM consultations_redaction",
        "DELETE FROM consultations_redaction WHERE ended_at IS NULL",
        "DELETE FROM consultations_redaction WHERE ended_at IS NOT NULL",
        "INSERT INTO consultations_redaction"
        ' (version_id, start, "end", mask, reason_id, redacted_by_id, redacted_at)'
        " SELECT version_id, 0, 4, mask, reason_id, redacted_by_id, now()"
        " FROM consultations_redaction LIMIT 1",
    ],
)
def test_verify_finds_a_redaction_that_was_forged_or_removed(sql: str) -> None:
    consultation, _comment = redacted()

    forge(sql)

    assert faulty(consultation) == [(3, CHANGED)]
    with pytest.raises(CommandError):
        call_command("verify_ledger", consultation.slug)


def test_verify_finds_a_redaction_of_which_no_entry_tells() -> None:
    consultation, comment = redacted()
    other = make_comment(comment.recommendation, text=TEXT)
    values = [other.versions.get().pk]
    forge(
        "INSERT INTO consultations_redaction"
        ' (version_id, start, "end", mask, reason_id, redacted_by_id, redacted_at)'
        " SELECT %s, 0, 4, mask, reason_id, redacted_by_id, now()"
        " FROM consultations_redaction LIMIT 1",
        *values,
    )

    assert faulty(consultation) == [(3, "A redaction stands without any entry.")]


def test_erased_words_and_erased_payloads_are_no_fault() -> None:
    consultation, _comment = redacted()

    forge("UPDATE consultations_commentversion SET text = '', erased_at = now()")
    words_gone = faulty(consultation)
    LedgerPayload.objects.all().delete()

    assert (words_gone, faulty(consultation)) == ([], [])


def test_redaction_deleted_after_its_words_were_erased_is_found() -> None:
    consultation, _comment = redacted()
    forge("UPDATE consultations_commentversion SET text = '', erased_at = now()")

    forge("DELETE FROM consultations_redaction WHERE ended_at IS NULL")

    assert faulty(consultation) == [(3, CHANGED)]
