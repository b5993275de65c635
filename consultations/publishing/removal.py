"""Removing recommendations that nobody can have answered: before their consultation opens.

Those that stand after one that is removed move up by one, so that no number is left out.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import Consultation
from consultations.publishing.rules import PublishingError


def refuse_removing(stored: Consultation, numbers: Collection[int], at: datetime) -> None:
    """Raise PublishingError where one of these recommendations has to stay."""
    there = stored.recommendations.filter(number__in=numbers).order_by("number")
    if stored.has_opened(at) and (first := there.first()):
        raise PublishingError(
            _("The consultation has opened: recommendation %(number)s can no longer be removed.")
            % {"number": first.number}
        )
    if answered := there.filter(comments__isnull=False).first():
        raise PublishingError(
            _("Recommendation %(number)s has been answered: it cannot be removed.")
            % {"number": answered.number}
        )


def remove(stored: Consultation, numbers: Collection[int]) -> list[int]:
    """Remove these recommendations with their words; return which of them there were."""
    there = stored.recommendations.filter(number__in=numbers).order_by("number")
    removed = [row.number for row in there]
    for row in there:
        row.current = None  # which protects its words
        row.save(update_fields=["current"])
        row.delete()
    return removed


def move_up(stored: Consultation, left: Collection[int]) -> None:
    """Give each recommendation the number that it has without those that were `left` empty."""
    for row in stored.recommendations.filter(number__gt=min(left, default=0)).order_by("number"):
        before = sum(number < row.number for number in left)
        if before:
            row.number -= before
            row.save(update_fields=["number"])
