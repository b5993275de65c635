"""The recommendations of a consultation, the versions of their words, and corrections."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import FIXED_ONCE_OPEN, append_only, no_truncate
from consultations.models.consultation import Consultation


class Correction(models.Model):
    """A numbered, dated change made after opening, with its reason, shown on the page."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="corrections",
        verbose_name=_("consultation"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    changes = models.JSONField(_("what changed"), default=list)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="correction_number")
        ]
        triggers = append_only("corrections are append-only", forgets="made_by_id")


class Recommendation(models.Model):
    """A numbered proposal; its words stand in its versions, the latest pointed at."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="recommendations",
        verbose_name=_("consultation"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    current = models.ForeignKey(
        "RecommendationVersion",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("current text"),
    )

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["consultation", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"], name="recommendation_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="recommendation_from_one"),
        ]

    def __str__(self) -> str:
        return str(_("Recommendation %(number)s") % {"number": self.number})


class RecommendationVersion(models.Model):
    """The words of a recommendation, as they stood from one instant on; fixed once open."""

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), help_text=_("Markdown"))
    what_changed = models.TextField(
        _("what has changed since publication"), blank=True, help_text=_("Markdown")
    )
    made_at = models.DateTimeField(_("made"))
    correction = models.ForeignKey(
        Correction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
        verbose_name=_("correction"),
    )

    class Meta:
        verbose_name = _("version of a recommendation")
        verbose_name_plural = _("versions of recommendations")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "number"], name="recommendation_version_number"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fixed_once_open",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=FIXED_ONCE_OPEN,
            ),
            no_truncate("words that may have been answered are kept"),
        ]

    def __str__(self) -> str:
        return self.title
