"""Words of a comment's version that the public does not read; their rows are never deleted."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from consultations.analysis.masks import Removed
from consultations.models.appendonly import no_truncate
from consultations.models.reference import Reason
from consultations.models.version import CommentVersion

if TYPE_CHECKING:
    from consultations.models.cases import Decision
    from consultations.models.comment import Comment

KEPT = "redactions are ended, and never changed or deleted"
# Ended once, by whoever puts the words back; nothing else of the row ever changes.
ONLY_ENDED = f"""
IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
    AND to_jsonb(NEW) - 'ended_at' - 'ended_by_id' = to_jsonb(OLD) - 'ended_at' - 'ended_by_id'
THEN RETURN NEW; END IF;
RAISE EXCEPTION '{KEPT}';
"""


SPAN = Func("start", "end", function="int4range", output_field=IntegerRangeField())


class RedactionQuerySet(models.QuerySet["Redaction"]):
    """What is removed now, and what goes with the same words into a later version."""

    def in_force(self) -> "RedactionQuerySet":
        """Return those that have not been ended, in the order of their words."""
        return self.filter(ended_at__isnull=True).order_by("start", "pk")

    def made_by(self, decision: "Decision") -> "RedactionQuerySet":
        """Return what one decision to remove words removed, in every version that carries it."""
        return self.filter(
            version__comment=decision.case.comment_id,
            redacted_by=decision.decided_by_id,
            redacted_at=decision.decided_at,
        )

    def carry(self, comment: "Comment", version: CommentVersion) -> bool:
        """Remove from a new version what is removed from the newest one of the same text.

        Returns whether there was any; the version itself may be saved after it.
        """
        same = self.in_force().filter(version__comment=comment, version__text=version.text)
        rows = list(same.exclude(version=version).order_by("-version__number", "start", "pk"))
        Redaction.objects.bulk_create(
            Redaction(
                version=version,
                start=row.start,
                end=row.end,
                mask=row.mask,
                reason_id=row.reason_id,
                redacted_by_id=row.redacted_by_id,
                redacted_at=row.redacted_at,
                carried_from=row,
            )
            for row in rows
            if row.version_id == rows[0].version_id
        )
        return bool(rows)


class Redaction(models.Model):
    """One span of a version, from which the public reads a mask until it is ended.

    The version keeps its words, for its author and for staff with the right.
    """

    version = models.ForeignKey(
        CommentVersion,
        on_delete=models.PROTECT,
        related_name="redactions",
        verbose_name=_("version"),
    )
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason")
    )
    # Kept as it was read: a reason that is renamed later moves no words of what was published.
    mask = models.CharField(_("what is read in their place"), max_length=80)
    redacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("removed by"),
    )
    redacted_at = models.DateTimeField(_("removed"))
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried from"),
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("put back by"),
    )
    ended_at = models.DateTimeField(_("put back"), null=True, blank=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal of words")
        verbose_name_plural = _("removals of words")
        ordering = ["version", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="redaction_has_words"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="redaction_ended_by_somebody",
            ),
            ExclusionConstraint(
                name="redactions_never_overlap",
                expressions=[
                    ("version", RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_ended",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ONLY_ENDED,
            ),
            pgtrigger.Trigger(
                name="never_deleted",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=f"RAISE EXCEPTION '{KEPT}';",
            ),
            no_truncate(KEPT),
        ]

    def __str__(self) -> str:
        return self.mask

    @property
    def place(self) -> Removed:
        """Where the words are, and what is read in their place."""
        return Removed(self.start, self.end, self.mask)

    @property
    def words(self) -> str:
        """The words that are removed; its version is at hand."""
        return self.version.text[self.start : self.end]
