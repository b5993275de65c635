"""The workbook of what a consultation publishes: built by a worker, fetched by every reader."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.kept import KeptQuerySet


class SharedWorkbook(models.Model):
    """What a worker built last, for everybody: no visitor makes a worker work.

    `entry` is the last ledger entry that the workbook had seen; where it has one and no bytes, a
    text was too long for any workbook. A lease keeps two workers from building the same.
    """

    consultation = models.OneToOneField(
        Consultation,
        on_delete=models.CASCADE,
        related_name="shared_workbook",
        verbose_name=_("consultation"),
    )
    entry = models.PositiveBigIntegerField(_("last entry of the record"), null=True)
    built_at = models.DateTimeField(_("built"), null=True)
    seconds = models.FloatField(_("seconds that it took"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)

    objects = KeptQuerySet["SharedWorkbook"].as_manager()

    class Meta:
        verbose_name = _("shared workbook")
        verbose_name_plural = _("shared workbooks")


class SharedWorkbookPart(models.Model):
    """A piece of the file: none is ever held whole in memory."""

    workbook = models.ForeignKey(
        SharedWorkbook,
        on_delete=models.CASCADE,
        related_name="parts",
        verbose_name=_("shared workbook"),
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("part of a shared workbook")
        verbose_name_plural = _("parts of shared workbooks")
        ordering = ["workbook", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workbook", "number"], name="shared_workbook_part_once")
        ]
