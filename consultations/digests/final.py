"""When a consultation's final summary is due, and an officer's order to have it made now.

It covers the whole time from the opening on. By itself it comes once: on the first morning after
the close on which nothing waits for a decision, and every edition of the series that is to come
has been published. One that was discarded or withdrawn is made again only when an officer says so;
so is that of what closed more than `CATCH_UP` ago, as nobody is to be mailed about it unasked.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Case as Choose
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.digests.due import CATCH_UP, DAILY, SETTLED, Due, last_told, newest_slot
from consultations.digests.preview import LONGEST_REASON, DigestError
from consultations.models import Case, Comment, Consultation, Edition, Response, User
from consultations.models.edition_standing import STANDS, UNSEEN


def due_finals(at: datetime) -> list[Due]:
    """Return which consultations wait for their final summary at the database's instant `at`.

    One query. By itself it covers all until the last 07:00 in London, since when nothing was
    decided either; ordered, until the order, whatever waits. While an edition waits for its
    release, or all are held, there is none.
    """
    morning = newest_slot(DAILY, at - SETTLED)
    asked = F("final_asked_at")
    rows = (
        Consultation.objects.filter(state=Consultation.State.PUBLISHED, closes_at__lte=at)
        .filter(opens_at__isnull=False, digests_held_at__isnull=True)
        .annotate(ordered=_ordered(at))
        .annotate(
            slot=Choose(When(ordered=True, then=asked), default=Value(morning, DateTimeField())),
            told=Coalesce(last_told(), F("opens_at")),
        )
        .filter(~Exists(_in_the_way()))
        .filter(Q(ordered=True) | _by_itself(morning, at))
        .order_by("slot", "pk")
    )
    found = rows.annotate(start=F("opens_at")).values_list("pk", "start", "slot")
    return [Due(*row, final=True) for row in found]


def make_now(*, consultation: Consultation, reason: str, by: User, at: datetime) -> None:
    """Have the final summary made of all that counts at `at`, whatever waits; the next tick does.

    Raises DigestError without a reason, before the close, while all digests are held or one waits
    for its release, and where there is one already.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise DigestError(_("Say why it is made now, in 500 characters or fewer."))
    with transaction.atomic():
        held = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        if said := why_not(held, at):
            raise DigestError(said)
        Consultation.objects.filter(pk=held.pk).update(final_asked_at=at)
        payload: dict[str, ledger.JSON] = {"slug": held.slug, "by": by.pk, "reason": reason}
        ledger.append(consultation_id=held.pk, act="final_asked", at=at, payload=payload)
    consultation.refresh_from_db(fields=["final_asked_at"])


def why_not(consultation: Consultation, at: datetime) -> str:
    """Return the sentence that says why no final summary can be ordered at `at`, else "".

    Two queries at most.
    """
    closes_at = consultation.closes_at
    if not consultation.published_at or closes_at is None or at < closes_at:
        return _("It can be made once the consultation has closed.")
    if consultation.digests_held_at:
        return _("All digests are held: release them first.")
    there = consultation.editions.filter(Q(final=True) | Q(state__in=UNSEEN))
    for edition in there.filter(state__in=STANDS).order_by("-final", "pk")[:1]:
        if edition.precedes(closes_at):
            return _("There is one from before the closing time was moved: take it back first.")
        if edition.final:
            said = _("There is one, %(state)s. It can be made again once that is taken back.")
            return said % {"state": edition.get_state_display()}
        said = _("Digest %(n)s waits for its release: release or discard it first.")
        return said % {"n": edition.number}
    return _("It is being made.") if is_being_made(consultation) else ""


def is_being_made(consultation: Consultation) -> bool:
    """Return whether one was ordered and no edition has come of it (one query where it was).

    Nothing comes of an order from before the close, as the closing time was moved since.
    """
    asked, closes_at = consultation.final_asked_at, consultation.closes_at
    if asked is None or closes_at is None or asked < closes_at:
        return False
    return not consultation.editions.filter(final=True, slot=asked).exists()


def is_too_late(consultation: Consultation, at: datetime) -> bool:
    """Return whether it closed so long before `at` that none comes by itself any more."""
    return consultation.closes_at is not None and consultation.closes_at <= at - CATCH_UP


def is_to_come(consultation: Consultation, at: datetime) -> bool:
    """Return whether a final summary comes by itself yet, as somebody answered (one query)."""
    if is_too_late(consultation, at):
        return False
    finals = Edition.objects.filter(consultation=OuterRef("consultation"), final=True)
    sent = consultation.responses.filter(state=Response.State.SUBMITTED)
    return sent.filter(~Exists(finals)).exists()


def standing_final(consultation: Consultation) -> Edition | None:
    """Return the final summary that is published and stands, without its facts (one query).

    One from before the closing time was moved is not it: what was said since is missing.
    """
    whole = consultation.editions.filter(final=True, slot__gte=consultation.closes_at)
    return whole.standing().defer("facts").first()


def _ordered(at: datetime) -> Combinable:
    """An order that is so old that all before it is committed, and of which nothing came yet."""
    made = Edition.objects.filter(
        consultation=OuterRef("pk"), final=True, slot=OuterRef("final_asked_at")
    )
    return Q(final_asked_at__lte=at - SETTLED, final_asked_at__gte=F("closes_at")) & ~Exists(made)


def _in_the_way() -> QuerySet[Edition]:
    """An edition that waits for its release, or a final one that stands."""
    here = Edition.objects.filter(consultation=OuterRef("pk"))
    return here.unseen() | here.filter(final=True, state__in=STANDS)


def _by_itself(morning: datetime, at: datetime) -> Combinable:
    """Somebody answered, nothing waits or was decided since the morning, and all is told."""
    here = {"consultation": OuterRef("pk")}
    news = Comment.objects.news(OuterRef("told"), at)
    there = {"recommendation__consultation": OuterRef("pk")}
    return (
        Q(closes_at__lt=morning, closes_at__gt=at - CATCH_UP)
        & ~Exists(Edition.objects.filter(final=True, **here))
        & Exists(Response.objects.filter(state=Response.State.SUBMITTED, **here))
        & ~Exists(Case.objects.filter(Q(closed_at=None) | Q(closed_at__gte=morning), **here))
        & ~Exists(Comment.objects.filter(waiting=True, **there))
        & ~Exists(news.filter(**there))
    )
