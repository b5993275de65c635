"""Leaving a consultation's mail by a link that needs no log-in: the token is the right to do so.

It takes effect on queued mail too: `mail.delivery` looks at the choice when it claims a mail.
"""

import re
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from consultations.models import Response, Subscription

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
Choice = Subscription.Choice


class LeavingError(Exception):
    """Something that the link does not do, with the sentence that says why."""


def address(token: str) -> str:
    """Return the address to leave by: at most 75 characters, as List-Unsubscribe adds two."""
    return f"{settings.SITE_URL}/u/{token}"


def find(token: str) -> Subscription | None:
    """Return the subscription with exactly this token, its consultation at hand, or None."""
    if not _TOKEN.fullmatch(token):
        return None
    found = Subscription.objects.select_related("consultation").filter(token=token)
    return found.order_by("pk").first()


def stop(*, token: str, at: datetime) -> Subscription | None:
    """Send nothing more about this consultation; doing it again changes nothing (RFC 8058).

    Stopping is always obeyed, also from a page that shows an earlier choice.
    """
    subscription = find(token)
    if subscription is not None:
        standing = Subscription.objects.filter(pk=subscription.pk)
        standing.exclude(choice=Choice.NOTHING).update(choice=Choice.NOTHING, chosen_at=at)
        subscription.refresh_from_db()
    return subscription


def less_often(*, token: str, seen: str, at: datetime) -> Subscription | None:
    """Send milestones only (before the close, closed, final summary, official response).

    `seen` is the stamp of the choice that the page showed. Raises LeavingError where another was
    made since, and after a complaint, which its author alone takes back, once they are logged in.
    """
    subscription = find(token)
    if subscription is None or subscription.choice == Choice.MILESTONES:
        return subscription
    if subscription.complained_at is not None:
        raise LeavingError(_("Log in to choose these e-mails again."))
    rows = Subscription.objects.filter(pk=subscription.pk, chosen_at=subscription.chosen_at)
    fresh = {"choice": Choice.MILESTONES, "chosen_at": at}
    if subscription.stamp != seen or not rows.update(**fresh):
        raise LeavingError(_("Something else was chosen since this page was opened."))
    subscription.refresh_from_db()
    return subscription


def complained(*, user_id: int, consultation_id: int | None, at: datetime) -> None:
    """Send no more digests or milestones to a reader who called our mail spam, of anything.

    What they answered and never chose about is stopped with the rest, and the consultation that
    the mail was about.
    """
    answered = Response.objects.filter(respondent=user_id).values_list("consultation", flat=True)
    about = {*answered, *([consultation_id] if consultation_id else [])}
    stopped = {"choice": Choice.NOTHING, "chosen_at": at, "complained_at": at}
    standing = Subscription.objects.filter(user=user_id)
    standing.exclude(choice=Choice.NOTHING).update(**stopped)
    Subscription.objects.bulk_create(
        [Subscription(user_id=user_id, consultation_id=each, **stopped) for each in sorted(about)],
        ignore_conflicts=True,
    )
