"""A reader's report that something is wrong with a published comment; a case waits for each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.comment import Comment
from consultations.models.version import CommentVersion


class Report(models.Model):
    """What one reader says is wrong with one comment, and which version they read."""

    class Why(models.TextChoices):
        PERSONAL_DATA = "personal_data", _("It tells something private about a person")
        ABUSIVE = "abusive", _("It insults or threatens somebody")
        FALSE_CLAIM = "false_claim", _("It claims falsely to speak for somebody")
        COPIED = "copied", _("It is copied from somewhere else")
        OFF_TOPIC = "off_topic", _("It is about something else")
        OTHER = "other", _("Another reason")

    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        related_name="reports",
        verbose_name=_("comment"),
    )
    version = models.ForeignKey(
        CommentVersion,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("version"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("reporter"),
    )
    why = models.CharField(_("what is wrong"), max_length=20, choices=Why)
    words = models.TextField(_("in the reader's words"), blank=True)
    made_at = models.DateTimeField(_("reported"))

    class Meta:
        verbose_name = _("report of a comment")
        verbose_name_plural = _("reports of comments")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "reporter"], name="report_once_a_person")
        ]
        indexes = [models.Index(fields=["reporter", "made_at"], name="report_of_person")]
