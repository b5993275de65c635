"""Erasing somebody while they send: nothing of theirs is left, and nothing breaks."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from consultations import accounts, ledger
from consultations.models import Message, User
from consultations.participation import ParticipationError
from tests.accounts.scene import EMAIL, NAME, marked
from tests.factories import make_consultation, make_user
from tests.participation.scene import recommendation_of
from tests.test_participation import post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.exhaustive
def test_erased_while_they_send_leaves_nothing_within_the_hour(turn: int) -> None:
    consultation = make_consultation(recommendations=3)
    person = make_user(EMAIL, name=NAME)
    post(person, recommendation_of(consultation, 1), text="zqzq before")
    sender, broken = User.objects.get(pk=person.pk), []

    def send() -> None:
        for number in (2, 3):
            with suppress(ParticipationError):
                post(sender, recommendation_of(consultation, number), text="zqzq meanwhile")

    def erase() -> None:
        accounts.erase(person=person, by=person, at=timezone.now())

    barrier = Barrier(2)

    def run(verb: Callable[[], None]) -> None:
        barrier.wait()
        try:
            verb()
        except Exception as error:  # noqa: BLE001 - any is the test's to show
            broken.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[verb]) for verb in (send, erase)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Message.objects.filter(dedupe_key__startswith="erased:").update(state=Message.State.SENT)
    accounts.finish(timezone.now() + timedelta(minutes=6))

    assert broken == []
    assert marked() == {}
    assert ledger.verify(consultation.pk) == []
