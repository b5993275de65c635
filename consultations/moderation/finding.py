"""Finding cases by words, names and references, at a cost that does not grow with the queue.

Whole words are found, whatever their endings: an index holds them. What the moderator may read is
narrowed before, by whoever asks.
"""

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, Subquery

from consultations.models import Appeal, CommentVersion, Document, Organisation, Report, Response
from consultations.models.cases import CaseQuerySet
from consultations.models.comment_tables import CONFIG
from consultations.models.response import NAMES
from consultations.models.version import WORDS

# So many are found at most, the first ones in the order of the list.
MOST_FOUND = 200


def find(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    """Return those of `cases`, an ordered list, that hold the words or carry the name.

    Each sort of match is looked for by itself, so that each has its index, and only as far as
    `MOST_FOUND`: the first of all are among the first of each.
    """
    plain = cases.select_related(None).prefetch_related(None)
    first, *others = [
        plain.filter(condition).values("pk")[:MOST_FOUND] for condition in _conditions(words)
    ]
    found = first.union(*others, all=True)
    return cases.filter(pk__in=found)


def _conditions(words: str) -> list[Q]:
    """Return each way in which a case may be meant; every name of a field stands here."""
    responses = _named(words)
    reference = words.strip()
    return [
        Q(comment__submitted_version__in=_spoken(words)),
        Q(comment__response__in=responses),
        Q(document__response__in=responses),
        Q(membership__organisation__in=_organisations(words)),
        Q(report__in=Subquery(Report.objects.filter(words__icontains=words).values("pk"))),
        Q(document__in=Subquery(Document.objects.filter(title__icontains=words).values("pk"))),
        Q(appeal__in=Subquery(Appeal.objects.filter(words__icontains=words).values("pk"))),
        Q(appeal__decision__case__comment__response__reference=reference),
        Q(comment__reference=reference) | Q(comment__response__reference=reference),
        Q(report__comment__reference=reference) | Q(document__response__reference=reference),
    ]


def _spoken(words: str) -> Subquery:
    query = SearchQuery(words, config=CONFIG, search_type="websearch")
    return Subquery(CommentVersion.objects.annotate(found=WORDS).filter(found=query).values("pk"))


def _named(words: str) -> Subquery:
    query = SearchQuery(words, config="simple", search_type="websearch")
    return Subquery(Response.objects.annotate(found=NAMES).filter(found=query).values("pk"))


def _organisations(words: str) -> Subquery:
    return Subquery(Organisation.objects.filter(name__icontains=words).values("pk"))
