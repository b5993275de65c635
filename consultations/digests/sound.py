"""Whether a stored edition still says what was published: asked whenever it is read."""

from collections.abc import Iterable

from consultations.analysis.answered import Answered, Asked
from consultations.analysis.frozen import check_frozen
from consultations.analysis.recounted import check_answered, check_asked
from consultations.analysis.violation import Violation
from consultations.digests.before import stored
from consultations.digests.quoting import content_hash, quotes_of
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Edition, Quote


def sound_quotes(edition: Edition) -> list[Quote]:
    """Return a saved edition's quotes in their order (one query).

    Raises UnfaithfulSummaryError where what is stored is not what was published.
    """
    quotes = list(quotes_of(edition.pk))
    require_sound(edition, quotes)
    return quotes


def require_sound(edition: Edition, quotes: Iterable[Quote]) -> None:
    """Raise UnfaithfulSummaryError unless the edition has its hash and its sentences their facts.

    Reads what is in memory alone; `quotes` are all of the edition's rows.
    """
    if content_hash(edition.number, edition.facts, quotes) != edition.hash:
        raise UnfaithfulSummaryError(f"edition {edition.number}: its content has another hash")
    try:
        summaries = {told["number"]: told["summary"] for told in edition.facts["recommendations"]}
    except (KeyError, TypeError) as error:
        said = f"edition {edition.number}: its facts cannot be read: {error!r}"
        raise UnfaithfulSummaryError(said) from error
    for number, summary in summaries.items():
        try:
            found = check_frozen(stored(summary))
        except ValueError as error:
            found = [Violation("unreadable", "summary", str(error))]
        if found:
            where = f"edition {edition.number}, recommendation {number}"
            raise UnfaithfulSummaryError(f"{where}: {found}")
    if edition.final and (found := _of_the_whole(edition)):
        raise UnfaithfulSummaryError(f"edition {edition.number}, the whole: {found}")


def _of_the_whole(edition: Edition) -> list[Violation]:
    """What cannot be true of who answered, and of the owner's questions."""
    try:
        told = edition.facts["whole"]
        return [
            *check_answered(Answered.from_json(told["answered"])),
            *check_asked([Asked.from_json(each) for each in told["questions"]]),
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return [Violation("unreadable", "whole", repr(error))]
