"""The official response as it is read: on its own page, and on each page that it concerns."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    Edition,
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
    """How far the official response is: what is answered, and its day where a clock runs."""

    answers: dict[int, Answer]
    due: date | None
    late: bool
    delays: tuple[OfficialDelay, ...]
    complete: bool


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
        return Standing({}, None, late=False, delays=(), complete=False)
    answers = answers_on(rows, user, at)
    due, late = deadline.due_on(consultation), deadline.is_late(consultation, at)
    return Standing(
        answers=answers,
        due=due,
        late=late,
        delays=tuple(consultation.official_delays.order_by("given_at", "pk")) if late else (),
        complete=bool(rows) and len(answers) == len(rows),
    )


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
    cites = any("[[" in text for row in stored for text in _texts(row))
    shown = _shown(stored, user, at) if cites else frozenset()
    sentences = _sentences(stored) if cites else {}
    found: dict[int, list[Answer]] = {}
    for row in stored:
        answer = _answer(row, shown, sentences.get(row.pk, {}))
        found.setdefault(row.recommendation_id, []).append(answer)
    return {
        recommendation: Answer(**(vars(newest) | {"earlier": tuple(earlier)}))
        for recommendation, (newest, *earlier) in found.items()
    }


def answered(comments: Iterable[Comment]) -> set[int]:
    """Return the ids of those of these comments that a standing answer cites (one query)."""
    ids = [comment.pk for comment in comments]
    if not ids:
        return set()
    standing = OfficialAnswer.objects.standing()
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


def _answer(
    row: OfficialAnswer, shown: Collection[str], sentences: Mapping[tuple[int, int], str]
) -> Answer:
    headings = (_("We asked"), _("You said"), _("We will"), _("What has happened since"))
    parts = tuple(
        (heading, citing.linked(text, row.recommendation, shown, sentences))
        for heading, text in zip(headings, _texts(row), strict=True)
        if text
    )
    published_at = row.published_at or row.written_at
    return Answer(row.number, row.status, str(row.get_status_display()), published_at, parts)


def _texts(row: OfficialAnswer) -> tuple[str, str, str, str]:
    return row.asked, row.said, row.will, row.progress


def _shown(stored: Sequence[OfficialAnswer], user: User | None, at: datetime) -> frozenset[str]:
    """The references of the cited comments that the reader may see (one query)."""
    rows = Comment.objects.visible_to(user, at).filter(official_citations__answer__in=stored)
    return frozenset(rows.values_list("reference", flat=True))


def _sentences(stored: Sequence[OfficialAnswer]) -> dict[int, dict[tuple[int, int], str]]:
    """The words of the cited sentences that stand, by answer, digest and place (one query)."""
    standing = Edition.State.RELEASED
    cites = OfficialCitation.objects.filter(answer__in=stored, edition__state=standing)
    recommendations = {row.pk: row.recommendation for row in stored}
    found: dict[int, dict[tuple[int, int], str]] = {}
    for cite in cites.select_related("edition").order_by("pk"):
        told = citing.told_on(cite.edition, recommendations[cite.answer_id]) if cite.edition else []
        if cite.edition and cite.sentence and cite.sentence <= len(told):
            place = cite.edition.number, cite.sentence
            found.setdefault(cite.answer_id, {})[place] = told[cite.sentence - 1]
    return found
