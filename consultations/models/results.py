"""A consultation's results, counted once per change, and the mix of respondents it hoped for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.kept import KeptQuerySet
from consultations.models.reference import Kind, Region

# Of the figures: their shape and their rules.
FORMAT = 4


class ResultsQuerySet(KeptQuerySet["Results"]):
    """What is asked of results."""

    def readable(self) -> "ResultsQuerySet":
        """Return those that have been counted, as pages read them: without who is in company.

        After a release that counts otherwise, what stands is not read until it is counted again.
        """
        return self.filter(figures__format=FORMAT).defer("company")


class Results(models.Model):
    """What a worker counted last: one row, read as it stands by every page.

    `entry` is the last ledger entry that the figures had seen: while it is the chain's last,
    nothing has changed. A lease keeps two workers from counting the same.
    """

    consultation = models.OneToOneField(
        Consultation,
        on_delete=models.CASCADE,
        related_name="results",
        verbose_name=_("consultation"),
    )
    entry = models.PositiveBigIntegerField(_("last entry of the record"), null=True)
    counted_at = models.DateTimeField(_("counted"), null=True)
    seconds = models.FloatField(_("seconds that it took"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    figures = models.JSONField(_("figures"), null=True)
    # What the figures hold of what is not published, by reference: codes, nobody's words or name.
    company = models.JSONField(_("unpublished comments in the figures"), default=dict)

    objects = ResultsQuerySet.as_manager()

    class Meta:
        verbose_name = _("results")
        verbose_name_plural = _("results")


class ExpectedShare(models.Model):
    """What share of the respondents the owner expects of one kind, or from one region."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="expected_shares",
        verbose_name=_("consultation"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, blank=True)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("region"),
    )
    percent = models.PositiveSmallIntegerField(_("expected share, in per cent"))

    class Meta:
        verbose_name = _("expected share of the respondents")
        verbose_name_plural = _("expected shares of the respondents")
        ordering = ["consultation", "kind", "region__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "kind", "region"],
                nulls_distinct=False,
                name="expected_share_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="", region__isnull=False) | (~Q(kind="") & Q(region__isnull=True)),
                name="expected_share_of_one_facet",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="expected_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display() if self.kind else self.region)
