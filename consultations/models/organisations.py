"""Organisations, people's claims to speak for them, and the claims at whose desk others write."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from consultations.models.addresses import new_reference
from consultations.models.reference import Industry, OrganisationKind, Region, SizeBand


class Organisation(models.Model):
    """A body that may respond once to each consultation. Bodies begin, end and have successors."""

    name = models.CharField(_("name"), max_length=200)
    # The body's own name in addresses: it stays when the body is renamed.
    reference = models.CharField(
        _("reference"), max_length=8, default=new_reference, unique=True, editable=False
    )
    kind = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, verbose_name=_("kind"))
    size_band = models.ForeignKey(
        SizeBand, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("size band")
    )
    industry = models.ForeignKey(
        Industry, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("industry")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        verbose_name=_("e-mail domains"),
        help_text=_("Parted by commas; a claimant whose address matches is shown as such."),
    )
    starts = models.DateField(_("began"), null=True, blank=True)
    ends = models.DateField(_("ended"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("merged into"),
    )
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        ordering = [Lower("name"), "pk"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [models.Index(Lower("name"), name="organisation_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="organisation_succeeded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="organisation_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def leads_back(self) -> bool:
        """Whether successors and merged entries, as they are set here, lead back to this body.

        One query for each step; what is not saved yet leads back to nothing.
        """
        seen: set[int] = set()
        ahead = {number for number in (self.successor_id, self.merged_into_id) if number}
        while ahead:
            if self.pk in ahead:
                return True
            seen |= ahead
            rows = Organisation.objects.filter(pk__in=ahead)
            found = rows.values_list("successor_id", "merged_into_id")
            ahead = {number for pair in found for number in pair if number} - seen
        return False


class Membership(models.Model):
    """One person's claim to speak for one organisation, and what became of it."""

    class Claim(models.TextChoices):
        PENDING = "pending", _("waiting to be checked")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    class Right(models.TextChoices):
        CONTRIBUTOR = "contributor", _("contributor")
        LEAD = "lead", _("lead")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    claim = models.CharField(_("claim"), max_length=12, choices=Claim, default=Claim.PENDING)
    role = models.CharField(_("role"), max_length=12, choices=Right, default=Right.CONTRIBUTOR)
    claimed_at = models.DateTimeField(_("claimed"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # What a claimant who was refused is told of why, and what they say against it, once.
    refusal = models.TextField(_("why it was refused"), blank=True)
    appeal = models.TextField(_("what the claimant says against it"), blank=True)
    appealed_at = models.DateTimeField(_("appealed"), null=True, blank=True)
    # Whether somebody else decided on the appeal than refused the claim.
    independent = models.BooleanField(_("independent"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Until a moderator confirms the first claimant, whom they invited write in their response: the
    # claim of each names theirs as its host, and theirs notes that it shares.
    host = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="guests",
        verbose_name=_("host"),
    )
    shares = models.BooleanField(_("shares its desk while it waits"), default=False)

    class Meta:
        ordering = ["-claimed_at", "pk"]
        verbose_name = _("claim to speak for an organisation")
        verbose_name_plural = _("claims to speak for organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="membership_once",
            ),
            models.CheckConstraint(
                condition=Q(claim="pending", decided_at__isnull=True)
                | (~Q(claim="pending") & Q(decided_at__isnull=False)),
                name="membership_decided",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("claimed_at")),
                name="membership_ends_after_claim",
            ),
            models.CheckConstraint(
                condition=Q(claim="pending") | Q(host__isnull=True, shares=False),
                name="membership_hosts_while_pending",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=True) | Q(shares=False), name="membership_hosts_or_joins"
            ),
        ]

    @property
    def current(self) -> bool:
        """Whether the claim is confirmed and has not ended."""
        return self.claim == self.Claim.CONFIRMED and self.ended_at is None

    @property
    def leads(self) -> bool:
        """Whether this member decides at the organisation's desk."""
        return self.current and self.role == self.Right.LEAD

    @property
    def signs_off(self) -> bool:
        """Whether this member sends: a lead does, and a claimant who is nobody's guest."""
        if self.claim == self.Claim.PENDING:
            return self.ended_at is None and self.host_id is None
        return self.leads

    @property
    def desk(self) -> "Membership | None":
        """Return the claim at whose desk this one writes; None for that of the organisation."""
        if self.claim != self.Claim.PENDING:
            return None
        return self.host or self

    def domain_matches(self) -> bool:
        """Whether the claimant's e-mail domain is one of the organisation's."""
        domain = self.user.email.rpartition("@")[2].lower()
        return domain in {known.lower() for known in self.organisation.domains}
