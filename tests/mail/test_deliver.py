"""The command that delivers: codes and receipts by itself, digests when asked."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from consultations.mail import outbox
from consultations.mail.letter import Letter, Paragraph
from consultations.management.commands import deliver
from consultations.models import Message
from tests.mail.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["security", "transaction"]),
        (["--all"], ["security", "transaction", "digest", "invitation"]),
    ],
)
def test_deliver_once_sends_its_streams(sink: Sink, options: list[str], names: list[str]) -> None:
    for stream in reversed(Message.Stream):
        name = stream.name.lower()
        letter = Letter("Hello", (Paragraph("Hello."),))
        with transaction.atomic():
            outbox.queue(
                stream=stream,
                key=name,
                to=f"{name}@example.org",
                letter=letter,
                at=timezone.now(),
            )
    call_command("deliver", *options)
    assert sink.recipients == [f"{name}@example.org" for name in names]


def test_deliver_once_goes_on_until_nothing_is_due(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "LIMIT", 2)
    letter = Letter("Hello", (Paragraph("Hello."),))
    mails = [outbox.Mail(f"{n}", f"r{n}@example.org", letter) for n in range(5)]
    with transaction.atomic():
        outbox.queue_all(mails, stream=Message.Stream.DIGEST, at=timezone.now())
    call_command("deliver", "--all")
    assert sink.recipients == [mail.to for mail in mails]
