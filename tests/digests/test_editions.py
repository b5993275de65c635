"""What becomes of an edition once it is made: released, held, discarded, withdrawn."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from consultations import ledger
from consultations.digests import build, editions
from consultations.digests.preview import DigestError
from consultations.digests.preview import hold as hold_all
from consultations.digests.render import view
from consultations.mail import leases
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    EditionAct,
    LedgerEntry,
    Message,
    User,
    database_now,
)
from tests.digests.scene import (
    DUE,
    LATER,
    SLOT,
    fill,
    hide,
    make_edition,
    make_scene,
    new_in,
    restore,
    say,
    told,
)
from tests.factories import log_in, make_staff, make_subscription, make_user

pytestmark = pytest.mark.django_db
State = Edition.State
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def waiting(**fields: object) -> tuple[Edition, User]:
    """An edition of three comments, with one reader, that waits for its officer's release."""
    scene = make_scene(**{"recommendations": 1, "release": Consultation.Release.BY_HAND, **fields})
    make_subscription(consultation=scene)
    fill(scene, each=3)
    return make_edition(), make_staff(scene, "officer")


def address(edition: Edition) -> str:
    return f"/consultations/{edition.consultation.slug}/digests/{edition.number}/"


def acts(edition: Edition) -> list[str]:
    """Return the acts on the consultation's ledger, oldest first."""
    entries = LedgerEntry.objects.filter(consultation=edition.consultation_id)
    return list(entries.order_by("sequence").values_list("act", flat=True))


def test_edition_goes_out_at_once_where_nothing_else_was_chosen() -> None:
    edition, _officer = waiting(release=Consultation.Release.AT_ONCE)

    assert (edition.state, edition.readers) == (State.RELEASED, 1)
    assert Message.objects.filter(edition=edition).count() == 1
    assert acts(edition) == ["edition_made", "edition_released"]
    act = edition.acts.get()
    assert (act.act, act.at, act.by) == (State.RELEASED, DUE, None)


def test_edition_that_waits_is_frozen_and_mailed_to_nobody_until_it_is_released() -> None:
    edition, officer = waiting()
    assert (edition.state, Message.objects.count(), acts(edition)) == (
        State.WAITING,
        0,
        ["edition_made"],
    )
    assert editions.release_due(DUE + WEEK) == 0
    make_subscription(consultation=edition.consultation)

    assert editions.release(edition=edition, by=officer, at=LATER) == 2

    edition.refresh_from_db()
    assert (edition.state, edition.readers) == (State.RELEASED, 2)
    assert Message.objects.filter(edition=edition, queued_at=LATER).count() == 2
    entry = LedgerEntry.objects.filter(act="edition_released").get()
    assert entry.payload.content == {
        "number": 1,
        "hash": edition.hash,
        "readers": 2,
        "by": officer.pk,
    }
    with pytest.raises(DigestError, match="published by now"):
        editions.release(edition=edition, by=officer, at=LATER)
    assert (Message.objects.count(), ledger.verify(edition.consultation_id)) == (2, [])


def test_nobody_but_its_deciders_sees_an_edition_that_waits(client: Client) -> None:
    edition, officer = waiting()
    scene = edition.consultation
    Consultation.objects.update(opens_at=database_now() - 10 * WEEK)
    series = f"/consultations/{scene.slug}/digests/"
    officer, moderator = log_in(officer), log_in(make_staff(scene, "moderator"))
    others = (client, log_in(make_user()), log_in(make_staff(scene, "analyst")))

    for other in others:
        assert other.get(address(edition)).status_code == 404
        assert "Digest 1" not in other.get(series).content.decode()
        assert "<entry" not in other.get(f"{series}feed/").content.decode()
    for staff in (officer, moderator):
        assert "Not published yet" in staff.get(address(edition)).content.decode()
        assert "Digest 1" in staff.get(series).content.decode()
        assert "<entry" not in staff.get(f"{series}feed/").content.decode()

    editions.release(edition=edition, by=None, at=LATER)

    page = client.get(address(edition)).content.decode()
    assert "Mailed to 1 reader." in page
    assert "Digest 1" in client.get(series).content.decode()
    assert "<entry" in client.get(f"{series}feed/").content.decode()


