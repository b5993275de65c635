"""Near-identical comments: by what they are found, and the campaigns that they make up."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.comment import Comment
from consultations.models.recommendation import Recommendation
from consultations.models.version import CommentVersion

# The first half of the advisory lock's key; the second is the recommendation. Whoever holds it
# alone finds, makes and leaves campaigns there, so that two copies at once end in one.
LOCK_CLASS = 0xCA3941


class Campaign(models.Model):
    """Near-identical comments on one recommendation.

    `size` and `own` are kept by `screening.campaigns`: how many comments stand in it by their
    newest version, and how many of them have something of their own.
    """

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="campaigns",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveIntegerField(_("number"))
    label = models.CharField(_("name for colleagues"), max_length=120, blank=True)
    # What most of them say; the others are shown by how they differ from it.
    pattern = models.ForeignKey(
        CommentVersion,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("commonest text"),
    )
    size = models.PositiveIntegerField(_("comments"), default=0)
    own = models.PositiveIntegerField(_("with something of their own"), default=0)
    # A moderator has split or joined here: no machine joins it with another any more.
    settled = models.BooleanField(_("settled by a moderator"), default=False)
    made_at = models.DateTimeField(_("found"))

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-size", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "number"], name="campaign_number")
        ]
        indexes = [models.Index(fields=["-size", "id"], name="campaign_largest")]

    def __str__(self) -> str:
        named = _("campaign %(number)s") % {"number": self.number}
        return f"{named}: {self.label}" if self.label else str(named)


class Likeness(models.Model):
    """By what one version of a comment is found, and the campaign that it stands in, if any.

    `latest` tells the version that its author sent last; an earlier one stands on while it is
    public. A version whose words are erased has none.
    """

    class Joined(models.TextChoices):
        FOUND = "found", _("found by computer")
        JOINED = "joined", _("joined by a moderator")
        SPLIT = "split", _("split off by a moderator")

    version = models.OneToOneField(
        CommentVersion,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="likeness",
        verbose_name=_("version"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("recommendation"),
    )
    exact = models.BigIntegerField(_("hash of the words"))
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("campaign"),
    )
    joined = models.CharField(
        _("how it joined"), max_length=8, choices=Joined, default=Joined.FOUND
    )
    own = models.BooleanField(_("has something of its own"), default=False)
    latest = models.BooleanField(_("sent last"), default=True)

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")
        indexes = [
            models.Index(fields=["recommendation", "exact"], name="likeness_exact"),
            models.Index(fields=["version"], name="likeness_earlier", condition=Q(latest=False)),
        ]


class Fingerprint(models.Model):
    """One of the hashes by which texts like a version's are found."""

    likeness = models.ForeignKey(
        Likeness,
        on_delete=models.CASCADE,
        related_name="fingerprints",
        verbose_name=_("likeness"),
    )
    # The recommendation, and the hash of four words.
    band = models.BigIntegerField(_("band"))

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")
        indexes = [models.Index(fields=["band", "likeness"], name="fingerprint_band")]


# Whatever verb takes a comment back or erases words: what was made of them goes with them, under
# the lock of an arrival, so that neither waits for the other's rows.
FORGET = """
PERFORM pg_advisory_xact_lock({lock}, ({recommendation})::int);
DELETE FROM consultations_fingerprint WHERE likeness_id IN ({versions});
WITH gone AS (
    DELETE FROM consultations_likeness WHERE version_id IN ({versions})
 RETURNING campaign_id, own, latest
)
UPDATE consultations_campaign AS campaign
   SET size = size - few.n, own = campaign.own - few.own
  FROM (SELECT campaign_id, count(*) FILTER (WHERE latest) AS n,
               count(*) FILTER (WHERE latest AND own) AS own
          FROM gone GROUP BY campaign_id) AS few
 WHERE campaign.id = few.campaign_id;
RETURN NULL;
"""
MINE = "SELECT id FROM consultations_commentversion WHERE comment_id = NEW.id"
ITS = "SELECT recommendation_id FROM consultations_comment WHERE id = NEW.comment_id"
pgtrigger.register(
    pgtrigger.Trigger(
        name="taken_back_is_forgotten",
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.Q(
            old__state__df=pgtrigger.F("new__state"), new__state__in=["withdrawn", "erased"]
        ),
        func=FORGET.format(lock=LOCK_CLASS, recommendation="NEW.recommendation_id", versions=MINE),
    )
)(Comment)
pgtrigger.register(
    pgtrigger.Trigger(
        name="erased_words_are_forgotten",
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.Q(old__erased_at__isnull=True, new__erased_at__isnull=False),
        func=FORGET.format(lock=LOCK_CLASS, recommendation=ITS, versions="NEW.id"),
    )
)(CommentVersion)
