"""What never gets into a log: the rows that PostgreSQL quotes when it refuses them.

A log cannot be erased when a person is, so nobody's name, address or words may stand in one.
"""

import re
from collections.abc import MutableMapping
from typing import Any

# psycopg ends a message with the server's detail: the values of a key, or a whole row.
_DETAIL = re.compile(
    r"\nDETAIL:.*?(?=\n\nThe above exception|\n\nDuring handling of|\Z)", re.DOTALL
)


def without_rows(logger: Any, method: str, said: MutableMapping[str, Any]) -> Any:
    """Take the rows out of an exception's text, as a processor of structlog."""
    if isinstance(said.get("exception"), str):
        said["exception"] = _DETAIL.sub("\nDETAIL: left out", said["exception"])
    return said
