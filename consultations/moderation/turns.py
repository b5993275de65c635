"""Whose turn a case is: taken for ten minutes, renewed, passed on; it runs out by itself.

So two moderators do not read the same one. It is a courtesy and no lock: whoever decides locks the
case itself, in `decide` and its like.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from consultations import policy
from consultations.models import Case, User
from consultations.models.cases import CaseQuerySet
from consultations.models.clock import clock_time

TURN = timedelta(minutes=10)


class TurnRefused(Exception):  # noqa: N818  a refusal is no error
    """A case that is somebody else's to read, with the sentence that the moderator reads."""


def free_for(user: User, at: datetime) -> Q:
    """Return the condition that nobody but `user` has the case at the instant `at`."""
    return Q(claimed_until__isnull=True) | Q(claimed_until__lte=at) | Q(claimed_by=user)


def reader(case: Case, at: datetime) -> User | None:
    """Return who has the case at the instant `at`, if anybody has."""
    runs = case.closed_at is None and case.claimed_until is not None and case.claimed_until > at
    return case.claimed_by if runs else None


def refuse_read(*, case: Case, by: User, at: datetime) -> None:
    """Raise TurnRefused where somebody but `by` is reading the case; it is as it was fetched."""
    other = reader(case, at)
    if other is not None and case.claimed_until is not None and other.pk != by.pk:
        until = clock_time(case.claimed_until)
        raise TurnRefused(
            _("%(who)s is reading it until %(until)s.") % {"who": other, "until": until}
        )


def take(*, case: Case, by: User, at: datetime, over: bool = False) -> None:
    """Give the case to `by` for ten minutes more; `over` takes it out of another's hands.

    A case that is decided already is left as it is. Raises TurnRefused where another has it.
    """
    rows = Case.objects.waiting().filter(pk=case.pk)
    if not over:
        rows = rows.filter(free_for(by, at))
    if rows.update(claimed_by=by, claimed_until=at + TURN):
        return
    case.refresh_from_db(fields=["claimed_by", "claimed_until", "closed_at"])
    other = reader(case, at)
    if other is not None and case.claimed_until is not None:
        until = clock_time(case.claimed_until)
        raise TurnRefused(
            _("%(who)s is reading this one until %(until)s. Take it over, or go on to the next.")
            % {"who": other, "until": until}
        )


def leave(*, case: Case, by: User) -> None:
    """Give the case back to the queue, where it is `by` who has it."""
    Case.objects.filter(pk=case.pk, claimed_by=by).update(claimed_by=None, claimed_until=None)


@transaction.atomic
def take_next(
    *, consultations: Iterable[int], by: User, at: datetime, after: Case | None = None
) -> Case | None:
    """Give `by` the next case that nobody else has, and give `after` back; None where none waits.

    The next is the one that waits behind `after`, else the oldest of its consultation, else the
    oldest of all these `consultations`. Of two who ask at once, each is given another. An appeal
    that others decide is not given, on whatever it is.
    """
    theirs = policy.appeals_for_others(by).filter(pk=OuterRef("appeal"))
    mine = Q(appeal__isnull=True) | ~Exists(theirs)
    waiting = Case.objects.waiting().filter(free_for(by, at)).filter(mine)
    waiting = waiting.exclude(policy.refused_before(by))
    if after is not None:
        waiting = waiting.exclude(pk=after.pk)
        leave(case=after, by=by)
    for rows in _in_turn(waiting, list(consultations), after):
        found = rows.select_for_update(skip_locked=True, no_key=True).first()
        if found is not None:
            found.claimed_by, found.claimed_until = by, at + TURN
            found.save(update_fields=["claimed_by", "claimed_until"])
            return found
    return None


def _in_turn(
    waiting: CaseQuerySet, consultations: list[int], after: Case | None
) -> Iterator[CaseQuerySet]:
    """Yield what is looked through for the next case, each in the order of the queue."""
    if after is not None and after.consultation_id in consultations:
        here = waiting.filter(consultation_id=after.consultation_id).order_by("since", "pk")
        behind = Q(since__gt=after.since) | Q(since=after.since, pk__gt=after.pk)
        # The first condition says nothing new, but lets the index begin here, however deep.
        yield here.filter(behind, since__gte=after.since)
        yield here
    yield waiting.filter(consultation_id__in=consultations).order_by("since", "pk")


def keep_shortcuts(*, by: User, on: bool) -> None:
    """Turn single-key shortcuts in the queue on or off, for this person and until they say so."""
    User.objects.filter(pk=by.pk).update(shortcuts=on)
