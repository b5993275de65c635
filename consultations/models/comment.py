"""A comment: what one response says on one recommendation.

Its words stand in `version`; what is asked of many, in `comment_queries`.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations import text
from consultations.models import comment_tables
from consultations.models.addresses import new_reference
from consultations.models.comment_queries import CommentManager
from consultations.models.recommendation import Recommendation
from consultations.models.reference import Kind, OrganisationKind, Reason, Region
from consultations.models.response import Permission, Response, narrower
from consultations.models.stance import Stance
from consultations.models.transitions import GUARDS, STANDINGS, State

if TYPE_CHECKING:
    from consultations.models.version import CommentVersion


class Comment(models.Model):
    """What one response says on one recommendation: a state, and pointers to its versions."""

    State = State

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="comments",
        verbose_name=_("response"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        related_name="comments",
        verbose_name=_("recommendation"),
        db_index=False,  # one of `comment_tables.INDEXES` begins with it
    )
    # The comment's own name in public: a nameless one is not tied to a named one by the response's.
    reference = models.CharField(_("reference"), max_length=8, default=new_reference, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SUBMITTED)
    submitted_version = models.ForeignKey(
        "CommentVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted version"),
    )
    public_version = models.ForeignKey(
        "CommentVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public version"),
    )

    # What the public sees, written by the verbs alone: one row serves a list.
    public_text = models.TextField(_("public text"), blank=True)
    search = models.GeneratedField(
        expression=comment_tables.STEMS, output_field=SearchVectorField(), db_persist=True
    )
    stance = models.CharField(_("stance"), max_length=20, choices=Stance)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("region"),
    )
    shown_region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shown region"),
    )
    shown_organisation_kind = models.ForeignKey(
        OrganisationKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shown organisation kind"),
    )
    signed = models.BooleanField(_("shown with a name"), default=False)
    listed = models.BooleanField(_("shown in public"), default=False)
    counted = models.BooleanField(_("counted in figures"), default=False)
    counted_since = models.DateTimeField(_("counted since"), null=True, blank=True)
    waiting = models.BooleanField(_("waits for its first decision"), default=False)
    reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason"),
    )
    reviewed = models.BooleanField(_("seen by a moderator"), default=False)
    # Whether words of any version are removed: others then reach nobody before they are read.
    redacted = models.BooleanField(_("words removed"), default=False)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("first published"), null=True, blank=True)

    objects = CommentManager()

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
            models.CheckConstraint(
                condition=Q(listed=True) | Q(signed=False, shown_region__isnull=True),
                name="comment_shown_is_listed",
            ),
            models.CheckConstraint(
                condition=Q(signed=True) | Q(shown_organisation_kind__isnull=True),
                name="comment_organisation_kind_is_signed",
            ),
        ]
        indexes = comment_tables.INDEXES
        triggers = [*comment_tables.TRIGGERS, *GUARDS]

    def __str__(self) -> str:
        return str(_("comment %(reference)s") % {"reference": self.reference})

    @property
    def asked(self) -> "CommentVersion | None":
        """The version that a moderator is asked about where a case waits: the newest.

        Once a change of what readers' reports took from view was refused, it is what they took;
        its reason must be at hand.
        """
        taken = self.state == self.State.HIDDEN and self.reviewed
        if taken and self.reason is not None and self.reason.code == Reason.REPORTED:
            return self.public_version
        return self.submitted_version

    def signature(self) -> str:
        """Return the name shown beside the public text, or "" where it is withheld."""
        version = self.public_version
        return self.response.signature(version.permission) if version and self.signed else ""

    def pieces(self) -> list[tuple[str, bool]]:
        """Return the public text in pieces, and of each whether a search has marked it."""
        return text.pieces(self.public_text, getattr(self, "headline", ""))

    def standing(self) -> str:
        """Return in one sentence what has become of the comment, for its author."""
        changed = self.public_version_id != self.submitted_version_id
        if self.state != self.State.PUBLISHED:
            return str(STANDINGS[self.State(self.state)])
        if not self.listed:
            said = _("Counted, and not shown, as you chose.")
        elif changed:
            said = _("Published as you sent it before your last change.")
        else:
            said = _("Published.")
        return str(said)

    # Django's own two read and hash every choice for each row: a sixth of a page of comments.
    def get_stance_display(self) -> str:  # type: ignore[no-redef]
        """Return the stance in words."""
        return str(Stance(self.stance).label)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """Return the kind of stakeholder in words."""
        return str(Kind(self.kind).label)

    def publish(self, version: "CommentVersion", at: datetime) -> None:
        """Make `version` the public one (not saved); `at` counts the first time only."""
        self.state = self.State.PUBLISHED
        self.public_version = version
        self.stance = version.stance
        self.reason = None
        self.first_published_at = self.first_published_at or at
        self.counted_since = self.counted_since or at
        self.counted, self.waiting = True, False
        self.show()

    def allowed(self) -> str:
        """Return what the author allows now: a choice to show less holds before it is decided."""
        public, sent = self.public_version, self.submitted_version
        if public is None:
            return Permission.UNPUBLISHED
        return narrower(public.permission, sent.permission if sent else public.permission)

    def show(self) -> None:
        """Set what the public sees of a published comment (not saved)."""
        version = self.public_version
        self.listed = bool(version) and self.allowed() != Permission.UNPUBLISHED
        if version is None or not version.erased_at:
            self.public_text = self.redacted_text(version) if version and self.listed else ""
        self.sign()

    def words_left(self, version: "CommentVersion") -> str:
        """Return what staff can read of a version: its words, or what was public of erased ones."""
        return version.text or (self.public_text if version.erased_at else "")

    def redacted_text(self, version: "CommentVersion") -> str:
        """Return what the public reads of a version (a query where words were ever removed)."""
        return version.redacted_text() if self.redacted else version.text

    def sign(self) -> None:
        """Set whether a name is shown, and what a named comment shows of its author (not saved)."""
        self.signed = self.listed and bool(self.response.signature(self.allowed()))
        self.shown_organisation_kind_id = None
        if self.signed:
            self.shown_organisation_kind_id = self.response.organisation_kind_id
            self.shown_region_id = self.region_id
        elif not self.listed:
            self.shown_region = None

    def unpublish(
        self, state: str, reason: Reason | None, *, told: bool = True, at: datetime | None = None
    ) -> None:
        """Take the comment from the public (not saved); it counts where `reason` says so.

        What begins to count does so `at` that instant, the database's own where none is given.
        Where no edition has `told` of it yet, the next publication is its first: nothing falls
        between two editions. So it is after a withdrawal, told or not: its author took the words
        back, and what they send later is another comment, which readers have not seen; a hidden
        one that is restored is the same comment, and no news.
        """
        if not told or state == self.State.WITHDRAWN:
            self.first_published_at = None
        self.state = state
        self.reason = reason
        self.waiting = False
        self.conceal()
        self.counted = bool(reason and reason.still_counts)
        self.counted_since = (self.counted_since or at) if self.counted else None

    def conceal(self) -> None:
        """Show nothing of it (not saved). Where its version is emptied, the words stay here."""
        version = self.public_version
        if version is None or not version.erased_at:
            self.public_text = ""
        self.listed = self.signed = False
        self.shown_region = self.shown_organisation_kind = None
