"""What the database keeps of comments by itself: stems to search, indexes, counters by trigger."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value

from consultations.models.tally import COUNT_ADDED, COUNT_COMMENTS, COUNT_SHOWN, DATE_COUNTED
from consultations.text import UNSEARCHED

# The language whose stems are compared, and PostgreSQL's name for it.
CONFIG = "english"
LISTED = Q(listed=True)


def plain(column: str) -> Func:
    """Return the text of a column, character for character, as a search is to read it."""
    spaces = (Value(UNSEARCHED), Value(" " * len(UNSEARCHED)))
    return Func(F(column), *spaces, function="translate", output_field=models.TextField())


def by_publication(name: str, *facet: str) -> models.Index:
    """Return the index from which published comments are listed in order: all, or of a facet."""
    order = (F("first_published_at").desc(), F("id").desc())
    return models.Index(F("recommendation"), *map(F, facet), *order, name=name, condition=LISTED)


STEMS = SearchVector(plain("public_text"), config=CONFIG)
INDEXES = [
    by_publication("comment_listed"),
    by_publication("comment_listed_kind", "kind"),
    by_publication("comment_listed_stance", "stance"),
    by_publication("comment_listed_region", "shown_region"),
    by_publication("comment_listed_organisation", "shown_organisation_kind"),
    # The keys of a consultation's comments are read from it alone, for counts and files.
    models.Index(fields=["recommendation", "id"], name="comment_keys"),
    models.Index(
        fields=["recommendation", "kind", "region"], name="comment_shared_region", condition=LISTED
    ),
    # The recommendation stands in it too: a word is looked for where the reader is, nowhere else.
    GinIndex(fields=["recommendation", "search"], name="comment_search", condition=LISTED),
]
TRIGGERS = [
    pgtrigger.Trigger(
        name="date_counted",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("NEW.counted <> (NEW.counted_since IS NOT NULL)"),
        func=DATE_COUNTED,
    ),
    pgtrigger.Trigger(
        name="count_comments",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        func=COUNT_COMMENTS,
    ),
    pgtrigger.Trigger(
        name="count_added",
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
        func=COUNT_ADDED,
    ),
    pgtrigger.Trigger(
        name="count_shown",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        func=COUNT_SHOWN,
    ),
]
