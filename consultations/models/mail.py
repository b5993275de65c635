"""The outbox: one row for every mail that leaves the site, and the addresses not to write to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.digest import Edition


class Message(models.Model):
    """A mail: queued in the transaction of its cause, then claimed, handed over, and sent."""

    class Stream(models.IntegerChoices):
        SECURITY = 0, _("codes")
        TRANSACTION = 1, _("receipts and decisions")
        DIGEST = 2, _("digests and milestones")
        INVITATION = 3, _("invitations")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        CLAIMED = "claimed", _("claimed")
        HANDED = "handed", _("handed over")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unknown")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed")

    stream = models.PositiveSmallIntegerField(_("stream"), choices=Stream)
    dedupe_key = models.CharField(_("key"), max_length=120, unique=True)
    to = models.EmailField(_("to"), max_length=254)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("consultation"),
    )
    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("edition"),
    )
    # a `mail.letter.Letter` or `Ready`; empty for an edition, which is rendered once
    letter = models.JSONField(_("letter"), default=dict)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("queued"))
    not_before = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    lease = models.UUIDField(_("lease"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # how often its sending ended between the final dot and the relay's answer
    doubts = models.PositiveSmallIntegerField(_("doubts"), default=0, db_default=0)
    message_id = models.CharField(_("Message-ID"), max_length=120)
    reply = models.CharField(_("the relay's last words"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["stream", "not_before", "id"],
                name="message_due",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["lease_until"],
                name="message_leased",
                condition=Q(state__in=["claimed", "handed"]),
            ),
            models.Index(
                fields=["state"],
                name="message_doubtful",
                condition=Q(state__in=["unknown", "failed"]),
            ),
            models.Index(fields=["edition", "state"], name="message_of_edition"),
            # what comes back names it
            models.Index(fields=["message_id"], name="message_by_id"),
            models.Index(F("queued_at").desc(), F("id").desc(), name="message_newest"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class Suppression(models.Model):
    """An address that the relay refused for good: nothing more is sent to it.

    That of a person who was erased stands here as a hash (`mail.addresses.hashed`).
    """

    address = models.EmailField(_("address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=500)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-since", "pk"]

    def __str__(self) -> str:
        return self.address
