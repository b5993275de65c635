"""Which e-mail addresses a mail can go to and a person can sign up with."""

import hashlib
import re

# RFC 5321 allows quoted local parts and addresses of other scripts; relays and people do not.
LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
ADDRESS = re.compile(LOCAL + r"@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
MOST_CHARACTERS = 254  # RFC 3696, erratum 1690
# Where anybody can have an address: it says nothing of whom they work for.
FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com"),
        *("live.co.uk", "msn.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "rocketmail.com"),
        *("icloud.com", "me.com", "mac.com", "aol.com", "aol.co.uk", "protonmail.com", "proton.me"),
        *("pm.me", "gmx.com", "gmx.co.uk", "gmx.net", "mail.com", "zoho.com", "fastmail.com"),
        *("btinternet.com", "btopenworld.com", "talk21.com", "virginmedia.com", "ntlworld.com"),
        *(
            "blueyonder.co.uk",
            "sky.com",
            "talktalk.net",
            "tiscali.co.uk",
            "plus.com",
            "tutanota.com",
        ),
        *("plusnet.com", "orange.net", "o2.co.uk", "tuta.io", "hey.com", "tutanota.com"),
    }
)


def refused(column: str) -> str:
    """Return the SQL condition on a `Suppression` that it is of the address in this expression.

    That of a person who was erased is kept as a hash alone: nothing is sent there all the same.
    """
    lower = f"lower({column})"
    hashed = f"'sha256:' || encode(sha256(convert_to({lower}, 'UTF8')), 'hex')"
    return f"address IN ({lower}, {hashed})"


def hashed(email: str) -> str:
    """Return what stands for an address in a `Suppression` once its person is erased."""
    return "sha256:" + hashlib.sha256(email.lower().encode()).hexdigest()


def deliverable(email: str) -> bool:
    """Whether an address is one that mail programs write and people have."""
    return len(email) <= MOST_CHARACTERS and ADDRESS.fullmatch(email) is not None


def own_domain(email: str) -> str:
    """Return the domain of an address, unless anybody can have an address there: then ""."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain
