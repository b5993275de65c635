"""The organisation's desk: who is invited to it, what a lead signs, and colleagues' notes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.organisations import Membership, Organisation
from consultations.models.response import Response


class ColleagueInvitation(models.Model):
    """An invitation to an organisation's desk, by e-mail; its token is stored as a hash alone."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="colleague_invitations",
        verbose_name=_("organisation"),
    )
    # The claim of whoever invites: a lead's, or that of a first claimant that still waits.
    by = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("by"),
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    role = models.CharField(_("role"), max_length=12, choices=Membership.Right)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(_("invited"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation of a colleague")
        verbose_name_plural = _("invitations of colleagues")
        ordering = ["-invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="colleague_invited_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="colleague_invitation_has_one_end",
            ),
        ]

    def __str__(self) -> str:
        return str(_("invitation to %(organisation)s") % {"organisation": self.organisation})


class SignOff(models.Model):
    """What a lead states for a response: whom it represents and consulted, and whether it is final.

    Each change is a row of its own; the response points at the last one.
    """

    class Outcome(models.TextChoices):
        FINAL = "final", _("Yes, it is final")
        SUBJECT = "subject", _("No, it is subject to approval")
        APPROVED = "approved", _("It was approved")

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="sign_offs",
        verbose_name=_("response"),
    )
    represents = models.TextField(_("whom we represent"), blank=True)
    consulted = models.TextField(_("whom we consulted"), blank=True)
    outcome = models.CharField(_("is it final?"), max_length=12, choices=Outcome)
    body = models.CharField(_("who approves it"), max_length=120, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="final", body="", expected_on__isnull=True)
                | (~Q(outcome="final") & ~Q(body="") & Q(expected_on__isnull=False)),
                name="sign_off_names_who_approves",
            ),
            models.UniqueConstraint(
                fields=["response"], condition=Q(outcome="approved"), name="sign_off_approved_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stated_words_never_change",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__represents__df=pgtrigger.F("new__represents"))
                | pgtrigger.Q(old__consulted__df=pgtrigger.F("new__consulted"))
                | pgtrigger.Q(old__outcome__df=pgtrigger.F("new__outcome"))
                | pgtrigger.Q(old__body__df=pgtrigger.F("new__body"))
                | pgtrigger.Q(old__expected_on__df=pgtrigger.F("new__expected_on"))
                | pgtrigger.Q(old__signed_at__df=pgtrigger.F("new__signed_at")),
                func="RAISE EXCEPTION 'what was signed never changes: sign anew';",
            ),
        ]

    def __str__(self) -> str:
        return str(_("sign-off of response %(reference)s") % {"reference": self.response})

    @property
    def subject(self) -> bool:
        """Whether a body has still to approve the response."""
        return self.outcome == self.Outcome.SUBJECT

    @property
    def approved(self) -> bool:
        """Whether that body has approved it since."""
        return self.outcome == self.Outcome.APPROVED


class Note(models.Model):
    """A note between colleagues about one consultation; it never leaves their desk.

    `host` is the waiting claim at whose desk it was written, None at the organisation's own.
    """

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("consultation"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("organisation"),
    )
    host = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="desk_notes",
        verbose_name=_("host"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note between colleagues")
        verbose_name_plural = _("notes between colleagues")
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["organisation", "consultation"], name="note_of_a_desk")]
        # Nobody is given a right to look at them: they are the colleagues' own.
        default_permissions = ()

    def __str__(self) -> str:
        return str(_("note of %(when)s") % {"when": self.written_at})
