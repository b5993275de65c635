"""A response: everything that one respondent or organisation says to one consultation."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.addresses import REFERENCE as REFERENCE
from consultations.models.addresses import new_reference
from consultations.models.consultation import Consultation
from consultations.models.organisations import Membership, Organisation
from consultations.models.reference import Kind, OrganisationKind, Region, SizeBand

if TYPE_CHECKING:
    from consultations.models.desk import SignOff


class Permission(models.TextChoices):
    """What the respondent allows; every choice counts in the figures."""

    NAMED = "named", _("Publish with my name")
    UNNAMED = "unnamed", _("Publish without my name")
    UNPUBLISHED = "unpublished", _("Do not publish")


# From the least that may be shown to the most.
OPENNESS = [Permission.UNPUBLISHED, Permission.UNNAMED, Permission.NAMED]


def narrower(one: str, other: str) -> str:
    """Return the permission of the two that shows less."""
    return min(one, other, key=lambda choice: OPENNESS.index(Permission(choice)))


# By which words a moderator finds a respondent: as written, names have no stems.
NAMES = SearchVector("name", "organisation_name", config="simple")


class Response(models.Model):
    """One per person, or per organisation once its claim is confirmed, and consultation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Channel(models.TextChoices):
        WEB = "web", _("this site")
        EMAIL = "email", _("e-mail")
        POST = "post", _("post")
        MEETING = "meeting", _("meeting")
        ELSEWHERE = "elsewhere", _("another website")

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        related_name="responses",
        verbose_name=_("consultation"),
    )
    respondent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("respondent"),
    )
    # The organisation whose response this is: set when a moderator confirms the claim.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("organisation"),
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("membership"),
    )
    # Begun under a claim that waits, and written in by those whom the claimant invited.
    shared = models.BooleanField(_("shared before the claim is confirmed"), default=False)
    # What a lead stated last, and what of it the public is shown: what a moderator has read.
    sign_off = models.ForeignKey(
        "consultations.SignOff",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sign off"),
    )
    shown_sign_off = models.ForeignKey(
        "consultations.SignOff",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shown sign off"),
    )
    reference = models.CharField(_("reference"), max_length=8, default=new_reference, unique=True)

    # Who answered, as it was when they answered: people change jobs, bodies end.
    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    for_organisation = models.BooleanField(_("for an organisation"), default=False)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    organisation_kind = models.ForeignKey(
        OrganisationKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("organisation kind"),
    )
    size_band = models.ForeignKey(
        SizeBand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("size band"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
    )

    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.WEB)
    external_reference = models.CharField(_("external reference"), max_length=120, blank=True)
    received_on = models.DateField(_("received"), null=True, blank=True)
    # Given where it came after the close and was accepted all the same: the mark of being late.
    late_reason = models.CharField(_("late, accepted: why"), max_length=500, blank=True)
    # Who typed what came otherwise, the last time, and the second person who compared it since.
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("typed by"),
    )
    typed_at = models.DateTimeField(_("typed"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    permission = models.CharField(_("permission to publish"), max_length=12, choices=Permission)
    # As `Consultation.notices` names them: the corrections keep the words that it stands for.
    notices = models.CharField(_("notices accepted"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    started_at = models.DateTimeField(_("begun"))
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["-started_at", "pk"]
        indexes = [GinIndex(NAMES, name="response_names")]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "respondent"],
                condition=Q(organisation__isnull=True, respondent__isnull=False, shared=False),
                name="response_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["consultation", "membership"],
                condition=Q(organisation__isnull=True, shared=True),
                name="response_once_a_shared_desk",
            ),
            models.UniqueConstraint(
                fields=["consultation", "organisation"],
                condition=Q(organisation__isnull=False),
                name="response_once_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["consultation", "channel", "external_reference"],
                condition=~Q(external_reference=""),
                name="response_external_reference",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
                name="response_sent_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(channel="web") | Q(received_on__isnull=False),
                name="response_on_paper_has_day",
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | Q(typed_at__isnull=False),
                name="response_checked_was_typed",
            ),
            models.CheckConstraint(
                condition=Q(typed_by__isnull=True)
                | Q(checked_by__isnull=True)
                | ~Q(checked_by=F("typed_by")),
                name="response_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def official(self) -> bool:
        """Whether this is an organisation's own response, its claim confirmed."""
        return self.organisation_id is not None

    @property
    def joint(self) -> bool:
        """Whether colleagues write it together, so that each answer names who wrote it."""
        return self.official or self.shared

    @property
    def late(self) -> bool:
        """Whether it came after the close, and was accepted all the same."""
        return self.late_reason != ""

    @property
    def unchecked(self) -> bool:
        """Whether somebody typed it, and nobody else has compared it with the original since."""
        return self.typed_at is not None and self.checked_at is None

    def signature(self, permission: str) -> str:
        """Return the name under which a comment with `permission` is shown, or "".

        An organisation's name is shown only when its claim is confirmed; a person who answers
        for an organisation that is not confirmed is not named either, lest the name stand for it.
        """
        if permission != Permission.NAMED:
            return ""
        if self.for_organisation:
            return self.organisation_name if self.official else ""
        return self.name

    def awaits(self) -> "SignOff | None":
        """Return the last sign-off where a body has still to approve the response."""
        return self.sign_off if self.sign_off is not None and self.sign_off.subject else None

    def awaits_whom(self) -> str:
        """Return that body's name, "" until a moderator has read it."""
        last, shown = self.awaits(), self.shown_sign_off
        return last.body if last and shown and last.body == shown.body else ""

    def sent(self, at: datetime) -> None:
        """Note that the response is submitted, the first time only (not saved)."""
        self.state = self.State.SUBMITTED
        self.submitted_at = self.submitted_at or at
