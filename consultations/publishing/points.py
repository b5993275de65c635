"""What several people said, or a digest quotes, and no official answer cites.

From three things that the portal knows: campaigns, the quotations of digests that stand, and the
comments that a digest names beside a quotation for their similar wording. An answer that cites one
of such a group, or a sentence of a digest that leads to its quotation, has answered it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Exists, Min, OuterRef, Q
from django.utils.translation import gettext as _

from consultations.models import (
    Campaign,
    Comment,
    Edition,
    Likeness,
    OfficialAnswer,
    OfficialCitation,
    Quote,
    Recommendation,
)

MOST_WORDS = 40  # of a point, as it is listed
QUOTED = "quote:"
# What a digest tells, by its number and the recommendation's.
Told: TypeAlias = Mapping[tuple[int, int], Mapping[str, Any]]


@dataclass(frozen=True)
class Point:
    """Something that people said and that no answer cites: how many said it, and in which words."""

    reference: str
    words: str
    said_by: int
    why: str


@dataclass(frozen=True)
class _Found:
    """A point before its words are read; `group` are the comments that say it, by reference.

    Of a campaign it is one of `size`.
    """

    recommendation: int
    group: tuple[str, ...]
    why: str
    size: int = 0


def unanswered(
    recommendations: Sequence[Recommendation], answers: Collection[OfficialAnswer]
) -> dict[int, list[Point]]:
    """Return, by recommendation, what several said or a digest quotes and no answer cites.

    The recommendations are of one consultation; `answers` are those that stand, or are to stand.
    Campaigns first, the largest before the others; then quotations, those with most comments of
    similar wording first, the newest digest's before others; nothing twice. Six queries at most.
    """
    told = _told(recommendations)
    cited = _cited(answers, told)
    found = [*_campaigns(recommendations, cited), *_quotations(recommendations, told)]
    names = {name for each in found for name in each.group}
    rows = Comment.objects.filter(reference__in=names, listed=True)
    words = dict(rows.values_list("reference", "public_text"))
    points = {row.pk: list[Point]() for row in recommendations}
    for each in sorted(found, key=lambda one: (not one.size, -len(one.group))):
        first = each.group[0]
        if first in words and not cited.intersection(each.group):
            said_by = each.size or sum(name in words for name in each.group)
            point = Point(first, _begun(words[first]), said_by, each.why)
            points[each.recommendation].append(point)
            cited.update(each.group)
    return points


def _told(recommendations: Sequence[Recommendation]) -> dict[tuple[int, int], Any]:
    """Return what the digests that stand tell on each recommendation, newest first (one query)."""
    consultations = {row.consultation_id for row in recommendations}
    standing = Edition.objects.filter(consultation__in=consultations).standing()
    rows = standing.order_by("-number", "pk").values_list("number", "facts__recommendations")
    return {(number, told["number"]): told["summary"] for number, all_ in rows for told in all_}


def _cited(answers: Collection[OfficialAnswer], told: Told) -> set[str]:
    """Return the comments that answers cite, or to which a cited sentence leads (one query)."""
    cites = OfficialCitation.objects.filter(answer__in=[row.pk for row in answers])
    names = ("comment__reference", "edition__number", "answer__recommendation__number", "sentence")
    found: set[str] = set()
    for reference, edition, recommendation, sentence in cites.values_list(*names):
        if reference:
            found.add(reference)
        else:
            found.update(_behind(told.get((edition, recommendation)), sentence))
    return found


def _behind(summary: Mapping[str, Any] | None, sentence: int) -> Iterator[str]:
    """Yield the comments whose quotations stand behind a sentence, counted as `told_on` does."""
    sourced = [each for each in summary["statements"] if each["sources"]] if summary else []
    if summary and sentence <= len(sourced):
        for source in sourced[sentence - 1]["sources"]:
            if source.startswith(QUOTED):
                yield summary["quotes"][int(source.removeprefix(QUOTED))]["comment"]


def _campaigns(
    recommendations: Sequence[Recommendation], cited: Collection[str]
) -> Iterator[_Found]:
    """Yield the campaigns of which one comment is shown and none is cited (two queries)."""
    members = Likeness.objects.filter(campaign=OuterRef("pk"))
    answered = members.filter(version__comment__reference__in=cited)
    first = Min("members__version__comment__pk", filter=Q(members__version__comment__listed=True))
    rows = (
        Campaign.objects.filter(~Exists(answered), recommendation__in=recommendations, size__gte=2)
        .annotate(shown=first)
        .filter(shown__isnull=False)
        .order_by("-size", "pk")
    )
    names = dict(Comment.objects.filter(pk__in=rows.values("shown")).values_list("pk", "reference"))
    for campaign in rows:
        why = _("a letter that several sent")
        shown_first = (names[campaign.shown],)
        yield _Found(campaign.recommendation_id, shown_first, why, campaign.size)


def _quotations(recommendations: Sequence[Recommendation], told: Told) -> Iterator[_Found]:
    """Yield what digests quote, but for what campaigns hold (one query)."""
    held = Likeness.objects.filter(
        version__comment=OuterRef("version__comment"), campaign__size__gte=2
    )
    quotes = Quote.objects.filter(
        ~Exists(held),
        recommendation__in=recommendations,
        edition__state=Edition.State.RELEASED,
        corrected_at__isnull=True,
    ).order_by("-edition__number", "position", "pk")
    numbers = ("edition__number", "recommendation__number", "recommendation", "position")
    for edition, number, recommendation, position, reference in quotes.values_list(
        *numbers, "version__comment__reference"
    ):
        frozen = told[edition, number]["quotes"][position - 1]
        related = tuple(frozen.get("related", ()))
        why = _("quoted in a digest, as is similar wording") if related else _("quoted in a digest")
        yield _Found(recommendation, (reference, *related), why)


def _begun(words: str) -> str:
    held = words.split()
    return " ".join(held[:MOST_WORDS]) + (" …" if len(held) > MOST_WORDS else "")
