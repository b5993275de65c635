"""Writes down who reads what is not public, where they read and do not decide.

It is one of the two things that a page writes by being looked at; who is meant, `policy` says.
"""

from datetime import datetime

from consultations.models import Comment, Document, Reading, Response, User


def of_comment(*, comment: Comment, by: User, at: datetime) -> bool:
    """Note that the comment's newest words were read, unless they are public as they stand.

    They are not while the consultation shows no answers yet.
    """
    version = comment.submitted_version
    if version is None or (version.text or comment.public_text) in ("", public_words(comment, at)):
        return False
    Reading.objects.create(
        consultation_id=comment.recommendation.consultation_id,
        read_by=by,
        read_at=at,
        what=Reading.What.COMMENT,
        reference=comment.reference,
        version=version.number,
    )
    return True


def public_words(comment: Comment, at: datetime) -> str:
    """Return what everybody may read of a comment at `at`; "" where that is nothing."""
    shown = comment.listed and comment.recommendation.consultation.shows_answers(at)
    return comment.public_text if shown else ""


def of_answers(*, response: Response, by: User, at: datetime) -> bool:
    """Note that the answers to the owner's questions were read, which are never published."""
    if not response.question_answers.exists():
        return False
    _note(response.consultation_id, Reading.What.ANSWERS, response.reference, by, at)
    return True


def of_document(*, document: Document, by: User, at: datetime) -> bool:
    """Note that a respondent's document was read, unless it is public."""
    if document.response_id is None:
        return False
    shown = document.consultation.shows_answers(at)
    if shown and Document.objects.public().filter(pk=document.pk).exists():
        return False
    _note(document.consultation_id, Reading.What.DOCUMENT, document.reference, by, at)
    return True


def _note(consultation_id: int, what: Reading.What, reference: str, by: User, at: datetime) -> None:
    Reading.objects.create(
        consultation_id=consultation_id, read_by=by, read_at=at, what=what, reference=reference
    )
