"""At most once from the outbox to the relay; nothing lost, every doubt visible."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from consultations.mail import delivery, leases, outbox
from consultations.mail.delivery import DeliveryError, Report, drain, pause
from consultations.mail.leases import Claimed
from consultations.mail.letter import Letter, Paragraph, Ready
from consultations.mail.outbox import OutboxError
from consultations.models import Edition, Message, Subscription, Suppression, User
from tests.factories import (
    confirm_address,
    make_consultation,
    make_invitation,
    make_subscription,
    make_user,
)
from tests.mail.sink import Sink

State, Stream = Message.State, Message.Stream
ALL = list(Stream)
PATIENCE = 1  # seconds, with a relay that says nothing
pytestmark = pytest.mark.django_db(transaction=True)


def queue(
    to: str = "leader@example.org", stream: int = Stream.TRANSACTION, **fields: Any
) -> Message:
    key, text = uuid4().hex, fields.pop("text", "Hello.")
    letter = Letter("Hello", (Paragraph(text),))
    at = fields.pop("at", timezone.now())
    with transaction.atomic():
        outbox.queue(stream=stream, key=key, to=to, letter=letter, at=at, **fields)
    return Message.objects.get(dedupe_key=key)


def run(**options: Any) -> Report:
    return drain(**({"streams": ALL, "limit": 100, "at_clock": timezone.now} | options))


def later(minutes: float) -> Any:
    return lambda: timezone.now() + timedelta(minutes=minutes)


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def seconds_until(message: Message) -> float:
    message.refresh_from_db()
    return round((message.not_before - timezone.now()).total_seconds(), -1)


def test_drain_sends_the_row_as_it_stands(sink: Sink) -> None:
    message = queue(text=".Dots\n..at the beginning\n.")
    assert run() == Report(sent=1)
    mail = sink.mails[0]
    text = mail.parsed.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n").startswith(".Dots\n..at the beginning\n.\n")
    assert (mail.recipient, mail.message_id) == (message.to, message.message_id)
    assert mail.parsed["Date"].datetime == message.queued_at.replace(microsecond=0)
    message.refresh_from_db()
    assert (message.state, message.reply, message.lease_until) == ("sent", "250 2.0.0 taken", None)


def test_drain_twice_sends_once(sink: Sink) -> None:
    queue()
    assert [run(), run(), len(sink.mails)] == [Report(sent=1), Report(), 1]


def test_drain_sends_the_urgent_streams_first(sink: Sink) -> None:
    for stream in (Stream.DIGEST, Stream.TRANSACTION, Stream.SECURITY):
        queue(f"{stream.name.lower()}@example.org", stream)
    run()
    assert [name.split("@")[0] for name in sink.recipients] == ["security", "transaction", "digest"]


def test_drain_leaves_other_streams_and_later_mails(sink: Sink) -> None:
    digest = queue(stream=Stream.DIGEST)
    future = queue(not_before=timezone.now() + timedelta(hours=1))
    assert run(streams=[Stream.SECURITY, Stream.TRANSACTION]) == Report()
    assert [state_of(digest), state_of(future)] == [State.QUEUED, State.QUEUED]


def test_drain_stops_at_the_limit_and_when_told(sink: Sink) -> None:
    for number in range(5):
        queue(f"r{number}@example.org")
    assert run(limit=2) == Report(sent=2)
    assert run(stopped=lambda: len(sink.mails) >= 3) == Report(sent=1)
    assert Message.objects.filter(state=State.QUEUED, lease=None).count() == 2


def test_drain_keeps_one_connection(sink: Sink) -> None:
    for number in range(60):
        queue(f"r{number}@example.org", Stream.DIGEST)
    assert (run(), sink.connections, len(set(sink.recipients))) == (Report(sent=60), 1, 60)


def test_drain_inside_a_transaction_is_refused(sink: Sink) -> None:
    with transaction.atomic(), pytest.raises(DeliveryError):
        run()


def test_code_is_forgotten_once_it_is_sent(sink: Sink) -> None:
    code = queue(stream=Stream.SECURITY, text="ABCD-2345")
    receipt = queue()
    run()
    code.refresh_from_db()
    receipt.refresh_from_db()
    assert (code.letter, receipt.letter != {}) == ({}, True)


@pytest.mark.parametrize("phase", ["rcpt", "dot"])
def test_refusal_for_now_is_tried_again_later(sink: Sink, phase: str) -> None:
    message, other = queue("busy@example.org"), queue("other@example.org")
    sink.answers["busy@example.org", phase] = "451 4.3.0 try later"
    assert run() == Report(sent=1, retried=1)
    assert (state_of(message), state_of(other)) == (State.QUEUED, State.SENT)
    assert (message.attempts, message.reply, seconds_until(message)) == (
        1,
        "451 4.3.0 try later",
        60,
    )
    assert run() == Report()
    sink.answers.clear()
    assert run(at_clock=later(2)) == Report(sent=1)


def test_pause_doubles_up_to_four_hours() -> None:
    minutes = [pause(attempts).total_seconds() / 60 for attempts in (0, 1, 2, 7, 8, 1000)]
    assert minutes == [1, 2, 4, 128, 240, 240]


def test_refusal_for_now_is_given_up_after_days(sink: Sink) -> None:
    message = queue("busy@example.org", at=timezone.now() - timedelta(days=5))
    sink.answers["busy@example.org", "rcpt"] = "451 try later"
    assert (run(), state_of(message)) == (Report(failed=1), State.FAILED)


def test_refusal_for_good_fails_and_others_go_on(sink: Sink) -> None:
    bad, good = queue("full@example.org"), queue("good@example.org")
    sink.answers["full@example.org", "rcpt"] = "552 5.2.2 mailbox full"
    assert run() == Report(sent=1, failed=1)
    assert (state_of(bad), state_of(good), bad.reply) == (
        "failed",
        "sent",
        "552 5.2.2 mailbox full",
    )
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize("answer", ["550 5.1.1 nobody", "550 User unknown"])
def test_refusal_of_an_unknown_address_suppresses_it(sink: Sink, answer: str) -> None:
    queue("Gone@example.org")
    sink.answers["Gone@example.org", "rcpt"] = answer
    waiting = queue("gone@EXAMPLE.org", not_before=timezone.now() + timedelta(minutes=1))
    assert run() == Report(failed=1)
    assert Suppression.objects.get().address == "gone@example.org"
    assert run(at_clock=later(2)) == Report(suppressed=1)
    assert state_of(waiting) == State.SUPPRESSED


def test_what_is_for_a_person_goes_to_the_address_that_they_have_when_it_leaves(
    sink: Sink,
) -> None:
    person = make_user(email="old@example.org")
    code = queue(person.email, Stream.SECURITY, user=person)
    letter = queue(person.email, user=person, not_before=timezone.now() + timedelta(minutes=10))
    refused = queue("other@example.org", user=make_user(email="other@example.org"))
    assert refused.user
    User.objects.filter(pk=person.pk).update(email="new@example.org")
    User.objects.filter(pk=refused.user.pk).update(email="gone@example.org")
    leases.suppress("gone@example.org", reason="550 nobody", at=timezone.now())

    assert run() == Report(sent=1, suppressed=1)
    assert run(at_clock=later(11)) == Report(sent=1)

    assert sink.recipients == ["old@example.org", "new@example.org"]
    for message, to in ((code, "old"), (letter, "new"), (refused, "gone")):
        message.refresh_from_db()
        assert message.to == f"{to}@example.org"


@pytest.mark.parametrize("trouble", ["drops", "stalls"])
def test_drop_before_the_dot_is_tried_again(sink: Sink, trouble: str, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = PATIENCE
    message, other = queue("far@example.org", Stream.DIGEST), queue("near@example.org")
    getattr(sink, trouble)["far@example.org"] = "rcpt"
    assert run() == Report(sent=1, retried=1)
    assert (state_of(message), state_of(other)) == (State.QUEUED, State.SENT)
    getattr(sink, trouble).clear()
    assert run(at_clock=later(2)) == Report(sent=1)
    assert sink.recipients == ["near@example.org", "far@example.org"]


@pytest.mark.parametrize("trouble", ["drops", "stalls"])
def test_drop_after_the_dot_of_a_digest_is_unknown_and_never_sent_again(
    sink: Sink, trouble: str, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = PATIENCE
    message, other = (
        queue("far@example.org", Stream.DIGEST),
        queue("near@example.org", Stream.DIGEST),
    )
    getattr(sink, trouble)["far@example.org"] = "dot"
    assert run() == Report(sent=1, unknown=1)
    assert (state_of(message), state_of(other)) == (State.UNKNOWN, State.SENT)
    getattr(sink, trouble).clear()
    outbox.sweep(timezone.now() + timedelta(days=1))
    assert run(at_clock=later(10_000)) == Report()
    assert sink.recipients == ["far@example.org", "near@example.org"]


def test_drop_after_the_dot_of_a_receipt_is_sent_once_more_with_its_message_id(sink: Sink) -> None:
    message = queue("far@example.org")
    sink.drops["far@example.org"] = "dot"
    assert run() == Report(retried=1)
    assert run(at_clock=later(1)) == Report(unknown=1)
    assert run(at_clock=later(10_000)) == Report()
    assert [mail.message_id for mail in sink.mails] == [message.message_id] * 2
    assert state_of(message) == State.UNKNOWN


def test_relay_that_is_away_costs_no_attempt(sink: Sink, settings: Any) -> None:
    message = queue()
    settings.EMAIL_PORT = 1
    assert run() == Report(away=True)
    assert (state_of(message), message.attempts, message.lease) == (State.QUEUED, 0, None)
    settings.EMAIL_PORT = sink.port
    assert run(at_clock=later(0.1)) == Report(sent=1)


@pytest.mark.parametrize("answer", ["451 4.7.1 too fast", "550 5.1.1 unknown sender"])
def test_relay_that_refuses_the_sender_costs_no_mail_and_no_address(
    sink: Sink, answer: str
) -> None:
    first, second = queue(), queue("other@example.org")
    sink.to_sender = answer
    assert run() == Report(away=True)
    assert [state_of(each) for each in (first, second)] == [State.QUEUED, State.QUEUED]
    assert (first.attempts, Suppression.objects.count()) == (0, 0)
    sink.to_sender = "250 ok"
    assert run(at_clock=later(0.1)) == Report(sent=2)


@pytest.mark.parametrize("name", ["EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_HOST_USER"])
def test_relay_that_cannot_do_what_the_settings_ask_gets_nothing(
    sink: Sink, settings: Any, name: str
) -> None:
    setattr(settings, name, "user" if name == "EMAIL_HOST_USER" else True)
    message = queue()
    assert (run(), sink.mails, state_of(message)) == (Report(away=True), [], State.QUEUED)


def test_relay_that_has_enough_of_a_connection_gets_a_new_one(sink: Sink) -> None:
    sink.most_per_connection = 2
    for number in range(5):
        queue(f"r{number}@example.org")
    assert (run(), sink.connections) == (Report(sent=5), 3)


@pytest.mark.parametrize("pipelining", [True, False])
def test_envelope_is_said_at_once_only_where_the_relay_offers_it(
    sink: Sink, pipelining: bool
) -> None:
    sink.pipelining, sink.most_per_connection = pipelining, 2
    sink.answers["gone@example.org", "rcpt"] = "550 5.1.1 nobody"
    for name in ("one", "gone", "two", "three", "four"):
        queue(f"{name}@example.org")

    assert (run(), sink.connections) == (Report(sent=4, failed=1), 3)
    assert sink.recipients == [f"{name}@example.org" for name in ("one", "two", "three", "four")]
    assert set(sink.envelopes) == ({b"MAIL RCPT DATA"} if pipelining else {b"MAIL"})


def test_round_that_is_over_claims_afresh_whose_reader_has_left_meanwhile(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ROUND", timedelta(seconds=0.2))
    first = make_subscription()
    second = make_subscription(consultation=first.consultation)
    for each in (first, second):
        queue(each.user.email, Stream.DIGEST, user=each.user, consultation=each.consultation)

    def leave(phase: str, _sink: Sink) -> None:
        if phase == "dot":
            Subscription.objects.filter(pk=second.pk).update(choice=Subscription.Choice.NOTHING)
            queue("late@example.org", Stream.SECURITY)
            connection.close()
            sink.watch = lambda phase, sink: None
            sleep(0.3)

    sink.watch = leave
    assert run() == Report(sent=2, suppressed=1)
    assert sink.recipients == [first.user.email, "late@example.org"]


def test_lease_lost_before_the_dot_hangs_up_without_sending(sink: Sink) -> None:
    message = queue()

    def steal(phase: str, _sink: Sink) -> None:
        if phase == "rcpt":
            Message.objects.filter(pk=message.pk).update(lease=uuid4())
            connection.close()

    sink.watch = steal
    assert (run(), sink.mails, state_of(message)) == (Report(), [], State.CLAIMED)


def test_two_at_once_claim_different_mails() -> None:
    for _ in range(4):
        queue()
    at = timezone.now()
    claims = [
        leases.claim(streams=[Stream.TRANSACTION], size=3, editions=True, lease=uuid4(), at=at)[0]
        for _ in range(2)
    ]
    ids = [message.id for claimed in claims for message in claimed]
    assert ([len(claimed) for claimed in claims], len(set(ids))) == ([3, 1], 4)


@pytest.mark.parametrize(
    ("choice", "edition", "sent"),
    [
        ("every", True, True),
        ("every", False, True),
        ("milestones", True, False),
        ("milestones", False, True),
        ("nothing", True, False),
        ("nothing", False, False),
        (None, True, False),
        (None, False, False),
    ],
)
def test_choice_after_queuing_decides(
    sink: Sink, choice: str | None, edition: bool, sent: bool
) -> None:
    reader, consultation = make_user(), make_consultation()
    if choice:
        make_subscription(reader, consultation, choice)
    message = queue(reader.email, Stream.DIGEST, user=reader, consultation=consultation)
    if edition:
        Message.objects.filter(pk=message.pk).update(edition=make_edition(consultation))
    report = run(render=lambda claimed: {one.id: b"Subject: a\r\n\r\nb\r\n" for one in claimed})
    assert report == (Report(sent=1) if sent else Report(suppressed=1))
    assert state_of(message) == ("sent" if sent else "suppressed")


def make_edition(consultation: Any) -> Edition:
    now = timezone.now()
    return Edition.objects.create(
        consultation=consultation,
        number=1,
        slot=now,
        period=(now - timedelta(days=7), now),
        built_at=now,
        facts={},
        method="test",
        hash="0",
    )


def test_milestone_is_list_mail_with_its_readers_token(sink: Sink) -> None:
    subscription = make_subscription(choice=Subscription.Choice.MILESTONES)
    reader, consultation = subscription.user, subscription.consultation
    queue(reader.email, Stream.DIGEST, user=reader, consultation=consultation)
    run()
    headers = sink.mails[0].parsed
    leave = f"http://localhost:8000/u/{subscription.token}"
    assert headers["List-Unsubscribe"] == f"<{leave}>"
    assert headers["List-Id"] == f"<{consultation.slug}.localhost>"
    for kind in ("plain", "html"):
        part = headers.get_body((kind,))
        assert part is not None
        assert part.get_content().count(leave) == 2


def test_edition_is_rendered_by_the_function_that_is_handed_in(sink: Sink) -> None:
    subscription = make_subscription(make_user(name="Ada"))
    reader, consultation = subscription.user, subscription.consultation
    message = queue(reader.email, Stream.DIGEST, user=reader, consultation=consultation)
    edition = make_edition(consultation)
    Message.objects.filter(pk=message.pk).update(edition=edition, letter={})
    seen: list[Claimed] = []

    def render(claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        seen.extend(claimed)
        return {one.id: f"Subject: {one.name}\r\n\r\n{one.token}\r\n".encode() for one in claimed}

    assert [run(), run(render=render)] == [Report(), Report(sent=1)]
    assert sink.mails[0].data == f"Subject: Ada\r\n\r\n{subscription.token}\r\n".encode()
    assert (seen[0].edition_id, seen[0].slug) == (edition.pk, consultation.slug)


def test_edition_that_was_not_rendered_fails_visibly(sink: Sink) -> None:
    subscription = make_subscription()
    reader, consultation = subscription.user, subscription.consultation
    message = queue(reader.email, Stream.DIGEST, user=reader, consultation=consultation)
    Message.objects.filter(pk=message.pk).update(edition=make_edition(consultation), letter={})
    assert (run(render=lambda claimed: {}), sink.mails) == (Report(failed=1), [])
    assert state_of(message) == State.FAILED


def test_reader_without_an_ascii_address_fails_with_that_reason_and_others_go_on(
    sink: Sink,
) -> None:
    good = make_subscription()
    reader, consultation = good.user, good.consultation
    bad = make_subscription(make_user("jos\u00e9@example.org"), consultation).user
    messages = [
        queue(each.email, Stream.DIGEST, user=each, consultation=consultation)
        for each in (bad, reader)
    ]
    edition = make_edition(consultation)
    Message.objects.update(edition=edition, letter={})
    ready = {messages[1].pk: b"Subject: x\r\n\r\ny\r\n"}

    assert run(render=lambda claimed: ready) == Report(sent=1, failed=1)
    assert (state_of(messages[0]), sink.recipients) == (State.FAILED, [reader.email])
    messages[0].refresh_from_db()
    assert messages[0].reply == "an address that cannot be written in ASCII"


def test_renderer_that_fails_puts_its_batch_back_behind_the_others(sink: Sink) -> None:
    subscription = make_subscription()
    reader, consultation = subscription.user, subscription.consultation
    message = queue(reader.email, Stream.DIGEST, user=reader, consultation=consultation)
    Message.objects.filter(pk=message.pk).update(edition=make_edition(consultation), letter={})

    def render(claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(render=render)
    assert (state_of(message), message.attempts) == (State.QUEUED, 0)
    assert seconds_until(message) == 60


def test_no_transaction_is_open_while_the_relay_is_talked_to(sink: Sink) -> None:
    found: list[int] = []

    def look(phase: str, _sink: Sink) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )
            found.append(cursor.fetchone()[0])
        connection.close()

    sink.watch = look
    queue(stream=Stream.DIGEST)
    run()
    assert found == [0, 0, 0, 0]


def test_each_digest_costs_one_commit(
    sink: Sink, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ROUND", timedelta(hours=1))
    for number in range(10):
        queue(f"r{number}@example.org", Stream.DIGEST)
    with django_assert_num_queries(13):  # a claim, 10 hand-overs, the last sent, 1 empty claim
        run(streams=[Stream.DIGEST])


def test_code_that_has_run_out_is_not_sent(sink: Sink) -> None:
    late, receipt = queue(stream=Stream.SECURITY), queue()
    Message.objects.update(queued_at=timezone.now() - timedelta(minutes=16))

    assert run() == Report(sent=1, failed=1)
    assert (state_of(late), state_of(receipt)) == (State.FAILED, State.SENT)
    assert len(sink.recipients) == 1


def preview(**fields: Any) -> Message:
    """Queue a mailed preview, which quotes people."""
    key, at = uuid4().hex, fields.pop("at", timezone.now())
    letter = Ready("Preview", "She said: steady rules.", "<p>She said: steady rules.</p>")
    with transaction.atomic():
        outbox.queue(
            stream=Stream.TRANSACTION, key=key, to="officer@example.org", letter=letter, at=at
        )
    return Message.objects.get(dedupe_key=key)


def test_preview_keeps_no_words_once_it_was_refused_or_is_in_doubt(sink: Sink) -> None:
    sink.answers["officer@example.org", "rcpt"] = "550 5.7.1 not today"
    refused, lost = preview(), preview()
    assert run() == Report(failed=2)
    Message.objects.filter(pk=lost.pk).update(
        state=State.HANDED, doubts=1, letter=refused.letter, lease_until=timezone.now()
    )
    outbox.sweep(timezone.now() + timedelta(minutes=1))
    for message, state in ((refused, State.FAILED), (lost, State.UNKNOWN)):
        assert (state_of(message), message.letter) == (state, {})
        with pytest.raises(OutboxError, match="forgotten"):
            outbox.settle(message, by=make_user(), as_sent=False, at=timezone.now())


def test_preview_that_nobody_sent_within_the_hour_is_forgotten() -> None:
    old, young = preview(at=timezone.now() - timedelta(hours=1)), preview()
    outbox.sweep(timezone.now())
    assert (state_of(old), old.letter) == (State.FAILED, {})
    assert (state_of(young), young.letter != {}) == (State.QUEUED, True)


def test_preview_that_waits_too_long_is_not_sent(sink: Sink) -> None:
    message = preview(at=timezone.now() - timedelta(hours=1))
    assert run() == Report(failed=1)
    assert (state_of(message), message.letter, sink.mails) == (State.FAILED, {}, [])


def test_digest_of_who_is_invited_no_more_is_not_sent(sink: Sink) -> None:
    reader = make_subscription(consultation=make_consultation(visibility="invited"))
    consultation = reader.consultation
    invitation = make_invitation(consultation, email=reader.user.email)
    confirm_address(reader.user)
    how = {"user": reader.user, "consultation": consultation, "stream": Stream.DIGEST}
    first, second = queue(reader.user.email, **how), queue(reader.user.email, **how)
    Message.objects.filter(pk=second.pk).update(not_before=timezone.now() + timedelta(minutes=1))
    assert run() == Report(sent=1)
    invitation.withdrawn_at = timezone.now()
    invitation.save()
    assert run(at_clock=later(2)) == Report(suppressed=1)
    assert [state_of(each) for each in (first, second)] == [State.SENT, State.SUPPRESSED]
