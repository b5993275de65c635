"""The workbook of a final summary's tables, built once by a worker and fetched by anybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.digest import Edition


class EditionWorkbook(models.Model):
    """An edition's tables as an XLSX file: frozen figures alone, so that nothing in it ages."""

    edition = models.OneToOneField(
        Edition,
        on_delete=models.CASCADE,
        related_name="workbook",
        verbose_name=_("edition"),
    )
    content = models.BinaryField(_("content"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("workbook of an edition")
        verbose_name_plural = _("workbooks of editions")
        ordering = ["edition", "pk"]

    def __str__(self) -> str:
        return str(self.edition)
