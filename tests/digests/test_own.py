"""What is the reader's own in a digest: decisions that stand, once they can no longer be undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.digests import own
from consultations.digests.render import view
from consultations.models import Case, Consultation, Decision, Edition, Message, User
from consultations.moderation import decide, undo
from tests.digests import scene
from tests.digests.scene import fill, make_scene, say
from tests.factories import (
    make_case,
    make_comment,
    make_reason,
    make_staff,
    make_subscription,
    make_user,
    make_version,
)
from tests.moderation.scene import put_back, remove
from tests.moderation.test_undo import make_edition

pytestmark = pytest.mark.django_db
NOW = timezone.now()
State = Edition.State
MINUTE = timedelta(minutes=1)


def reject(case: Case, minutes: int) -> Decision:
    """Reject a comment so many minutes ago."""
    return decide.reject(
        case=case,
        version_number=1,
        reason=make_reason(),
        note="",
        by=make_staff(case.consultation),
        at=NOW - minutes * MINUTE,
    )


def told(case: Case, minutes: int = 0) -> tuple[tuple[int, str], ...]:
    """Return what an edition up to so many minutes ago tells the author of decisions."""
    edition = make_edition(case.comment, NOW - minutes * MINUTE)
    edition.refresh_from_db()
    author = case.comment.response.respondent_id
    return own.of_readers(edition, [author]).get(author, own.Own()).decided


def test_decision_is_told_once_it_cannot_be_undone() -> None:
    case = make_case(make_comment())
    reject(case, minutes=30)

    assert told(case) == ((1, "rejected"),)


def test_what_is_counted_and_not_published_is_not_called_published() -> None:
    case = make_case(make_comment(permission="unpublished"))
    by = make_staff(case.consultation)
    decide.publish(case=case, version_number=1, note="", by=by, at=NOW - 30 * MINUTE)

    assert told(case) == ((1, "counted"),)


def test_change_that_was_refused_is_not_called_published() -> None:
    comment = make_comment(state="published")
    comment.submitted_version = make_version(comment, text="Changed.")
    comment.save()
    case = make_case(comment)
    decide.reject(
        case=case,
        version_number=2,
        reason=make_reason(),
        note="",
        by=make_staff(case.consultation),
        at=NOW - 30 * MINUTE,
    )

    assert told(case) == ((1, "refused"),)


def test_refusal_of_a_change_is_told_though_words_were_removed_from_what_is_public() -> None:
    comment = make_comment(state="published", text="My number is 0161 496 0000, call me.")
    comment.submitted_version = make_version(comment, text="Changed.")
    comment.save()
    case = make_case(comment)
    decide.reject(
        case=case,
        version_number=2,
        reason=make_reason(),
        note="",
        by=make_staff(case.consultation),
        at=NOW - 60 * MINUTE,
    )
    comment.refresh_from_db()
    remove(comment, at=NOW - 30 * MINUTE)

    assert told(case) == ((1, "redacted"), (1, "refused"))


def test_what_was_rejected_written_anew_and_published_is_told_as_published() -> None:
    comment = make_comment()
    case = make_case(comment)
    reject(case, minutes=60)
    comment.refresh_from_db()
    comment.submitted_version = make_version(comment, text="In other words.")
    comment.state = "submitted"
    comment.save()
    again = make_case(comment)
    by = make_staff(case.consultation)
    decide.publish(case=again, version_number=2, note="", by=by, at=NOW - 30 * MINUTE)

    assert told(again) == ((1, "published"),)


def test_readers_own_comment_is_no_news_to_them() -> None:
    consultation = make_scene(recommendations=2)
    first, second = consultation.recommendations.order_by("number")
    mine = say(first, 0)
    say(second, 0, response=mine.response)
    say(second, 1)
    edition = scene.make_edition()
    reader = mine.response.respondent_id

    part = own.part(view(edition), "slug", own.of_readers(edition, [reader])[reader]).text

    assert "New on what you answered:" in part
    assert ("Recommendation 2: 2 new" in part, "Recommendation 1:" in part) == (True, False)


@pytest.mark.parametrize("period_ended", [0, 8])
def test_decision_that_can_still_be_undone_is_not_told(period_ended: int) -> None:
    case = make_case(make_comment())
    reject(case, minutes=9)

    assert told(case, period_ended) == ()


def test_decision_at_the_end_of_a_period_is_told_in_the_next() -> None:
    case = make_case(make_comment())
    reject(case, minutes=24 * 60 + 5)

    assert told(case) == ((1, "rejected"),)


def test_decision_that_was_undone_is_not_told() -> None:
    case = make_case(make_comment())
    rejection = reject(case, minutes=30)
    undo.undo(decision=rejection, by=rejection.decided_by, at=NOW - 25 * MINUTE)

    assert told(case) == ()


@pytest.mark.parametrize(("back", "state"), [(False, "redacted"), (True, "published")])
def test_removal_of_words_is_told_and_so_is_their_coming_back(back: bool, state: str) -> None:
    case = make_case(make_comment(state="published", text="My number is 0161 496 0000, call me."))
    remove(case.comment, at=NOW - 40 * MINUTE)
    if back:
        put_back(case.comment, at=NOW - 20 * MINUTE)

    assert told(case) == ((1, state),)


def test_holding_a_comment_is_nobodys_business() -> None:
    case = make_case(make_comment())
    by = make_staff(case.consultation)
    decide.hold(case=case, version_number=1, note="", by=by, at=NOW - 30 * MINUTE)

    assert told(case) == ()


def missed(states: dict[int, str], *, withdrawn: int = 0) -> tuple[int, ...]:
    """Return what edition 4 says of earlier ones, whose mails to its reader are in these states."""
    subscription = make_subscription()
    reader, consultation = subscription.user, subscription.consultation
    for number in range(1, 5):
        stands = State.WITHDRAWN if number == withdrawn else State.RELEASED
        edition = an_edition(consultation, number, stands)
        if number in states:
            mail(edition, reader, states[number])
            mail(edition, make_user(), "unknown")
    edition.refresh_from_db()
    return own.of_readers(edition, [reader.pk]).get(reader.pk, own.Own()).missed


def an_edition(consultation: Consultation, number: int, state: str = State.RELEASED) -> Edition:
    slot = NOW - timedelta(weeks=5 - number)
    return Edition.objects.create(
        consultation=consultation,
        number=number,
        slot=slot,
        period=(slot - timedelta(weeks=1), slot),
        built_at=slot,
        facts={},
        method="test",
        hash="0",
        state=state,
    )


def mail(edition: Edition, reader: User, state: str) -> None:
    Message.objects.create(
        stream=Message.Stream.DIGEST,
        dedupe_key=f"{edition.pk}:{reader.pk}",
        to=reader.email,
        user=reader,
        consultation=edition.consultation,
        edition=edition,
        state=state,
        message_id="<x@y>",
        queued_at=NOW,
        not_before=NOW,
    )


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({3: "unknown", 4: "claimed"}, (3,)),
        ({2: "unknown", 4: "claimed"}, (2,)),
        ({2: "unknown", 3: "unknown", 4: "claimed"}, (2, 3)),
        ({2: "unknown", 3: "sent", 4: "claimed"}, ()),
        ({2: "sent", 3: "failed", 4: "unknown"}, ()),
    ],
)
def test_edition_whose_mail_is_in_doubt_is_linked_in_the_next(
    states: dict[int, str], told: tuple[int, ...]
) -> None:
    assert missed(states) == told


def test_edition_that_was_withdrawn_is_not_linked_though_its_mail_is_in_doubt() -> None:
    assert missed({2: "unknown", 3: "unknown", 4: "claimed"}, withdrawn=3) == (2,)


@pytest.mark.parametrize(
    ("numbers", "link"), [((3,), "digests/3/"), ((2, 3), "digests/"), ((), "")]
)
def test_link_leads_to_the_edition_or_to_all(numbers: tuple[int, ...], link: str) -> None:
    fill(make_scene(recommendations=1), each=1)
    part = own.part(view(scene.make_edition()), "slug", own.Own(missed=numbers))
    ends = f"http://localhost:8000/consultations/slug/{link}" if link else ""
    assert (part.text.endswith(ends), part.html.count(f'href="{ends}"')) == (True, bool(link))
