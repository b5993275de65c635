"""Which e-mail addresses a mail can go to and a person can sign up with."""

import hashlib
import hmac
import re

from django.conf import settings

# RFC 5321 allows quoted local parts and addresses of other scripts; relays and people do not.
LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
ADDRESS = re.compile(LOCAL + r"@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
MOST_CHARACTERS = 254  # RFC 3696, erratum 1690
# Where anybody can have an address: it says nothing of whom they work for.
FREE_MAIL = frozenset(
    {
        *("aol.co.uk", "aol.com", "blueyonder.co.uk", "btinternet.com", "btopenworld.com"),
        *("fastmail.com", "gmail.com", "gmx.co.uk", "gmx.com", "gmx.net"),
        *("googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "icloud.com"),
        *("live.co.uk", "live.com", "mac.com", "mail.com", "me.com"),
        *("msn.com", "ntlworld.com", "o2.co.uk", "orange.net", "outlook.com"),
        *("plus.com", "plusnet.com", "pm.me", "proton.me", "protonmail.com"),
        *("rocketmail.com", "sky.com", "talk21.com", "talktalk.net", "tiscali.co.uk"),
        *("tuta.io", "tutanota.com", "virginmedia.com", "yahoo.co.uk", "yahoo.com"),
        *("ymail.com", "zoho.com"),
    }
)


def refused(column: str) -> str:
    """Return the SQL condition on a `Suppression` that it is of the address in this expression.

    That of a person who was erased is kept as `hashed` alone: nothing is sent there all the same.
    The statement is run with what `pads` returns among its values.
    """
    lower = f"lower({column})"
    digest = f"convert_to(encode(sha256(convert_to({lower}, 'UTF8')), 'hex'), 'UTF8')"
    keyed = f"'hmac:' || encode(sha256(key.o || sha256(key.i || {digest})), 'hex')"
    keys = "unnest(%(inner)s::bytea[], %(outer)s::bytea[]) AS key (i, o)"
    return f"address = ANY (ARRAY[{lower}] || ARRAY(SELECT {keyed} FROM {keys}))"  # noqa: S608


def pads() -> dict[str, list[bytes]]:
    """Return the keys of today and of before, as HMAC uses them (RFC 2104): the database has none.

    An earlier key is known as long as it stands in SECRET_KEY_FALLBACKS; what was hashed with one
    that does not is forgotten, until the relay refuses that address again.
    """
    blocks = [key.ljust(64, b"\0") for key in _keys()]
    return {
        "inner": [bytes(byte ^ 0x36 for byte in block) for block in blocks],
        "outer": [bytes(byte ^ 0x5C for byte in block) for block in blocks],
    }


def hashed(email: str) -> str:
    """Return what stands for an address in a `Suppression` once its person is erased.

    Without the key nobody finds out whose it was by hashing the addresses that they know of.
    """
    digest = hashlib.sha256(email.lower().encode()).hexdigest()
    return "hmac:" + hmac.new(_keys()[0], digest.encode(), "sha256").hexdigest()


def _keys() -> list[bytes]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hashlib.sha256(b"suppressed address" + secret.encode()).digest() for secret in secrets]


def deliverable(email: str) -> bool:
    """Whether an address is one that mail programs write and people have."""
    return len(email) <= MOST_CHARACTERS and ADDRESS.fullmatch(email) is not None


def own_domain(email: str) -> str:
    """Return the domain of an address, unless anybody can have an address there: then ""."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain
