"""What an officer does with an edition once it is made: release, hold, discard, withdraw it.

An edition is frozen when it is made; its readers are fixed when it is released. Until then nobody
but its staff has seen it, so it can be discarded: its news are told by the next. What readers have
had can only be withdrawn: its address then says so, and its news are told again by none.
"""

from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.digests import plan
from consultations.digests.preview import LONGEST_REASON, DigestError
from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Comment, Consultation, Edition, EditionAct, Message, User
from consultations.models.consultation import QUIET_HOURS
from consultations.models.edition_standing import FOLLOWS, Standing
from consultations.models.telling import only_teller
from consultations.models.unhurried import unhurried

log = structlog.get_logger(__name__)
Release = Consultation.Release


def choose_release(
    *, consultation: Consultation, release: str, quiet_hours: int, by: User, at: datetime
) -> None:
    """Choose when editions go out; what waits follows the new choice at the next tick.

    Raises DigestError for hours of quiet that are too few or too many.
    """
    least, most = QUIET_HOURS
    if not least <= quiet_hours <= most:
        raise DigestError(
            _("Choose from %(least)s to %(most)s hours.") % {"least": least, "most": most}
        )
    chosen = Release(release).value
    with transaction.atomic():
        mine = Consultation.objects.filter(pk=consultation.pk)
        mine.update(release=chosen, quiet_hours=quiet_hours)
        payload: dict[str, ledger.JSON] = {
            "slug": consultation.slug,
            "by": by.pk,
            "release": chosen,
            "quiet_hours": quiet_hours,
        }
        ledger.append(consultation_id=consultation.pk, act="release_chosen", at=at, payload=payload)
    consultation.refresh_from_db(fields=["release", "quiet_hours"])


def release(*, edition: Edition, by: User | None, at: datetime) -> int:
    """Publish an edition that waits or is held, and queue it to its readers; return how many.

    Raises DigestError where it does not wait any more, while all digests are held, where what it
    rests on stands no more (`outdated`), and where it is not as it was made.
    """
    with unhurried():
        # first, as a builder does: who holds all digests meanwhile waits, or was faster
        Consultation.objects.select_for_update(no_key=True).get(pk=edition.consultation_id)
        _lock(edition)
        if edition.consultation.digests_held_at is not None:
            raise DigestError(_("All digests are held: release them first."))
        try:
            readers = open_to_readers(edition, by=by, at=at)
        except UnfaithfulSummaryError as error:
            log.exception("edition_refused", edition=edition.pk)
            said = _("This digest is not as it was made, so it was not published: discard it.")
            raise DigestError(said) from error
        record_release(edition, by=by, at=at)
    return readers


def open_to_readers(edition: Edition, *, by: User | None, at: datetime) -> int:
    """Publish an edition and queue its messages; return how many (the ledger comes after).

    Raises DigestError where its standing does not allow it or `outdated` says why, and
    UnfaithfulSummaryError where what is stored is not what was made.
    """
    _allow(edition, Standing.RELEASED)
    if said := outdated(edition, lock=True):
        raise DigestError(said)
    sound_quotes(edition)
    EditionAct.objects.create(edition=edition, act=Standing.RELEASED, by=by, at=at)
    edition.readers = plan.plan_edition(edition, at=at)
    _stand(edition, Standing.RELEASED)
    return edition.readers


def record_release(edition: Edition, *, by: User | None, at: datetime) -> None:
    """Append to the ledger that an edition was released, and to how many readers."""
    _record(edition, "edition_released", by=by, at=at, readers=edition.readers)


def hold(*, edition: Edition, reason: str, by: User, at: datetime) -> None:
    """Keep an edition that waits from going out by itself; raise DigestError where none waits.

    It is then released or discarded by hand.
    """
    with transaction.atomic():
        _lock(edition)
        _act(edition, Standing.HELD, reason=reason, by=by, at=at)
        _record(edition, "edition_held", by=by, at=at)


def discard(*, edition: Edition, reason: str, by: User, at: datetime) -> None:
    """Take back an edition that nobody has read: what it told as new is new in the next one.

    A final summary is not made again by itself (`final`).
    The next comes at the next slot, with the same number. Raises DigestError where the edition was
    released already, or while a comment of it is being decided on.
    """
    with transaction.atomic():
        _lock(edition)
        _act(edition, Standing.DISCARDED, reason=reason, by=by, at=at)
        if not edition.final:  # that tells nothing as new
            _untell(edition)
        _record(edition, "edition_discarded", by=by, at=at)


def withdraw(*, edition: Edition, reason: str, by: User, at: datetime) -> None:
    """Withdraw an edition that was published; what was not handed to the relay is not sent.

    Its address says from now on that it was withdrawn, when and why. Raises DigestError where it
    is not published.
    """
    with unhurried():
        _lock(edition)
        _act(edition, Standing.WITHDRAWN, reason=reason, by=by, at=at)
        unsent = (Message.State.QUEUED, Message.State.CLAIMED)
        Message.objects.filter(edition=edition, state__in=unsent).update(
            state=Message.State.SUPPRESSED, done_at=at, lease=None, lease_until=None
        )
        _record(edition, "edition_withdrawn", by=by, at=at)


