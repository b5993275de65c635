"""Appeals against the removal of words: offered, decided by somebody else, upheld, counted."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import participation, policy
from consultations.analysis.moderated import verify
from consultations.digests import moderated
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Decision,
    LedgerEntry,
    Message,
    Permission,
    User,
)
from consultations.moderation import appeals, decide, figures
from consultations.moderation.appeals import AppealError, Ruling
from consultations.moderation.figures import EVER
from tests.browser.scene import say
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_comment,
    make_reason,
    make_staff,
)
from tests.moderation.scene import HIDDEN, TEXT, put_back, remove

pytestmark = pytest.mark.django_db
Outcome = Appeal.Outcome


def published() -> Comment:
    return make_comment(state=Comment.State.PUBLISHED, text=TEXT)


def rule(case: Case, *, upheld: bool = True) -> Appeal:
    by = User.objects.get(pk=min(policy.appeal_deciders(case.appeal).people))
    ruling = Ruling(upheld=upheld, answer="We read it again.", by=by, at=timezone.now())
    return appeals.rule(case=case, ruling=ruling)


def address(decision: Decision, name: str = "make") -> str:
    return reverse(f"appeals.{name}", args=[decision.case.consultation.slug, decision.pk])


def last_letter() -> dict[str, Any]:
    letter: dict[str, Any] = Message.objects.order_by("pk").last().letter
    return letter


def test_author_is_offered_an_appeal_in_the_letter_and_beside_the_comment() -> None:
    comment = published()
    author, slug = log_in(comment.response.respondent), comment.recommendation.consultation.slug

    decision = remove(comment)

    assert address(decision) in str(last_letter())
    assert "write to" not in str(last_letter())
    mine = author.get(reverse("responses.mine", args=[slug])).content.decode()
    assert mine.count(address(decision)) == 1
    page = author.get(address(decision)).content.decode()
    assert "We removed words from what the public reads" in page
    assert "“0161 496 0000”" in page


def test_letter_that_publishes_the_rest_offers_the_appeal_as_well() -> None:
    comment = make_case(make_comment(text=TEXT)).comment

    remove(comment, publish=True)

    redaction = Decision.objects.get(verb=Decision.Verb.REDACT)
    assert last_letter()["subject"] == "Your comment on recommendation 1 is published"
    assert address(redaction) in str(last_letter())


def test_upheld_appeal_puts_the_words_back_by_somebody_else_and_tells_the_author() -> None:
    comment = published()
    by = make_staff(comment.recommendation.consultation)
    decision = remove(comment, by=by)
    remove(comment, "Bob", by=by)
    other = make_staff(comment.recommendation.consultation)

    appeal = rule(make_appeal(decision))

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace("Bob", HIDDEN)
    assert (appeal.outcome, appeal.decided_by, appeal.independent) == (Outcome.UPHELD, other, True)
    assert "the words that we had removed are shown again" in str(last_letter())
    assert list(LedgerEntry.objects.order_by("-pk").values_list("act", flat=True)[:3]) == [
        "appeal_upheld",
        "comment_unredacted",
        "appeal_made",
    ]
    slug = comment.recommendation.consultation.slug
    mine = log_in(comment.response.respondent).get(reverse("responses.mine", args=[slug]))
    assert address(decision, "show") in mine.content.decode()


def test_dismissed_appeal_leaves_the_words_removed() -> None:
    comment = published()
    case = make_appeal(remove(comment))
    make_staff(comment.recommendation.consultation)

    appeal = rule(case, upheld=False)

    comment.refresh_from_db()
    assert appeal.outcome == Outcome.DISMISSED
    assert HIDDEN in comment.public_text


def test_words_put_back_or_not_public_are_not_appealed_against() -> None:
    back, unread = published(), make_case(make_comment(text=TEXT)).comment
    unpublished = make_comment(
        state=Comment.State.PUBLISHED, text=TEXT, permission=Permission.UNPUBLISHED
    )
    decisions = [remove(back), remove(unread), remove(unpublished)]
    put_back(back)

    for decision in decisions:
        with pytest.raises(AppealError, match="no longer stands"):
            make_appeal(decision)


def test_change_of_the_comment_leaves_an_appeal_about_what_is_still_public() -> None:
    comment = published()
    case = make_appeal(remove(comment))

    comment.refresh_from_db()
    say(comment.response.respondent, comment.recommendation, "Otherwise.", 1)

    case.appeal.refresh_from_db()
    assert case.appeal.waits
    make_staff(comment.recommendation.consultation)
    assert rule(case).outcome == Outcome.UPHELD
    comment.refresh_from_db()
    assert comment.public_text == TEXT


def test_words_carried_into_a_later_version_are_put_back_there() -> None:
    comment = published()
    decision = remove(comment)
    comment.refresh_from_db()
    say(comment.response.respondent, comment.recommendation, TEXT, 1)
    waiting = Case.objects.waiting().get(comment=comment)
    by = make_staff(comment.recommendation.consultation)
    decide.publish(case=waiting, version_number=2, by=by, at=timezone.now())
    case = make_appeal(decision)

    rule(case)

    comment.refresh_from_db()
    assert (comment.public_version.number, comment.public_text) == (2, TEXT)


def test_appeal_about_words_ends_when_the_comment_is_taken_back() -> None:
    comment = published()
    case = make_appeal(remove(comment))
    comment.refresh_from_db()

    participation.withdraw(comment=comment, user=comment.response.respondent, at=timezone.now())

    case.refresh_from_db()
    assert (case.appeal.outcome, case.closed_at is None) == (Outcome.VOID, False)
    assert LedgerEntry.objects.order_by("pk").last().act == "appeal_void"


def test_moderator_reads_which_words_the_appeal_is_about() -> None:
    comment = published()
    case = make_appeal(remove(comment))
    moderator = make_staff(comment.recommendation.consultation)

    page = log_in(moderator).get(reverse("admin:consultations_case_change", args=[case.pk]))

    said = page.content.decode()
    assert "“0161 496 0000”" in said
    assert "Uphold and put the words back" in said


def test_removals_and_returns_are_counted_and_told() -> None:
    comment = published()
    consultation = comment.recommendation.consultation
    remove(comment)
    remove(comment, "Bob")
    put_back(comment)

    told = figures.read(consultation.pk)

    assert (told.facts.redacted, told.facts.unredacted, told.facts.published) == (2, 1, 0)
    assert told.facts.reasons == {make_reason("personal_data").code: 2}
    assert verify(told.facts, *figures.rows(consultation.pk, *EVER)) == []
    stored = {"moderation": moderated.told(consultation.pk, *EVER)}
    assert tuple(sentence.text for sentence in moderated.sentences(stored, "/")) == (
        "Removals of words from comments: 2; put back: 1.",
        "Reasons: reasons given fewer than five times 2.",
    )
    page = log_in(make_staff(consultation)).get(
        reverse("moderation.show", args=[consultation.slug])
    )
    assert "Words removed from a comment" in page.content.decode()
