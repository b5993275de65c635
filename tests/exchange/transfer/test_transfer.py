"""A consultation written to a file and read back: equal but for ids, and going on from there."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from consultations import ledger
from consultations.exchange import transfer
from consultations.exchange.transfer.carried import OWN, SHARED
from consultations.models import (
    Comment,
    Consultation,
    LedgerNumber,
    LedgerOrigin,
    LedgerPayload,
    Message,
    Redaction,
    ShownTally,
    Tally,
    database_now,
)
from consultations.moderation import redact
from consultations.results import keep
from tests.exchange.transfer.scene import everything, remind, rows, second_database
from tests.factories import make_consultation, make_staff, make_user

# Both sites say when they counted: in a minute of their own otherwise.
COUNTED = timezone.now() + timedelta(hours=6)
PAGES = (
    *("", "print/", "recommendations/1/", "recommendations/8/", "documents/", "moderation/"),
    *("digests/", "digests/1/", "digests/2/", "digests/2.json", "digests/feed/"),
    *("official-response/", "official-response/feed/", "results/", "results/card/"),
)
# The keys of payloads under which a number is no row's; all other numbers are translated.
COUNTS = {
    *("bad", "campaign", "comments", "correction", "entries", "invitations", "known", "made"),
    *("number", "published", "question", "readers", "recommendation", "removed", "replies"),
    *("reports", "responses", "restored", "rows", "version"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.exhaustive
def test_everything_is_equal_in_a_second_database_and_goes_on_there(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl.gz"
    with second_database() as enter:
        there = everything(tmp_path)
        counts = transfer.dump(consultation=there, path=file, at=database_now())
        before, tallies, pages = rows(there), counted(there), shown()
        numbers = named_numbers()
        enter()
        strangers()
        call_command("load_consultation", str(file))
        here = Consultation.objects.get(slug="own")

        empty = {label for label in (*SHARED, *OWN) if not counts[label]}
        assert empty == {"consultations.LedgerOrigin", "consultations.LedgerNumber"}
        assert numbers <= {*ledger.NAMED, *COUNTS}
        assert here.pk != there.pk
        after = rows(here)
        for label, held in before.items():
            assert after[label] == held, label
        assert counted(here) == tallies
        assert {page: text[:3] for page, text in pages.items()} == dict.fromkeys(PAGES, "200")
        assert shown() == pages
        reminded_by_nobody(here)
        renamed_is_refused(here, file)
        goes_on(here)
        comes_again(here, tmp_path / "again.jsonl.gz")
        lends_no_act(Consultation.objects.get(slug="own"))


def strangers() -> None:
    """Let somebody be here already, so that no number is the same as there."""
    for _n in range(5):
        make_staff(make_consultation(), "officer")
    for _n in range(20):
        make_user()


def shown() -> dict[str, str]:
    """Return what the public reads at each address, but for what is each answer's own."""
    keep.refresh(COUNTED)
    client = Client()
    found = {}
    for page in PAGES:
        answer = client.get(f"/consultations/own/{page}")
        body = b"".join(answer) if answer.streaming else answer.content
        text = re.sub(r'csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", body.decode())
        found[page] = f"{answer.status_code} {text}"
    return found


def counted(consultation: Consultation) -> list[Any]:
    """Return what the counters kept by the database say."""
    here = {"recommendation__consultation": consultation}
    sums = {name: Sum(name) for name in ("counted", "listed", "waiting")}
    tallies = Tally.objects.filter(**here).aggregate(**sums)
    return [tallies, ShownTally.objects.filter(**here).aggregate(n=Sum("listed"))]


def named_numbers() -> set[str]:
    """Return the keys of all payloads under which a number stands."""
    contents = LedgerPayload.objects.values_list("content", flat=True)
    return {key for said in contents for key, value in said.items() if type(value) is int}


def reminded_by_nobody(here: Consultation) -> None:
    """What was told there is told to nobody again; without its keys it would be."""
    kept = Consultation.objects.values_list("closes_at", flat=True).get(pk=here.pk)
    key = Message.objects.filter(dedupe_key__startswith="milestone:last:")[0].dedupe_key
    closed = datetime.strptime(f"{key.split(':')[3]}+0000", "%Y%m%dT%H%M%S%z")
    with transaction.atomic():
        Consultation.objects.filter(pk=here.pk).update(closes_at=closed)
        assert remind(closed - timedelta(hours=12)) == [0, 0, 0]
        Consultation.objects.filter(pk=here.pk).update(closes_at=kept)
        assert remind(kept + timedelta(weeks=11, days=1)) == [0, 0, 0]
        Message.objects.all().delete()
        assert remind(kept + timedelta(weeks=11, days=1))[2] > 0
        transaction.set_rollback(True)


def renamed_is_refused(here: Consultation, file: Path) -> None:
    """What exists once is not loaded twice, whatever its address is."""
    with pytest.raises(CommandError, match=r"is here already\. Nothing was stored"):
        call_command("load_consultation", str(file))
    Consultation.objects.filter(pk=here.pk).update(slug="renamed")
    with pytest.raises(CommandError, match="is here already, under another address"):
        call_command("load_consultation", str(file))
    Consultation.objects.filter(pk=here.pk).update(slug="own")


def goes_on(here: Consultation) -> None:
    """What was redacted there is put back here: the seal covers rows of both places."""
    redaction = Redaction.objects.get()
    comment = Comment.objects.get(pk=redaction.version.comment_id)
    moderator = make_staff(here, "moderator")
    redact.unredact(comment=comment, redaction=redaction, by=moderator, at=timezone.now())
    assert ledger.verify(here.pk) == []


def comes_again(here: Consultation, file: Path) -> None:
    """From here it goes on to a third place, where its record has come from two."""
    transfer.dump(consultation=here, path=file, at=database_now())
    before = rows(here)
    call_command("flush", interactive=False, verbosity=0)
    strangers()
    third = transfer.load(path=file, at=database_now())
    assert rows(third) == before
    assert LedgerOrigin.objects.filter(consultation=third).count() == 2


def lends_no_act(third: Consultation) -> None:
    """A number that is changed, with the payload that it translates, is found."""
    origin = third.ledger_origins.order_by("last")[0]
    named = LedgerNumber.objects.filter(origin=origin, model="consultations.User").order_by("pk")[0]
    other = make_user().pk
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        LedgerNumber.objects.filter(pk=named.pk).update(here=other)
        cursor.execute(
            "UPDATE consultations_ledgerpayload SET content = jsonb_set(content, '{by}', %s::jsonb)"
            " WHERE content -> 'by' = %s::jsonb AND entry_id IN ("
            "SELECT id FROM consultations_ledgerentry WHERE sequence <= %s)",
            [str(other), str(named.here), origin.last],
        )
        cursor.execute("SET session_replication_role = origin")
    faults = [(fault.sequence, fault.sentence) for fault in ledger.verify(third.pk)]
    said = "The numbers with which the record came here were changed."
    assert (origin.last + 1, said) in faults
