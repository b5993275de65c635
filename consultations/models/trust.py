"""Organisations whose responses are published at once in one consultation, and read afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.organisations import Organisation


class TrustedOrganisation(models.Model):
    """An officer's word that one organisation needs no reading before publication; it may end."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="trusted_organisations",
        verbose_name=_("consultation"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("trusted organisation")
        verbose_name_plural = _("trusted organisations")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation"],
                condition=Q(ends_at__isnull=True),
                name="trust_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="trust_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
