"""A reader says that something is wrong with a published comment; a moderator decides on it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Comment, Report, Response, User
from consultations.participation import threshold
from consultations.participation.answers import ParticipationError

# Whoever reports more than this in a day, before any of it is decided, is asked to wait.
MOST_OPEN = 10
DAY = timedelta(days=1)
MOST_WORDS = 1_000
RELATED = (
    "public_version__written_by",
    "recommendation__consultation",
    "recommendation__current",
)


@transaction.atomic
def report(*, comment: Comment, user: User, why: str, words: str, at: datetime) -> Report:
    """Put a published comment before a moderator, once for each person and comment.

    What was reported already is returned as it is. Where so many people report it as the
    consultation says, it leaves public view until it is read (see `threshold`). Raises
    ParticipationError where the comment is no longer shown, or too many of the person's reports
    still wait.
    """
    # One at a time for each person, so that two at once are counted; then as all verbs do.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    known = Report.objects.filter(comment=comment, reporter=user).first()
    if known is not None:
        return known
    response = Response.objects.select_for_update(of=("self",), no_key=True).get(
        pk=comment.response_id
    )
    fresh = Comment.objects.select_related(*RELATED).get(pk=comment.pk)
    fresh.response = response
    version = fresh.public_version
    if not fresh.listed or version is None:
        raise ParticipationError(_("This comment is no longer shown."))
    if _open(user, at) >= MOST_OPEN:
        raise ParticipationError(
            _("Many of your reports still wait for a moderator. Please report this tomorrow.")
        )
    made = Report.objects.create(
        comment=fresh, version=version, reporter=user, why=why, words=words, made_at=at
    )
    consultation_id = fresh.recommendation.consultation_id
    Case.objects.create(report=made, consultation_id=consultation_id, since=at)
    reported = threshold.hold(fresh, at)
    ledger.append(
        consultation_id=consultation_id,
        act="comment_reported",
        at=at,
        payload={
            "recommendation": fresh.recommendation.number,
            "response": response.reference,
            "version": version.number,
            "report": made.pk,
            "why": why,
            "by": user.pk,
        },
    )
    if reported:
        threshold.record(fresh, reported, at)
    return made


def _open(user: User, at: datetime) -> int:
    """Return how many reports of the last day wait for a decision."""
    recent = Report.objects.filter(reporter=user, made_at__gt=at - DAY)
    return recent.filter(cases__closed_at__isnull=True).count()
