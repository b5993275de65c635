"""Requests that a response be kept confidential, each with its reason, and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.response import Response


class ConfidentialityRequest(models.Model):
    """One request for one response; what was decided stays, and another may be made later."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waiting for the owner")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="confidentiality_requests",
        verbose_name=_("response"),
    )
    reason = models.TextField(_("why it should be kept confidential"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"))
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome, default=Outcome.PENDING
    )
    words = models.TextField(_("what the respondent is told"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for confidentiality")
        verbose_name_plural = _("requests for confidentiality")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(outcome="pending"),
                name="confidentiality_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome="pending", decided_at__isnull=True)
                | (~Q(outcome="pending") & Q(decided_at__isnull=False)),
                name="confidentiality_decided",
            ),
        ]

    def __str__(self) -> str:
        return str(_("request of response %(reference)s") % {"reference": self.response})
