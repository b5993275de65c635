"""What a response says, recommendation by recommendation: sent, saved, removed, and contested."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from consultations import participation
from consultations.models import (
    Comment,
    CommentVersion,
    Consultation,
    Document,
    Draft,
    Membership,
    Recommendation,
    Redaction,
    Response,
    User,
)
from consultations.models.question import asks as are_asked
from consultations.moderation import appealable
from consultations.moderation.appealable import Contested
from consultations.views import asked, recommendations, versions


@dataclass(frozen=True)
class Row:
    """One recommendation, with what was sent, its earlier versions, and what is only saved."""

    recommendation: Recommendation
    comment: Comment | None
    draft: Draft | None
    earlier: tuple[CommentVersion, ...] = ()
    contested: Contested | None = None
    removed: tuple[Redaction, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether something was sent that stands, or waits to."""
        return self.comment is not None and self.comment.state != Comment.State.WITHDRAWN

    @property
    def missing(self) -> str:
        """What keeps the draft from being sent, in a sentence; "" where nothing does."""
        draft, current = self.draft, self.recommendation.current
        if draft is None:
            return ""
        if current is None or draft.answering != current.number:
            return _("The recommendation was corrected since. Read it again, and save once more.")
        if not draft.stance:
            return _("Choose your view, or “No view”.")
        return "" if draft.allowed else _("Choose whether we may publish this answer.")


@dataclass(frozen=True)
class Part:
    """One response (None where it is not begun), and what it says on each recommendation."""

    response: Response | None
    current: bool
    rows: tuple[Row, ...]
    questions: tuple[asked.Row, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def document(self) -> Document | None:
        """The document that is saved and is sent with the answers, if there is one."""
        saved = (each for each in self.documents if each.state == Document.State.DRAFT)
        return next(saved, None)

    @property
    def sent(self) -> int:
        """How many recommendations are answered."""
        return sum(row.answered for row in self.rows)

    @property
    def drafted(self) -> int:
        """How many answers are saved and not sent."""
        drafts = [row.draft for row in self.rows], [row.draft for row in self.questions]
        return sum(draft is not None for each in drafts for draft in each)

    @property
    def left(self) -> int:
        """How many recommendations have neither."""
        return sum(not row.answered and row.draft is None for row in self.rows)

    @property
    def owed(self) -> list[asked.Row]:
        """Which questions have to be answered before anything is sent."""
        return [row for row in self.questions if row.owed]

    @property
    def complete(self) -> bool:
        """Whether every saved answer says all that it must, and none is missing."""
        missing = [row.missing for row in self.rows] + [row.missing for row in self.questions]
        return not self.owed and not any(missing)

    @property
    def read(self) -> str:
        """Name the drafts that stand on a page, as `SendForm.read` takes them."""
        drafts = [(f"{row.recommendation.number}", row.draft) for row in self.rows]
        saved = [(f"q{row.question.number}", row.draft) for row in self.questions]
        return ",".join(f"{what}:{draft.stamp.hex}" for what, draft in (*drafts, *saved) if draft)


def of(
    user: User,
    consultation: Consultation,
    membership: Membership | None,
    at: datetime | None = None,
) -> list[Part]:
    """Return the user's responses, the one that they write in first; that one may be empty.

    `membership` is the claim in whose name they write. With what may be appealed against at the
    instant `at`, where one is given.
    """
    recommended = list(
        consultation.recommendations.select_related("current")
        .annotate(asks=are_asked())
        .order_by("number", "pk")
    )
    asks = any(recommendations.asks(each) for each in recommended)
    found, takes = participation.own_and_written_in(user, consultation)
    current = named(takes, user, membership)
    others = [each for each in found if each != current]
    return [
        Part(
            each,
            place == 0,
            tuple(_rows(each, recommended, at)),
            tuple(asked.rows(consultation, each)) if asks else (),
            Document.objects.kept_in(each),
        )
        for place, each in enumerate([current, *others])
    ]


def named(response: Response | None, user: User, membership: Membership | None) -> Response | None:
    """Return a response; one that is only begun with the name that it would go out in now."""
    if response is None or response.submitted_at is not None or response.official:
        return response
    response.name, response.membership = user.name, membership
    response.for_organisation = membership is not None
    response.organisation_name = membership.organisation.name if membership else ""
    return response


def _rows(
    response: Response | None, recommended: Sequence[Recommendation], at: datetime | None
) -> Iterator[Row]:
    comments = recommendations.said_in(response) if response else {}
    drafts = recommendations.drafts_in(response) if response else {}
    earlier = versions.earlier(comments.values())
    contested = appealable.on_comments(comments.values(), at) if at else {}
    removed = versions.removed(comments.values())
    for each in recommended:
        comment = comments.get(each.pk)
        before = earlier.get(comment.pk, []) if comment else []
        contest = contested.get(comment.pk) if comment else None
        gone = removed.get(comment.pk, []) if comment else []
        yield Row(each, comment, drafts.get(each.pk), tuple(before), contest, tuple(gone))
