"""How an edition stores its summaries, and what the next one reads of them."""

from typing import Any

from consultations.analysis.shapes import METHOD, Summary
from consultations.digests.quoting import quotes_of, spoken
from consultations.models import Consultation

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
    quotes = [{**quote, "text": said.get(quote["comment"], "")} for quote in told["quotes"]]
    return Summary.from_json({**told, "quotes": quotes})


def earlier_summaries(consultation: Consultation) -> dict[int, Summary]:
    """Return the last edition's summaries by recommendation, where they were made by this method.

    Their quotes have the words that still stand, and none where they do not (two queries).
    """
    last = consultation.editions.order_by("-slot", "pk").first()
    if last is None or (last.facts["method"], last.facts["format"]) != (METHOD, FORMAT):
        return {}
    words: dict[int, dict[str, str]] = {}
    for quote in map(spoken, quotes_of(last.pk)):
        words.setdefault(quote.recommendation, {})[quote.reference] = quote.text
    return {
        each["number"]: stored(each["summary"], words.get(each["number"]))
        for each in last.facts["recommendations"]
    }
