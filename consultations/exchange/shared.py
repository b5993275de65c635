"""The workbook of what a consultation publishes, kept fresh by a worker: one for all its readers.

It is built (`sharing`) when the record has grown by something that changes what the public reads,
and given up at once where something was taken from the public: what is hidden is in no file that
is fetched.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from consultations.models import Consultation, LedgerEntry, SharedWorkbook, SharedWorkbookPart

# Acts that change nothing of what stands in the workbook.
IDLE = (
    *("export_downloaded", "answers_submitted", "answer_withdrawn", "comment_reported"),
    *("document_sent", "document_added", "digests_held", "digests_released", "release_chosen"),
    *("respondents_expected", "confidentiality_asked", "evidence_pack_downloaded"),
    *("final_asked", "official_response_delayed", "consultation_dumped", "person_copied"),
)
# A comment that is sent for the first time, and waits, changes nothing either. Entries that do not
# say so are older than the question: they count as changing, and as taking.
WAITS = Q(act="comment_submitted", payload__content__contains={"version": 1, "public": False})
# Acts after which it lacks something, and shows nothing that it should not.
ADDS = (
    Q(act__in=("edition_made", "edition_released", "official_response_published"))
    | Q(act="comment_published", payload__content__contains={"replaces": False})
    | Q(act="comment_submitted", payload__content__contains={"version": 1, "public": True})
)


def current(consultation: Consultation) -> SharedWorkbook | None:
    """Return the workbook that may be fetched; none where something in it is no longer public."""
    found = SharedWorkbook.objects.filter(consultation=consultation, size__gt=0)
    return found.exclude(Exists(taken())).first()


def too_long(consultation: Consultation) -> bool:
    """Whether there is no workbook because a text is longer than a cell can hold."""
    found = SharedWorkbook.objects.filter(consultation=consultation, size=0)
    return found.filter(entry__isnull=False).exists()


def has_taken(consultation_id: int, since: datetime) -> bool:
    """Whether something may have been taken from the public since an instant."""
    found = LedgerEntry.objects.filter(consultation=consultation_id, at__gte=since)
    return _takes(found).exists()


def parts(workbook: SharedWorkbook) -> Iterator[bytes]:
    """Yield the file, piece by piece, as it is now: a later one does not break into it."""
    found = SharedWorkbookPart.objects.filter(workbook=workbook).order_by("number", "pk")
    contents = found.values_list("content", flat=True).iterator(chunk_size=1)
    yield from map(bytes, contents)


def later(than: OuterRef | Coalesce, consultation: str) -> QuerySet[LedgerEntry]:
    """Entries after one, of acts that change what the public reads."""
    found = LedgerEntry.objects.filter(consultation=OuterRef(consultation), sequence__gt=than)
    return _changes(found)


def taken() -> QuerySet[LedgerEntry]:
    """Entries, later than what a workbook has seen, by which something may have been taken."""
    return _takes(later(OuterRef("entry"), "consultation"))


def _changes(found: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    return found.exclude(act__in=IDLE).exclude(WAITS)


def _takes(found: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    return _changes(found).exclude(ADDS)
