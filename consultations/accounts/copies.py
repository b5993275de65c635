"""A copy of what is held about a person: asked for by a page, built by a worker, fetched."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from consultations import ledger
from consultations.accounts import export
from consultations.accounts.holdings import about
from consultations.accounts.reach import concerned
from consultations.models import PersonalCopy, User

LEASE = timedelta(minutes=5)
# It tells of others too, as an e-mail may: an erasure must reach everything within the hour.
KEPT = timedelta(minutes=50)


@transaction.atomic
def ask_copy(*, person: User, by: User, at: datetime) -> PersonalCopy:
    """Ask for a copy of what is held about a person; while one is kept, it is that one.

    Where somebody else asks, the ledger of each consultation that the person takes part in says so.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    kept = copy_for(person=person, by=by, at=at)
    if kept is not None:
        return kept
    PersonalCopy.objects.filter(person=person, asked_by=by).delete()
    copy = PersonalCopy.objects.create(
        person=person, asked_by=by, asked_at=at, expires_at=at + KEPT
    )
    if by.pk != person.pk:
        payload = {"user": person.pk, "by": by.pk}
        for consultation_id in sorted(concerned(person)):
            ledger.append(
                consultation_id=consultation_id, act="person_copied", at=at, payload=payload
            )
    return copy


def copy_for(*, person: User, by: User, at: datetime) -> PersonalCopy | None:
    """Return the copy that `by` has asked for, made or not, while it is kept; not its content."""
    mine = PersonalCopy.objects.filter(person=person, asked_by=by, expires_at__gt=at)
    return mine.defer("content").first()


def build_one(at: datetime) -> PersonalCopy | None:
    """Build one copy that waits, or whose worker died; return it, None without one."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    with transaction.atomic():
        waiting = PersonalCopy.objects.filter(free, done_at__isnull=True, expires_at__gt=at)
        rows = waiting.select_for_update(of=("self",), skip_locked=True).select_related("person")
        copy = rows.order_by("asked_at", "pk").first()
        if copy is None:
            return None
        copy.lease_until = at + LEASE
        copy.save(update_fields=["lease_until"])
    content = export.build(about(copy.person), at)
    held = PersonalCopy.objects.filter(pk=copy.pk, lease_until=copy.lease_until)
    held.update(content=content, done_at=at, lease_until=None, expires_at=at + KEPT)
    return copy


def forget(at: datetime) -> int:
    """Delete the copies whose time is over; return how many."""
    return PersonalCopy.objects.filter(expires_at__lte=at).delete()[0]
