"""Dated reference data: regions, kinds of organisation, size bands, industries, rejection reasons.

The law changes these lists, so they are rows with dates, loaded by `load_reference_data`.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The kinds of stakeholder; representative bodies stand apart from their members."""

    EMPLOYER = "employer", _("Employer")
    LOCAL_LEADER = "local_leader", _("Local leader")
    REPRESENTS_EMPLOYERS = "represents_employers", _("Represents employers")
    REPRESENTS_LOCAL_GOVERNMENT = "represents_local_government", _("Represents local government")
    OTHER = "other", _("Other")


class Today(models.Func):
    """The database's present day."""

    template = "CURRENT_DATE"
    output_field = models.DateField()


def in_force() -> Q:
    """Return the condition that a dated row holds today: begun, and not ended."""
    begun = Q(starts__isnull=True) | Q(starts__lte=Today())
    return begun & (Q(ends__isnull=True) | Q(ends__gt=Today()))


class Reference(models.Model):
    """A code and a name of one edition of a list, in force from `starts` to before `ends`."""

    code = models.CharField(_("code"), max_length=40)
    edition = models.CharField(_("edition"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    starts = models.DateField(_("in force from"), null=True, blank=True)
    ends = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["order", Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="%(class)s_code_edition")
        ]

    def __str__(self) -> str:
        return self.name


class Region(Reference):
    """An ITL1 region, or "several regions", or "UK-wide"."""

    class Meta(Reference.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class OrganisationKind(Reference):
    """What an organisation is, and so which kind of stakeholder it is."""

    stakeholder_kind = models.CharField(_("kind of stakeholder"), max_length=30, choices=Kind)
    # Such a body says whom it represents before it answers, and is never added to its members.
    is_representative = models.BooleanField(_("represents others"), default=False)

    class Meta(Reference.Meta):
        verbose_name = _("kind of organisation")
        verbose_name_plural = _("kinds of organisation")


class SizeBand(Reference):
    """How many people an employer employs, as a band and never a head-count."""

    class Meta(Reference.Meta):
        verbose_name = _("size band")
        verbose_name_plural = _("size bands")


class Industry(Reference):
    """A section of the Standard Industrial Classification."""

    class Meta(Reference.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")


class Reason(models.Model):
    """A reason for rejecting a comment, with the text that its author receives."""

    # The code of the one that no moderator chooses: readers' reports took the comment from view.
    REPORTED = "reported"

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("what the author is told"))
    rule = models.CharField(
        _("the rule it rests on"),
        max_length=300,
        blank=True,
        help_text=_("Told with the reason, in one sentence."),
    )
    remedy = models.TextField(
        _("what the author can do"),
        blank=True,
        help_text=_("Told only while the consultation is open."),
    )
    still_counts = models.BooleanField(
        _("still counted in figures"),
        default=False,
        help_text=_("The stance stays in the totals although the text is not published."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    retired = models.BooleanField(_("no longer offered"), default=False)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self) -> str:
        return self.name
