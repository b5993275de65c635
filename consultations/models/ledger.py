"""The rows of the hash-chained record; `consultations.ledger` appends and verifies them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.consultation import Consultation


class LedgerEntry(models.Model):
    """One consequential act: its place in the consultation's chain, and its hashes."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        related_name="ledger_entries",
        verbose_name=_("consultation"),
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    act = models.CharField(_("act"), max_length=40)
    at = models.DateTimeField(_("at"))
    format = models.PositiveSmallIntegerField(_("format"), default=1)
    payload_hash = models.CharField(_("hash of the payload"), max_length=64)
    previous_hash = models.CharField(_("hash before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["consultation", "sequence", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "sequence"], name="ledger_sequence")
        ]
        triggers = append_only("the ledger is append-only")

    def __str__(self) -> str:
        return f"{self.sequence}: {self.act}"


class LedgerPayload(models.Model):
    """What was done, salted, beside the chain: erasing it leaves the chain valid."""

    entry = models.OneToOneField(
        LedgerEntry,
        on_delete=models.PROTECT,
        related_name="payload",
        primary_key=True,
        verbose_name=_("entry"),
    )
    salt = models.CharField(max_length=32)
    content = models.JSONField(_("payload"))
