"""Whether a stored edition still says what was published: asked whenever it is read."""

from collections.abc import Iterable

from consultations.analysis.frozen import check_frozen
from consultations.analysis.violation import Violation
from consultations.digests.before import stored
from consultations.digests.quoting import content_hash
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Edition, Quote


def require_sound(edition: Edition, quotes: Iterable[Quote]) -> None:
    """Raise UnfaithfulSummaryError unless the edition has its hash and its sentences their facts.

    Reads what is in memory alone; `quotes` are all of the edition's rows.
    """
    if content_hash(edition.number, edition.facts, quotes) != edition.hash:
        raise UnfaithfulSummaryError(f"edition {edition.number}: its content has another hash")
    for told in edition.facts["recommendations"]:
        try:
            found = check_frozen(stored(told["summary"]))
        except ValueError as error:
            found = [Violation("unreadable", "summary", str(error))]
        if found:
            where = f"edition {edition.number}, recommendation {told['number']}"
            raise UnfaithfulSummaryError(f"{where}: {found}")
