"""Taking in files: whatever their size they are read to the end, and kept up to the limit."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import RequestFactory

from consultations import files
from consultations.exchange import contacts, imports
from portal.uploads import MOST_KEPT


def taken(size: int) -> tuple[str, UploadedFile]:
    """Return a field typed after the file, and the file, as a page receives them."""
    file = SimpleUploadedFile("a.pdf", b"x" * size)
    request = RequestFactory().post("/", {"file": file, "title": "Typed"})
    return request.POST["title"], request.FILES["file"]


@pytest.mark.parametrize("size", [0, 1, MOST_KEPT])
def test_file_within_the_limit_is_kept_whole(size: int) -> None:
    title, file = taken(size)

    assert (title, file.size, len(file.read())) == ("Typed", size, size)


def test_file_beyond_the_limit_is_read_to_its_end_and_not_kept() -> None:
    title, file = taken(2 * MOST_KEPT)

    assert (title, file.size) == ("Typed", 2 * MOST_KEPT)
    assert Path(file.temporary_file_path()).stat().st_size <= MOST_KEPT + file.DEFAULT_CHUNK_SIZE


def test_every_page_is_given_whole_what_it_takes() -> None:
    assert max(files.MOST_BYTES, imports.MOST_BYTES, contacts.MOST_BYTES) <= MOST_KEPT
