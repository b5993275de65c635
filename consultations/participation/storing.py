"""How the versions that an officer typed reach the tables, the queue and the ledger."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from consultations import ledger, screening
from consultations.models import Case, Comment, CommentVersion, Redaction, Response, User
from consultations.participation import paper
from consultations.participation.paper import PaperError, Said

VERSION_KEYS = """
SELECT nextval(pg_get_serial_sequence('consultations_commentversion', 'id'))
  FROM generate_series(1, %s)
"""


def store(pairs: Sequence[tuple[Comment, Said]], key: UUID, by: User, at: datetime) -> None:
    """Write a version of each comment, each with a case that waits (a few statements in all)."""
    if not pairs:
        return
    if any(said.recommendation.current_id is None for _comment, said in pairs):
        raise PaperError(_("This recommendation has no text yet."))
    versions = []
    for (comment, said), pk in zip(pairs, _version_keys(len(pairs)), strict=True):
        written = paper.version(comment, said, key, by, at)
        written.pk, written.screened = pk, True
        comment.submitted_version = written
        versions.append(written)
    _save([comment for comment, _said in pairs])
    for (comment, _said), written in zip(pairs, versions, strict=True):
        written.comment = comment
    CommentVersion.objects.bulk_create(versions)
    for written in versions:
        if written.comment.redacted:
            Redaction.objects.carry(written.comment, written)
    _let_wait(versions, at)


def record(pairs: Sequence[tuple[Comment, Said]], by: User, at: datetime) -> None:
    """Put each comment's newest version on the ledger, as a respondent's own is."""
    for comment, said in pairs:
        written = comment.submitted_version
        if written is None:
            continue
        ledger.append(
            consultation_id=said.recommendation.consultation_id,
            act="comment_submitted",
            at=at,
            payload={
                "recommendation": said.recommendation.number,
                "response": comment.response.reference,
                "version": written.number,
                "permission": written.permission,
                "by": by.pk,
                "words": ledger.seal(written),
                "public": comment.public_version_id == written.pk,
                **ledger.carried(comment, written),
            },
        )


def note(response: Response, act: str, by: User, at: datetime, **more: ledger.JSON) -> None:
    """Put what was done with the response as a whole on the ledger."""
    payload: dict[str, ledger.JSON] = {"response": response.reference, "by": by.pk, **more}
    ledger.append(consultation_id=response.consultation_id, act=act, at=at, payload=payload)


def _save(comments: Sequence[Comment]) -> None:
    """Save the comments, whose versions are written next: foreign keys are checked at the end."""
    stored = [comment for comment in comments if comment.pk is not None]
    Comment.objects.bulk_create([comment for comment in comments if comment.pk is None])
    for comment in stored:
        comment.save()


def _let_wait(versions: Sequence[CommentVersion], at: datetime) -> None:
    """Let the versions wait, each with its marks; a case that waits already has them from now."""
    consultation = versions[0].comment.response.consultation
    marks = screening.screen(versions, language=consultation.language, sender=None, at=at)
    cases = [
        Case(comment=version.comment, consultation=consultation, since=at, marks=marks[version.pk])
        for version in versions
    ]
    Case.objects.bulk_create(cases, ignore_conflicts=True)
    for case, version in zip(cases, versions, strict=True):
        if version.number > 1:
            waiting = Case.objects.waiting().filter(comment=version.comment)
            waiting.update(marks=case.marks)


def _version_keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(VERSION_KEYS, [count])
        return [row[0] for row in cursor.fetchall()]
