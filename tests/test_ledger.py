"""The chain: appended in the caller's transaction, refused to change, verified whole."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations import ledger
from consultations.ledger import chain
from consultations.models import Consultation, LedgerEntry, LedgerPayload
from tests.factories import make_consultation

FORGE = "SET LOCAL session_replication_role = replica"


def act(consultation: Consultation, name: str = "comment_published", **payload: int) -> LedgerEntry:
    with transaction.atomic():
        return ledger.append(
            consultation_id=consultation.pk, act=name, at=timezone.now(), payload=payload
        )


def forge(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGE)
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def faulty(consultation: Consultation) -> list[tuple[int, str]]:
    return [(fault.sequence, fault.sentence) for fault in ledger.verify(consultation.pk)]


@pytest.mark.django_db
def test_append_writes_a_chain_that_verifies() -> None:
    consultation = make_consultation()
    first, second = act(consultation, n=1), act(consultation, n=2)
    assert (first.sequence, first.previous_hash) == (1, "")
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    assert ledger.head(consultation.pk) == second.hash
    assert second.payload.content == {"n": 2}
    assert ledger.verify(consultation.pk) == []


@pytest.mark.django_db
def test_append_costs_one_round_trip(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    consultation = make_consultation()
    with transaction.atomic(), django_assert_num_queries(1):
        ledger.append(consultation_id=consultation.pk, act="x", at=timezone.now(), payload={})


@pytest.mark.django_db
def test_append_keeps_one_chain_per_consultation() -> None:
    one, other = make_consultation(), make_consultation()
    act(one)
    assert act(other).sequence == 1
    assert act(one).sequence == 2


@pytest.mark.django_db(transaction=True)
def test_append_outside_a_transaction_is_refused() -> None:
    with pytest.raises(ledger.LedgerError):
        ledger.append(consultation_id=1, act="x", at=timezone.now(), payload={})


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [{"x": 1.5}, {"x": [{"y": 2.0}]}])
def test_append_with_a_fraction_is_refused(payload: dict[str, ledger.JSON]) -> None:
    with pytest.raises(ledger.LedgerError):
        ledger.append(consultation_id=1, act="x", at=timezone.now(), payload=payload)


@pytest.mark.django_db
def test_append_at_any_offset_and_with_any_letters_verifies() -> None:
    consultation = make_consultation()
    at = timezone.localtime(timezone.now().replace(month=7, microsecond=0))
    with transaction.atomic():
        ledger.append(
            consultation_id=consultation.pk,
            act="x",
            at=at,
            payload={"é": ["ü", None, True, 10**20]},
        )
    assert ledger.verify(consultation.pk) == []


@pytest.mark.django_db(transaction=True)
def test_append_by_many_at_once_leaves_no_gap() -> None:
    consultation = make_consultation()
    barrier = Barrier(4)

    def write() -> None:
        barrier.wait()
        for _n in range(5):
            act(consultation)
        connection.close()

    threads = [Thread(target=write) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LedgerEntry.objects.filter(consultation=consultation).count() == 20
    assert ledger.verify(consultation.pk) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_ledgerentry SET act = 'forged'",
        "DELETE FROM consultations_ledgerentry",
        "TRUNCATE consultations_ledgerentry CASCADE",
    ],
)
def test_entry_is_refused_any_change_by_the_database(sql: str) -> None:
    act(make_consultation())
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.django_db
def test_verify_finds_a_changed_row() -> None:
    consultation = make_consultation()
    for _n in range(3):
        act(consultation)
    forge("UPDATE consultations_ledgerentry SET at = %s WHERE sequence = 2", timezone.now())
    assert faulty(consultation) == [(2, "It was changed after it was written.")]


@pytest.mark.django_db
def test_verify_finds_a_row_rehashed_by_the_forger() -> None:
    consultation = make_consultation()
    first, _second = act(consultation), act(consultation)
    first.at -= timedelta(hours=1)
    forge(
        "UPDATE consultations_ledgerentry SET at = %s, hash = %s WHERE sequence = 1",
        first.at,
        chain._entry_hash(first, consultation.pk),
    )
    assert faulty(consultation) == [(2, "It does not follow from the entry before it.")]


@pytest.mark.django_db
def test_verify_finds_a_removed_row() -> None:
    consultation = make_consultation()
    entries = [act(consultation) for _n in range(3)]
    LedgerPayload.objects.filter(entry=entries[1]).delete()
    forge("DELETE FROM consultations_ledgerentry WHERE sequence = 2")
    assert faulty(consultation) == [
        (3, "Entries before this one are missing."),
        (3, "It does not follow from the entry before it."),
    ]


@pytest.mark.django_db
def test_verify_finds_an_inserted_row() -> None:
    consultation = make_consultation()
    act(consultation)
    LedgerEntry.objects.create(
        consultation=consultation,
        sequence=2,
        act="forged",
        at=timezone.now(),
        payload_hash="0" * 64,
    )
    assert [fault[0] for fault in faulty(consultation)] == [2, 2]


@pytest.mark.django_db
def test_verify_finds_rows_that_changed_places() -> None:
    consultation = make_consultation()
    for _n in range(3):
        act(consultation)
    forge("UPDATE consultations_ledgerentry SET sequence = 9 WHERE sequence = 2")
    forge("UPDATE consultations_ledgerentry SET sequence = 2 WHERE sequence = 3")
    forge("UPDATE consultations_ledgerentry SET sequence = 3 WHERE sequence = 9")
    assert {fault[0] for fault in faulty(consultation)} == {2, 3}


@pytest.mark.django_db
def test_verify_finds_a_changed_payload_and_forgives_an_erased_one() -> None:
    consultation = make_consultation()
    first, second = act(consultation, by=1), act(consultation, by=2)
    LedgerPayload.objects.filter(entry=first).delete()
    assert ledger.verify(consultation.pk) == []
    LedgerPayload.objects.filter(entry=second).update(content={"by": 3})
    assert faulty(consultation) == [(2, "Its payload was changed after it was written.")]


@pytest.mark.django_db
def test_verify_with_a_known_head_finds_a_cut_tail() -> None:
    consultation = make_consultation()
    act(consultation)
    last = act(consultation)
    LedgerPayload.objects.filter(entry=last).delete()
    forge("DELETE FROM consultations_ledgerentry WHERE sequence = 2")
    assert ledger.verify(consultation.pk) == []
    found = ledger.verify(consultation.pk, known_head=last.hash)
    assert [fault.sequence for fault in found] == [1]
