"""Where a chain that was brought here came from, and what its entries called the rows they name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.consultation import Consultation


class LedgerOrigin(models.Model):
    """That a chain came here from another database, up to its entry `last`.

    Its hashes were made with the numbers of that database: of the consultation, and of people and
    rows that payloads name. Verifying translates them back; all else reads the numbers of here.
    """

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        related_name="ledger_origins",
        verbose_name=_("consultation"),
    )
    last = models.PositiveIntegerField(_("last entry that came"))
    number = models.BigIntegerField(_("the consultation's number there"))
    came_at = models.DateTimeField(_("came"))

    class Meta:
        verbose_name = _("origin of a ledger")
        verbose_name_plural = _("origins of ledgers")
        ordering = ["consultation", "last", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "last"], name="ledger_origin_once")
        ]
        triggers = append_only("the origins of a ledger are append-only")

    def __str__(self) -> str:
        return str(_("up to entry %(last)s") % {"last": self.last})


class LedgerNumber(models.Model):
    """The number that a row had there, beside the one that it has here; both never change.

    `here` is no foreign key: it stands as long as the chain, whatever becomes of the row.
    """

    origin = models.ForeignKey(
        LedgerOrigin,
        on_delete=models.PROTECT,
        related_name="numbers",
        verbose_name=_("origin"),
    )
    model = models.CharField(_("model"), max_length=60)
    there = models.BigIntegerField(_("number there"))
    here = models.BigIntegerField(_("number here"))

    class Meta:
        verbose_name = _("number of a row elsewhere")
        verbose_name_plural = _("numbers of rows elsewhere")
        ordering = ["origin", "model", "there", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "model", "there"], name="number_there_once"),
            models.UniqueConstraint(fields=["origin", "model", "here"], name="number_here_once"),
        ]
        triggers = append_only("the origins of a ledger are append-only")
