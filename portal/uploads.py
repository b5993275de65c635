"""Taking in files: read to their end whatever their size, and kept no further than the limit.

So a page can say beside its field that a file is too large, with all else that was typed; a
connection that is cut off in the middle says nothing.
"""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

# The most that any page takes, in bytes: a file of responses to import.
MOST_KEPT = 20_000_000


class Bounded(TemporaryFileUploadHandler):
    """A temporary file of at most about that size; its `size` says how large it really was."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece of the file, unless it lies beyond the limit."""
        if start <= MOST_KEPT:
            super().receive_data_chunk(raw_data, start)
