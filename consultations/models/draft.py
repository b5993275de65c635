"""What is written and not sent yet: one row for each answer, replaced whenever it is saved."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Recommendation
from consultations.models.response import Permission, Response
from consultations.models.stance import Stance


class Draft(models.Model):
    """An unsent answer to one recommendation; never counted, and seen by its respondents alone.

    Colleagues share it: `number` grows with every save, and a save names the number that it was
    opened on. `based_on` and `answering` are the versions of the comment and of the recommendation
    that it was begun on; `key` is that of the version which it becomes when it is sent.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="drafts")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("number"), default=1)
    stance = models.CharField(_("stance"), max_length=20, choices=Stance, blank=True)
    text = models.TextField(_("comment"), blank=True)
    permission = models.CharField(
        _("permission to publish"), max_length=12, choices=Permission, blank=True
    )
    based_on = models.PositiveSmallIntegerField(_("version of the comment"), default=0)
    answering = models.PositiveSmallIntegerField(_("version of the recommendation"))
    key = models.UUIDField(_("key of the form"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(_("saved"))
    begun_at = models.DateTimeField(_("begun"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["recommendation__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "recommendation"], name="draft_once_a_recommendation"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="draft_from_one"),
        ]

    def __str__(self) -> str:
        return str(_("draft %(number)s") % {"number": self.number})

    @property
    def allowed(self) -> str:
        """Return the permission that it will be sent with: its own, else the response's."""
        return self.permission or self.response.permission

    @property
    def complete(self) -> bool:
        """Whether nothing that has to be said is missing."""
        return bool(self.stance and self.allowed)

    def get_allowed_display(self) -> str:
        """Return that permission in words."""
        return str(Permission(self.allowed).label) if self.allowed else ""
