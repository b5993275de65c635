"""A digest to very many readers: planned by one statement, and drained into a sink.

The limit is `smtplib` on one kept connection that sends the same bytes to the same sink. Both
take turns, lot by lot, so that a busy moment of the machine meets them alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from django.test import override_settings

from consultations.digests import build, plan, readers
from consultations.digests.due import due_editions
from consultations.mail import delivery
from consultations.mail.leases import Claimed
from consultations.models import Consultation, Edition, Message, database_now
from portal.bench import fill, senders, sink, spoken
from portal.bench.measure import BenchError, Emit, Line, Plan, queries

SLUG = "bench-mail"
RECOMMENDATIONS, RESPONDENTS = 5, 60
LOTS = 5
LEAST_OF_SMTPLIB = 0.25
KEPT = 200


@dataclass
class Lot:
    """Some of the bytes that were sent, to be sent again by others."""

    kept: list[bytes]

    def render(self, claimed: Sequence[Claimed]) -> Mapping[int, bytes | None]:
        """Render as the tasks do, and keep a few."""
        ready = readers.render(claimed)
        if len(self.kept) < KEPT:
            self.kept += [each for each in ready.values() if each is not None]
        return ready


def run(asked: Plan, emit: Emit) -> None:
    """Make an edition, plan it for all its readers, and send it."""
    edition = made(SLUG, asked.mails)
    planned("mail", edition, asked.mails, emit)
    fill.settle()
    with sink.running() as relay:
        address = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": relay.port}
        with override_settings(**address):
            drained, smtp, ceiling, size = _drain(asked.mails, relay.port)
        taken = relay.stop().mails
    sent = Message.objects.filter(edition=edition, state=Message.State.SENT).count()
    if sent != asked.mails or taken < sent:
        raise BenchError(f"{sent} mails of {asked.mails} were sent, and {taken} arrived")
    n = asked.mails
    emit(Line("mail.bytes", size, "bytes", n))
    emit(Line("limit.sink_ceiling", ceiling, "mails/s", n))
    emit(Line("limit.smtplib", smtp, "mails/s", n))
    emit(Line("mail.drained", drained, "mails/s", n))
    emit(Line("mail.ratio_to_smtplib", drained / smtp, "ratio", n, LEAST_OF_SMTPLIB, at_least=True))


def made(slug: str, mails: int) -> Edition:
    """Make a consultation, the edition that is due of it, and as many readers as mails."""
    return _edition(_filled(slug), mails)


def _filled(slug: str) -> Consultation:
    """Make a consultation whose comments a moderator has decided, so that readers have news."""
    made = fill.consultation(slug, RECOMMENDATIONS)
    people, decider = fill.people(made, RESPONDENTS), fill.moderator(made)
    for recommendation in made.recommendations.select_related("consultation", "current"):
        spoken.comments(recommendation, people, decided_by=decider)
    return made


def _edition(of: Consultation, mails: int) -> Edition:
    """Make the edition that is due, before anybody reads it; then let readers subscribe."""
    at = database_now()
    [due] = [each for each in due_editions(at) if each.consultation_id == of.pk]
    edition = build.make(due, at=at)
    if edition is None:
        raise BenchError("no edition was made")
    known = list(of.responses.values_list("respondent", flat=True))
    fill.readers(of, known, mails)
    fill.settle()
    return edition


def planned(name: str, edition: Edition, mails: int, emit: Emit) -> None:
    """Queue a mail for each reader, and print in how many statements and milliseconds."""
    queued: list[int] = []

    def act() -> None:
        queued.append(plan.plan_edition(edition, at=database_now()))

    began = perf_counter()
    count = queries(act) - 1  # without the clock's
    taken = (perf_counter() - began) * 1_000
    if queued != [mails]:
        raise BenchError(f"{queued} messages were planned of {mails}")
    emit(Line(f"{name}.plan.queries", count, "queries", mails, 1))
    emit(Line(f"{name}.plan", taken, "ms", mails))


def _drain(mails: int, port: int) -> tuple[float, float, float, float]:
    """Send by both ways in turns; return both rates, the sink's ceiling, and a mail's bytes."""
    lot, sizes = Lot([]), [len(part) for part in _parts(mails)]
    _send(Message.objects.exclude(stream=Message.Stream.DIGEST).count(), lot)  # others' receipts
    ours = theirs = raw = 0.0
    for size in sizes:
        ours += _send(size, lot)
        theirs += _timed(senders.by_smtplib, lot.kept, size, port)
        raw += _timed(senders.by_socket, lot.kept, size, port)
    mean = sum(map(len, lot.kept)) / len(lot.kept)
    return mails / ours, mails / theirs, mails / raw, mean


def _send(amount: int, lot: Lot) -> float:
    """Send the next mails as the tasks do; return the seconds. Raises BenchError for a loss."""
    began = perf_counter()
    report = delivery.drain(
        streams=list(Message.Stream), limit=amount, at_clock=database_now, render=lot.render
    )
    if report.sent != amount:
        raise BenchError(f"{report} of {amount}")
    return perf_counter() - began


def _parts(mails: int) -> list[range]:
    each = -(-mails // LOTS)
    return [range(start, min(start + each, mails)) for start in range(0, mails, each)]


def _timed(
    send: Callable[[Sequence[bytes], int, int], None], kept: Sequence[bytes], size: int, port: int
) -> float:
    began = perf_counter()
    send(kept, size, port)
    return perf_counter() - began
