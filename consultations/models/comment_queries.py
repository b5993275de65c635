"""What is asked of comments: who may read them, which count, which are news."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from consultations.models.consultation import Consultation
from consultations.models.edition_standing import TELLS
from consultations.models.open_to import open_to
from consultations.models.people import READS_ALL, Role
from consultations.models.telling import await_editions

if TYPE_CHECKING:
    from consultations.models.comment import Comment
    from consultations.models.people import User

# A nameless comment shows its region only where so many comments share kind and region.
SHARED_BY = 5
# The first half of an advisory lock's key; the second is a hash of recommendation, kind, region.
SHARED_LOCK = 0x5EA1ED


def answers_shown(at: datetime) -> Q:
    """Return the condition that a row's `recommendation` shows its comments to readers at `at`."""
    shown = Q(recommendation__consultation__answers_shown=Consultation.AnswersShown.WHILE_OPEN)
    return shown | Q(recommendation__consultation__closes_at__lte=at)


def answers_shown_to(user: "User | None", at: datetime) -> Q:
    """Return the condition that a row's `recommendation` shows its comments to `user` at `at`.

    Comments and the counters of what is shown of them ask by it alike.
    """
    shown = answers_shown(at) & open_to(user, "recommendation__consultation__")
    if user is not None and user.is_staff:
        held = Role.objects.filter(
            consultation=OuterRef("recommendation__consultation"),
            user=user,
            right__in=READS_ALL,
            ends_at__isnull=True,
        )
        shown |= Q(Exists(held))
    return shown & Q(
        recommendation__consultation__state=Consultation.State.PUBLISHED,
        recommendation__consultation__opens_at__lte=at,
    )


class CommentQuerySet(models.QuerySet["Comment"]):
    """The two questions asked of comments: who may read them, and which count."""

    def visible_to(self, user: "User | None", at: datetime) -> "CommentQuerySet":
        """Return what `user` may read at the instant `at`, on every door alike.

        A comment is readable when it is listed (published with permission) in a published
        consultation that shows its answers at that instant, or shows them to its own staff.
        Authors and moderators reach other comments by their own doors, which ask `policy`.
        """
        return self.filter(answers_shown_to(user, at), listed=True)

    def visible_to_readers(self, at: datetime) -> "CommentQuerySet":
        """Return what every reader of each comment's consultation may read at the instant `at`.

        For what is built for all of them at once; the door asks who is one.
        """
        opened = Q(
            recommendation__consultation__state=Consultation.State.PUBLISHED,
            recommendation__consultation__opens_at__lte=at,
        )
        return self.filter(answers_shown(at), opened, listed=True)

    def counted(self) -> "CommentQuerySet":
        """Return what figures hold; only ever to be aggregated."""
        return self.filter(counted=True)

    def counted_before(self, end: "datetime | OuterRef") -> "CommentQuerySet":
        """Return what figures hold now, and have held since before `end`."""
        return self.counted().filter(counted_since__lt=end)

    def news(self, start: "datetime | OuterRef", end: "datetime | OuterRef") -> "CommentQuerySet":
        """Return what was first published in `[start, end)`, and stands."""
        return self.counted_before(end).filter(
            state="published", first_published_at__gte=start, first_published_at__lt=end
        )

    def newest_first(self) -> "CommentQuerySet":
        """Return them by publication, newest first, with all that a list shows."""
        return self.with_signatures().order_by("-first_published_at", "-pk")

    def oldest_first(self) -> "CommentQuerySet":
        """Return them by publication, oldest first, with all that a list shows."""
        return self.with_signatures().order_by("first_published_at", "pk")

    def with_signatures(self) -> "CommentQuerySet":
        """Return them with all that a list shows of their authors."""
        return self.select_related(
            "response",
            "response__organisation",
            "response__organisation_kind",
            "response__sign_off",
            "response__shown_sign_off",
            "shown_region",
            "public_version",
        )

    def older_than(
        self, reference: str, among: "CommentQuerySet | None" = None
    ) -> "CommentQuerySet":
        """Return those that stand after the comment of this reference in a list, newest first.

        Ask it of one recommendation's comments; there are none where the reference is not `among`
        them (among these, where nothing is said). The comment is found by the same statement.
        """
        at, pk = (self if among is None else among)._place_of(reference)
        # The first condition says nothing new, but lets the index begin here, however deep.
        return self.filter(Q(first_published_at__lt=at) | Q(pk__lt=pk), first_published_at__lte=at)

    def newer_than(
        self, reference: str, among: "CommentQuerySet | None" = None
    ) -> "CommentQuerySet":
        """Return those that stand after the comment of this reference, oldest first."""
        at, pk = (self if among is None else among)._place_of(reference)
        return self.filter(Q(first_published_at__gt=at) | Q(pk__gt=pk), first_published_at__gte=at)

    def _place_of(self, reference: str) -> tuple[Subquery, Subquery]:
        """Return the two values by which a list is ordered, of one comment among these."""
        found = self.filter(reference=reference).order_by()
        return Subquery(found.values("first_published_at")), Subquery(found.values("pk"))

    def told(self, comment: "Comment") -> bool:
        """Whether an edition has covered the instant at which the comment was first published.

        One that waits for its release has; if it is discarded, `digests.editions` makes that good.
        A final summary has not: it tells nothing as new.
        Until the caller's transaction ends no edition that tells of the comment can be committed.
        """
        await_editions(comment.recommendation_id)
        editions = "recommendation__consultation__editions__"
        covers = {f"{editions}period__endswith__gt": F("first_published_at")}
        tells = {f"{editions}state__in": TELLS, f"{editions}final": False}
        return self.filter(pk=comment.pk, **covers, **tells).exists()

    def hold_regions(self, comment: "Comment") -> None:
        """Let one transaction at a time change who shares this comment's kind and region.

        Called before the comment is saved: the next one then counts what this one has left.
        """
        key = f"{comment.recommendation_id}:{comment.kind}:{comment.region_id}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SHARED_LOCK, key])

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


AllComments = models.Manager.from_queryset(CommentQuerySet)


class CommentManager(AllComments["Comment"]):
    """Comments without the stems that are searched, which nobody reads."""

    def get_queryset(self) -> models.QuerySet["Comment"]:
        """Return all comments, their stems left in the database."""
        return super().get_queryset().defer("search")
