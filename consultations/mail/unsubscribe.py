"""Leaving a consultation's mail by a link that needs no log-in: the token is the right to do so.

It takes effect on queued mail too: `mail.delivery` looks at the choice when it claims a mail.
"""

import re
from datetime import datetime

from django.conf import settings

from consultations.models import Subscription

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
Choice = Subscription.Choice


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
    """Send nothing more about this consultation; doing it again changes nothing (RFC 8058)."""
    return _choose(token, Choice.NOTHING, at)


def less_often(*, token: str, at: datetime) -> Subscription | None:
    """Send milestones only (before the close, and closed); whoever chose nothing is left alone."""
    subscription = find(token)
    if subscription is None or subscription.choice != Choice.EVERY:
        return subscription
    return _choose(token, Choice.MILESTONES, at)


def _choose(token: str, choice: str, at: datetime) -> Subscription | None:
    subscription = find(token)
    if subscription is not None and subscription.choice != choice:
        changed = Subscription.objects.filter(pk=subscription.pk).exclude(choice=choice)
        changed.update(choice=choice, chosen_at=at)
        subscription.choice, subscription.chosen_at = choice, at
    return subscription