def test_edition_goes_out_after_its_quiet_time_unless_it_is_held() -> None:
    quiet = {"release": Consultation.Release.AFTER_QUIET, "quiet_hours": 6}
    edition, _officer = waiting(**quiet)
    other, by = waiting(slug="held", **quiet)
    editions.hold(edition=other, reason="A figure looks wrong.", by=by, at=DUE)

    assert editions.goes_out_at(edition) == DUE + 6 * HOUR
    assert editions.goes_out_at(other) is None
    assert editions.release_due(DUE + 6 * HOUR - timedelta(seconds=1)) == 0
    assert editions.release_due(DUE + 6 * HOUR) == 1
    assert editions.release_due(DUE + WEEK) == 0
    other.refresh_from_db()
    assert (other.state, Message.objects.filter(edition=other).count()) == (State.HELD, 0)

    editions.release(edition=other, by=by, at=LATER)
    said = EditionAct.objects.filter(edition=other).order_by("pk").values_list("act", "reason")
    assert list(said) == [("held", "A figure looks wrong."), ("released", "")]


def test_nothing_goes_out_while_all_digests_are_held() -> None:
    edition, officer = waiting(release=Consultation.Release.AFTER_QUIET)
    hold_all(consultation=edition.consultation, reason="An inquiry.", by=officer, at=DUE)

    assert editions.release_due(DUE + WEEK) == 0
    with pytest.raises(DigestError, match="All digests are held"):
        editions.release(edition=edition, by=officer, at=DUE)


def test_what_waits_follows_a_new_choice_of_release() -> None:
    edition, officer = waiting()
    chosen = {"consultation": edition.consultation, "by": officer, "at": DUE}
    for hours in (0, 73):
        with pytest.raises(DigestError, match="1 to 72"):
            editions.choose_release(release="after_quiet", quiet_hours=hours, **chosen)

    editions.choose_release(release="at_once", quiet_hours=24, **chosen)

    assert acts(edition)[-1] == "release_chosen"
    assert editions.release_due(DUE) == 1


def test_no_edition_is_made_while_one_waits_and_the_next_tells_the_rest() -> None:
    edition, officer = waiting()
    late = say(edition.consultation.recommendations.get(), 5, at=LATER)
    assert build.make_due(DUE + WEEK) == []

    editions.release(edition=edition, by=officer, at=DUE + WEEK)

    [second] = build.make_due(DUE + WEEK)
    assert (second.number, new_in(late)) == (2, [2])


def test_news_of_a_discarded_edition_are_told_by_the_next_under_the_same_number() -> None:
    edition, officer = waiting()
    scene = edition.consultation
    hidden, restored, stands = Comment.objects.order_by("pk")
    hide(hidden, DUE)
    hide(restored, DUE)
    restore(restored, LATER)

    editions.discard(edition=edition, reason="It quoted a name.", by=officer, at=LATER)

    assert acts(edition)[-1] == "edition_discarded"
    assert build.make_due(LATER) == []  # its slot is used up
    [second] = build.make_due(DUE + WEEK)
    assert (second.number, second.slot, second.period.lower) == (1, SLOT + WEEK, scene.opens_at)
    assert second.facts["recommendations"][0]["summary"]["facts"]["new"] == 2
    editions.release(edition=second, by=officer, at=DUE + WEEK)
    restore(hidden, DUE + WEEK + HOUR)
    [third] = build.make_due(DUE + 2 * WEEK)
    assert [each["summary"]["facts"]["new"] for each in third.facts["recommendations"]] == [1]
    hidden.refresh_from_db()
    assert third.period.lower <= hidden.first_published_at < third.period.upper
    mailed = Message.objects.filter(edition__isnull=False).values_list("edition", flat=True)
    assert list(mailed) == [second.pk]
    assert stands.first_published_at < edition.slot
    with pytest.raises(DigestError, match="discarded by now"):
        editions.release(edition=edition, by=officer, at=LATER)


