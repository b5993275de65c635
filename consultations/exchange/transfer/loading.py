"""Reads a consultation from a file: all of it, in one transaction, or nothing."""

from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange.transfer import file, inserting, numbering
from consultations.exchange.transfer.carried import OWN, SHARED
from consultations.exchange.transfer.dumping import state_of_database
from consultations.exchange.transfer.file import Reader, TransferError
from consultations.models import Consultation, LedgerOrigin

UNHURRIED = """
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL TIME ZONE 'UTC'
"""
# What the chain that comes calls the rows that it names, in payloads that stand and were erased.
NUMBERS = """
INSERT INTO consultations_ledgernumber (origin_id, model, there, here)
SELECT %(origin)s, numbered.model, numbered.there, numbered.here
  FROM numbered JOIN (
    SELECT names.value AS model, said.value::bigint AS there
      FROM staged, jsonb_each(row -> 'content') AS said
      JOIN jsonb_each_text(%(names)s::jsonb) AS names ON names.key = said.key
     WHERE model = 'consultations.LedgerPayload' AND jsonb_typeof(said.value) = 'number'
    UNION
    SELECT row ->> 'model', (row ->> 'here')::bigint FROM staged
     WHERE model = 'consultations.LedgerNumber'
    UNION
    SELECT 'consultations.User', (row ->> name)::bigint
      FROM staged, unnest(ARRAY['redacted_by_id', 'ended_by_id']) AS name
     WHERE model = 'consultations.Redaction'
  ) AS named ON named.model = numbered.model AND named.there = numbered.there
"""
CHECK_VIOLATION = "23514"
THERE = "SELECT there FROM numbered WHERE model = 'consultations.Consultation' AND here = %s"


def load(*, path: Path, at: datetime) -> Consultation:
    """Read a file, store what it holds under the numbers of here, and verify its record.

    Triggers and constraints stay on. That it came is on its ledger. Raises TransferError where the
    file is cut, changed or of another format, the migrations differ, its address or something else
    that exists once is taken, or the record is not whole; nothing is stored then.
    """
    with file.reading(path) as source, transaction.atomic():
        _refuse(source)
        with connection.cursor() as cursor:
            cursor.execute(UNHURRIED)
        try:
            numbering.stage(source)
            numbering.number()
            made = _store(source.header["slug"])
        except IntegrityError as error:
            raise TransferError(_taken(error)) from error
        except DatabaseError as error:
            said = _("The database refused a row: %(why)s")
            raise TransferError(said % {"why": str(error).partition("\n")[0]}) from error
        _follow_on(made, source.sha256, at)
        faults = ledger.verify(made.pk)
        if faults:
            said = _("The record does not stand: entry %(n)s. %(why)s")
            raise TransferError(said % {"n": faults[0].sequence, "why": faults[0].sentence})
    return made


def _refuse(source: Reader) -> None:
    slug = source.header.get("slug")
    if Consultation.objects.filter(slug=slug).exists():
        raise TransferError(_("The consultation “%(slug)s” is here already.") % {"slug": slug})
    here, there = set(state_of_database()), set(source.header.get("migrations", ()))
    if here != there:
        differ = ", ".join(sorted(here ^ there))
        said = _("The file was written by another release: bring both to the same (%(differ)s).")
        raise TransferError(said % {"differ": differ})


def _store(slug: str) -> Consultation:
    inserting.define()
    for label in (*SHARED, *OWN):
        inserting.insert(label)
        if label == "consultations.Comment":
            inserting.let_comments_follow()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    found = Consultation.objects.filter(slug=slug).first()
    if found is None:
        raise TransferError(_("The file was changed after it was written."))
    return found


def _follow_on(made: Consultation, sha256: str, at: datetime) -> None:
    """Note where the chain came from, and let it go on here."""
    last, head = ledger.last(made.pk)
    with connection.cursor() as cursor:
        cursor.execute(THERE, [made.pk])
        (number,) = cursor.fetchone()
        origin = LedgerOrigin.objects.create(
            consultation=made, last=last, number=number, came_at=at
        )
        cursor.execute(NUMBERS, {"origin": origin.pk, "names": inserting.names(ledger.NAMED)})
    ledger.append(
        consultation_id=made.pk,
        act=ledger.LOADED,
        at=at,
        payload={
            "consultation": made.slug,
            "entries": last,
            "head": head,
            "file": sha256,
            ledger.NUMBERS: ledger.seal_numbers(made.pk),
            "by": None,
        },
    )


def _taken(error: IntegrityError) -> str:
    """Say what of the file is here already, by the constraint that refused it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "sqlstate", None) == CHECK_VIOLATION:
        said = _("Something in the file cannot stand here: %(why)s.")
        return said % {"why": getattr(diagnosis, "message_primary", "")}
    where = getattr(diagnosis, "constraint_name", None) or "?"
    said = _(
        "Something in the file is here already, under another address, or names what is not in it "
        "(%(constraint)s)."
    )
    return said % {"constraint": where}
