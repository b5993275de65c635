"""Whether a stored edition still says what was published: asked whenever it is read."""

from collections.abc import Iterable

from consultations.digests.quoting import content_hash
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Edition, Quote


def require_sound(edition: Edition, quotes: Iterable[Quote]) -> None:
    """Raise UnfaithfulSummaryError unless the edition has its hash and its sentences their facts.

    Reads what is in memory alone; `quotes` are all of the edition's rows.
    """
    if content_hash(edition.number, edition.facts, quotes) != edition.hash:
        raise UnfaithfulSummaryError(f"edition {edition.number}: its content has another hash")
