"""What an official answer cites in its text; what no answer cites is next door, in `points`.

A comment is cited as [[its reference]], a sentence of an edition as [[digest 3.2]]: the second
sentence that digest 3 holds on the same recommendation, in the order of its frozen facts.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import (
    Comment,
    Edition,
    OfficialAnswer,
    OfficialCitation,
    Recommendation,
)
from consultations.models.addresses import REFERENCE

MARK = re.compile(r"\[\[([^\[\]\n]{1,60})\]\]")
COMMENT = re.compile(REFERENCE)
SENTENCE = re.compile(r"digest (\d{1,4})\.(\d{1,3})")
_SIGNS = re.compile(r"([\\`*_\[\]<>&])")


class CitationError(Exception):
    """A citation of something that is not there, with the sentence that says so."""


@dataclass(frozen=True)
class Readable:
    """What a reader may see of what answers cite.

    `comments` are references; `sentences` the words of those that stand, by the answer's id, then
    by digest and place.
    """

    comments: frozenset[str]
    sentences: Mapping[int, Mapping[tuple[int, int], str]]


def cited(texts: Iterable[str], recommendation: Recommendation) -> list[OfficialCitation]:
    """Return what the texts cite, as rows that are not saved (at most two queries).

    Raises CitationError for what is not a citation, for a comment that the public does not read
    on this recommendation, and for a sentence that no digest has which readers may read.
    """
    marks = dict.fromkeys(mark.strip() for text in texts for mark in MARK.findall(text))
    comments = [mark for mark in marks if COMMENT.fullmatch(mark)]
    sentences = [found for mark in marks if (found := SENTENCE.fullmatch(mark))]
    for mark in marks:
        if not COMMENT.fullmatch(mark) and not SENTENCE.fullmatch(mark):
            said = _("[[%(mark)s]] cites nothing. Write [[ABCD2345]] or [[digest 3.2]].")
            raise CitationError(said % {"mark": mark})
    return [
        *(OfficialCitation(comment=each) for each in _comments(comments, recommendation)),
        *_sentences([(int(one[1]), int(one[2])) for one in sentences], recommendation),
    ]


def readable(answers: Sequence[OfficialAnswer], comments: QuerySet[Comment]) -> Readable:
    """Return what a reader may see of what these answers cite (two queries at most).

    The answers come with their recommendations; `comments` are those that the reader may see.
    Nothing is asked where no text cites anything.
    """
    if not any(MARK.search(text) for row in answers for text in texts_of(row)):
        return Readable(frozenset(), {})
    shown = comments.filter(official_citations__answer__in=answers)
    return Readable(frozenset(shown.values_list("reference", flat=True)), _told(answers))


def texts_of(answer: OfficialAnswer) -> tuple[str, str, str, str]:
    """Return an answer's texts in the order in which they are read."""
    return answer.asked, answer.said, answer.will, answer.progress


def _told(answers: Sequence[OfficialAnswer]) -> dict[int, dict[tuple[int, int], str]]:
    """The words of the cited sentences that stand, by answer, digest and place (one query)."""
    standing = Edition.State.RELEASED
    cites = OfficialCitation.objects.filter(answer__in=answers, edition__state=standing)
    recommendations = {row.pk: row.recommendation for row in answers}
    found: dict[int, dict[tuple[int, int], str]] = {}
    for cite in cites.select_related("edition").order_by("pk"):
        told = told_on(cite.edition, recommendations[cite.answer_id]) if cite.edition else []
        if cite.edition and cite.sentence and cite.sentence <= len(told):
            place = cite.edition.number, cite.sentence
            found.setdefault(cite.answer_id, {})[place] = told[cite.sentence - 1]
    return found


def linked(
    text: str,
    recommendation: Recommendation,
    shown: Collection[str],
    sentences: Mapping[tuple[int, int], str],
    site: str = "",
) -> str:
    """Return a text's Markdown with its citations as links.

    `shown` are the references of the comments that its reader may see, `sentences` the words of
    the digests' that stand, by digest and place; what is shown no longer is cited without a link.
    `site` goes before each path, where the text is read elsewhere.
    """
    slug = recommendation.consultation.slug

    def link(found: re.Match[str]) -> str:
        mark = found[1].strip()
        if mark in shown:
            path = reverse("comments.show", args=[slug, recommendation.number, mark])
            return f"[{_('comment %(reference)s') % {'reference': mark}}]({site}{path})"
        place = SENTENCE.fullmatch(mark)
        words = sentences.get((int(place[1]), int(place[2]))) if place else None
        if place and words:
            path = reverse("digests.show", args=[slug, int(place[1])])
            said = _("“%(words)s” (digest %(number)s)")
            return f"[{said % {'words': _plain(words), 'number': place[1]}}]({site}{path})"
        if place:
            return _("(a sentence of a digest that was withdrawn)")
        return _("(a comment that is shown no longer)")

    return MARK.sub(link, text)


def _plain(words: str) -> str:
    """Words in which Markdown finds nothing to do."""
    return _SIGNS.sub(r"\\\1", words)


def _comments(references: list[str], recommendation: Recommendation) -> list[Comment]:
    if not references:
        return []
    rows = Comment.objects.filter(recommendation=recommendation, listed=True)
    found = {row.reference: row for row in rows.filter(reference__in=references)}
    for reference in references:
        if reference not in found:
            said = _("[[%(mark)s]] is no published comment on this recommendation.")
            raise CitationError(said % {"mark": reference})
    return [found[reference] for reference in references]


def _sentences(
    places: list[tuple[int, int]], recommendation: Recommendation
) -> list[OfficialCitation]:
    if not places:
        return []
    # A discarded edition's number is another's by now, and nobody has read what waits.
    rows = Edition.objects.standing().filter(consultation=recommendation.consultation_id)
    found = {row.number: row for row in rows.filter(number__in={number for number, _n in places})}
    made = []
    for number, place in places:
        edition = found.get(number)
        if edition is None or not 1 <= place <= len(told_on(edition, recommendation)):
            said = _(
                "No published digest %(number)s has a sentence %(place)s on this recommendation."
            )
            raise CitationError(said % {"number": number, "place": place})
        made.append(OfficialCitation(edition=edition, sentence=place))
    return made


def told_on(edition: Edition, recommendation: Recommendation) -> list[str]:
    """Return the sentences of an edition on a recommendation, in the order of its facts."""
    for told in edition.facts["recommendations"]:
        if told["number"] == recommendation.number:
            return [each["text"] for each in told["summary"]["statements"] if each["sources"]]
    return []
