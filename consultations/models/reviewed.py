"""Whether a moderator has read the words of a comment that are public."""

from django.db.models import BooleanField, Exists, F, OuterRef, expressions
from django.db.models.expressions import Combinable

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
