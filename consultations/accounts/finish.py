"""What a worker does after an erasure: look once more for what was on its way, and for sessions."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from consultations.accounts import post, posts
from consultations.accounts.erase import take_out
from consultations.models import User

# Longer than any request that had begun before; and what may be waited for, within the hour.
SETTLED, OVER = timedelta(minutes=5), timedelta(minutes=50)


def finish(at: datetime) -> int:
    """End the erasures whose last letter is out, or whose hour is nearly over; return how many.

    Whatever a request that ran meanwhile has still written with the person's number is taken out,
    their sessions are deleted, and the address to which the last letter went is forgotten.
    """
    begun = User.objects.filter(erased_at__lte=at - SETTLED, erasure_ended_at__isnull=True)
    ended = 0
    for person in begun.order_by("erased_at", "pk"):
        letter = post.last_letter(person)
        out = letter is None or letter.state in post.ENDED
        if out or (person.erased_at and person.erased_at <= at - OVER):
            ended += _end(person, {letter.to.lower()} if letter and letter.to else set(), at)
    return ended


def _end(person: User, address: set[str], at: datetime) -> int:
    with transaction.atomic():
        rows = User.objects.select_for_update(no_key=True, skip_locked=True)
        locked = rows.filter(pk=person.pk, erasure_ended_at__isnull=True).first()
        if locked is None:
            return 0
        ended = take_out(locked, address, at)
        post.forget_last(locked, at)
        _forget_sessions(locked, address, at)
        locked.erasure_ended_at = at
        locked.save(update_fields=["erasure_ended_at"])
        posts.record_ended(ended, locked, at)
    return 1


def _forget_sessions(person: User, address: set[str], at: datetime) -> None:
    """Delete the sessions that are the person's, or in which their address was typed."""
    store, mine = SessionStore(), []
    for key, data in Session.objects.values_list("session_key", "session_data").iterator(2_000):
        said = store.decode(data)
        typed = str(said).lower()
        if said.get("_auth_user_id") == str(person.pk) or any(one in typed for one in address):
            mine.append(key)
    Session.objects.filter(session_key__in=mine).delete()
