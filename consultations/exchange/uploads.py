"""Files that an officer uploads: kept as they came, read as files are, and forgotten within a day.

What is tried and what is then taken in is the stored file: the browser says only which.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from consultations import text
from consultations.models import Consultation, Upload, User

KEPT = timedelta(hours=24)


def keep(
    *,
    what: Upload.What,
    name: str,
    content: bytes,
    consultation: Consultation,
    by: User,
    at: datetime,
) -> Upload:
    """Store a file; it is one person's, for one consultation, until it expires."""
    return Upload.objects.create(
        what=what,
        consultation=consultation,
        uploaded_by=by,
        uploaded_at=at,
        name=_tidy_name(name),
        content=content,
        expires_at=at + KEPT,
    )


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """Give a stored file as one on disk, for as long as the block lasts."""
    with tempfile.NamedTemporaryFile(prefix="upload-") as file:
        file.write(upload.content)
        file.flush()
        yield Path(file.name)


def forget(at: datetime) -> int:
    """Delete the files whose time is over; return how many."""
    return Upload.objects.filter(expires_at__lte=at).delete()[0]


def _tidy_name(name: str) -> str:
    """Return a name fit to be shown; what a browser sends as one may be anything."""
    try:
        return text.tidy(name[-200:], limit=200, lines=False) or "?"
    except text.TextError:
        return "?"
