"""Finding published comments: by facet and by words, in pages, counted without reading them all.

Whatever is asked here is asked of what the reader may see, counters included; and only what a
comment shows in public is searched.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import BooleanField, ExpressionWrapper, Func, Q, TextField
from django.db.models.lookups import Exact

from consultations import text
from consultations.models import (
    Comment,
    Kind,
    OrganisationKind,
    Recommendation,
    Region,
    ShownTally,
    SizeBand,
    Stance,
    Tally,
    User,
)
from consultations.models.comment_queries import CommentQuerySet, answers_shown_to
from consultations.models.comment_tables import CONFIG, plain

PAGE = 25
# Beyond so many, what is searched, or filtered twice, is not counted.
MOST_COUNTED = 1_000
MOST_CHARACTERS = 200
# What shows no region, or a name that is no organisation's; and what shows no name.
NONE, WITHHELD = "none", "withheld"


@dataclass(frozen=True)
class Choice:
    """One value of a facet: its name, how many comments show it, and the rows it stands for."""

    value: str
    name: str
    count: int = 0
    keys: tuple[int, ...] = ()
    # Whether how many show it is stored: what seldom is asked for is counted when it is.
    stored: bool = True


# The choices of one facet by their values, in the order in which they are offered.
Choices = Mapping[str, Choice]


@dataclass(frozen=True)
class Facets:
    """What can be chosen among a recommendation's comments, and how many show each choice."""

    kinds: Choices
    regions: Choices
    organisation_kinds: Choices
    stances: Choices

    @property
    def listed(self) -> int:
        """Return how many comments are shown in all."""
        return sum(choice.count for choice in self.kinds.values())


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for: at most one choice of each facet, words, and the order."""

    kind: Choice | None = None
    region: Choice | None = None
    organisation_kind: Choice | None = None
    stance: Choice | None = None
    size: Choice | None = None
    words: str = ""
    oldest_first: bool = False

    @property
    def chosen(self) -> list[Choice]:
        """Return the choices that are made."""
        every = (self.kind, self.region, self.organisation_kind, self.stance, self.size)
        return [choice for choice in every if choice]

    @property
    def counted(self) -> bool:
        """Whether a stored counter tells how many there are: of one choice alone, or none."""
        return not self.words and len(self.chosen) <= 1 and all(each.stored for each in self.chosen)


@dataclass(frozen=True)
class Found:
    """A page of what was found, how many there are in all, and what the next page follows."""

    comments: list[Comment]
    count: int
    more: bool = False
    last: str = ""


class NoSuchPlace(Exception):  # noqa: N818  it is an address that leads nowhere
    """The page was to follow a comment that is not among those which the reader may see."""


def tallies(recommendation: Recommendation, user: User | None, at: datetime) -> list[Tally]:
    """Return the recommendation's counters, each with whether its comments are `shown` (a query).

    Figures hold more than a reader may read: what is not shown is counted there, and not here.
    """
    shown = ExpressionWrapper(answers_shown_to(user, at), output_field=BooleanField())
    return list(recommendation.tallies.annotate(shown=shown))


def facets(recommendation: Recommendation, counted: Iterable[Tally]) -> Facets:
    """Return what can be chosen, from stored counters (one query more, if any are shown)."""
    rows = [row for row in counted if row.shown]  # type: ignore[attr-defined]
    kinds: Counter[str] = Counter()
    stances: Counter[str] = Counter()
    for row in rows:
        kinds[row.kind] += row.listed
        stances[row.stance] += row.listed
    found = ShownTally.objects.filter(recommendation=recommendation, listed__gt=0)
    shown = list(found.select_related("region", "organisation_kind")) if kinds.total() else []
    return Facets(
        kinds=_labelled(Kind.choices, kinds),
        regions=_dated((row.region, row.listed) for row in shown),
        organisation_kinds=_dated((row.organisation_kind, row.listed) for row in shown),
        stances=_labelled(Stance.choices, stances),
    )


def _labelled(choices: Sequence[tuple[str, object]], counts: Mapping[str, int]) -> Choices:
    """Return a choice for each label, those that no comment shows included."""
    return {value: Choice(value, str(name), counts.get(value, 0)) for value, name in choices}


def _dated(
    counted: Iterable[tuple[Region | OrganisationKind | None, int]],
) -> Choices:
    """Return a choice for each code, in the order of the list; editions of one code are one."""
    found: dict[str, Choice] = {}
    rows = [(row, count) for row, count in counted if row is not None]
    for row, count in sorted(rows, key=lambda each: (each[0].order, each[0].name, each[0].pk)):
        known = found.get(row.code, Choice(row.code, row.name))
        found[row.code] = Choice(row.code, known.name, known.count + count, (*known.keys, row.pk))
    return found


def rare(model: type[Region] | type[OrganisationKind] | type[SizeBand], code: str) -> Choice | None:
    """Return the choice of a code that no counter names just now; None where there is no such."""
    rows = list(model.objects.filter(code=code).order_by("-edition", "pk"))
    if not rows:
        return None
    return Choice(code, rows[0].name, 0, tuple(row.pk for row in rows), model is not SizeBand)


def find(shown: CommentQuerySet, wanted: Wanted, counts: Facets, *, after: str = "") -> Found:
    """Return a page of those comments `shown` that are wanted (one query, or two or three).

    `shown` is what the reader may see of one recommendation, `counts` its facets. Raises
    NoSuchPlace where `after` is the reference of none of them. One choice alone has an index and
    a stored counter, so its count is exact.
    """
    rows = _narrowed(shown, wanted)
    if not wanted.counted:
        return _searched(rows, shown, wanted, after)
    found = _page(rows, wanted, after, shown)
    count = sum(each.count for each in wanted.chosen) if wanted.chosen else counts.listed
    return _found(found, len(found) if not after and len(found) <= PAGE else count)


def _searched(rows: CommentQuerySet, shown: CommentQuerySet, wanted: Wanted, after: str) -> Found:
    """Return a page of what has no order of its own in an index, at a bounded cost.

    The places of the first thousand and one are read, which also counts them: few are sorted, and
    of many the first are soon met. The words of one page alone are then read.
    """
    order = ("first_published_at", "pk") if wanted.oldest_first else ("-first_published_at", "-pk")
    places = rows.order_by(*order).values_list("first_published_at", "pk")
    known = list(places[: MOST_COUNTED + 1])
    more, later = len(known) > MOST_COUNTED, known
    if after:
        place = shown.filter(reference=after).values_list("first_published_at", "pk").first()
        if place is None:
            raise NoSuchPlace
        later = [one for one in known if (one > place if wanted.oldest_first else one < place)]
    if more and len(later) <= PAGE:  # beyond those counted there are many: the order leads to them
        found = _page(rows, wanted, after, shown)
    else:
        keys = [pk for _at, pk in later[: PAGE + 1]]
        found = _page(rows.filter(pk__in=keys), wanted) if keys else []
    return _found(found, min(len(known), MOST_COUNTED), more=more)


def _page(
    rows: CommentQuerySet, wanted: Wanted, after: str = "", shown: CommentQuerySet | None = None
) -> list[Comment]:
    """Return a page's comments and one more, with what the words mark in them."""
    page = rows.oldest_first() if wanted.oldest_first else rows.newest_first()
    if after:
        page = (page.newer_than if wanted.oldest_first else page.older_than)(after, among=shown)
    if wanted.words:
        page = page.annotate(headline=_headline(wanted.words))
    found = list(page[: PAGE + 1])
    if after and shown is not None and not found and not shown.filter(reference=after).exists():
        raise NoSuchPlace
    return found


