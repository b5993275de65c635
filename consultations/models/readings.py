"""Who read a text that is not public, where their right is to read and not to decide."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.consultation import Consultation


class Reading(models.Model):
    """That one person opened one unpublished text; it copies no words, and never changes."""

    class What(models.TextChoices):
        COMMENT = "comment", _("comment")
        ANSWERS = "answers", _("answers to questions")
        DOCUMENT = "document", _("document")

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        related_name="readings",
        verbose_name=_("consultation"),
    )
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="readings",
        verbose_name=_("read by"),
    )
    read_at = models.DateTimeField(_("read"))
    what = models.CharField(_("what"), max_length=12, choices=What)
    # The comment's, the response's or the document's own.
    reference = models.CharField(_("reference"), max_length=8)
    version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading of an unpublished text")
        verbose_name_plural = _("readings of unpublished texts")
        ordering = ["-read_at", "-pk"]
        triggers = append_only("readings are append-only", forgets="read_by_id")

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.reference}"
