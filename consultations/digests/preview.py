"""What an officer does with the next edition: ask for a preview, hold it, release it.

A worker builds what is asked for (`jobs`, next door); nothing here reaches numpy.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.digests import due
from consultations.models import Consultation, Job, User

# A preview quotes people: it goes within the hour, as an erasure must reach everything.
KEPT = timedelta(minutes=50)
# So many editions to come can be looked at beforehand.
SLOTS = 3
LONGEST_REASON = 500


class DigestError(Exception):
    """Something that cannot be done with the digests now, with the sentence that says why."""


def ask_preview(
    *,
    consultation: Consultation,
    by: User,
    at: datetime,
    mail: bool,
    slot: datetime | None = None,
    final: bool = False,
) -> Job:
    """Ask for the next edition as it would be now, as a page or as an e-mail to `by`.

    Or for the one of a `slot` to come, on what is published by now, or for the final summary. It
    uses up no slot and no number. Asked twice while the first waits, it is one job. Raises
    DigestError for an instant at which none of the next editions can be made, and for the final
    summary before the close.
    """
    closed = consultation.closes_at is not None and at >= consultation.closes_at
    if final and not closed:
        raise DigestError(_("The final summary can be looked at once the consultation has closed."))
    if slot is not None and slot not in due.next_slots(consultation, at, SLOTS):
        raise DigestError(_("No digest is to come at that time any more. Choose another."))
    what = Job.What.MAIL_PREVIEW if mail else Job.What.PREVIEW
    order: dict[str, object] = {"slot": slot.isoformat()} if slot else {}
    order |= {"final": True} if final else {}
    waiting = {"what": what, "consultation": consultation, "asked_by": by, "order": order}
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        asked = Job.objects.filter(state=Job.State.ASKED, expires_at__gt=at, **waiting).first()
        return asked or Job.objects.create(asked_at=at, expires_at=at + KEPT, **waiting)


def hold(*, consultation: Consultation, reason: str, by: User, at: datetime) -> None:
    """Hold the digests back until they are released; raise DigestError where they are held.

    What was queued before goes out; no new edition is made meanwhile.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise DigestError(_("Say why the digests are held, in 500 characters or fewer."))
    free = Consultation.objects.filter(pk=consultation.pk, digests_held_at__isnull=True)
    with transaction.atomic():
        if not free.update(digests_held_at=at, digests_held_reason=reason):
            raise DigestError(_("The digests are held already."))
        payload: dict[str, ledger.JSON] = {"slug": consultation.slug, "by": by.pk}
        ledger.append(consultation_id=consultation.pk, act="digests_held", at=at, payload=payload)
    consultation.refresh_from_db(fields=["digests_held_at", "digests_held_reason"])


def release(*, consultation: Consultation, by: User, at: datetime) -> None:
    """Let the digests go on; raise DigestError where they are not held.

    One edition then tells everything since the last, at the next tick if its time has passed.
    """
    held = Consultation.objects.filter(pk=consultation.pk, digests_held_at__isnull=False)
    with transaction.atomic():
        if not held.update(digests_held_at=None, digests_held_reason=""):
            raise DigestError(_("The digests are not held."))
        payload: dict[str, ledger.JSON] = {"slug": consultation.slug, "by": by.pk}
        ledger.append(
            consultation_id=consultation.pk, act="digests_released", at=at, payload=payload
        )
    consultation.refresh_from_db(fields=["digests_held_at", "digests_held_reason"])
