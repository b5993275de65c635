"""What comes back: reports in the shapes that relays write, about mails that really went out."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.mail import bounces, outbox
from consultations.mail.bounces import Kind, ReportError
from consultations.mail.delivery import drain
from consultations.mail.letter import Letter, Paragraph
from consultations.models import Message, Subscription, Suppression
from tests.factories import make_consultation, make_subscription, make_user
from tests.mail.sink import Mail, Sink

Stream = Message.Stream
pytestmark = pytest.mark.django_db(transaction=True)

# As Postfix writes them: words for people, fields for programs, the headers of what came back.
POSTFIX = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F1
Arrival-Date: Wed, 25 Nov 2026 09:00:00 +0000 (GMT)

Final-Recipient: rfc822; {final}
Original-Recipient: rfc822;{original}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; {words}

--b1
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{headers}

--b1--
"""
# As Exchange writes them: the whole mail comes back, and only the final recipient is named.
EXCHANGE = """\
From: <postmaster@corp.example>
To: {sender}
Subject: =?utf-8?Q?Unzustellbar=3A_Hello?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="b2"

--b2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Fehler bei der Nachrichtenzustellung an folgende Empf=C3=A4nger.

--b2
Content-Type: message/delivery-status

Reporting-MTA: dns;corp.example

Final-Recipient: RFC822;{final}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{words}

--b2
Content-Type: message/rfc822

{whole}
--b2--
"""
COMPLAINT = """\
From: <feedback@provider.example>
To: {sender}
Subject: FW: Hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b3"

--b3
Content-Type: text/plain

This is an email abuse report.

--b3
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--b3
Content-Type: message/rfc822

{whole}
--b3--
"""


@pytest.fixture
def reader() -> Iterator[Subscription]:
    return make_subscription()


def sent(sink: Sink, to: str, stream: int = Stream.TRANSACTION, **fields: Any) -> Message:
    """Return a mail that was handed to the relay, and taken."""
    key = uuid4().hex
    with transaction.atomic():
        outbox.queue(
            stream=stream,
            key=key,
            to=to,
            letter=Letter("Hello", (Paragraph("Hello."),)),
            at=timezone.now(),
            **fields,
        )
    drain(streams=list(Stream), limit=10, at_clock=timezone.now)
    message = Message.objects.get(dedupe_key=key)
    assert (message.state, sink.mails[-1].message_id) == ("sent", message.message_id)
    return message


def report(shape: str, mail: Mail, **said: str) -> bytes:
    """Write a report about a mail that the sink took."""
    headers, _, _ = mail.data.decode().replace("\r\n", "\n").partition("\n\n")
    values = {
        "sender": "no-reply@localhost",
        "final": mail.recipient,
        "original": mail.recipient,
        "action": "failed",
        "status": "5.1.1",
        "words": f"550 5.1.1 <{mail.recipient}>: Recipient address rejected",
        "headers": headers,
        "whole": mail.data.decode().replace("\r\n", "\n"),
    }
    return shape.format(**(values | said)).encode()


def take(raw: bytes) -> list[tuple[Kind, bool]]:
    found = bounces.read(raw)
    return [(one.kind, bounces.take(one, at=timezone.now())) for one in found]


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("shape", [POSTFIX, EXCHANGE])
def test_nobody_there_fails_the_mail_and_suppresses_the_address(sink: Sink, shape: str) -> None:
    message = sent(sink, "Leader@example.org")

    done = take(report(shape, sink.mails[-1]))

    assert done == [(Kind.NOBODY, True)]
    assert state_of(message) == "failed"
    assert message.reply.startswith("5.1.1 smtp; 550") or message.reply.startswith("5.1.1 smtp;550")
    assert list(Suppression.objects.values_list("address", flat=True)) == ["leader@example.org"]


def test_an_address_that_was_forwarded_is_known_by_the_original(sink: Sink) -> None:
    message = sent(sink, "leader@example.org")

    done = take(report(POSTFIX, sink.mails[-1], final="new-desk@elsewhere.example"))

    assert done == [(Kind.NOBODY, True)]
    assert (state_of(message), Suppression.objects.get().address) == (
        "failed",
        "leader@example.org",
    )


