"""What is written and not sent yet: one row for each answer, replaced whenever it is saved."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.recommendation import Recommendation
from consultations.models.response import Permission, Response, narrower
from consultations.models.stance import Stance


def joined(*texts: str, between: str = "\n\n") -> str:
    """Return texts of which none is to be lost, as one."""
    return between.join(text for text in texts if text)


class Saved(models.Model):
    """What every unsent answer has: who saved it, on which version, and under which stamp."""

    stamp = models.UUIDField(_("stamp"), default=uuid4)
    based_on = models.PositiveSmallIntegerField(_("version of the comment"), default=0)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("saved"))
    begun_at = models.DateTimeField(_("begun"))

    class Meta:
        abstract = True


class DraftQuerySet(models.QuerySet["Draft"]):
    """What is done to all drafts of a response."""

    def move(self, response: Response, to: Response) -> None:
        """Bring a response's drafts into another; where that has one too, the texts are joined.

        Nothing is lost, none is shown more than its author chose, and what was begun on a comment
        of the one is to be saved anew on the other's.
        """
        there = {row.recommendation_id: row for row in self.model.objects.filter(response=to)}
        for draft in self.filter(response=response).order_by("pk"):
            other = there.get(draft.recommendation_id)
            draft.permission = draft.permission or response.permission
            if other is None:
                draft.response, draft.based_on = to, 0
                draft.save(update_fields=["response", "based_on", "permission"])
                continue
            theirs = other.permission or to.permission or draft.permission
            if theirs:
                other.permission = narrower(theirs, draft.permission or theirs)
            other.answering = min(other.answering, draft.answering)
            other.text = joined(other.text, draft.text)
            other.stance = other.stance or draft.stance
            other.stamp = uuid4()
            other.save(update_fields=["text", "stance", "stamp", "permission", "answering"])
            draft.delete()


class Draft(Saved):
    """An unsent answer to one recommendation; never counted, and seen by its respondents alone.

    Colleagues share it: every save gives it a new `stamp`, and names the one that it was opened on;
    the version that it becomes has its last stamp as key. `based_on` and `answering` are the
    versions of the comment and of the recommendation that it was saved on.
    """

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="drafts",
        verbose_name=_("response"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("recommendation"),
    )
    stance = models.CharField(_("stance"), max_length=20, choices=Stance, blank=True)
    text = models.TextField(_("comment"), blank=True)
    permission = models.CharField(
        _("permission to publish"), max_length=12, choices=Permission, blank=True
    )
    answering = models.PositiveSmallIntegerField(_("version of the recommendation"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["recommendation__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "recommendation"], name="draft_once_a_recommendation"
            )
        ]

    def __str__(self) -> str:
        return str(_("draft on %(recommendation)s") % {"recommendation": self.recommendation})

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
