"""The official response: drafted, reviewed by a second person, published, and told on afterwards.

What its text cites is in `citing`; when it is due, in `deadline`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import ledger
from consultations.models import (
    Consultation,
    OfficialAnswer,
    OfficialCitation,
    OfficialDelay,
    Recommendation,
    User,
)
from consultations.publishing.citing import CitationError, cited

LONGEST_REASON = 500
UNASKED: Mapping[int, str] = MappingProxyType({})
CHANGED = gettext_lazy("The draft has changed since you read it. Read it again.")


class OfficialError(Exception):
    """Something that cannot be done with the official response, in a sentence.

    `field` names where it was typed, "" where it concerns the whole.
    """

    def __init__(self, sentence: str | Promise, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Texts:
    """What is written on one recommendation: a status, and Markdown."""

    status: str
    asked: str
    said: str
    will: str
    progress: str = ""


@transaction.atomic
def draft(
    *, recommendation: Recommendation, texts: Texts, seen: str, by: User, at: datetime
) -> OfficialAnswer:
    """Keep the draft on a recommendation; whatever review it had is over.

    `seen` is the stamp of the draft that its writer read, "" for none. Raises OfficialError where
    somebody else has written since, and where it cites what is not there.
    """
    _lock(recommendation.consultation_id)
    standing = _unpublished(recommendation)
    if (standing.stamp if standing else "") != seen:
        said = _("Somebody else changed this draft while you wrote. Saving again replaces theirs.")
        raise OfficialError(said)
    citations = _cited(texts, recommendation)
    answer = standing or OfficialAnswer(
        recommendation=recommendation, number=recommendation.official_answers.count() + 1
    )
    for name, value in vars(texts).items():
        setattr(answer, name, value)
    answer.written_by, answer.written_at = by, at
    answer.reviewed_by = answer.reviewed_at = None
    answer.save()
    answer.citations.all().delete()
    for citation in citations:
        citation.answer = answer
    OfficialCitation.objects.bulk_create(citations)
    return answer


@transaction.atomic
def review(*, recommendation: Recommendation, seen: str, by: User, at: datetime) -> None:
    """Note that a second person has read the draft; raises OfficialError for its own writer."""
    _lock(recommendation.consultation_id)
    answer = _unpublished(recommendation)
    if answer is None or answer.stamp != seen:
        raise OfficialError(CHANGED)
    if answer.written_by_id == by.pk:
        raise OfficialError(_("You wrote this draft: somebody else reads it before it is out."))
    answer.reviewed_by, answer.reviewed_at = by, at
    answer.save(update_fields=["reviewed_by", "reviewed_at"])


@transaction.atomic
def discard(*, recommendation: Recommendation, seen: str) -> bool:
    """Throw the draft on a recommendation away; return whether there was one.

    Raises OfficialError where it is another than was read, by its stamp.
    """
    _lock(recommendation.consultation_id)
    answer = _unpublished(recommendation)
    if answer is None:
        return False
    if answer.stamp != seen:
        raise OfficialError(CHANGED)
    answer.delete()
    return True


@transaction.atomic
def publish(
    *,
    consultation: Consultation,
    numbers: Collection[int],
    by: User,
    at: datetime,
    seen: Mapping[int, str] = UNASKED,
) -> list[OfficialAnswer]:
    """Publish the reviewed drafts on these recommendations: all of them, or none.

    `seen` has the stamps of those that were read. Raises OfficialError before the close, and where
    one is missing, not reviewed, another than was read, or cites what is shown no longer. Once
    every recommendation is answered its readers are told, once (`digests.official`).
    """
    stored = _lock(consultation.pk)
    if stored.phase(at) != Consultation.Phase.CLOSED:
        raise OfficialError(_("The consultation has not closed: nothing is answered before."))
    drafts = OfficialAnswer.objects.filter(
        recommendation__consultation=stored, published_at__isnull=True
    ).select_related("recommendation__consultation")
    chosen = [row for row in drafts.order_by("recommendation__number", "pk") if _in(row, numbers)]
    if not chosen or len(chosen) != len(set(numbers)):
        raise OfficialError(_("Choose recommendations that have a draft."))
    for row in chosen:
        if row.reviewed_at is None:
            said = _("Somebody else has to review the draft on recommendation %(number)s first.")
            raise OfficialError(said % {"number": row.recommendation.number})
        if seen.get(row.recommendation.number, row.stamp) != row.stamp:
            raise OfficialError(CHANGED)
        try:
            _cited(row, row.recommendation)
        except OfficialError as error:
            said = _("Recommendation %(number)s: %(why)s")
            values = {"number": row.recommendation.number, "why": error}
            raise OfficialError(said % values) from error
    for row in chosen:
        row.published_by, row.published_at = by, at
        row.save(update_fields=["published_by", "published_at"])
    _record(stored, chosen, by, at)
    return chosen


@transaction.atomic
def explain_delay(*, consultation: Consultation, reason: str, by: User, at: datetime) -> None:
    """Say in public why the official response is late; raises OfficialError without a reason."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        said = _("Say why it is late, in 500 characters or fewer.")
        raise OfficialError(said, "reason")
    stored = _lock(consultation.pk)
    if not stored.response_clock:
        raise OfficialError(_("No day is set for this official response."), "reason")
    OfficialDelay.objects.create(consultation=stored, reason=reason, given_by=by, given_at=at)
    payload: dict[str, ledger.JSON] = {"reason": reason, "by": by.pk}
    ledger.append(
        consultation_id=stored.pk, act="official_response_delayed", at=at, payload=payload
    )


def _lock(consultation_id: int) -> Consultation:
    return Consultation.objects.select_for_update(no_key=True).get(pk=consultation_id)


def _unpublished(recommendation: Recommendation) -> OfficialAnswer | None:
    return recommendation.official_answers.filter(published_at__isnull=True).first()


def _cited(texts: Texts | OfficialAnswer, recommendation: Recommendation) -> list[OfficialCitation]:
    """Return what the texts cite, each once; say in which text something is not there."""
    fields = ("asked", "said", "will", "progress")
    for name in fields:
        try:
            cited([getattr(texts, name)], recommendation)
        except CitationError as error:
            raise OfficialError(str(error), name) from error
    return cited([getattr(texts, name) for name in fields], recommendation)


def _in(answer: OfficialAnswer, numbers: Collection[int]) -> bool:
    return answer.recommendation.number in numbers


def _record(
    consultation: Consultation, published: Sequence[OfficialAnswer], by: User, at: datetime
) -> None:
    sealed: list[ledger.JSON] = [
        {
            "recommendation": row.recommendation.number,
            "version": row.number,
            "status": row.status,
            "words": {**ledger.seal(row)},
        }
        for row in published
    ]
    payload: dict[str, ledger.JSON] = {"official": sealed, "by": by.pk}
    ledger.append(
        consultation_id=consultation.pk, act="official_response_published", at=at, payload=payload
    )