def release_due(at: datetime) -> int:
    """Release the editions whose quiet time is over at `at`, unless they are held; return how many.

    One that somebody else has released or held meanwhile is left to them; one that cannot be
    written, or is not as it was made, is left to the log, and stops no other.
    """
    released = 0
    for edition in _due(at):
        try:
            release(edition=edition, by=None, at=at)
        except DigestError:
            continue
        except DatabaseError:
            log.exception("edition_not_released", edition=edition.pk)
            continue
        log.info("edition_released", consultation=edition.consultation_id, number=edition.number)
        released += 1
    return released


def outdated(edition: Edition, *, lock: bool = False) -> str:
    """Return the sentence that says that what an edition rests on stands no more, else "".

    A final summary is of what closed before it was made, and so is each edition where answers are
    shown after the close alone. Of others, what they compare with may be withdrawn: the comparison
    would publish figures again that were taken back. With `lock`, in a transaction, that is so
    until the commit: who withdraws the other one waits.
    """
    closes_at = edition.consultation.closes_at
    if edition.precedes(closes_at) or edition.tells_too_soon(edition.consultation):
        return _("The closing time was moved after it was made: discard it.")
    number = edition.facts.get("compared", 0)
    if not number:
        return ""
    stands = edition.consultation.editions.standing().filter(number=number)
    if (stands.select_for_update(no_key=True) if lock else stands).first() is not None:
        return ""
    said = _("It compares with digest %(number)s, withdrawn since: discard it.")
    return said % {"number": number}


def goes_out_at(edition: Edition) -> datetime | None:
    """Return when an edition that waits goes out by itself; None where somebody must release it."""
    chosen = edition.consultation
    if edition.state != Standing.WAITING or chosen.release == Release.BY_HAND:
        return None
    quiet = chosen.quiet_hours if chosen.release == Release.AFTER_QUIET else 0
    return edition.built_at + timedelta(hours=quiet)


def _due(at: datetime) -> QuerySet[Edition]:
    """What waits and has waited long enough, also where editions go out at once by now."""
    quiet = F("consultation__quiet_hours") * timedelta(hours=1)
    over = Q(consultation__release=Release.AFTER_QUIET, built_at__lte=at - quiet)
    rows = Edition.objects.filter(Q(consultation__release=Release.AT_ONCE) | over)
    waiting = rows.filter(state=Standing.WAITING, consultation__digests_held_at__isnull=True)
    return waiting.select_related("consultation").order_by("slot", "pk")


def _lock(edition: Edition) -> None:
    """Take the edition's row; what it says of its standing is then so until the commit."""
    held = Edition.objects.select_for_update(of=("self",), no_key=True)
    now = held.select_related("consultation").get(pk=edition.pk)
    edition.state, edition.readers, edition.consultation = now.state, now.readers, now.consultation


def _allow(edition: Edition, state: Standing) -> None:
    before = Standing(edition.state)
    if state not in FOLLOWS.get(before, ()):
        said = _("This digest is %(state)s by now, so nothing was changed.")
        raise DigestError(said % {"state": before.label})


def _act(edition: Edition, state: Standing, *, reason: str, by: User, at: datetime) -> None:
    """Do what needs a reason; raises DigestError without one, or where it cannot be done now."""
    _allow(edition, state)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise DigestError(_("Say why, in 500 characters or fewer."))
    EditionAct.objects.create(edition=edition, act=state, reason=reason, by=by, at=at)
    _stand(edition, state)


def _stand(edition: Edition, state: Standing) -> None:
    edition.state = state
    edition.save(update_fields=["state", "readers"])


def _untell(edition: Edition) -> None:
    """Let the comments that the edition told be news again, as if it had never been made.

    One that was hidden since kept the instant at which it was first published, since it was told:
    it has none now, so that its next publication is its first. One that was shown again since was
    first published then. Nothing is waited for: who decides on a comment may wait for the lock.
    """
    if not only_teller(edition.consultation_id):
        raise DigestError(_("A comment is being decided on just now. Try again in a moment."))
    told = Comment.objects.filter(
        recommendation__consultation=edition.consultation_id,
        first_published_at__gte=edition.period.lower,
        first_published_at__lt=edition.period.upper,
    )
    published = Q(state=Comment.State.PUBLISHED)
    again = Q(counted=True, counted_since__gt=F("first_published_at"))
    changed = told.filter(~published | again).order_by("pk")
    try:
        locked = changed.select_for_update(of=("self",), nowait=True).only("pk")
        keys = [comment.pk for comment in locked]
    except OperationalError as error:
        raise DigestError(
            _("A comment is being decided on just now. Try again in a moment.")
        ) from error
    mine = Comment.objects.filter(pk__in=keys)
    mine.filter(published).update(first_published_at=F("counted_since"))
    mine.exclude(published).update(first_published_at=None)


def _record(
    edition: Edition, act: str, *, by: User | None, at: datetime, **more: ledger.JSON
) -> None:
    payload: dict[str, ledger.JSON] = {"number": edition.number, "hash": edition.hash, **more}
    if by is not None:
        payload["by"] = by.pk
    ledger.append(consultation_id=edition.consultation_id, act=act, at=at, payload=payload)
