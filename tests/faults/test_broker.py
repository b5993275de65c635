"""Redis flushed, killed and frozen, workers killed, two beats: nothing lost, nothing told twice."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import requests
from django.utils import timezone

from consultations.digests.due import newest_slot
from consultations.models import Comment, Consultation, Edition, Message
from portal.embedded import Valkey
from tests.factories import make_comment, make_consultation, make_subscription, make_user
from tests.running import Site, awaited, database_url, running_site

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
READERS = 40


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Run a broker of the test's own, which it may hurt."""
    broker = Valkey(tmp_path / "broker")
    (tmp_path / "broker" / "logs").mkdir(parents=True)
    broker.start()
    yield broker
    broker.stop()


def url(valkey: Valkey) -> str:
    """Return the broker's address."""
    return f"redis+socket://{valkey.socket}?virtual_host=0"


def due(periods: int = 1) -> Consultation:
    """Make a consultation whose edition is due now, with its readers; so many slots have news."""
    now = timezone.now()
    consultation = make_consultation(opens_at=now - timedelta(days=30), title="Due")
    slot = newest_slot(consultation.cadence, now)
    first = consultation.recommendations.get(number=1)
    for missed in range(periods):
        before = slot - timedelta(weeks=missed, hours=1)
        make_comment(first, state=Comment.State.PUBLISHED, at=before)
    for n in range(READERS):
        make_subscription(make_user(f"reader{n}@example.org"), consultation)
    return consultation


def all_told_once(site: Site) -> None:
    """Wait for every digest; fail if any reader was told twice or not at all."""
    waiting = Message.objects.exclude(state=Message.State.SENT)
    awaited(lambda: None if told(site) < READERS or waiting.exists() else True, "digests", 60)
    counts = Counter(mail.recipient for mail in site.sink.mails)
    assert set(counts.values()) == {1}
    assert len(counts) == READERS
    assert [edition.number for edition in Edition.objects.all()] == [1]


def told(site: Site) -> int:
    """Return how many mails have come."""
    return len(site.sink.mails)


def test_flushing_redis_again_and_again_loses_no_digest(valkey: Valkey, tmp_path: Path) -> None:
    due()
    with running_site(tmp_path, DATABASE_URL=database_url(), CELERY_BROKER_URL=url(valkey)) as site:
        client = redis.Redis(unix_socket_path=str(valkey.socket))
        until = time.monotonic() + 5
        while time.monotonic() < until and told(site) < READERS:
            client.flushall()
            time.sleep(0.05)
        all_told_once(site)


def test_two_beats_after_three_missed_periods_make_one_edition(
    valkey: Valkey, tmp_path: Path
) -> None:
    due(periods=3)
    with running_site(
        tmp_path, workers=2, DATABASE_URL=database_url(), CELERY_BROKER_URL=url(valkey)
    ) as site:
        all_told_once(site)


def test_worker_killed_outright_is_replaced_and_every_doubt_is_visible(
    valkey: Valkey, tmp_path: Path
) -> None:
    due()
    with running_site(
        tmp_path, workers=2, DATABASE_URL=database_url(), CELERY_BROKER_URL=url(valkey)
    ) as site:
        awaited(lambda: told(site) >= READERS // 4 or None, "the first digests", 60)
        os.killpg(site.processes["worker1"].pid, signal.SIGKILL)
        unsettled = Message.objects.filter(state__in=["queued", "claimed", "handed"])
        # a lease that the dead worker held runs out by the database's clock
        Message.objects.filter(state__in=["claimed", "handed"]).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        awaited(lambda: None if unsettled.exists() else True, "the end of the outbox", 60)
        counts = Counter(mail.recipient for mail in site.sink.mails)
        unknown = Message.objects.filter(state=Message.State.UNKNOWN).count()
        assert set(counts.values()) == {1}
        assert unknown <= 1
        assert len(counts) + unknown >= READERS


@pytest.mark.parametrize("hurt", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_site_answers_and_codes_come_while_redis_is_away(
    valkey: Valkey, tmp_path: Path, hurt: signal.Signals
) -> None:
    with running_site(tmp_path, DATABASE_URL=database_url(), CELERY_BROKER_URL=url(valkey)) as site:
        assert valkey.process is not None
        valkey.process.send_signal(hurt)
        for path in ("/", "/accounts/login/"):
            assert requests.get(site.url + path, timeout=5).status_code == 200
        sign_up(site, "newcomer@example.org")
        site.mail("newcomer@example.org", "code", 5)
        due()
        if hurt == signal.SIGSTOP:
            valkey.process.send_signal(signal.SIGCONT)
        else:
            valkey.stop()
            valkey.start()
        awaited(lambda: told(site) == READERS + 1 or None, "digests", 60)
        assert set(Counter(mail.recipient for mail in site.sink.mails).values()) == {1}


def sign_up(site: Site, email: str) -> None:
    """Sign up as a browser does."""
    session = requests.Session()
    page = session.get(f"{site.url}/accounts/signup/", timeout=5)
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = session.post(
        f"{site.url}/accounts/signup/",
        {"email": email, "password1": "", "csrfmiddlewaretoken": token},
        timeout=10,
    )
    assert answer.status_code == 200
