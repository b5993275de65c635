"""The final summary: when it comes, that it takes nothing from the series, and whom it reaches."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from consultations import ledger
from consultations.admin.closing import standing
from consultations.digests import build, editions, final
from consultations.digests.due import CATCH_UP, due_editions
from consultations.digests.preview import DigestError
from consultations.digests.render import view
from consultations.mail import leases
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    LedgerPayload,
    Message,
    Subscription,
)
from tests import factories
from tests.digests.scene import DUE, OPENS, SLOT, fill, hide, make_scene, say, told
from tests.digests.test_mailing import body, links, plain_of, received

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CLOSES = SLOT + timedelta(hours=12)
# 07:00 on the first morning after the close, and when it is made.
MORNING = SLOT + DAY
NEXT = MORNING + timedelta(minutes=2)


def closed(**fields: object) -> Consultation:
    """Make a consultation that closed on the evening of its edition's day, with all told."""
    consultation = make_scene(recommendations=1, **fields)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=CLOSES)
    consultation.refresh_from_db()
    fill(consultation, each=6)
    build.make_due(DUE)
    return consultation


def finals(at: datetime) -> list[Edition]:
    """Return the final summaries that are made then."""
    return [edition for edition in build.make_due(at) if edition.final]


def test_final_comes_by_itself_on_the_first_morning_after_the_close() -> None:
    consultation = closed()

    early = finals(CLOSES + timedelta(minutes=5))
    [made] = finals(NEXT)

    assert early == []
    assert (made.number, made.slot, made.state) == (2, MORNING, Edition.State.RELEASED)
    assert (made.period.lower, made.period.upper) == (OPENS, MORNING)
    assert told(consultation) == [(6, 6), (6, 0)]
    assert finals(NEXT + DAY) == []
    assert ledger.verify(consultation.pk) == []


def test_final_waits_for_the_queue_and_for_the_series() -> None:
    consultation = closed()
    recommendation = consultation.recommendations.get()
    waiting = factories.make_comment(recommendation)
    held = factories.make_case(waiting)
    assert finals(NEXT) == []

    held.closed_at = NEXT + timedelta(hours=1)
    held.save()
    waiting.publish(waiting.submitted_version, held.closed_at)
    waiting.save()
    # decided since that morning, and then new until the next edition of the series tells it
    assert finals(NEXT + timedelta(hours=2)) == []
    assert finals(NEXT + DAY) == []

    week = DUE + timedelta(days=7)
    regular, last = build.make_due(week)
    assert [(each.final, each.number) for each in (regular, last)] == [(False, 2), (True, 3)]
    assert told(consultation) == [(6, 6), (7, 1), (7, 0)]


def test_officer_has_it_made_now_with_a_reason_on_the_ledger() -> None:
    consultation = closed()
    factories.make_case(factories.make_comment(consultation.recommendations.get()))
    officer = factories.make_staff(consultation, "officer")
    at = CLOSES + timedelta(hours=1)
    for early, why, said in (
        (CLOSES - DAY, "Now.", "once the consultation has closed"),
        (at, "  ", "Say why"),
        (at, "x" * 501, "Say why"),
    ):
        with pytest.raises(DigestError, match=said):
            final.make_now(consultation=consultation, reason=why, by=officer, at=early)

    final.make_now(consultation=consultation, reason="The board meets.", by=officer, at=at)
    with pytest.raises(DigestError, match="being made"):
        final.make_now(consultation=consultation, reason="Again.", by=officer, at=at)
    assert finals(at + timedelta(seconds=30)) == []
    [made] = finals(at + timedelta(minutes=2))

    assert (made.slot, made.facts["waiting"]) == (at, 1)
    payload = LedgerPayload.objects.get(entry__act="final_asked")
    assert (payload.content["by"], payload.content["reason"]) == (officer.pk, "The board meets.")
    with pytest.raises(DigestError, match="There is one, published"):
        final.make_now(consultation=consultation, reason="Again.", by=officer, at=at + DAY)


