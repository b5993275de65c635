"""An author's appeal against a moderator's decision; a case waits for each."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import only_erased
from consultations.models.cases import Case, Decision
from consultations.models.clock import LONDON, day_of
from consultations.models.comment import Comment

# So many days after that of the decision an appeal may still be made, the last one to its end.
DAYS = 28
# What may be appealed against: what was kept, or taken, from the public, whole or in part.
AGAINST = (Decision.Verb.REJECT, Decision.Verb.HIDE, Decision.Verb.REDACT)


def ends_at(decision: Decision) -> datetime:
    """Return the instant from which no appeal against a decision can be made: a day's end."""
    last = decision.decided_at.astimezone(LONDON).date() + timedelta(days=DAYS)
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


def last_day(decision: Decision) -> str:
    """Return the last day on which an appeal can be made, as "23 December 2026"."""
    return day_of(ends_at(decision) - timedelta(hours=1))


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals that wait, and those that came to nothing."""

    def waiting(self) -> "AppealQuerySet":
        """Return the appeals that nobody has decided yet."""
        return self.filter(outcome=Appeal.Outcome.PENDING)

    def overtake(self, comment: Comment, at: datetime) -> list["Appeal"]:
        """End what waits about a comment that its author has changed or taken back.

        While earlier words are public, those that were removed from them are still missed.
        Returns what was ended, with the versions that were decided, for the ledger.
        """
        mine = self.waiting().filter(decision__version__comment=comment)
        if comment.state == Comment.State.PUBLISHED:
            mine = mine.exclude(decision__verb=Decision.Verb.REDACT)
        ended = list(mine.select_related("decision__version").order_by("pk"))
        if ended:
            Case.objects.waiting().filter(appeal__in=ended).update(closed_at=at)
            mine.update(outcome=Appeal.Outcome.VOID, decided_at=at)
        return ended


class Appeal(models.Model):
    """What an author says against one decision, once, and what became of it."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waiting to be decided")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")
        VOID = "void", _("ended without a decision")

    decision = models.OneToOneField(
        Decision,
        on_delete=models.PROTECT,
        related_name="appeal",
        verbose_name=_("decision"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    words = models.TextField(_("in the author's words"))
    made_at = models.DateTimeField(_("made"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome, default=Outcome.PENDING
    )
    answer = models.TextField(_("what the author is told"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # Whether somebody else decided on the appeal than on the comment.
    independent = models.BooleanField(_("independent"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="pending", decided_at__isnull=True)
                | (~Q(outcome="pending") & Q(decided_at__isnull=False)),
                name="appeal_decided_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["upheld", "dismissed"],
                    decided_by__isnull=False,
                    independent__isnull=False,
                )
                | Q(
                    outcome__in=["pending", "void"],
                    decided_by__isnull=True,
                    independent__isnull=True,
                ),
                name="appeal_decided_by_somebody",
            ),
        ]
        triggers = only_erased(
            fixed=["decision", "made_at"],
            words=["words"],
            names=("appeal_stands", "appeal_never_deleted"),
            sentences=(
                "the words of an appeal are never changed, only erased",
                "appeals are never deleted, only erased",
            ),
        )

    def __str__(self) -> str:
        return str(_("appeal %(number)s") % {"number": self.pk})

    @property
    def waits(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.outcome == self.Outcome.PENDING
