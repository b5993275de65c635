"""How values are written and hashed, for the chain and for sealed words alike."""

import hashlib
import json


def compact(value: object) -> str:
    """Return the JSON of a value: sorted keys, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def salted(salt: str, content: str) -> str:
    """Return the hash of a salted payload."""
    return hashlib.sha256((salt + content).encode()).hexdigest()
