"""Editions (what a digest says: numbered, public, frozen), their quotes, and who reads them."""

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.edition_standing import (
    GUARDS,
    STANDS,
    TELLS,
    EditionQuerySet,
    Standing,
)
from consultations.models.quote_queries import QuoteQuerySet
from consultations.models.recommendation import Recommendation
from consultations.models.version import CommentVersion


class Edition(models.Model):
    """The public summary of one period `[from, to)` of one consultation.

    One that is discarded before anybody reads it gives its number and its period to the next; its
    slot is used up. A final one covers the whole time from the opening on, over the periods of the
    others: it tells nothing as new, and takes nothing from their series but a number.
    """

    State = Standing

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        related_name="editions",
        verbose_name=_("consultation"),
    )
    number = models.PositiveIntegerField(_("number"))
    slot = models.DateTimeField(_("due"))
    period = DateTimeRangeField(_("period"))
    built_at = models.DateTimeField(_("made"))
    facts = models.JSONField(_("facts"))
    method = models.CharField(_("method"), max_length=80)
    hash = models.CharField(_("hash of the content"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=Standing, default=Standing.WAITING)
    final = models.BooleanField(_("final summary"), default=False)
    # How many it was mailed to, fixed when it was released.
    readers = models.PositiveIntegerField(_("readers"), default=0)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-slot", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"],
                name="edition_number",
                condition=Q(state__in=TELLS),
            ),
            models.UniqueConstraint(
                fields=["consultation", "slot"], name="edition_slot", condition=Q(final=False)
            ),
            models.UniqueConstraint(
                fields=["consultation", "slot"], name="edition_final_slot", condition=Q(final=True)
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                name="edition_one_final",
                condition=Q(final=True, state__in=STANDS),
            ),
            ExclusionConstraint(
                name="edition_periods_never_overlap",
                expressions=[
                    ("consultation", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=TELLS, final=False),
            ),
        ]
        triggers = GUARDS

    def __str__(self) -> str:
        said = _("Final summary (digest %(number)s)") if self.final else _("Digest %(number)s")
        return str(said % {"number": self.number})

    def precedes(self, closes_at: datetime | None) -> bool:
        """Whether it is a final summary from before this closing time: what came later is missing.

        Without a closing time it is, too: all may be said yet.
        """
        return self.final and (closes_at is None or self.slot < closes_at)

    def tells_too_soon(self, consultation: Consultation) -> bool:
        """Whether it was made before the close, where answers are shown after that alone.

        So it is once the closing time was moved: who answered was promised otherwise.
        """
        closes_at = consultation.closes_at
        if consultation.answers_shown == Consultation.AnswersShown.WHILE_OPEN:
            return False
        return closes_at is None or self.slot < closes_at


class Quote(models.Model):
    """A span of a comment's version, chosen for an edition; the text is looked up when read."""

    class Block(models.TextChoices):
        SUPPORT = "support", _("In support")
        OPPOSITION = "opposition", _("In opposition")
        NEITHER = "neither", _("Neither, or no view")

    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        related_name="quotes",
        verbose_name=_("edition"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recommendation"),
    )
    version = models.ForeignKey(
        CommentVersion,
        on_delete=models.PROTECT,
        related_name="quotes",
        verbose_name=_("version"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    block = models.CharField(_("block"), max_length=12, choices=Block)
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))
    why = models.CharField(_("why it was chosen"), max_length=200)
    salt = models.CharField(max_length=32)
    hash = models.CharField(_("salted hash of the words"), max_length=64)
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    correction = models.CharField(_("why it was corrected"), max_length=200, blank=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["edition", "recommendation", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "recommendation", "position"], name="quote_position"
            ),
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="quote_has_words"),
        ]


def new_unsubscribe_token() -> str:
    """Return a random token of 22 characters (132 bits)."""
    return secrets.token_urlsafe(16)


class Subscription(models.Model):
    """What a reader chose to receive about one consultation."""

    class Choice(models.TextChoices):
        EVERY = "every", _("Every digest")
        MILESTONES = (
            "milestones",
            _(
                "Milestones only: before the close, closed, the final summary, and the official "
                "response"
            ),
        )
        NOTHING = "nothing", _("Nothing")
        # Nobody chooses this: who answered and never chose gets one mail, and may stop it.
        UNCHOSEN = "unchosen", _("The official response alone, as long as you choose nothing else")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("person"),
    )
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("consultation"),
    )
    choice = models.CharField(_("choice"), max_length=12, choices=Choice)
    token = models.CharField(max_length=22, default=new_unsubscribe_token, unique=True)
    chosen_at = models.DateTimeField(_("chosen"))
    # When a mail program told us that its reader called our mail spam; until they choose again.
    complained_at = models.DateTimeField(_("complained"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-chosen_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "consultation"], name="subscription_once")
        ]
        indexes = [
            models.Index(
                fields=["consultation", "user"],
                name="subscription_every",
                condition=Q(choice="every"),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_choice_display())

    @property
    def stamp(self) -> str:
        """What a page carries to tell whether the choice is still the one that it showed."""
        return self.chosen_at.isoformat()
