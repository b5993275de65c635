"""Files of rows that an officer has uploaded, kept until they are taken in or expire."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation


class Upload(models.Model):
    """A CSV or XLSX as it came: what is tried, and then taken in, is this and nothing else."""

    class What(models.TextChoices):
        CONTACTS = "contacts", _("organisations to invite")
        RESPONSES = "responses", _("responses to import")

    what = models.CharField(_("what"), max_length=20, choices=What)
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("consultation"),
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    name = models.CharField(_("name of the file"), max_length=200)
    content = models.BinaryField(_("content"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name
