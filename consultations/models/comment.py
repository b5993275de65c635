"""A comment: what one response says on one recommendation. Its words stand in `version`."""

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation, Recommendation
from consultations.models.reference import Kind, Reason, Region
from consultations.models.response import Permission, Response
from consultations.models.stance import Stance
from consultations.models.tally import COUNT_COMMENTS

if TYPE_CHECKING:
    from consultations.models.people import User
    from consultations.models.version import CommentVersion

# A nameless comment shows its region only where so many comments share kind and region.
SHARED_BY = 5


class CommentQuerySet(models.QuerySet["Comment"]):
    """The two questions asked of comments: who may read them, and which count."""

    def visible_to(self, user: "User | None", at: datetime) -> "CommentQuerySet":
        """Return what `user` may read at the instant `at`, on every door alike.

        A comment is readable when it is listed (published with permission) in a published
        consultation that shows its answers at that instant. Authors and moderators reach
        other comments by their own doors, which ask `policy`.
        """
        shown = Q(recommendation__consultation__answers_shown=Consultation.AnswersShown.WHILE_OPEN)
        return self.filter(
            shown | Q(recommendation__consultation__closes_at__lte=at),
            listed=True,
            recommendation__consultation__state=Consultation.State.PUBLISHED,
            recommendation__consultation__opens_at__lte=at,
        )

    def counted(self) -> "CommentQuerySet":
        """Return what figures hold; only ever to be aggregated."""
        return self.filter(counted=True)

    def newest_first(self) -> "CommentQuerySet":
        """Return them by publication, newest first, with all that a list shows."""
        return self.select_related(
            "response", "response__organisation_kind", "shown_region", "public_version"
        ).order_by("-first_published_at", "-pk")

    def older_than(self, comment: "Comment") -> "CommentQuerySet":
        """Return those that stand after `comment` in a list that is newest first."""
        at = comment.first_published_at
        # The first condition says nothing new, but lets the index begin here, however deep.
        return self.filter(
            Q(first_published_at__lt=at) | Q(pk__lt=comment.pk), first_published_at__lte=at
        )

    def newer_than(self, comment: "Comment") -> "CommentQuerySet":
        """Return those that stand before `comment` in a list that is newest first."""
        at = comment.first_published_at
        return self.filter(
            Q(first_published_at__gt=at) | Q(pk__gt=comment.pk), first_published_at__gte=at
        )

    def told(self, comment: "Comment") -> bool:
        """Whether an edition has covered the instant at which the comment was first published."""
        editions = "recommendation__consultation__editions__period__endswith__gt"
        return self.filter(pk=comment.pk, **{editions: F("first_published_at")}).exists()

    def share_regions(self, *, recommendation_id: int, kind: str, region_id: int | None) -> None:
        """Show or withhold the region of nameless comments of one kind and region.

        Reads at most `SHARED_BY` rows of a partial index, and writes only where it changes.
        """
        if region_id is None:
            return
        alike = self.filter(
            recommendation_id=recommendation_id, kind=kind, region_id=region_id, listed=True
        )
        enough = alike[:SHARED_BY].count() >= SHARED_BY
        nameless = alike.filter(signed=False)
        if enough:
            nameless.filter(shown_region__isnull=True).update(shown_region=F("region"))
        else:
            nameless.filter(shown_region__isnull=False).update(shown_region=None)

    def states(self) -> dict[str, int]:
        """Return how many comments stand in each state."""
        rows = self.order_by().values_list("state").annotate(n=Count("pk"))
        return dict(rows)


class Comment(models.Model):
    """What one response says on one recommendation: a state, and pointers to its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for a moderator")
        PUBLISHED = "published", _("published")
        HELD = "held", _("held by a moderator")
        REJECTED = "rejected", _("not published")
        HIDDEN = "hidden", _("hidden")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ERASED = "erased", _("erased")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="comments")
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, related_name="comments"
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    draft_version = models.ForeignKey(
        "CommentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_version = models.ForeignKey(
        "CommentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    public_version = models.ForeignKey(
        "CommentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # What the public sees, written by the verbs alone: one row serves a list.
    public_text = models.TextField(_("public text"), blank=True)
    stance = models.CharField(_("stance"), max_length=20, choices=Stance)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    shown_region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed = models.BooleanField(_("shown with a name"), default=False)
    listed = models.BooleanField(_("shown in public"), default=False)
    counted = models.BooleanField(_("counted in figures"), default=False)
    waiting = models.BooleanField(_("waits for its first decision"), default=False)
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed = models.BooleanField(_("seen by a moderator"), default=False)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("first published"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-submitted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "recommendation"], name="comment_once_a_recommendation"
            ),
            models.CheckConstraint(
                condition=Q(listed=False)
                | Q(
                    state="published",
                    counted=True,
                    public_version__isnull=False,
                    first_published_at__isnull=False,
                ),
                name="comment_listed_is_published",
            ),
            models.CheckConstraint(
                condition=Q(counted=False) | Q(state__in=["published", "hidden", "rejected"]),
                name="comment_counted_was_decided",
            ),
            models.CheckConstraint(
                condition=Q(waiting=False) | Q(state__in=["submitted", "held"]),
                name="comment_waiting_is_submitted",
            ),
        ]
        indexes = [
            models.Index(
                F("recommendation"),
                F("first_published_at").desc(),
                F("id").desc(),
                name="comment_listed",
                condition=Q(listed=True),
            ),
            models.Index(
                fields=["recommendation", "kind", "region"],
                name="comment_shared_region",
                condition=Q(listed=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="count_comments",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                func=COUNT_COMMENTS,
            )
        ]

    def signature(self) -> str:
        """Return the name shown beside the public text, or "" where it is withheld."""
        version = self.public_version
        return self.response.signature(version.permission) if version and self.signed else ""

    def publish(self, version: "CommentVersion", at: datetime) -> None:
        """Make `version` the public one (not saved); `at` counts the first time only."""
        self.state = self.State.PUBLISHED
        self.public_version = version
        self.stance = version.stance
        self.reason = None
        self.first_published_at = self.first_published_at or at
        self.counted, self.waiting = True, False
        self.listed = version.permission != Permission.UNPUBLISHED
        self.public_text = version.text if self.listed else ""
        self.sign()

    def sign(self) -> None:
        """Set whether a name is shown, and the region that a named comment shows (not saved)."""
        version = self.public_version
        self.signed = bool(self.listed and version and self.response.signature(version.permission))
        if self.signed:
            self.shown_region = self.region
        elif not self.listed:
            self.shown_region = None

    def unpublish(self, state: str, reason: Reason | None, *, told: bool = True) -> None:
        """Take the comment from the public (not saved); it counts where `reason` says so.

        Where no edition has `told` of it yet, the next publication is its first: nothing falls
        between two editions.
        """
        if not told:
            self.first_published_at = None
        self.state = state
        self.reason = reason
        self.public_text = ""
        self.listed = self.waiting = self.signed = False
        self.shown_region = None
        self.counted = bool(reason and reason.still_counts)
