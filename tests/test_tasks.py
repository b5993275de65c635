"""Tasks: thin, harmless to run twice, and nearly free where nothing is to do."""

import gc
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from consultations import tasks
from consultations.digests import build
from consultations.digests.due import newest_slot
from consultations.digests.preview import ask_preview
from consultations.mail import outbox
from consultations.mail.letter import Letter, Paragraph
from consultations.models import Comment, Consultation, Edition, Job, Message
from portal import celery
from portal import settings as portal_settings
from tests import factories
from tests.digests.scene import say, spoil
from tests.mail.sink import Sink, running


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """Run an SMTP server to which the site's mail goes."""
    with running() as found:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


def test_every_task_of_the_schedule_exists() -> None:
    named = {entry["task"] for entry in portal_settings.CELERY_BEAT_SCHEDULE.values()}

    assert named - set(celery.app.tasks) == set()
    assert {getattr(tasks, name.rpartition(".")[2]).name for name in named} == named
    assert set(portal_settings.CELERY_TASK_ROUTES) == {tasks.drain_outbox.name}


@pytest.mark.django_db
def test_making_editions_again_makes_no_other() -> None:
    due_now()

    tasks.make_editions()
    tasks.make_editions()

    assert (Edition.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_edition_that_cannot_be_made_stops_no_other() -> None:
    wrong, right = due_now(), due_now()
    spoil(make_old_edition(wrong))

    tasks.make_editions()

    made = Edition.objects.filter(slot__gt=timezone.now() - timedelta(days=14))
    assert [edition.consultation for edition in made] == [right]


def make_old_edition(consultation: Consultation) -> Edition:
    """Make the edition of a week long ago, so that the one due now begins where it ended."""
    slot = newest_slot(consultation.cadence, timezone.now()) - timedelta(weeks=2)
    Consultation.objects.filter(pk=consultation.pk).update(opens_at=slot - timedelta(days=7))
    say(consultation.recommendations.get(number=1), at=slot - timedelta(days=1))
    due = build.Due(consultation.pk, slot - timedelta(days=7), slot)
    made = build.make(due, at=slot + timedelta(minutes=2))
    assert made is not None
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "queries"),
    [
        ("make_editions", 4),  # the clock's, what is due of the series, final, and to go out
        ("plan_milestones", 2),
        ("tell_official_responses", 2),
        ("remind_officers", 2),
        ("run_jobs", 8),
    ],
)
def test_task_without_work_is_nearly_free(
    task: str, queries: int, django_assert_max_num_queries
) -> None:
    factories.make_consultation()

    with django_assert_max_num_queries(queries):
        getattr(tasks, task)()


@pytest.mark.django_db
def test_jobs_are_run_and_forgotten_when_their_time_is_over() -> None:
    consultation, officer = due_now(), factories.make_user()
    now = timezone.now()
    ask_preview(consultation=consultation, by=officer, at=now, mail=True)
    old = ask_preview(consultation=consultation, by=officer, at=now, mail=False)
    Job.objects.filter(pk=old.pk).update(expires_at=now - timedelta(seconds=1))

    tasks.run_jobs()

    assert [job.state for job in Job.objects.all()] == [Job.State.DONE]
    assert Message.objects.get().to == officer.email


@pytest.mark.django_db
def test_sweep_dates_the_quotes_that_lost_their_words() -> None:
    due_now()
    tasks.make_editions()
    comment = Comment.objects.get()
    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()

    tasks.sweep_outbox()

    assert Edition.objects.get().quotes.get().corrected_at is not None


@pytest.mark.django_db(transaction=True)
def test_draining_leaves_digests_queued_where_the_relay_is_away() -> None:
    due_now()
    tasks.make_editions()

    tasks.drain_outbox()

    assert Message.objects.get().state == Message.State.QUEUED


@pytest.fixture
def at_once() -> Iterator[None]:
    """Run what is asked for where it is asked, without the broker."""
    celery.app.conf.task_always_eager = True
    yield
    celery.app.conf.task_always_eager = False


