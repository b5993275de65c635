"""The official response: drafted, reviewed by somebody else, published, and told on for good."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from consultations import ledger
from consultations.digests import editions
from consultations.models import (
    Comment,
    Consultation,
    LedgerPayload,
    OfficialAnswer,
    OfficialCitation,
    OfficialDelay,
    Recommendation,
    Role,
    User,
)
from consultations.publishing import citing, official, points
from consultations.publishing.official import OfficialError, Texts
from tests.digests.scene import DUE, LATER, fill, make_edition, make_scene
from tests.factories import (
    make_closed,
    make_comment,
    make_consultation,
    make_official,
    make_staff,
)

pytestmark = pytest.mark.django_db
TEXTS = Texts("accepted", "We asked.", "You said.", "We will.")
NOW = timezone.now()


def first(consultation=None) -> Recommendation:
    return (consultation or make_closed()).recommendations.get(number=1)


def officers(recommendation: Recommendation) -> tuple[User, User]:
    consultation = recommendation.consultation
    return make_staff(consultation, Role.Right.OFFICER), make_staff(
        consultation, Role.Right.OFFICER
    )


def draft(recommendation: Recommendation, by: User, *, at: datetime = NOW, **said: str):
    seen = recommendation.official_answers.filter(published_at=None).first()
    texts = Texts(**(vars(TEXTS) | said))
    return official.draft(
        recommendation=recommendation, texts=texts, seen=seen.stamp if seen else "", by=by, at=at
    )


def test_draft_is_reviewed_by_somebody_else_and_then_published() -> None:
    recommendation = first()
    writer, reviewer = officers(recommendation)
    answer = draft(recommendation, writer)
    asked = {"consultation": recommendation.consultation, "numbers": [1], "at": NOW}
    mine = {"recommendation": recommendation, "seen": answer.stamp, "at": NOW}

    with pytest.raises(OfficialError, match="review the draft on recommendation 1 first"):
        official.publish(by=writer, **asked)
    with pytest.raises(OfficialError, match="You wrote this draft"):
        official.review(by=writer, **mine)
    official.review(by=reviewer, **mine)
    [published] = official.publish(by=writer, **asked)

    assert (published.number, published.published_at, published.published_by) == (1, NOW, writer)
    assert list(OfficialAnswer.objects.standing()) == [published]
    payload = LedgerPayload.objects.get(entry__act="official_response_published").content
    assert [(one["recommendation"], one["version"]) for one in payload["official"]] == [(1, 1)]


def test_changing_a_reviewed_draft_ends_its_review() -> None:
    recommendation = first()
    writer, reviewer = officers(recommendation)
    answer = draft(recommendation, writer)
    seen = answer.stamp
    official.review(recommendation=recommendation, seen=seen, by=reviewer, at=NOW)

    draft(recommendation, reviewer, at=NOW + timedelta(minutes=1), will="We will not.")

    answer.refresh_from_db()
    assert (answer.reviewed_at, answer.written_by, answer.will) == (None, reviewer, "We will not.")
    with pytest.raises(OfficialError, match="has changed since you read it"):
        official.review(recommendation=recommendation, seen=seen, by=writer, at=NOW)


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten() -> None:
    recommendation = first()
    writer, other = officers(recommendation)
    draft(recommendation, writer)

    with pytest.raises(OfficialError, match="Somebody else changed this draft"):
        official.draft(recommendation=recommendation, texts=TEXTS, seen="", by=other, at=NOW)

    assert recommendation.official_answers.get().written_by == writer


def test_nothing_is_published_before_the_close() -> None:
    recommendation = first(make_consultation())

    with pytest.raises(OfficialError, match="has not closed"):
        make_official(recommendation)

    assert not OfficialAnswer.objects.published().exists()


def test_all_are_published_at_once_or_none() -> None:
    consultation = make_closed()
    one, two = consultation.recommendations.order_by("number")
    answers = [make_official(each, published=False) for each in (one, two)]
    reviewer = make_staff(consultation, Role.Right.OFFICER)
    asked = {"consultation": consultation, "numbers": [1, 2], "by": reviewer, "at": NOW}
    official.review(recommendation=one, seen=answers[0].stamp, by=reviewer, at=NOW)
    for numbers in ([1, 2], [1, 3], []):
        with pytest.raises(OfficialError):
            official.publish(**(asked | {"numbers": numbers}))
    assert not OfficialAnswer.objects.published().exists()
    official.review(recommendation=two, seen=answers[1].stamp, by=reviewer, at=NOW)

    assert len(official.publish(**asked)) == 2


def test_a_published_version_is_kept_and_a_later_one_tells_of_progress() -> None:
    recommendation = first()
    before = make_official(recommendation)

    after = make_official(recommendation, status="partly", progress="The first grants are paid.")

    assert (before.number, after.number) == (1, 2)
    assert list(OfficialAnswer.objects.standing()) == [after]
    assert OfficialAnswer.objects.published().count() == 2
    for change in (
        lambda: OfficialAnswer.objects.filter(pk=before.pk).update(will="Nothing."),
        before.delete,
        lambda: OfficialCitation.objects.create(answer=before, comment=make_comment()),
    ):
        with pytest.raises(DatabaseError, match="is kept: add a version"), transaction.atomic():
            change()


def test_a_forged_answer_is_found_by_its_seal() -> None:
    recommendation = first()
    answer = make_official(recommendation)
    assert ledger.verify(recommendation.consultation_id) == []

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        OfficialAnswer.objects.filter(pk=answer.pk).update(will="We never said so.")
        cursor.execute("SET LOCAL session_replication_role = origin")

    [fault] = ledger.verify(recommendation.consultation_id)
    assert fault.sequence == LedgerPayload.objects.get(content__has_key="official").entry.sequence


def test_the_database_lets_nobody_review_their_own() -> None:
    recommendation = first()
    writer, _other = officers(recommendation)
    answer = draft(recommendation, writer)

    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialAnswer.objects.filter(pk=answer.pk).update(reviewed_by=writer, reviewed_at=NOW)


def test_a_draft_can_be_thrown_away_with_its_citations() -> None:
    recommendation = first()
    comment = make_comment(recommendation, state=Comment.State.PUBLISHED)
    make_official(recommendation, published=False, said=f"As [[{comment.reference}]] says.")
    read = recommendation.official_answers.get().stamp

    with pytest.raises(official.OfficialError, match="changed since you read it"):
        official.discard(recommendation=recommendation, seen="")
    assert official.discard(recommendation=recommendation, seen=read)
    assert not official.discard(recommendation=recommendation, seen=read)
    assert not OfficialCitation.objects.exists()


@pytest.mark.parametrize("state", ["submitted", "hidden", "rejected", "unpublished", "elsewhere"])
def test_a_comment_that_the_public_does_not_read_is_not_cited(state: str) -> None:
    recommendation = first()
    if state == "unpublished":
        comment = make_comment(
            recommendation, state=Comment.State.PUBLISHED, permission="unpublished"
        )
    elif state == "elsewhere":
        other = recommendation.consultation.recommendations.get(number=2)
        comment = make_comment(other, state=Comment.State.PUBLISHED)
    else:
        comment = make_comment(recommendation, state=state)

    with pytest.raises(OfficialError, match="is no published comment on this") as refused:
        make_official(recommendation, published=False, will=f"See [[{comment.reference}]].")

    assert refused.value.field == "will"


def test_sentences_of_digests_are_cited_by_their_place() -> None:
    consultation = make_scene(recommendations=1)
    fill(consultation, each=4)
    edition = make_edition()
    recommendation = consultation.recommendations.get()
    last = len(citing.told_on(edition, recommendation))

    answer = make_official(recommendation, published=False, said=f"As [[digest 1.{last}]] says.")

    assert [(row.edition, row.sentence) for row in answer.citations.all()] == [(edition, last)]
    for odd in (f"digest 1.{last + 1}", "digest 1.0", "digest 2.1", "see above", "abcd2345"):
        with pytest.raises(OfficialError) as refused:
            make_official(recommendation, published=False, said=f"As [[{odd}]] says.")
        assert refused.value.field == "said"


@pytest.mark.parametrize("state", ["waiting", "held", "discarded", "withdrawn"])
def test_an_edition_that_readers_do_not_read_is_neither_cited_nor_listed(state: str) -> None:
    consultation = make_scene(recommendations=1, release=Consultation.Release.BY_HAND)
    fill(consultation, each=4)
    edition = make_edition()
    recommendation = consultation.recommendations.get()
    done = {"edition": edition, "by": make_staff(consultation, Role.Right.OFFICER), "at": LATER}
    if state == "held":
        editions.hold(reason="Wrong.", **done)
    elif state == "discarded":
        editions.discard(reason="Wrong.", **done)
    elif state == "withdrawn":
        editions.release(**done)
        assert points.unanswered([recommendation], [])[recommendation.pk]
        editions.withdraw(reason="Wrong.", **done)

    with pytest.raises(OfficialError, match=r"No published digest 1 has a sentence 1") as refused:
        make_official(recommendation, published=False, said="As [[digest 1.1]] says.")

    assert refused.value.field == "said"
    assert points.unanswered([recommendation], [])[recommendation.pk] == []


def test_the_edition_that_has_a_discarded_ones_number_is_cited() -> None:
    consultation = make_scene(recommendations=1, release=Consultation.Release.BY_HAND)
    fill(consultation, each=4)
    discarded, by = make_edition(), make_staff(consultation, Role.Right.OFFICER)
    editions.discard(edition=discarded, reason="Wrong.", by=by, at=LATER)
    edition = make_edition(DUE + timedelta(days=7))
    editions.release(edition=edition, by=by, at=DUE + timedelta(days=7))
    assert (edition.number, discarded.number) == (1, 1)

    answer = make_official(
        consultation.recommendations.get(), published=False, said="As [[digest 1.1]] says."
    )

    assert answer.citations.get().edition == edition


def test_a_delay_is_explained_in_public_and_kept() -> None:
    consultation = make_closed(response_clock=True)
    by = make_staff(consultation, Role.Right.OFFICER)
    asked = {"consultation": consultation, "by": by, "at": NOW}
    with pytest.raises(OfficialError, match="Say why it is late") as refused:
        official.explain_delay(reason=" ", **asked)
    assert refused.value.field == "reason"

    official.explain_delay(reason="Ministers  have changed.", **asked)

    delay = OfficialDelay.objects.get()
    assert (delay.reason, delay.given_by, delay.given_at) == ("Ministers have changed.", by, NOW)
    payload = LedgerPayload.objects.get(entry__act="official_response_delayed").content
    assert payload["reason"] == "Ministers have changed."
    with pytest.raises(OfficialError, match="No day is set"):
        official.explain_delay(**(asked | {"reason": "Why", "consultation": make_closed()}))


def test_publishing_is_of_what_was_read_and_cites_what_is_shown() -> None:
    recommendation = first()
    writer, reviewer = officers(recommendation)
    comment = make_comment(recommendation, state=Comment.State.PUBLISHED)
    seen = draft(recommendation, writer, said=f"As [[{comment.reference}]] says.").stamp
    official.review(recommendation=recommendation, seen=seen, by=reviewer, at=NOW)
    asked = {"consultation": recommendation.consultation, "numbers": [1], "by": writer, "at": NOW}

    with pytest.raises(OfficialError, match="changed since you read it"):
        official.publish(seen={1: "another"}, **asked)
    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()
    with pytest.raises(OfficialError, match=f"Recommendation 1: .*{comment.reference}"):
        official.publish(seen={1: seen}, **asked)

    assert not OfficialAnswer.objects.published().exists()
