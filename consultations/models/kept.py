"""What a worker makes of a consultation and keeps fresh: one row, and a lease on making it anew."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from consultations.models.consultation import Consultation

M = TypeVar("M", bound=models.Model)
# Made anew it takes at most this part of the time of one worker, however busy a consultation is.
PART = 10


class KeptQuerySet(models.QuerySet[M]):
    """Rows of which each consultation has one, with `lease_until`."""

    def hold(self, consultation: Consultation, at: datetime, lease: timedelta) -> M | None:
        """Return a consultation's row if this worker is the one to make it; another may have begun.

        For so long it is nobody else's: what a worker that died began is made by another then.
        """
        self.bulk_create([self.model(consultation=consultation)], ignore_conflicts=True)
        if not self.filter(free(at), consultation=consultation).update(lease_until=at + lease):
            return None
        return self.get(consultation=consultation)


def free(at: datetime, path: str = "") -> Q:
    """Return the condition that no worker holds a row, or the one at the end of `path__`."""
    none: dict[str, Any] = {f"{path}lease_until__isnull": True}
    return Q(**none) | Q(**{f"{path}lease_until__lt": at})


def rested(at: datetime, seconds: float) -> datetime:
    """Return until when a row that took so long to make is not made again."""
    return at + timedelta(seconds=seconds * PART)