@pytest.mark.parametrize("verb", ["discard", "withdraw"])
def test_final_that_was_taken_back_comes_again_only_when_asked_for(verb: str) -> None:
    by_hand = Consultation.Release.BY_HAND if verb == "discard" else Consultation.Release.AT_ONCE
    consultation = closed()
    Consultation.objects.update(release=by_hand)
    [first] = finals(NEXT)
    officer = factories.make_staff(consultation, "officer")

    getattr(editions, verb)(edition=first, reason="A table is wrong.", by=officer, at=NEXT)
    assert finals(NEXT + DAY) == []
    at = NEXT + 2 * DAY
    final.make_now(consultation=consultation, reason="Mended.", by=officer, at=at)
    [again] = finals(at + timedelta(minutes=2))

    assert again.number == (2 if verb == "discard" else 3)
    withdrawn = [each["number"] for each in again.facts["withdrawn"]]
    assert withdrawn == ([] if verb == "discard" else [2])


def test_final_disturbs_neither_news_nor_comparison_nor_slots_of_the_series() -> None:
    consultation = closed()
    recommendation = consultation.recommendations.get()
    officer = factories.make_staff(consultation, "officer")
    late = say(recommendation, 20, at=SLOT + timedelta(hours=1))
    ask = SLOT + timedelta(hours=13)
    final.make_now(consultation=consultation, reason="Now.", by=officer, at=ask)
    [made] = finals(ask + timedelta(minutes=2))
    assert told(consultation) == [(6, 6), (7, 0)]

    # what only the final summary holds is told by none yet: taken back, it is news again
    assert not Comment.objects.told(late)
    week = SLOT + timedelta(days=7)
    [due] = due_editions(week + timedelta(minutes=2))
    assert (due.start, due.slot) == (SLOT, week)
    [regular] = build.make_due(week + timedelta(minutes=2))
    assert (regular.facts["compared"], regular.number) == (1, 3)
    assert told(consultation) == [(6, 6), (7, 0), (7, 1)]
    assert Comment.objects.told(late)
    assert made.facts["compared"] == 0


def test_final_is_mailed_once_to_readers_of_every_digest_and_of_milestones() -> None:
    consultation = make_scene(recommendations=1)
    Consultation.objects.update(closes_at=CLOSES)
    readers = {
        choice: factories.make_subscription(consultation=consultation, choice=choice).user
        for choice in Subscription.Choice.values
    }
    fill(consultation, each=6)
    build.make_due(DUE)
    [made] = finals(NEXT)

    mailed = Message.objects.filter(edition=made)
    assert set(mailed.values_list("user", flat=True)) == {
        readers["every"].pk,
        readers["milestones"].pk,
    }
    assert made.readers == 2
    asked = {"streams": list(Message.Stream), "size": 9, "editions": True, "lease": uuid4()}
    taken, suppressed = leases.claim(at=NEXT, **asked)
    of_the_final = [mail for mail in taken if mail.edition_id == made.pk]
    assert (len(of_the_final), suppressed) == (2, 0)


@pytest.mark.exhaustive
def test_mail_says_first_that_it_is_the_summary_of_the_whole_within_its_limits() -> None:
    consultation = make_scene(recommendations=12)
    Consultation.objects.update(closes_at=CLOSES)
    fill(consultation, each=9)
    reader = factories.make_user(name="Ada")
    build.make_due(DUE)
    [made] = finals(NEXT)

    mail = received(made, reader)

    text, html = body(mail, "plain"), body(mail, "html")
    assert str(mail["Subject"]).startswith("Final summary: ")
    assert " ".join(text.split()).startswith("This is the final summary of the whole consultation")
    for said in ("108 responses count.", "9 comments.", "All of it", "Read the whole summary"):
        assert said in plain_of(html)
    for wrong in ("new comment", "Nothing new", "Still to come", "What became of your own"):
        assert wrong not in text
        assert wrong not in html
    assert links(text) == links(html)
    assert len(mail.as_bytes()) < 90_000
    assert max(len(text.split()), len(plain_of(html).split())) <= 700


def test_next_digest_of_the_series_says_that_a_final_summary_is_to_come() -> None:
    consultation = make_scene(recommendations=1)
    Consultation.objects.update(closes_at=SLOT - timedelta(hours=1))
    fill(consultation, each=6)

    regular, made = build.make_due(DUE)

    assert view(regular).to_come[-1] == "A final summary of the whole consultation is to come."
    assert view(made).to_come == ()


