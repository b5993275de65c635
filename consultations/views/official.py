"""The official response as it is read: on its own page, and on each page that it concerns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.models import (
    Comment,
    Consultation,
    OfficialAnswer,
    OfficialCitation,
    OfficialDelay,
    Recommendation,
    User,
)
from consultations.publishing import citing, deadline


@dataclass(frozen=True)
class Answer:
    """One published version: its status, and each part's heading and Markdown."""

    number: int
    status: str
    label: str
    published_at: datetime
    parts: tuple[tuple[str, str], ...]
    earlier: tuple["Answer", ...] = ()


@dataclass(frozen=True)
class Standing:
    """How far the official response is: what is answered, and its day where a clock runs.

    `completed_at` is when the last recommendation was first answered, None before; a response that
    came late stays late, with its reasons.
    """

    answers: dict[int, Answer]
    due: date | None
    late: bool
    delays: tuple[OfficialDelay, ...]
    completed_at: datetime | None


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the owner answers, recommendation by recommendation, and how that has changed."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    now = timezone.now()
    rows = list(consultation.recommendations.select_related("current").order_by("number", "pk"))
    standing = standing_of(consultation, rows, user, now)
    mine = _mine(user, rows) if user and standing.answers else set()
    context = {
        "consultation": consultation,
        "phase": consultation.phase(now),
        "rows": [(row, standing.answers.get(row.pk), row.pk in mine) for row in rows],
        "official": standing,
    }
    return render(request, "official/show.html", context)


def standing_of(
    consultation: Consultation, rows: Sequence[Recommendation], user: User | None, at: datetime
) -> Standing:
    """Return how far the response on these recommendations is (at most four queries).

    Before the close there is none, and nothing is asked.
    """
    if consultation.phase(at) != Consultation.Phase.CLOSED:
        return Standing({}, None, late=False, delays=(), completed_at=None)
    answers = answers_on(rows, user, at)
    completed_at = _completed_at(rows, answers)
    late = deadline.is_late(consultation, completed_at or at)
    return Standing(
        answers=answers,
        due=deadline.due_on(consultation),
        late=late,
        delays=tuple(consultation.official_delays.order_by("given_at", "pk")) if late else (),
        completed_at=completed_at,
    )


def _completed_at(rows: Sequence[Recommendation], answers: Mapping[int, Answer]) -> datetime | None:
    """When each of these recommendations had its first answer; None while one has none."""
    if not rows or len(answers) != len(rows):
        return None
    return max((each.earlier or (each,))[-1].published_at for each in answers.values())


def answers_on(
    rows: Iterable[Recommendation], user: User | None, at: datetime
) -> dict[int, Answer]:
    """Return what stands on each of these recommendations, by id (one to three queries)."""
    versions = OfficialAnswer.objects.published().filter(recommendation__in=list(rows))
    stored = list(
        versions.select_related("recommendation__consultation").order_by(
            "recommendation__number", "-number", "pk"
        )
    )
    cited = citing.readable(stored, Comment.objects.visible_to(user, at))
    found: dict[int, list[Answer]] = {}
    for row in stored:
        found.setdefault(row.recommendation_id, []).append(_answer(row, cited))
    return {
        recommendation: Answer(**(vars(newest) | {"earlier": tuple(earlier)}))
        for recommendation, (newest, *earlier) in found.items()
    }


def answered(comments: Iterable[Comment], at: datetime) -> set[int]:
    """Return the ids of those of these comments that a standing answer cites (one query).

    Of answers that are shown at `at`.
    """
    ids = [comment.pk for comment in comments]
    if not ids:
        return set()
    standing = OfficialAnswer.objects.standing().shown(at)
    found = OfficialCitation.objects.filter(comment__in=ids, answer__in=standing)
    return set(found.values_list("comment", flat=True))


def _mine(user: User, rows: Sequence[Recommendation]) -> set[int]:
    """The recommendations on which a standing answer cites the visitor, or whom they speak for."""
    own = Q(comment__response__organisation=None, comment__response__respondent=user)
    theirs = Q(
        comment__response__organisation__memberships__user=user,
        comment__response__organisation__memberships__claim="confirmed",
        comment__response__organisation__memberships__ended_at=None,
    )
    standing = OfficialAnswer.objects.standing().filter(recommendation__in=rows)
    found = OfficialCitation.objects.filter(own | theirs, answer__in=standing)
    return set(found.values_list("answer__recommendation", flat=True))


def _answer(row: OfficialAnswer, cited: citing.Readable) -> Answer:
    headings = (_("We asked"), _("You said"), _("We will"), _("What has happened since"))
    sentences = cited.sentences.get(row.pk, {})
    parts = tuple(
        (heading, citing.linked(text, row.recommendation, cited.comments, sentences))
        for heading, text in zip(headings, citing.texts_of(row), strict=True)
        if text
    )
    published_at = row.published_at or row.written_at
    return Answer(row.number, row.status, str(row.get_status_display()), published_at, parts)
