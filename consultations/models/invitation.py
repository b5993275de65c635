"""Invitations: which organisation an officer asked to answer, at which address."""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from consultations.models.organisations import Membership, Organisation
from consultations.models.people import User

if TYPE_CHECKING:
    from consultations.models.consultation import Consultation  # noqa: F401


def new_invitation_token() -> str:
    """Return a random, unguessable token for the link in an invitation."""
    return secrets.token_urlsafe(16)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations stand, and whom they let in."""

    def standing(self) -> "InvitationQuerySet":
        """Return those that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def admitting(self, user: User) -> "InvitationQuerySet":
        """Return those that let `user` read a consultation that is open to the invited only.

        They went to one of the user's confirmed addresses, or to an organisation, or an entry that
        was merged into it, for which a moderator or its lead has confirmed that the user speaks.
        Or they went to the address of a claimant to that organisation whose claim waits, and who
        has invited the user to their desk: whoever was asked to answer drafts with colleagues of
        their choice before a moderator has looked, as anywhere else. The link itself lets nobody
        in, nor does a claim that nobody has confirmed.
        """
        addresses: Any = User.objects.filter(pk=user.pk, emailaddress__verified=True).values(
            address=Lower("emailaddress__email")
        )
        speaks = Membership.objects.filter(
            user=user, claim=Membership.Claim.CONFIRMED, ended_at__isnull=True
        )
        bodies = speaks.values("organisation")
        return self.standing().filter(
            Q(email__in=addresses)
            | Q(organisation__in=bodies)
            | Q(organisation__merged_into__in=bodies)
            | Exists(_at_the_desk_of_the_invited(user))
        )


def _at_the_desk_of_the_invited(user: User) -> QuerySet[Membership]:
    """Return the user's claims as guest of whoever an invitation went to, at their address."""
    guests = Membership.objects.filter(
        user=user,
        organisation=OuterRef("organisation"),
        claim=Membership.Claim.PENDING,
        ended_at__isnull=True,
        host__ended_at__isnull=True,
        host__user__emailaddress__verified=True,
    )
    address = Lower("host__user__emailaddress__email")
    return guests.annotate(address=address).filter(address=OuterRef("email"))


class Invitation(models.Model):
    """One organisation's invitation to one consultation, at one address. It logs nobody in."""

    class Standing(models.TextChoices):
        INVITED = "invited", _("invited")
        OPENED = "opened", _("opened the form")
        DRAFTING = "drafting", _("drafting")
        SUBMITTED = "submitted", _("submitted")
        DECLINED = "declined", _("said no")
        WITHDRAWN = "withdrawn", _("taken back")

    consultation = models.ForeignKey(
        "consultations.Consultation",
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("consultation"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254)
    # It only ever tells which invitation was opened.
    token = models.CharField(
        max_length=40, default=new_invitation_token, unique=True, editable=False
    )
    invited_at = models.DateTimeField(_("invited"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    # Who answers for the organisation by this invitation.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    declined_at = models.DateTimeField(_("said no"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = [Lower("organisation__name"), "email", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "email"],
                condition=Q(withdrawn_at__isnull=True),
                name="invitation_once_an_address",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_address_in_small_letters"
            ),
            models.CheckConstraint(
                condition=Q(reminded_at__isnull=True) | Q(reminded_at__gte=F("invited_at")),
                name="invitation_reminded_after_invited",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="invitation_address")]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.email}"