def test_while_one_waits_for_its_release_no_other_is_made() -> None:
    consultation = closed(release=Consultation.Release.BY_HAND)
    waiting = consultation.editions.get()
    officer = factories.make_staff(consultation, "officer")

    assert finals(NEXT) == []
    with pytest.raises(DigestError, match="Digest 1 waits for its release"):
        final.make_now(consultation=consultation, reason="Now.", by=officer, at=NEXT)
    editions.release(edition=waiting, by=officer, at=NEXT)
    [made] = finals(NEXT)

    assert (made.state, made.readers) == (Edition.State.WAITING, 0)
    hide(say(consultation.recommendations.get(), 9, at=NEXT), at=NEXT)
    editions.hold(edition=made, reason="Look again.", by=officer, at=NEXT)
    editions.release(edition=made, by=officer, at=NEXT)
    assert consultation.editions.standing().count() == 2


def test_final_of_what_closed_long_ago_comes_only_when_asked_for() -> None:
    consultation = closed()
    old = CLOSES + CATCH_UP
    officer = factories.make_staff(consultation, "officer")
    factories.make_subscription(consultation=consultation)
    Message.objects.all().delete()

    assert final.due_finals(old - timedelta(minutes=1)) != []
    assert final.is_to_come(consultation, old - timedelta(minutes=1))
    assert finals(old) == []
    assert not final.is_to_come(consultation, old)
    assert Message.objects.count() == 0
    assert "only when you say so" in standing(consultation, old)["final_standing"]

    final.make_now(consultation=consultation, reason="For the record.", by=officer, at=old)
    [made] = finals(old + timedelta(minutes=2))
    assert (made.slot, made.readers) == (old, 1)


def test_order_from_before_the_closing_time_moved_can_be_given_again() -> None:
    consultation = closed()
    officer = factories.make_staff(consultation, "officer")
    asked, again = CLOSES + timedelta(hours=1), CLOSES + 2 * DAY
    final.make_now(consultation=consultation, reason="Now.", by=officer, at=asked)
    Consultation.objects.update(closes_at=CLOSES + DAY)
    consultation.refresh_from_db()

    assert "once the consultation has closed" in final.why_not(consultation, asked)
    assert final.why_not(consultation, again) == ""
    final.make_now(consultation=consultation, reason="Now.", by=officer, at=again)
    assert [each.slot for each in finals(again + timedelta(minutes=2))] == [again]


def test_final_made_before_the_closing_time_moved_is_not_published() -> None:
    consultation = closed()
    Consultation.objects.update(release=Consultation.Release.BY_HAND)
    officer = factories.make_staff(consultation, "officer")
    [made] = finals(NEXT)
    Consultation.objects.update(closes_at=NEXT + DAY)

    for at in (NEXT + timedelta(hours=1), NEXT + 2 * DAY):
        with pytest.raises(DigestError, match="closing time was moved"):
            editions.release(edition=made, by=officer, at=at)
    made.refresh_from_db()
    assert made.state == Edition.State.WAITING


def test_page_of_a_final_summary_says_that_the_closing_time_was_moved_since(
    client: Client,
) -> None:
    consultation = closed()
    [made] = finals(NEXT)
    pages = [f"/consultations/{consultation.slug}/digests/{end}" for end in ("", f"{made.number}/")]
    warning = "Made before the closing time was moved to noon on Friday 13 November 2026"

    front = f"/consultations/{consultation.slug}/"
    offers = f'{pages[1]}"'

    before = [warning in client.get(page).content.decode() for page in pages]
    offered = offers in client.get(front).content.decode()
    Consultation.objects.update(closes_at=datetime(2026, 11, 13, 12, tzinfo=UTC))
    consultation.refresh_from_db()
    after = [warning in client.get(page).content.decode() for page in pages]

    assert (before, after) == ([False, False], [True, True])
    assert (offered, offers in client.get(front).content.decode()) == (True, False)
    assert "closing time was moved: take it back" in final.why_not(consultation, NEXT + 90 * DAY)
