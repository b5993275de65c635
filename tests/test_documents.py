"""The owner's documents: added, withdrawn with a reason, on the ledger, and never changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from consultations import documents, files, ledger
from consultations.models import Consultation, Document, DocumentContent, LedgerEntry
from tests import samples
from tests.factories import make_consultation, make_document, make_user

pytestmark = pytest.mark.django_db


def acts(consultation: Consultation) -> list[str]:
    entries = LedgerEntry.objects.filter(consultation=consultation)
    return list(entries.order_by("sequence").values_list("act", flat=True))


def upcoming() -> Consultation:
    now = timezone.now()
    return make_consultation(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=9))


def test_add_keeps_the_bytes_in_a_row_of_their_own() -> None:
    document = make_document(name="Firms.pdf", title="Firms by place")

    assert (document.title, document.file_name, document.kind) == (
        "Firms by place",
        "Firms.pdf",
        "pdf",
    )
    assert (document.size, document.state) == (len(samples.PDF), "published")
    assert bytes(DocumentContent.objects.get(document=document).content) == samples.PDF


def test_add_and_withdraw_after_the_opening_are_on_the_ledger() -> None:
    consultation = make_consultation()
    document = make_document(consultation)

    stays = documents.withdraw(
        document=document, why="A table was wrong.", by=make_user(), at=timezone.now()
    )

    document.refresh_from_db()
    assert stays
    assert (document.state, document.why_withdrawn) == ("withdrawn", "A table was wrong.")
    assert acts(consultation) == ["document_added", "document_withdrawn"]
    assert ledger.verify(consultation.pk) == []


def test_add_and_withdraw_before_the_opening_stay_on_the_page_alone() -> None:
    consultation = upcoming()
    document = make_document(consultation)

    documents.withdraw(document=document, why="Wrong.", by=make_user(), at=timezone.now())

    assert Document.objects.get().state == "withdrawn"
    assert acts(consultation) == []


def test_withdraw_from_a_draft_removes_the_document() -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)
    document = make_document(draft)

    stays = documents.withdraw(document=document, why="Wrong.", by=make_user(), at=timezone.now())

    assert not stays
    assert (Document.objects.count(), DocumentContent.objects.count()) == (0, 0)


def test_withdraw_twice_is_refused() -> None:
    document, by = make_document(), make_user()
    documents.withdraw(document=document, why="Wrong.", by=by, at=timezone.now())

    with pytest.raises(documents.DocumentError, match="withdrawn already"):
        documents.withdraw(document=document, why="Again.", by=by, at=timezone.now())


def test_add_of_the_same_bytes_is_refused_until_they_are_withdrawn() -> None:
    consultation, by = make_consultation(), make_user()
    first = make_document(consultation)

    with pytest.raises(documents.DocumentError, match="already"):
        make_document(consultation)
    documents.withdraw(document=first, why="Wrong title.", by=by, at=timezone.now())
    make_document(consultation, title="The right title")

    found = Document.objects.of_owner().values_list("title", "state")
    assert list(found) == [(first.title, "withdrawn"), ("The right title", "published")]


def test_add_beyond_the_most_is_refused() -> None:
    consultation = make_consultation()
    for number in range(documents.MOST):
        make_document(consultation, content=b"region,jobs\nNorth East,%d" % number, name="a.csv")

    with pytest.raises(documents.DocumentError, match=f"{documents.MOST} documents"):
        make_document(consultation, content=samples.CSV, name="a.csv")


def test_recommendation_with_documents_can_be_removed_before_the_opening() -> None:
    consultation = upcoming()
    recommendation = consultation.recommendations.get(number=1)
    make_document(consultation, recommendation=recommendation)
    recommendation.current = None
    recommendation.save()

    recommendation.delete()

    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"sha256": "0" * 64},
        {"file_name": "other.pdf"},
        {"uploaded_at": timezone.now()},
    ],
)
def test_document_is_never_changed(change: dict[str, object]) -> None:
    document = make_document()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_bytes_are_never_changed_nor_the_document_deleted_once_it_is_open() -> None:
    document = make_document()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DocumentContent.objects.update(content=b"other")
    with pytest.raises(DatabaseError, match="withdrawn, not deleted"), transaction.atomic():
        document.delete()


def test_forged_bytes_and_titles_are_found_by_the_ledger() -> None:
    consultation = make_consultation()
    make_document(consultation)
    make_document(consultation, content=samples.CSV, name="a.csv")
    make_document(consultation, content=samples.odt(), name="a.odt")
    first, second, _third = Document.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")

    DocumentContent.objects.filter(document=first).update(content=b"other")
    Document.objects.filter(pk=second.pk).update(title="Forged")

    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [1, 2]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "draft"},
        {"state": "submitted", "sent_at": timezone.now()},
        {"state": "withdrawn"},
        {"size": 0},
        {"size": files.MOST_BYTES + 1},
    ],
)
def test_database_refuses_an_impossible_document(fields: dict[str, object]) -> None:
    rest = {"state": "published", "size": 1, "kind": "pdf", "uploaded_at": timezone.now()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(consultation=make_consultation(), title="x", **(rest | fields))


def test_database_refuses_more_than_ten_megabytes() -> None:
    document = make_document()
    DocumentContent.objects.all().delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentContent.objects.create(document=document, content=b"x" * (files.MOST_BYTES + 1))
