"""Removing words and putting them back: what the public reads, the record, and the author."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import ledger
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Decision,
    LedgerEntry,
    Message,
    Permission,
    Redaction,
)
from consultations.models.appeal import last_day
from consultations.moderation import decide
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    make_case,
    make_comment,
    make_consultation,
    make_reason,
    make_rejection,
    make_report,
    make_staff,
    make_version,
)
from tests.moderation.scene import HIDDEN, TEXT, put_back, remove

pytestmark = pytest.mark.django_db
State = Comment.State


def published(text: str = TEXT, **fields: Any) -> Comment:
    """Make a comment that the public reads."""
    return make_comment(state=State.PUBLISHED, text=text, **fields)


def letters() -> list[tuple[str, list[str]]]:
    """Return the subject and the words of each letter."""
    return [
        (row.letter["subject"], [str(each) for each in row.letter["blocks"]])
        for row in Message.objects.order_by("pk")
    ]


def test_redact_changes_what_the_public_reads_and_keeps_the_words() -> None:
    comment = published()
    version = comment.public_version

    decision = remove(comment)

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)
    assert (comment.state, comment.listed, comment.redacted) == (State.PUBLISHED, True, True)
    assert (comment.public_version, comment.public_version.text) == (version, TEXT)
    assert (decision.verb, decision.version) == (Decision.Verb.REDACT, version)
    assert (decision.state_before, decision.state_after) == (State.PUBLISHED, State.PUBLISHED)


def test_redact_of_every_occurrence_leaves_none() -> None:
    comment = published()

    remove(comment, "bob")

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("Bob", HIDDEN)
    assert Redaction.objects.count() == 2


def test_redact_is_found_by_no_search() -> None:
    comment = published()

    remove(comment, "Bob")

    found = Comment.objects.filter(search="bob")
    assert (found.count(), Comment.objects.filter(search="firms").count()) == (0, 1)


def test_redact_seals_what_was_removed_and_tells_none_of_it() -> None:
    comment = published()

    decision = remove(comment)

    entry = LedgerEntry.objects.get()
    said = entry.payload.content
    [sealed] = said.pop("redactions")
    [decided] = said.pop("decided")
    assert (entry.act, len(decided["hash"])) == ("comment_redacted", 64)
    assert said == {
        "recommendation": 1,
        "response": comment.response.reference,
        "reason": "personal_data",
        "by": decision.decided_by_id,
    }
    assert (sealed["version"], sealed["rows"], len(sealed["hash"])) == (1, 1, 64)
    assert ledger.verify(comment.recommendation.consultation_id) == []


def test_redact_tells_the_author_what_why_and_how_it_reads() -> None:
    comment = published()

    decision = remove(comment)

    [(subject, blocks)] = letters()
    assert subject == "Words of your comment on recommendation 1 are no longer shown"
    told = " ".join(blocks)
    for words in (
        "Removed: “0161 496 0000”. The reason: Tells something private.",
        f"In their place the public reads: {HIDDEN}.",
        f"Ring Bob on {HIDDEN}.",
        "You can change your comment until the consultation closes.",
        f"until the end of {last_day(decision)}",
    ):
        assert words in told


def test_redact_of_a_version_that_waits_tells_nobody_and_leaves_it_waiting() -> None:
    comment = make_comment(text=TEXT)
    case = make_case(comment)

    remove(comment)

    comment.refresh_from_db()
    case.refresh_from_db()
    assert (comment.state, comment.public_text, case.closed_at) == (State.SUBMITTED, "", None)
    assert case.decisions.get().verb == Decision.Verb.REDACT
    assert letters() == []


def test_publishing_what_was_redacted_shows_it_so_and_says_so() -> None:
    comment = make_comment(text=TEXT)
    case = make_case(comment)
    remove(comment)

    by = make_staff(case.consultation)
    decide.publish(case=case, version_number=1, by=by, at=timezone.now())

    comment.refresh_from_db()
    [(subject, blocks)] = letters()
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)
    assert subject == "Your comment on recommendation 1 is published"
    assert "Removed: “0161 496 0000”" in " ".join(blocks)


def test_redact_and_publish_does_both_with_one_letter() -> None:
    comment = make_comment(text=TEXT)
    case = make_case(comment)

    decision = remove(comment, publish=True)

    comment.refresh_from_db()
    case.refresh_from_db()
    assert decision.verb == Decision.Verb.PUBLISH
    assert case.closed_at == decision.decided_at
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)
    assert [subject for subject, _said in letters()] == [
        "Your comment on recommendation 1 is published"
    ]
    assert [entry.act for entry in LedgerEntry.objects.order_by("sequence")] == [
        "comment_redacted",
        "comment_published",
    ]
    assert ledger.verify(case.consultation_id) == []


def test_redact_and_publish_of_what_does_not_wait_does_neither() -> None:
    comment = published()

    with pytest.raises(DecisionRefused, match="does not wait"):
        remove(comment, publish=True)

    assert Redaction.objects.count() == 0


def test_redact_of_the_public_version_leaves_a_waiting_change_waiting() -> None:
    comment = published()
    comment.submitted_version = make_version(comment, text="Another text.")
    comment.save()
    case = make_case(comment)

    remove(comment)

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)
    assert (Case.objects.waiting().get(), case.decisions.count()) == (case, 0)


def test_redact_of_a_hidden_comment_is_read_so_when_it_is_restored() -> None:
    comment = make_comment(state=State.PUBLISHED, text=TEXT)
    by = make_staff(comment.recommendation.consultation)
    said = {"note": "", "by": by, "at": timezone.now()}
    decide.hide(comment=comment, reason=make_reason(), **said)
    remove(comment)
    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == (State.HIDDEN, "")

    decide.restore(comment=comment, **said)

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)


def test_redact_without_permission_to_publish_shows_and_mails_nothing() -> None:
    comment = published(permission=Permission.UNPUBLISHED)

    remove(comment)

    comment.refresh_from_db()
    assert (comment.public_text, letters()) == ("", [])


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], "Choose at least one passage"),
        ([(0, 500)], "outside the text"),
        ([(-3, 4)], "outside the text"),
        ([(5, 5)], "outside the text"),
        ([(0, 8), (5, 12)], "Two passages overlap"),
        ([(10, 20)], "removed already"),
        ([(0, 11), (26, len(TEXT))], "Nothing would be left"),
    ],
)
def test_redact_of_what_cannot_be_removed_says_why(spans: list[tuple[int, int]], said: str) -> None:
    comment = published()
    remove(comment)

    with pytest.raises(DecisionRefused, match=said):
        remove(comment, spans=spans)

    assert Redaction.objects.count() == 1


def test_redact_of_a_version_that_was_changed_meanwhile_names_the_new_one() -> None:
    comment = make_comment(text=TEXT)
    comment.submitted_version = make_version(comment, text="Another text.")
    comment.save()

    with pytest.raises(DecisionRefused, match="Read version 2"):
        remove(comment)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.ERASED])
def test_redact_of_what_was_taken_back_is_refused(state: str) -> None:
    comment = published()
    Comment.objects.filter(pk=comment.pk).update(
        state=state, listed=False, counted=False, signed=False, shown_region=None
    )

    with pytest.raises(DecisionRefused, match="taken this back"):
        remove(comment)


def test_unredact_lets_the_public_read_the_words_again_and_keeps_the_row() -> None:
    comment = published()
    remove(comment)

    decision = put_back(comment)

    comment.refresh_from_db()
    row = Redaction.objects.get()
    assert (comment.public_text, comment.redacted) == (TEXT, False)
    assert (row.ended_by, row.ended_at) == (decision.decided_by, decision.decided_at)
    assert [subject for subject, _said in letters()] == [
        "Words of your comment on recommendation 1 are no longer shown",
        "Words of your comment on recommendation 1 are shown again",
    ]
    assert ledger.verify(comment.recommendation.consultation_id) == []


def test_unredact_of_one_leaves_the_other_removed() -> None:
    comment = published()
    remove(comment)
    remove(comment, "Bob")

    put_back(comment)

    comment.refresh_from_db()
    assert (comment.public_text, comment.redacted) == (TEXT.replace("Bob", HIDDEN), True)


def test_unredact_twice_is_refused_with_who_did_it() -> None:
    comment = published()
    remove(comment)
    decision = put_back(comment)

    with pytest.raises(DecisionRefused, match=f"{decision.decided_by} put these words back"):
        put_back(comment)


def test_words_that_were_put_back_can_be_removed_again() -> None:
    comment = published()
    remove(comment)
    put_back(comment)

    remove(comment)

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("0161 496 0000", HIDDEN)
    assert Redaction.objects.count() == 2


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE consultations_redaction SET "end" = "end" + 1',
        "UPDATE consultations_redaction SET ended_at = now(), ended_by_id = redacted_by_id,"
        " mask = 'x'",
        "DELETE FROM consultations_redaction",
        "TRUNCATE consultations_redaction CASCADE",
    ],
)
def test_redaction_is_refused_any_other_change_by_the_database(sql: str) -> None:
    remove(published())
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="ended, and never changed"), transaction.atomic():
        connection.cursor().execute(sql)


def test_two_redactions_of_the_same_words_are_refused_by_the_database() -> None:
    comment = published()
    decision = remove(comment)
    said = {"version": decision.version, "reason": decision.reason, "mask": HIDDEN}
    by = {"redacted_by": decision.decided_by, "redacted_at": decision.decided_at}

    with pytest.raises(IntegrityError, match="redactions_never_overlap"), transaction.atomic():
        Redaction.objects.create(start=14, end=16, **said, **by)


def test_redact_after_the_close_does_not_offer_a_change() -> None:
    comment = published()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    comment.refresh_from_db()

    remove(Comment.objects.get())

    [(_subject, blocks)] = letters()
    assert "You can change your comment" not in " ".join(blocks)


def test_redact_calls_back_the_letter_that_would_quote_the_removed_words_as_published() -> None:
    case = make_case(make_comment(text=TEXT))
    by = make_staff(case.consultation)
    decide.publish(case=case, version_number=1, by=by, at=timezone.now())

    decision = remove(Comment.objects.get())

    queued = Message.objects.filter(state=Message.State.QUEUED)
    assert [row.dedupe_key for row in queued] == [f"decision:{decision.pk}"]


def test_redact_of_what_is_public_leaves_the_letter_about_a_refused_change() -> None:
    comment = published()
    comment.submitted_version = make_version(comment)
    comment.save()
    refused = make_rejection(comment)

    decision = remove(Comment.objects.get())

    queued = Message.objects.filter(state=Message.State.QUEUED).order_by("pk")
    keys = [f"decision:{refused.pk}", f"decision:{decision.pk}"]
    assert [row.dedupe_key for row in queued] == keys


def test_redaction_and_publication_lock_the_reports_before_the_ledger() -> None:
    consultation = make_consultation(reports_to_hide=2)
    comment = make_comment(consultation.recommendations.get(number=1), text=TEXT, state="published")
    make_report(comment)
    make_report(comment)
    comment.refresh_from_db()

    with CaptureQueriesContext(connection) as asked:
        remove(comment, publish=True)

    said = [query["sql"] for query in asked.captured_queries]
    chain = next(n for n, sql in enumerate(said) if "consultations_ledgerentry" in sql)
    locked = [n for n, sql in enumerate(said) if " FOR NO KEY UPDATE" in sql]
    assert locked[-1] < chain
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts)[-4:] == ["comment_redacted", "comment_published", *["report_dismissed"] * 2]
