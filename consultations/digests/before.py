"""How an edition stores its summaries, and what the next one reads of them."""

from collections.abc import Iterable
from typing import Any

from consultations.analysis.shapes import METHOD, Summary
from consultations.digests.quoting import spoken
from consultations.models import Consultation, Edition, Quote

FORMAT = 1


def bare(summary: Summary) -> dict[str, Any]:
    """Return a summary as it is stored: nobody's words, and no name of an unpublished comment.

    The words are looked up by the quotes' rows.
    """
    told: dict[str, Any] = dict(summary.bare().to_json())
    for each in told["quotes"]:
        del each["text"]
    for each in told["duplicates"]:
        del each["ids"]
    return told


def stored(told: dict[str, Any], words: dict[str, str] | None = None) -> Summary:
    """Return the summary that `bare` made, its quotes with the `words` of their comments.

    Raises ValueError where it cannot be read.
    """
    said = words or {}
    try:
        quotes = [{**quote, "text": said.get(quote["comment"], "")} for quote in told["quotes"]]
        return Summary.from_json({**told, "quotes": quotes})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a summary cannot be read: {error!r}") from error


def last_standing(consultation: Consultation) -> Edition | None:
    """Return the last regular edition that was published and stands (one query)."""
    return consultation.editions.standing().regular().order_by("-slot", "pk").first()


def earlier_summaries(last: Edition, quotes: Iterable[Quote]) -> dict[int, Summary]:
    """Return a sound edition's summaries by recommendation, where they were made by this method.

    Their quotes, whose rows are given, have the words that still stand, and none where they do not.
    """
    if (last.facts.get("method"), last.facts.get("format")) != (METHOD, FORMAT):
        return {}
    words: dict[int, dict[str, str]] = {}
    for quote in map(spoken, quotes):
        words.setdefault(quote.recommendation, {})[quote.reference] = quote.text
    return {
        each["number"]: stored(each["summary"], words.get(each["number"]))
        for each in last.facts["recommendations"]
    }