def _found(page: list[Comment], count: int, *, more: bool = False) -> Found:
    last = page[PAGE - 1].reference if len(page) > PAGE else ""
    return Found(page[:PAGE], count, more, last)


def _narrowed(shown: CommentQuerySet, wanted: Wanted) -> CommentQuerySet:
    """Keep what is wanted; every name of a field stands here, and none comes from a reader."""
    rows = shown
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind.value)
    if wanted.region:
        rows = rows.filter(_region(wanted.region))
    if wanted.organisation_kind:
        rows = rows.filter(_organisation_kind(wanted.organisation_kind))
    if wanted.stance:
        rows = rows.filter(stance=wanted.stance.value)
    if wanted.size:
        rows = rows.filter(_size(wanted.size))
    if wanted.words:
        query = _query(wanted.words)
        # Words that are only to be missing lead through every comment: nothing is found by them.
        tree = Func(query, function="querytree", output_field=TextField())
        rows = rows.filter(~Q(Exact(tree, "T")), search=query)
    return rows


def _region(choice: Choice) -> Q:
    if choice.value == NONE:
        return Q(shown_region__isnull=True)
    return Q(shown_region__in=choice.keys)


def _organisation_kind(choice: Choice) -> Q:
    if choice.value == WITHHELD:
        return Q(signed=False)
    if choice.value == NONE:
        return Q(signed=True, shown_organisation_kind__isnull=True)
    return Q(shown_organisation_kind__in=choice.keys)


def _size(choice: Choice) -> Q:
    """A size is that of an organisation, and is shown where its name is."""
    if choice.value == NONE:
        return Q(signed=False) | Q(response__size_band__isnull=True)
    return Q(signed=True, response__size_band__in=choice.keys)


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, config=CONFIG, search_type="websearch")


def _headline(words: str) -> SearchHeadline:
    """Return the expression of the whole text with marks around what the words find in it."""
    start, stop = text.MARKS
    return SearchHeadline(
        plain("public_text"),
        _query(words),
        config=CONFIG,
        start_sel=start,
        stop_sel=stop,
        highlight_all=True,
    )
