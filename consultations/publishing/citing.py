"""What an official answer cites in its text, and what several people said that it answers nowhere.

A comment is cited as [[its reference]], a sentence of an edition as [[digest 3.2]]: the second
sentence that digest 3 holds on the same recommendation, in the order of its frozen facts.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import (
    Campaign,
    Comment,
    CommentVersion,
    Edition,
    OfficialCitation,
    Quote,
    Recommendation,
)
from consultations.models.addresses import REFERENCE

MARK = re.compile(r"\[\[([^\[\]\n]{1,60})\]\]")
COMMENT = re.compile(REFERENCE)
SENTENCE = re.compile(r"digest (\d{1,4})\.(\d{1,3})")
_SIGNS = re.compile(r"([\\`*_\[\]<>&])")
MOST_WORDS = 40  # of a point, as it is listed


class CitationError(Exception):
    """A citation of something that is not there, with the sentence that says so."""


@dataclass(frozen=True)
class Point:
    """Something that people said and that no answer cites: how many said it, and in which words."""

    reference: str
    words: str
    said_by: int
    why: str


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


def linked(
    text: str,
    recommendation: Recommendation,
    shown: Collection[str],
    sentences: Mapping[tuple[int, int], str],
) -> str:
    """Return a text's Markdown with its citations as links.

    `shown` are the references of the comments that its reader may see, `sentences` the words of
    the digests' that stand, by digest and place; what is shown no longer is cited without a link.
    """
    slug = recommendation.consultation.slug

    def link(found: re.Match[str]) -> str:
        mark = found[1].strip()
        if mark in shown:
            path = reverse("comments.show", args=[slug, recommendation.number, mark])
            return f"[{_('comment %(reference)s') % {'reference': mark}}]({path})"
        place = SENTENCE.fullmatch(mark)
        words = sentences.get((int(place[1]), int(place[2]))) if place else None
        if place and words:
            path = reverse("digests.show", args=[slug, int(place[1])])
            said = _("“%(words)s” (digest %(number)s)")
            return f"[{said % {'words': _plain(words), 'number': place[1]}}]({path})"
        if place:
            return _("(a sentence of a digest that was withdrawn)")
        return _("(a comment that is shown no longer)")

    return MARK.sub(link, text)


def _plain(words: str) -> str:
    """Words in which Markdown finds nothing to do."""
    return _SIGNS.sub(r"\\\1", words)


def unanswered(
    recommendations: Sequence[Recommendation], cites: Collection[int]
) -> dict[int, list[Point]]:
    """Return, by recommendation, what several said or an edition quotes and no answer cites.

    `cites` are the ids of the comments that are cited. Campaigns first, the largest before the
    others; a quotation only where its edition stands, and its comment in no campaign that is
    listed or answered. Three queries.
    """
    shown = {row.pk: row for row in _candidates(recommendations)}
    covered, points = set(cites), {row.pk: list[Point]() for row in recommendations}
    for recommendation, comments in _campaigns(recommendations):
        seen = sorted(each for each in comments if each in shown)
        if seen and not comments & covered:
            why = _("a letter that several sent")
            points[recommendation].append(_point(shown[seen[0]], len(comments), why))
        covered |= comments
    quoted = Quote.objects.filter(
        recommendation__in=recommendations,
        edition__state=Edition.State.RELEASED,
        corrected_at__isnull=True,
    )
    rows = quoted.order_by("-edition__number", "position", "pk")
    for recommendation, comment in rows.values_list("recommendation", "version__comment"):
        if comment in shown and comment not in covered:
            points[recommendation].append(_point(shown[comment], 1, _("quoted in a digest")))
            covered.add(comment)
    return points


def _campaigns(recommendations: Sequence[Recommendation]) -> list[tuple[int, set[int]]]:
    """Return each campaign's recommendation and comments, the largest first."""
    found = Campaign.objects.filter(recommendation__in=recommendations, size__gte=2)
    rows = found.order_by("-size", "pk").values_list(
        "pk", "recommendation", "members__version__comment"
    )
    grouped: dict[int, tuple[int, set[int]]] = {}
    for campaign, recommendation, comment in rows:
        grouped.setdefault(campaign, (recommendation, set()))[1].add(comment)
    return list(grouped.values())


def _candidates(recommendations: Sequence[Recommendation]) -> QuerySet[Comment]:
    """The published comments of campaigns and quotations on these recommendations."""
    said = CommentVersion.objects.filter(comment__recommendation__in=recommendations)
    several = said.filter(Q(likeness__campaign__size__gte=2) | Q(quotes__isnull=False))
    return Comment.objects.filter(pk__in=several.values("comment"), listed=True)


def _point(comment: Comment, said_by: int, why: str) -> Point:
    words = comment.public_text.split()
    more = " …" if len(words) > MOST_WORDS else ""
    return Point(comment.reference, " ".join(words[:MOST_WORDS]) + more, said_by, why)


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
