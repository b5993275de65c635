"""Rate counters in PostgreSQL: how often, within the hour, from one account, body or address range.

They survive the cache being away, and hold nothing back by themselves: `screening` makes marks of
them. An address is shortened to its range, hashed with the day and a secret, and counted for an
hour; neither the address nor the range is ever stored.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches

from consultations.models import Rate

HOUR = timedelta(hours=1)
# A line of an office or of a mobile network shares one of these.
RANGES = {4: 24, 6: 48}
# In the order of the keys, so that two at once never wait for one another in a ring.
COUNT = """
INSERT INTO consultations_rate (key, hour, count)
SELECT key, date_trunc('hour', %(at)s::timestamptz), 1 FROM unnest(%(keys)s::text[]) AS key
 ORDER BY key
    ON CONFLICT (key, hour) DO UPDATE SET count = consultations_rate.count + 1
RETURNING key, count
"""


@dataclass(frozen=True)
class Sender:
    """Who sends: an account, for which body if any, and from which address ("" is not known)."""

    user_id: int
    organisation_id: int | None = None
    address: str = ""


def keys_of(sender: Sender, at: datetime) -> dict[str, str]:
    """Return the key of each scope ("account", "organisation", "address") that is known."""
    known = {
        "account": str(sender.user_id),
        "organisation": str(sender.organisation_id or ""),
        "address": address_range(sender.address),
    }
    day = at.date().isoformat()
    return {scope: _hashed(scope, value, day) for scope, value in known.items() if value}


def seconds_to_wait(what: str, address: str, most: int, window: timedelta) -> int:
    """Count something asked for from a range of addresses; return how long it is to wait, or 0.

    Up to `most` in each window are answered by each process of the site. It is counted in the
    process's memory: who only reads writes nothing to the database.
    """
    now, long = int(time.time()), int(window.total_seconds())
    cache = caches["requests"]
    key = f"{what}:{address_range(address)}:{now // long}"
    cache.add(key, 0, long * 2)
    try:
        counted = cache.incr(key)
    except ValueError:  # it was culled in between
        counted = 1
    return long - now % long if counted > most else 0


def forget(at: datetime) -> int:
    """Delete the counters of hours that are over; return how many."""
    return Rate.objects.filter(hour__lte=at - HOUR).delete()[0]


def address_range(address: str) -> str:
    """Return the range of addresses that an address stands in, or "" where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((found, RANGES[found.version]), strict=False))


def _hashed(scope: str, value: str, day: str) -> str:
    words = f"rate:{scope}:{value}:{day}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:32]
