"""Writes the pack as a ZIP: each sheet as HTML and JSON, a manifest, and the hashes of all.

The same state of the portal at the same instant gives the same bytes.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from consultations.models import Consultation, Job, Results
from consultations.pack import chain, considered, invited, opening, reach, reasons
from consultations.pack.sheets import Sheet, as_json

FORMAT = 1
STYLE = Path(__file__).resolve().parents[1] / "data" / "pack.css"
# ZIP knows no time before; the instant of the pack stands in its manifest.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3


class _Pack:
    """A ZIP that is being written, and what stands in it so far."""

    def __init__(self, zipped: ZipFile, folder: str) -> None:
        self._zipped, self._folder = zipped, folder
        self.files: list[dict[str, Any]] = []

    def add(self, name: str, words: str, *, title: str = "", public: bool = True) -> None:
        """Write one file and note its hash."""
        content = words.encode()
        entry = ZipInfo(f"{self._folder}/{name}", date_time=LONG_AGO)
        entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, READABLE, UNIX
        self._zipped.writestr(entry, content)
        said = {"name": name, "title": title, "public": public, "bytes": len(content)}
        self.files.append(said | {"sha256": hashlib.sha256(content).hexdigest()})

    def sums(self) -> str:
        """Return the lines that `sha256sum -c` reads."""
        return "".join(f"{each['sha256']}  {each['name']}\n" for each in self.files)


def write(job: Job, file: Path, at: datetime) -> dict[str, Any]:
    """Write the pack that a job asks for, as of `at`.

    Returns how many files it holds, its own hash, and how much is wrong with the record. No more
    is held than one sheet, which is read when it is its turn.
    """
    with ZipFile(file, "w") as zipped:
        pack = _Pack(zipped, f"evidence-{job.consultation.slug}")
        wrong = _fill(pack, job, at)
    with file.open("rb") as built:
        sha256 = hashlib.file_digest(built, "sha256").hexdigest()
    return {"files": len(pack.files), "sha256": sha256, "wrong": wrong}


def _fill(pack: _Pack, job: Job, at: datetime) -> int:
    """Write every file; return how much is wrong with the record."""
    consultation, contents, wrong = job.consultation, [], 0
    counted = reach.counted(consultation, at)
    for sheet in _sheets(job, at, counted):
        page, twin = f"{sheet.name}.html", f"{sheet.name}.json"
        pack.add(page, sheet.page(consultation), title=sheet.title, public=sheet.public)
        pack.add(twin, sheet.twin(), title=sheet.title, public=sheet.public)
        contents.append({"title": sheet.title, "page": page, "twin": twin})
        wrong += sheet.facts.get("wrong", 0)
    results = reach.results(consultation, counted)
    if results:
        pack.add("results.json", as_json(results), title=_("All results"))
    pack.add("style.css", STYLE.read_text(encoding="utf-8"))
    pack.add("index.html", _index(consultation, contents, bool(results), at))
    pack.add("manifest.json", _manifest(pack, consultation, at))
    pack.add("SHA256SUMS", pack.sums())
    return wrong


def _sheets(job: Job, at: datetime, counted: Results | None) -> Iterator[Sheet]:
    """Yield the sheets in the order in which they are read, each made when it is its turn."""
    held = job.consultation
    title = _("1. While the proposals could still change")
    yield Sheet("1-formative", title, "pack/opening.html", opening.facts(held, at))
    title = _("2. Enough to answer by")
    yield Sheet("2-reasons", title, "pack/reasons.html", reasons.facts(held, at))
    title = _("3. Time to answer, and who was reached")
    reached = reach.facts(held, at, counted)
    yield Sheet("3-time-and-reach", title, "pack/reach.html", reached)
    told = considered.facts(held, at)
    title = _("4. What was said, taken into account")
    yield Sheet("4-taken-into-account", title, "pack/considered.html", told)
    title = _("The record, verified")
    yield Sheet("record", title, "pack/chain.html", chain.facts(held, at))
    for number in [each["number"] for each in told["digests"]]:
        edition = held.editions.public().get(number=number)
        name = considered.DIGEST.format(number=number)
        yield Sheet(name, str(edition), "pack/digest.html", considered.digest(edition))
    title = _("Invitations")
    yield Sheet(
        "not-public/invitations", title, "pack/invited.html", invited.facts(held, at), public=False
    )


def _index(
    consultation: Consultation, contents: list[dict[str, str]], results: bool, at: datetime
) -> str:
    context = {
        "consultation": consultation,
        "title": _("Evidence pack"),
        "public": True,
        "contents": contents[:-1],
        "not_public": contents[-1],
        "results": results,
        "at": at,
    }
    return render_to_string("pack/index.html", context)


def _manifest(pack: _Pack, consultation: Consultation, at: datetime) -> str:
    """Return what is in the pack, by file, and how to check it."""
    return as_json(
        {
            "format": FORMAT,
            "consultation": consultation.slug,
            "title": consultation.title,
            "made_at": at,
            "how_to_check": "sha256sum -c SHA256SUMS",
            "open_to": consultation.visibility,
            "files": list(pack.files),
        }
    )
