"""Decisions and appeals beside the chain: changed, inserted and deleted rows are found."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from consultations import ledger
from consultations.models import (
    Case,
    Consultation,
    Decision,
    Document,
    LedgerPayload,
)
from consultations.moderation import claims, decide, documents, reports, undo, undo_claims
from tests.factories import (
    make_appeal,
    make_case,
    make_comment,
    make_evidence,
    make_membership,
    make_reason,
    make_rejection,
    make_report,
    make_response,
    make_staff,
)
from tests.moderation.scene import TEXT, put_back, remove
from tests.moderation.test_appeals import amend, rule
from tests.test_ledger import faulty, forge

pytestmark = pytest.mark.django_db
CHANGED = "A decision that it records was changed or is gone."
UNTOLD = "A decision stands without any entry."
OUTCOME = "The appeal that it records was changed or is gone."
OUTCOME_UNTOLD = "An appeal, or what became of it, stands without any entry."
AGAIN = """
INSERT INTO consultations_decision (case_id, version_id, verb, state_before, state_after,
       reason_id, note, decided_by_id, decided_at, stood)
SELECT case_id, version_id, verb, state_before, state_after, reason_id, note, decided_by_id,
       {at}, '{{}}' FROM consultations_decision WHERE verb = 'reject' LIMIT 1
"""
# Nothing names this one: with what an undo takes back, the undo would be changed as well.
DELETE = "DELETE FROM consultations_decision WHERE verb = 'dismiss'"
UPDATE, HIDDEN = "UPDATE consultations_decision SET {}", " WHERE verb = 'hide'"
RULED = "UPDATE consultations_appeal SET {} WHERE answer <> ''"


def everything() -> Consultation:
    """Decide on whatever can wait, by every verb."""
    rejection = make_rejection()
    consultation = rejection.case.consultation
    rule(make_appeal(rejection), upheld=True)
    ended = make_rejection(make_comment(consultation.recommendations.get(number=2)))
    make_appeal(ended)
    amend(ended.case.comment)
    by, at = make_staff(consultation), timezone.now()
    comment = make_comment(consultation.recommendations.get(number=1), text=TEXT)
    make_case(comment)
    remove(comment, publish=True)
    put_back(comment)
    comment.refresh_from_db()
    reports.dismiss(case=make_report(comment).cases.get(), by=by, at=at)
    hidden = decide.hide(comment=comment, reason=make_reason(), note="Twice.", by=by, at=at)
    undo.undo(decision=hidden, by=by, at=at)
    membership = make_membership()
    make_response(consultation, membership.user, membership=membership)
    claim = make_case(membership=membership, consultation=consultation)
    [refused] = claims.refuse(case=claim, note="", why="No.", by=by, at=at)
    undo_claims.undo(decision=refused, by=by, at=at)
    claims.confirm(case=Case.objects.get(pk=claim.pk), by=by, at=at + timedelta(seconds=1))
    document = make_evidence(make_response(consultation), Document.State.SUBMITTED)
    documents.publish(case=make_case(document=document), by=by, at=at)
    return consultation


def sentences(consultation: Consultation, sql: str) -> set[str]:
    """Return what is wrong once a superuser has done this, and take it back."""
    with transaction.atomic():
        forge(sql)
        found = {sentence for _sequence, sentence in faulty(consultation)}
        transaction.set_rollback(True)
    return found


@pytest.mark.exhaustive
def test_verify_finds_whatever_a_superuser_does_to_decisions_and_appeals() -> None:
    consultation = everything()
    other = make_comment().recommendation.consultation
    assert ledger.verify(consultation.pk) == []

    of_each = {
        verb: sentences(consultation, UPDATE.format("note = 'forged'") + f" WHERE verb = '{verb}'")
        for verb in Decision.objects.values_list("verb", flat=True).distinct()
    }
    of_decisions = {
        change: sentences(consultation, UPDATE.format(change) + HIDDEN)
        for change in (
            "verb = 'publish'",
            "state_after = 'published'",
            "reason_id = NULL",
            "version_id = NULL",
            "case_id = (SELECT max(id) FROM consultations_case)",
            "decided_at = decided_at - interval '1 day'",
            f"decided_by_id = {make_staff(other).pk}",
        )
    }
    gone = sentences(consultation, DELETE)
    added = [sentences(consultation, AGAIN.format(at=at)) for at in ("now()", "decided_at")]
    of_appeals = {
        change: sentences(consultation, RULED.format(change))
        for change in (
            "answer = 'forged'",
            "independent = NOT independent",
            "outcome = 'dismissed'",
            "decided_at = decided_at + interval '1 day'",
            f"decided_by_id = {make_staff(other).pk}",
            "outcome = 'pending', decided_at = NULL, decided_by_id = NULL, independent = NULL",
        )
    }
    unended = sentences(consultation, "DELETE FROM consultations_appeal WHERE outcome = 'void'")
    untold = sentences(
        consultation,
        "INSERT INTO consultations_appeal (decision_id, words, made_at, outcome, answer)"
        " SELECT max(id), '', now(), 'pending', '' FROM consultations_decision",
    )

    assert of_each.keys() == {
        *("publish", "reject", "hide", "undo", "refuse", "confirm", "dismiss", "overturn"),
        *("redact", "unredact"),
    }
    assert all(found == {CHANGED, UNTOLD} for found in of_each.values()), of_each
    assert all(found == {CHANGED, UNTOLD} for found in of_decisions.values()), of_decisions
    assert (gone, added) == ({CHANGED}, [{UNTOLD}, {UNTOLD}])
    assert all(found == {OUTCOME} for found in of_appeals.values()), of_appeals
    assert (unended, untold) == ({OUTCOME}, {OUTCOME_UNTOLD})
    assert ledger.verify(consultation.pk) == []


def test_entries_from_before_decisions_were_sealed_and_erased_ones_are_no_fault() -> None:
    consultation = everything()
    LedgerPayload.objects.exclude(content__has_key="redactions").delete()

    found = faulty(consultation)
    with_another = sentences(consultation, AGAIN.format(at="decided_at - interval '1 day'"))

    assert (found, with_another) == ([], {UNTOLD})
