"""A copy of what is held about one person: asked for, built by a worker, fetched, forgotten."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PersonalCopy(models.Model):
    """One ZIP about one person, for whoever asked for it, until it expires.

    It belongs to no consultation, and is made of bytes: a `Job` is neither.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    content = models.BinaryField(_("content"), null=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "asked_by"], name="personal_copy_once"),
            models.CheckConstraint(
                condition=Q(content__isnull=True, done_at__isnull=True)
                | Q(content__isnull=False, done_at__isnull=False),
                name="personal_copy_done_has_content",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="personal_copy_waiting", condition=Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(_("copy of %(when)s") % {"when": self.asked_at})