def test_withdrawn_edition_says_so_shows_no_figures_and_is_sent_to_nobody_more(
    client: Client,
) -> None:
    edition, officer = waiting(release=Consultation.Release.AT_ONCE)
    scene = edition.consultation
    make_subscription(consultation=scene)
    Consultation.objects.update(opens_at=scene.opens_at - 60 * WEEK)
    handed = make_subscription(consultation=scene)
    message = Message.objects.get()
    message.pk, message.dedupe_key, message.user = None, "handed", handed.user
    message.state = Message.State.HANDED
    message.save()

    editions.withdraw(edition=edition, reason="Two tables were mixed up.", by=officer, at=LATER)

    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [Message.State.SUPPRESSED, Message.State.HANDED]
    page = client.get(address(edition)).content.decode()
    assert "Two tables were mixed up." in page
    assert "7am on Thursday 12 November 2026" in page
    assert "<table" not in page
    assert "new comments" not in page
    feed = client.get(f"/consultations/{scene.slug}/digests/feed/").content.decode()
    assert "Digest 1 (withdrawn)" in feed
    assert "new comments" not in feed
    with pytest.raises(DigestError, match="withdrawn by now"):
        editions.withdraw(edition=edition, reason="Again.", by=officer, at=LATER)


def test_mail_of_a_withdrawn_edition_that_was_refused_for_now_is_not_tried_again() -> None:
    edition, officer = waiting(release=Consultation.Release.AT_ONCE)
    Message.objects.update(state=Message.State.HANDED)
    editions.withdraw(edition=edition, reason="Wrong.", by=officer, at=LATER)
    Message.objects.update(state=Message.State.QUEUED)

    claimed, suppressed = leases.claim(
        streams=[Message.Stream.DIGEST], size=5, editions=True, lease=uuid4(), at=LATER
    )

    assert (list(claimed), suppressed) == ([], 1)
    assert Message.objects.get().state == Message.State.SUPPRESSED


def test_next_edition_tells_of_the_withdrawal_once_and_compares_with_what_stands() -> None:
    first, officer = waiting(release=Consultation.Release.AT_ONCE)
    scene = first.consultation
    recommendation = scene.recommendations.get()
    for week in (1, 2, 3):
        say(recommendation, 5 + week, at=LATER + (week - 1) * WEEK)
        [made] = build.make_due(DUE + week * WEEK)
        if week == 1:
            at = DUE + week * WEEK + HOUR
            editions.withdraw(edition=made, reason="Wrong.", by=officer, at=at)

    third, fourth = scene.editions.order_by("number")[2:]
    day = "Digest 2 was withdrawn on 17 November 2026: its page says why."
    assert third.facts["withdrawn"][0]["number"] == 2
    assert (view(third).earlier, view(fourth).earlier) == ((day,), ())
    assert [new for _total, new in told(scene)] == [3, 1, 1, 1]


@pytest.mark.parametrize("reason", ["  ", "x" * 501])
def test_all_but_a_release_need_a_reason(reason: str) -> None:
    edition, officer = waiting()
    said = {"edition": edition, "reason": reason, "by": officer, "at": LATER}
    for verb in (editions.hold, editions.discard):
        with pytest.raises(DigestError, match="Say why"):
            verb(**said)
    editions.release(edition=edition, by=officer, at=LATER)
    with pytest.raises(DigestError, match="Say why"):
        editions.withdraw(**said)


@pytest.mark.parametrize(
    "change",
    [{"state": "released"}, {"readers": 5}, {"number": 9}, {"state": "withdrawn"}],
)
def test_database_refuses_what_no_verb_does(change: dict[str, object]) -> None:
    edition, _officer = waiting()

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**change)


@pytest.mark.exhaustive
def test_releasing_and_withdrawing_may_take_longer_than_a_page_does() -> None:
    edition, officer = waiting()
    asked = connection.connection
    with connection.cursor() as cursor:  # every message that is written takes its time
        cursor.execute("""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NEW; END';
            CREATE TRIGGER zz_take_time BEFORE INSERT OR UPDATE ON consultations_message
            FOR EACH ROW EXECUTE FUNCTION take_time();
        """)
    usual, asked.patience = asked.patience, 1
    said = {"edition": edition, "by": officer, "at": LATER}

    try:
        for verb, more in ((editions.release, {}), (editions.withdraw, {"reason": "Wrong."})):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '1s'")
            verb(**said, **more)
            assert asked.patience == 1
    finally:
        asked.patience = usual

    assert Message.objects.get(edition=edition).state == Message.State.SUPPRESSED


