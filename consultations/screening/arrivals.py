"""New versions, looked at within the verb that writes them: their marks and their campaign."""

from collections.abc import Sequence
from datetime import datetime

from consultations.analysis.duplicates import bare_words, near
from consultations.limits import Sender
from consultations.models import CommentVersion
from consultations.screening import campaigns, finding
from consultations.screening.finding import Arrival, Found
from consultations.screening.marks import Mark, marks_of, ordered

# More sendings than these within an hour are unusual; they are marked, and nothing else.
UNUSUAL = {"account": 10, "organisation": 20, "address": 30}


def screen(
    versions: Sequence[CommentVersion], *, language: str, sender: Sender | None, at: datetime
) -> dict[int, list[Mark]]:
    """Find the campaign of each version, and return the marks of each by its key.

    The versions are stored already, their comments at hand; the comments' responses are locked and
    nothing is on the ledger yet. One round trip for all of them, and one or two more for each that
    is like another.
    """
    arrivals = [each for each in map(finding.arrival, versions) if each.words]
    found = finding.look(arrivals, sender, at)
    for each in arrivals:
        _place(each, found, at)
    return {
        version.pk: ordered(
            {mark["code"]: mark["count"] for mark in marks_of(version.text, language)}
            | {"repeated_text": found.repeated.get(version.pk, 0)}
            | _unusual(found.rates)
        )
        for version in versions
    }


def _place(arrival: Arrival, found: Found, at: datetime) -> None:
    """Let it stand where a moderator has put it, while its words are much the same; else find."""
    before = found.kept.get(arrival.version.comment_id)
    if before is not None and near(arrival.words, bare_words(before[0])):
        campaigns.keep(arrival, before[1], before[2])
    else:
        campaigns.place(arrival, found, at)


def _unusual(rates: dict[str, int]) -> dict[str, int]:
    return {f"rate_{scope}": n for scope, n in rates.items() if n > UNUSUAL[scope]}