@pytest.mark.django_db(transaction=True)
def test_outbox_is_shared_in_as_many_batches_as_it_takes(
    sink: Sink, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MAILS_A_BATCH", 2)
    letter = Letter("Hello", (Paragraph("Hello."),))
    mails = [outbox.Mail(f"{n}", f"r{n}@example.org", letter) for n in range(5)]
    with transaction.atomic():
        outbox.queue_all(mails, stream=Message.Stream.DIGEST, at=timezone.now())

    tasks.share_outbox()

    assert (sink.recipients, sink.connections) == ([mail.to for mail in mails], 3)


@pytest.mark.django_db
def test_empty_outbox_asks_for_no_batch(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):  # the clock's, and how many are due
        tasks.share_outbox()


@pytest.mark.django_db(transaction=True)
def test_edition_travels_from_its_slot_to_its_reader_and_back_to_the_comment(
    sink: Sink, client: Client
) -> None:
    consultation = due_now()
    comment = Comment.objects.select_related("response").get()

    for _twice in range(2):
        tasks.make_editions()
        tasks.plan_milestones()
        tasks.drain_outbox()
        tasks.sweep_outbox()

    [received] = sink.mails
    mail = received.parsed
    assert mail["Subject"] == f"Digest 1: {consultation.title}"
    assert Message.objects.get().state == Message.State.SENT
    body = mail.get_body(("plain",))
    assert body is not None
    text = str(body.get_content())
    assert comment.public_text.partition(" So says")[0] in " ".join(text.split())
    [link] = [word for word in text.split() if word.endswith(f"{comment.reference}/")]
    assert comment.public_text in client.get(urlsplit(link).path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_nobodys_words_stay_in_a_process_that_made_and_sent_an_edition(sink: Sink) -> None:
    word = secrets.token_hex(8)
    due_now(text=f"Buses to {word} matter more to our apprentices than any target for output.")
    tasks.make_editions()

    tasks.drain_outbox()

    [received] = sink.mails
    assert word in received.parsed.as_string()
    del received
    sink.mails.clear()
    assert [text for text in texts_held() if word in text and text != word] == []


def texts_held() -> list[str]:
    """Return every text that an object of this process holds, directly or in plain containers."""
    gc.collect()
    found, layer = [], gc.get_objects()
    while layer:
        held = gc.get_referents(*layer)
        # By its type: `isinstance` asks a lazy object, such as a page's nonce, to make itself.
        found += [each for each in held if issubclass(type(each), str)]
        found += [each.decode("latin-1") for each in held if issubclass(type(each), bytes)]
        layer = [each for each in held if type(each) in {tuple, dict} and not gc.is_tracked(each)]
    return found


@pytest.mark.django_db(transaction=True)
def test_preview_is_mailed_by_the_ordinary_way_to_its_asker_alone(sink: Sink) -> None:
    consultation, officer = due_now(), factories.make_user()
    ask_preview(consultation=consultation, by=officer, at=timezone.now(), mail=True)

    tasks.run_jobs()
    tasks.drain_outbox()

    assert sink.recipients == [officer.email]
    mail = sink.mails[0].parsed
    assert mail["Subject"].startswith("Preview: The next digest: ")
    html = mail.get_body(("html",))
    assert html is not None
    assert 'class="bar"' in html.get_content()
    assert Message.objects.get().letter == {}  # it quotes people, so it is forgotten
    assert Edition.objects.count() == 0


def due_now(**said: Any) -> Consultation:
    """A consultation of now with one reader, whose first edition is due."""
    now = timezone.now()
    consultation = factories.make_consultation(
        recommendations=1, opens_at=now - timedelta(days=20), cadence="daily"
    )
    say(consultation.recommendations.get(), 0, at=now - timedelta(days=3), **said)
    factories.make_subscription(None, consultation)
    return consultation
