"""What was done with an edition after it was made: when, by whom and why; append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.digest import Edition
from consultations.models.edition_standing import Standing


class EditionAct(models.Model):
    """One edition released, held, discarded or withdrawn; `by` nobody where its time had come.

    The reason of a withdrawal is public; the others are read by staff.
    """

    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        related_name="acts",
        verbose_name=_("edition"),
    )
    act = models.CharField(
        _("what was done"),
        max_length=12,
        choices=[(each.value, each.label) for each in Standing if each != Standing.WAITING],
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("act on an edition")
        verbose_name_plural = _("acts on editions")
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "act"], name="edition_act_once"),
            models.CheckConstraint(
                condition=Q(act=Standing.RELEASED) | ~Q(reason=""), name="edition_act_says_why"
            ),
        ]
        triggers = append_only("acts on editions are append-only", forgets="by_id")

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_act_display()}"
