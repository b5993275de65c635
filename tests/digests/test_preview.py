"""What an officer does with the next edition: look at it, hold it, release it."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from consultations import ledger
from consultations.digests import build, jobs, mailing
from consultations.digests.preview import DigestError, ask_preview, hold, release
from consultations.digests.render import view
from consultations.models import Consultation, Edition, Job, LedgerEntry, Message, User
from tests import factories
from tests.digests.scene import DUE, SLOT, fill, make_edition, make_scene, spoil

WITHIN = SLOT - timedelta(days=2)


@pytest.mark.django_db
def test_preview_shows_the_next_edition_and_uses_nothing_up() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=3)
    asked = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=False)

    done = jobs.run_one(WITHIN)

    assert done == asked
    asked.refresh_from_db()
    assert (asked.state, asked.result["subject"]) == (
        Job.State.DONE,
        f"Preview: The next digest: {consultation.title}",
    )
    page = render_to_string("digests/edition.html", {"edition": asked.result["view"]})
    assert "This is a preview" in page
    assert "3 new comments, 3 in all." in page
    assert (Edition.objects.count(), Message.objects.count()) == (0, 0)
    assert make_edition().number == 1


@pytest.mark.django_db
def test_mail_preview_reaches_the_outbox_at_once_for_the_asker_alone() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=2)
    factories.make_subscription(None, consultation)
    ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=True)

    jobs.run_one(WITHIN)
    assert jobs.run_one(WITHIN) is None

    message = Message.objects.get()
    assert (message.to, message.stream) == (officer.email, Message.Stream.TRANSACTION)
    assert message.letter["subject"] == f"Preview: The next digest: {consultation.title}"
    assert Job.objects.get().result is None


@pytest.mark.django_db
def test_mailed_preview_is_what_readers_get_but_for_what_is_their_own() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=4)
    ask_preview(consultation=consultation, by=officer, at=DUE, mail=True)
    jobs.run_one(DUE)
    preview = Message.objects.get().letter
    shown = mailing.parts(mailing.fitted(view(make_edition())))

    for part, readers in ((preview["text"], shown.text), (preview["html"], shown.html)):
        first, last = (readers.index(mark) for mark in ("Proposal 1", "Still to come"))
        told = part[part.index("Proposal 1") : part.index("Still to come")]
        assert told.split() == readers[first:last].split()
    assert 'class="bar"' in preview["html"]
    assert "\ufdd0" not in preview["text"] + preview["html"]


@pytest.mark.django_db
def test_preview_without_news_says_so() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=1)
    make_edition()
    asked = ask_preview(consultation=consultation, by=officer, at=DUE, mail=False)

    jobs.run_one(DUE)

    asked.refresh_from_db()
    assert "Nothing is new" in asked.result["view"]["notice"]
    assert "not published yet" not in asked.result["view"]["notice"]


@pytest.mark.django_db
def test_preview_while_an_edition_waits_says_where_it_begins() -> None:
    consultation = make_scene(release=Consultation.Release.BY_HAND)
    fill(consultation, each=1)
    make_edition()
    by = factories.make_user()
    asked = ask_preview(consultation=consultation, by=by, at=DUE, mail=False)

    jobs.run_one(DUE)

    asked.refresh_from_db()
    begins = "It begins where digest 1 ends, which is not published yet"
    assert begins in asked.result["view"]["notice"]


@pytest.mark.django_db
def test_asking_twice_is_one_job_and_a_dead_workers_job_is_taken_up() -> None:
    consultation, officer = scene_with_officer()
    first = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=False)
    again = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=False)
    assert again == first

    Job.objects.update(state=Job.State.RUNNING, lease_until=WITHIN)
    assert jobs.run_one(WITHIN) is None
    assert jobs.run_one(WITHIN + timedelta(seconds=1)) == first


@pytest.mark.django_db
def test_preview_that_cannot_be_made_says_why() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=1)
    spoil(make_edition())
    asked = ask_preview(consultation=consultation, by=officer, at=DUE, mail=True)
    queued = Message.objects.count()

    jobs.run_one(DUE)

    asked.refresh_from_db()
    assert asked.state == Job.State.FAILED
    assert asked.error
    assert Message.objects.count() == queued


@pytest.mark.django_db
def test_preview_that_cannot_be_mailed_says_so_once() -> None:
    consultation, officer = scene_with_officer()
    User.objects.filter(pk=officer.pk).update(email="two, addresses@example.org")
    asked = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=True)

    jobs.run_one(WITHIN)

    asked.refresh_from_db()
    assert (asked.state, asked.error) == (Job.State.FAILED, "It could not be made.")
    assert jobs.run_one(WITHIN + timedelta(minutes=6)) is None


@pytest.mark.django_db
def test_old_jobs_are_forgotten_with_what_they_quoted() -> None:
    consultation, officer = scene_with_officer()
    asked = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=False)

    assert jobs.forget(asked.expires_at - timedelta(seconds=1)) == 0
    assert jobs.forget(asked.expires_at) == 1
    assert asked.expires_at - WITHIN < timedelta(hours=1)


@pytest.mark.django_db
def test_held_digests_wait_and_one_edition_tells_all_once_released() -> None:
    consultation, officer = scene_with_officer()
    fill(consultation, each=2)

    hold(consultation=consultation, reason="A mistake in the figures.", by=officer, at=WITHIN)
    assert consultation.digests_held_reason == "A mistake in the figures."
    assert build.make_due(DUE) == []
    with pytest.raises(DigestError):
        hold(consultation=consultation, reason="Again.", by=officer, at=WITHIN)

    release(consultation=consultation, by=officer, at=DUE)
    with pytest.raises(DigestError):
        release(consultation=consultation, by=officer, at=DUE)
    assert make_edition().number == 1
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == [
        "digests_held",
        "digests_released",
        "edition_made",
        "edition_released",
    ]
    assert ledger.verify(consultation.pk) == []


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["  ", "x" * 501])
def test_holding_needs_a_reason(reason: str) -> None:
    consultation, officer = scene_with_officer()

    with pytest.raises(DigestError):
        hold(consultation=consultation, reason=reason, by=officer, at=WITHIN)


@pytest.mark.django_db
def test_preview_of_a_draft_without_dates_can_be_made() -> None:
    consultation, officer = scene_with_officer()
    Consultation.objects.update(
        state=Consultation.State.DRAFT, opens_at=None, closes_at=None, published_at=None
    )
    asked = ask_preview(consultation=consultation, by=officer, at=WITHIN, mail=False)

    jobs.run_one(WITHIN)

    asked.refresh_from_db()
    assert asked.state == Job.State.DONE


def scene_with_officer() -> tuple[Consultation, object]:
    return make_scene(), factories.make_user()
