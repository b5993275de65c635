"""Rate counters in PostgreSQL: how often, within the hour, from one account, body or address range.

They survive the cache being away, and hold nothing back by themselves: `screening` makes marks of
them. An address is shortened to its range, hashed with the day and a secret, and counted for an
hour; neither the address nor the range is ever stored. `asking`, next door, counts who only reads.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings

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


def forget(at: datetime) -> int:
    """Delete the counters of hours that are over; return how many."""
    return Rate.objects.filter(hour__lte=at - HOUR).delete()[0]


def address_range(address: str) -> str:
    """Return the range of addresses that an address stands in, or "" where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    # What an IPv6 socket says of an IPv4 reader is not one range for all of them.
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, RANGES[found.version]), strict=False))


def _hashed(scope: str, value: str, day: str) -> str:
    words = f"rate:{scope}:{value}:{day}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:32]
