"""Whether a moderator has read the words of a comment that are public, and since when they are."""

from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    OuterRef,
    Subquery,
    expressions,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from consultations.models.cases import Decision

PUBLISHED = (Decision.Verb.PUBLISH, Decision.Verb.OVERTURN)


def public_words_read() -> Combinable:
    """Return whether what the public reads of a comment was read by a moderator.

    Where something newer was sent, `reviewed` tells of that: a decision then tells of the words
    that are public, which may have come at once.
    """
    published = Decision.objects.filter(
        case__comment=OuterRef("pk"),
        verb__in=PUBLISHED,
        undone_by__isnull=True,
        version__text=OuterRef("public_version__text"),
    )
    newest = expressions.When(public_version=F("submitted_version"), then=F("reviewed"))
    return expressions.Case(newest, default=Exists(published), output_field=BooleanField())


def made_public_at() -> Combinable:
    """Return when the words that are public came to be so.

    Where a decision put them in the place of others, at that; else when they were sent, as where
    a moderator reads afterwards.
    """
    decisions = Decision.objects.filter(
        version=OuterRef("public_version"), verb__in=PUBLISHED, undone_by__isnull=True
    ).annotate(was=KT("stood__public_version_id"))
    in_place = decisions.exclude(was__isnull=False, was=Cast("version_id", CharField()))
    first = in_place.order_by("decided_at", "pk").values("decided_at")[:1]
    return Coalesce(Subquery(first), F("public_version__written_at"))