@pytest.mark.parametrize("status", ["5.2.2", "5.1.8"])
def test_another_refusal_is_shown_to_staff_and_the_address_kept(sink: Sink, status: str) -> None:
    message = sent(sink, "leader@example.org")

    done = take(report(EXCHANGE, sink.mails[-1], status=status, words=f"552 {status} no"))

    assert done == [(Kind.REFUSED, True)]
    assert (state_of(message), outbox.doubtful()) == ("failed", {"failed": 1})
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "4.4.7")]
)
def test_a_report_that_is_no_failure_changes_nothing(sink: Sink, action: str, status: str) -> None:
    message = sent(sink, "leader@example.org")

    done = take(report(POSTFIX, sink.mails[-1], action=action, status=status))

    assert (done, state_of(message)) == ([(Kind.DELAYED, True)], "sent")
    assert not Suppression.objects.exists()


def test_a_report_twice_is_one_report(sink: Sink) -> None:
    message = sent(sink, "leader@example.org")
    raw = report(POSTFIX, sink.mails[-1])
    take(raw)
    outbox.settle(message, by=make_user(), as_sent=True, at=timezone.now())

    take(raw)

    message.refresh_from_db()
    assert (Suppression.objects.count(), outbox.doubtful()) == (1, {})


@pytest.mark.parametrize("forged", ["address", "message id"])
def test_a_report_that_names_another_address_or_mail_is_not_believed(
    sink: Sink, forged: str
) -> None:
    message = sent(sink, "leader@example.org")
    raw = report(POSTFIX, sink.mails[-1])
    if forged == "address":
        raw = report(POSTFIX, sink.mails[-1], final="victim@b.example", original="victim@b.example")
    else:
        raw = raw.replace(message.message_id.encode(), b"<guessed@localhost>")

    done = take(raw)

    assert (done, state_of(message)) == ([(Kind.NOBODY, False)], "sent")
    assert not Suppression.objects.exists()


def test_a_complaint_stops_digests_and_leaves_codes(sink: Sink, reader: Subscription) -> None:
    other = make_subscription(user=reader.user, consultation=make_consultation("another"))
    sent(
        sink,
        reader.user.email,
        Stream.DIGEST,
        user=reader.user,
        consultation=reader.consultation,
    )

    done = take(report(COMPLAINT, sink.mails[-1]))

    assert done == [(Kind.COMPLAINT, True)]
    chosen = Subscription.objects.filter(pk__in=[reader.pk, other.pk])
    assert set(chosen.values_list("choice", flat=True)) == {"nothing"}
    assert not Suppression.objects.exists()
    assert sent(sink, reader.user.email, Stream.SECURITY, user=reader.user).state == "sent"


def test_a_complaint_of_somebody_invited_stops_all_mail(sink: Sink) -> None:
    sent(sink, "stranger@example.org", Stream.INVITATION, consultation=make_consultation())

    take(report(COMPLAINT, sink.mails[-1]))

    assert Suppression.objects.get().address == "stranger@example.org"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not a report"),
        (b"Subject: Re: Hello\n\nThank you!", "not a report"),
        (b"Content-Type: multipart/report; report-type=delivery-status\n\nx", "without the head"),
        (b"x" * (bounces.LARGEST + 1), "larger"),
    ],
)
def test_other_mail_is_refused_in_words(raw: bytes, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        bounces.read(raw)


@given(noise=st.binary(max_size=40), at=st.integers(0, 1_500))
def test_a_mangled_report_is_read_or_refused_and_never_breaks(noise: bytes, at: int) -> None:
    mail = Mail("a@b.example", b"Message-ID: <x@localhost>\r\nTo: a@b.example\r\n\r\nHello\r\n")
    raw = report(POSTFIX, mail)

    try:
        found = bounces.read(raw[:at] + noise + raw[at + len(noise) :])
    except ReportError:
        return

    assert {one.kind for one in found} <= set(Kind)


def test_the_command_reads_files_and_its_input(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = sent(sink, "leader@example.org")
    file = tmp_path / "returned.eml"
    file.write_bytes(report(POSTFIX, sink.mails[-1]))
    answer = io.TextIOWrapper(io.BytesIO(b"Subject: Thanks\n\nOut of office"))
    monkeypatch.setattr(sys, "stdin", answer)

    call_command("take_bounces", str(file))
    call_command("take_bounces")

    assert state_of(message) == "failed"
    assert capsys.readouterr().out == f"{file}: nobody\nstandard input: not a report\n"
    with pytest.raises(CommandError, match="No such file"):
        call_command("take_bounces", str(tmp_path / "missing.eml"))
