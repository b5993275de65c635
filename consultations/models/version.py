"""The immutable versions of a comment."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from consultations.analysis.masks import masked
from consultations.models.appendonly import only_erased
from consultations.models.comment import Comment
from consultations.models.comment_tables import CONFIG, plain
from consultations.models.recommendation import RecommendationVersion
from consultations.models.response import Permission, Response
from consultations.models.stance import Stance

# What a moderator's search reads: the words as sent, published or not.
WORDS = SearchVector(plain("text"), config=CONFIG)


class CommentVersion(models.Model):
    """The words of a comment as sent at one instant; never changed, only erased."""

    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("comment"),
    )
    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("response"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    answered = models.ForeignKey(
        RecommendationVersion,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("version answered"),
    )
    stance = models.CharField(_("stance"), max_length=20, choices=Stance)
    text = models.TextField(_("comment"), blank=True)
    permission = models.CharField(_("permission to publish"), max_length=12, choices=Permission)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    # Who wrote the draft that another has sent.
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    written_at = models.DateTimeField(_("written"))
    key = models.UUIDField(_("key of the form"))
    # Words that came in bulk are looked at by a worker: `screening.catch_up`.
    screened = models.BooleanField(_("looked at by computer"), default=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of a comment")
        verbose_name_plural = _("versions of comments")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="comment_version_number"),
            models.UniqueConstraint(fields=["response", "key"], name="comment_version_key"),
        ]
        indexes = [
            GinIndex(WORDS, name="version_words"),
            models.Index(MD5("text"), name="version_same_text"),
            models.Index(
                fields=["id"], name="comment_version_unscreened", condition=Q(screened=False)
            ),
        ]
        triggers = only_erased(
            fixed=[
                *("number", "comment", "response", "answered", "stance", "permission"),
                "written_at",
            ],
            words=["text"],
            names=("words_never_change", "never_deleted"),
            sentences=(
                "the words of a comment are never changed, only erased",
                "versions of comments are never deleted, only erased",
            ),
        )

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.number})

    def redacted_text(self) -> str:
        """Return the words without those that are removed now (one query)."""
        return masked(self.text, [each.place for each in self.redactions.in_force()])
