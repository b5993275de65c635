"""Finding cases and comments by words, names and references, at a cost that hardly grows.

Whole words are found, whatever their endings: of a case in any version of its comment, of a comment
in its newest; an index holds them. What staff may read is narrowed before, by whoever asks.
"""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Case as Choice

from consultations.models import Comment, CommentVersion, Organisation, Response
from consultations.models.cases import CaseQuerySet
from consultations.models.comment_tables import CONFIG
from consultations.models.response import NAMES
from consultations.models.version import WORDS

# More than there are versions of comments.
ALL = 10_000_000
# So many cases are read one after another before the index of words is asked.
PROBED = 300


def find(cases: CaseQuerySet, words: str, *, most: int) -> CaseQuerySet:
    """Return the first `most` of `cases`, an ordered list, that hold the words or carry the name.

    Each sort of match is looked for by itself, so that each has its index, and only as far as
    `most`: the first of all are among the first of each. Their keys are read first (two queries),
    so that all that a row shows is read of them alone.
    """
    order = [str(name) for name in cases.query.order_by]
    columns = [name.lstrip("-") for name in order]
    plain = cases.select_related(None).prefetch_related(None)
    spoken = list(_soon(plain, words).values_list(*columns)[:most])
    conditions = _conditions(words)
    if len(spoken) < most:
        conditions.append(Q(comment__in=_spoken(words)))
    first, *others = [
        plain.filter(condition).values_list(*columns)[:most] for condition in conditions
    ]
    falls = order[0].startswith("-") == cases.query.standard_ordering
    found = sorted({*spoken, *first.union(*others, all=True)}, reverse=falls)
    return cases.filter(pk__in=[place[-1] for place in found[:most]])


def _soon(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    """Return those of the first few hundred cases that hold the words.

    A common word is met there, and the index need not name every comment that holds it.
    """
    holding = Exists(_holding(words, comment=OuterRef("comment")))
    return cases.filter(holding, pk__in=Subquery(cases.values("pk")[:PROBED]))


def _holding(words: str, **which: OuterRef) -> QuerySet[CommentVersion]:
    """Return which versions hold the words, by taking the few texts themselves to pieces.

    Hidden in a choice, the condition leads the planner to no index.
    """
    holds = Choice(When(found=_query(words), then=True), default=False, output_field=BooleanField())
    versions = CommentVersion.objects.filter(**which).order_by()
    return versions.alias(found=WORDS).alias(holds=holds).filter(holds=True)


def find_comments(
    comments: QuerySet[Comment], words: str, *, noted: Collection[int], most: int | None
) -> QuerySet[Comment]:
    """Return those `comments` that hold the words, or have the reference, in their order.

    The newest version is searched; in the consultations `noted`, where each reading of what is not
    public is written down, the public text alone. Where no more than the first `most` are asked
    for, a common word is met among the first few hundred; else each sort of match has its index.
    """
    query, reference = _query(words), words.strip().upper()
    on_record = Q(recommendation__consultation__in=noted)
    public = Q(listed=True, search=query) & on_record
    if most:
        first = Q(pk__in=Subquery(comments.select_related(None).values("pk")[:PROBED]))
        newest = Exists(_holding(words, pk=OuterRef("submitted_version"))) & ~on_record
        soon = comments.select_related(None).filter(first, public | newest)
        keys = list(soon.values_list("pk", flat=True)[:most])
        if len(keys) == most:
            return comments.filter(pk__in=keys)
    newest_by_index = Q(submitted_version__in=_versions(query).values("pk")[:ALL]) & ~on_record
    found, *others = [
        Comment.objects.filter(condition).order_by().values("pk")
        for condition in (
            newest_by_index,
            public,
            Q(reference=reference),
            Q(response__reference=reference),
        )
    ]
    return comments.filter(pk__in=found.union(*others))


def _conditions(words: str) -> list[Q]:
    """Return each way in which a case may be meant but by its words; every field stands here."""
    responses = _named(words)
    reference = words.strip()
    return [
        Q(comment__response__in=responses),
        # What is null in most cases is said to be there: an index then leads to the few.
        Q(document__isnull=False, document__response__in=responses),
        Q(membership__isnull=False, membership__organisation__in=_organisations(words)),
        Q(report__isnull=False, report__words__icontains=words),
        Q(appeal__isnull=False, appeal__words__icontains=words),
        Q(document__isnull=False, document__title__icontains=words),
        Q(comment__reference=reference),
        Q(comment__response__reference=reference),
        Q(report__comment__reference=reference),
        Q(appeal__decision__case__comment__response__reference=reference),
        Q(document__response__reference=reference),
    ]


def _spoken(words: str) -> Subquery:
    """Return the comments of which a version holds the words, by the index and apart from the rest.

    The slice keeps the planner from walking the queue and taking each text to pieces instead,
    which it would do for a rare word that it takes for a common one.
    """
    return Subquery(_versions(_query(words)).values("comment_id")[:ALL])


def _versions(query: SearchQuery) -> QuerySet[CommentVersion]:
    return CommentVersion.objects.alias(found=WORDS).filter(found=query).order_by()


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, config=CONFIG, search_type="websearch")


def _named(words: str) -> Subquery:
    query = SearchQuery(words, config="simple", search_type="websearch")
    return _keys(Response.objects.alias(found=NAMES).filter(found=query))


def _organisations(words: str) -> Subquery:
    return _keys(Organisation.objects.filter(name__icontains=words))


def _keys(rows: QuerySet[Any]) -> Subquery:
    """Return the keys in no order: a sorted subquery would be read whole."""
    return Subquery(rows.order_by().values("pk"))
