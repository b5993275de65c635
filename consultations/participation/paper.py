"""What came by e-mail, by post or at a meeting, as an officer types it; and which days are taken.

The verbs that store it are next door: `enter` first, `retype` afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from consultations.models import (
    Comment,
    CommentVersion,
    Consultation,
    Organisation,
    QuestionAnswerVersion,
    Recommendation,
    Region,
    Response,
    SizeBand,
    Stance,
    User,
)
from consultations.models.clock import LONDON
from consultations.participation.answers import MOST_CHARACTERS, ParticipationError
from consultations.participation.replies import Reply, refuse_unoffered
from consultations.participation.replies import key_of as replied_key

# A letter is as long as it is: what an organisation may write here, anybody may on paper.
MOST_ON_PAPER = MOST_CHARACTERS[True]


class PaperError(ParticipationError):
    """What was typed cannot be stored so, with the sentence that the officer reads."""


@dataclass(frozen=True)
class Paper:
    """Who responded, how, and when it arrived; texts are tidied."""

    channel: str
    received_on: date
    late_reason: str
    external_reference: str
    name: str
    organisation: Organisation | None
    kind: str
    size_band: SizeBand | None
    region: Region | None
    permission: str


@dataclass(frozen=True)
class Said:
    """What it says on one recommendation."""

    recommendation: Recommendation
    stance: str
    text: str
    permission: str

    def same_as(self, version: CommentVersion | None) -> bool:
        """Whether a version says exactly this."""
        mine = (self.stance, self.text, self.permission)
        return version is not None and mine == (version.stance, version.text, version.permission)


@dataclass(frozen=True)
class Days:
    """The days, in London, on which a response could come."""

    opens: date
    closes: date
    today: date

    def refusal(self, received_on: date, late_reason: str) -> str:
        """Return the sentence that refuses a day, or ""."""
        if received_on > self.today:
            return _("The day on which it was received lies in the future.")
        if received_on < self.opens:
            return _("The consultation had not opened on the day on which it was received.")
        if received_on > self.closes and not late_reason:
            return _("It came after the consultation closed: say why it is accepted.")
        if received_on <= self.closes and late_reason:
            return _("It came in time, so no reason is needed why it is accepted.")
        return ""


def days(consultation: Consultation, at: datetime) -> Days:
    """Return the days that count at this instant; raise PaperError before the opening."""
    opens, closes = consultation.opens_at, consultation.closes_at
    if not consultation.has_opened(at) or opens is None or closes is None:
        raise PaperError(_("The consultation has not opened: nobody can have responded."))
    last = closes - timedelta(microseconds=1)  # what closes at midnight ends with the day before
    return Days(*(moment.astimezone(LONDON).date() for moment in (opens, last, at)))


def describe(response: Response, paper: Paper) -> list[str]:
    """Set the response's facts to those of the paper (not saved); return the fields that change."""
    body = paper.organisation
    facts: dict[str, object] = {
        "channel": paper.channel,
        "received_on": paper.received_on,
        "late_reason": paper.late_reason,
        "external_reference": paper.external_reference,
        "name": paper.name,
        "kind": body.kind.stakeholder_kind if body else paper.kind,
        "for_organisation": body is not None,
        "organisation_id": body.pk if body else None,
        "organisation_name": body.name if body else "",
        "organisation_kind_id": body.kind_id if body else None,
        "size_band_id": (body.size_band_id if body else None) or _key(paper.size_band),
        "region_id": _key(paper.region) or (body.region_id if body else None),
        "permission": paper.permission,
    }
    changed = [name for name, value in facts.items() if getattr(response, name) != value]
    for name in changed:
        setattr(response, name, facts[name])
    return changed


def new_comment(response: Response, said: Said) -> Comment:
    """Return a comment of the response's, without any version (not saved)."""
    return Comment(
        response=response,
        recommendation=said.recommendation,
        stance=Stance(said.stance),
        kind=response.kind,
        region_id=response.region_id,
    )


def version(comment: Comment, said: Said, key: UUID, by: User, at: datetime) -> CommentVersion:
    """Return the comment's next version (not saved), and let it wait for a moderator."""
    latest = comment.submitted_version
    comment.state, comment.waiting = Comment.State.SUBMITTED, True
    comment.reviewed, comment.reason = False, None
    comment.stance, comment.submitted_at = Stance(said.stance), at
    return CommentVersion(
        response=comment.response,
        number=latest.number + 1 if latest else 1,
        answered=said.recommendation.current,
        stance=said.stance,
        text=said.text,
        permission=said.permission,
        written_by=by,
        written_at=at,
        key=key_of(key, said),
    )


def key_of(key: UUID, said: Said) -> UUID:
    """Return the key of one comment's version, made from the form's."""
    return uuid5(key, str(said.recommendation.number))


def made_by(response: Response, key: UUID, said: Sequence[Said], replies: Sequence[Reply]) -> bool:
    """Whether this very form wrote something of the response."""
    words = CommentVersion.objects.filter(
        response=response, key__in=[key_of(key, one) for one in said]
    )
    answers = QuestionAnswerVersion.objects.filter(
        response=response, key__in=[replied_key(key, one) for one in replies]
    )
    return words.exists() or answers.exists()


def refuse_empty(said: Sequence[Said], replies: Sequence[Reply]) -> None:
    """Raise PaperError for a paper that answers nothing, or what no question offers."""
    if not (said or replies):
        raise PaperError(_("It says nothing yet: fill in at least one answer."))
    refuse_unoffered(replies)


def _key(row: SizeBand | Region | None) -> int | None:
    return row.pk if row else None
