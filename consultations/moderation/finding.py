"""Finding cases by words, names and references, at a cost that does not grow with the queue.

Whole words are found, whatever their endings, in any version of a comment: an index holds them.
What the moderator may read is narrowed before, by whoever asks.
"""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet, Subquery

from consultations.models import CommentVersion, Organisation, Response
from consultations.models.cases import CaseQuerySet
from consultations.models.comment_tables import CONFIG
from consultations.models.response import NAMES
from consultations.models.version import WORDS

# More than there are versions of comments.
ALL = 10_000_000


def find(cases: CaseQuerySet, words: str, *, most: int) -> CaseQuerySet:
    """Return the first `most` of `cases`, an ordered list, that hold the words or carry the name.

    Each sort of match is looked for by itself, so that each has its index, and only as far as
    `most`: the first of all are among the first of each. Their keys are read first (one query),
    so that all that a row shows is read of them alone.
    """
    order = [str(name) for name in cases.query.order_by]
    columns = [name.lstrip("-") for name in order]
    plain = cases.select_related(None).prefetch_related(None)
    first, *others = [
        plain.filter(condition).values_list(*columns)[:most] for condition in _conditions(words)
    ]
    falls = order[0].startswith("-") == cases.query.standard_ordering
    found = sorted(set(first.union(*others, all=True)), reverse=falls)
    return cases.filter(pk__in=[place[-1] for place in found[:most]])


def _conditions(words: str) -> list[Q]:
    """Return each way in which a case may be meant; every name of a field stands here."""
    responses = _named(words)
    reference = words.strip()
    return [
        Q(comment__in=_spoken(words)),
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
    query = SearchQuery(words, config=CONFIG, search_type="websearch")
    found = CommentVersion.objects.alias(found=WORDS).filter(found=query).order_by()
    return Subquery(found.values("comment_id")[:ALL])


def _named(words: str) -> Subquery:
    query = SearchQuery(words, config="simple", search_type="websearch")
    return _keys(Response.objects.alias(found=NAMES).filter(found=query))


def _organisations(words: str) -> Subquery:
    return _keys(Organisation.objects.filter(name__icontains=words))


def _keys(rows: QuerySet[Any]) -> Subquery:
    """Return the keys in no order: a sorted subquery would be read whole."""
    return Subquery(rows.order_by().values("pk"))