def test_figures_that_were_withdrawn_do_not_come_back_in_the_edition_that_waits() -> None:
    first, officer = waiting()
    scene = first.consultation
    editions.release(edition=first, by=officer, at=LATER)
    say(scene.recommendations.get(), 5, at=LATER)
    [second] = build.make_due(DUE + WEEK)
    assert [each.facts["compared"] for each in (first, second)] == [0, 1]
    at = DUE + WEEK + HOUR
    editions.withdraw(edition=first, reason="Wrong.", by=officer, at=at)
    said = "It compares with digest 1, withdrawn since: discard it."
    keys = [scene.pk, second.pk]
    page = reverse("admin:consultations_consultation_edition", args=keys)

    with pytest.raises(DigestError, match=said):
        editions.release(edition=second, by=officer, at=at)
    assert said in log_in(officer).get(page).content.decode()
    chosen = {"consultation": scene, "by": officer, "at": at}
    editions.choose_release(release="at_once", quiet_hours=24, **chosen)
    assert editions.release_due(at) == 0

    editions.discard(edition=second, reason="Outdated.", by=officer, at=at)
    [third] = build.make_due(DUE + 2 * WEEK)
    assert (third.facts["compared"], third.state) == (0, State.RELEASED)
    assert set(Message.objects.values_list("edition", flat=True)) == {first.pk, third.pk}


def test_answers_promised_after_the_close_do_not_go_out_once_the_close_was_moved() -> None:
    scene = make_scene(
        recommendations=1,
        release=Consultation.Release.BY_HAND,
        answers_shown=Consultation.AnswersShown.AFTER_CLOSE,
    )
    Consultation.objects.filter(pk=scene.pk).update(closes_at=SLOT - HOUR)
    reader = make_subscription(consultation=scene)
    fill(scene, each=3)
    edition, officer = make_edition(), make_staff(scene, "officer")
    Consultation.objects.filter(pk=scene.pk).update(closes_at=DUE + WEEK)

    said = "The closing time was moved after it was made: discard it."
    with pytest.raises(DigestError, match=said):
        editions.release(edition=edition, by=officer, at=LATER)
    series = reverse("admin:consultations_consultation_digests", args=[scene.pk])
    assert said in log_in(officer).get(series).content.decode()

    Consultation.objects.filter(pk=scene.pk).update(closes_at=SLOT - HOUR)
    editions.release(edition=edition, by=officer, at=LATER)
    Consultation.objects.filter(pk=scene.pk).update(closes_at=DUE + WEEK)
    stream = Message.Stream.DIGEST
    how = {"streams": [stream], "size": 9, "editions": True, "lease": uuid4(), "at": LATER}
    assert leases.claim(**how) == ([], 1)
    assert Message.objects.get(user=reader.user).state == Message.State.SUPPRESSED


def test_digests_that_wait_or_do_not_come_stand_on_their_officers_first_page() -> None:
    edition, officer = waiting()
    page = log_in(officer).get(reverse("admin:index")).content.decode()
    assert "Digests to look after" in page
    assert f"{edition.consultation}, Digest 1: It waits until an officer releases it." in page
    moderator = log_in(make_staff(edition.consultation))
    assert "Digests to look after" not in moderator.get(reverse("admin:index")).content.decode()

    editions.release(edition=edition, by=officer, at=LATER)
    assert "to look after" not in log_in(officer).get(reverse("admin:index")).content.decode()

    now = database_now()
    Consultation.objects.update(cadence=Consultation.Cadence.DAILY, closes_at=now + WEEK)
    say(edition.consultation.recommendations.get(), 5, at=now - timedelta(days=1, hours=1))
    page = log_in(officer).get(reverse("admin:index")).content.decode()
    assert "could not be made yet" in page
