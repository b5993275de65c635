"""Writing a consultation, publishing it, and correcting it once it has opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import ledger
from consultations.models import (
    Consultation,
    Correction,
    Recommendation,
    RecommendationVersion,
    User,
)

# What respondents answered to: after opening it changes by a numbered correction alone.
CORRECTED = {
    "title": gettext_lazy("the title"),
    "introduction": gettext_lazy("the introduction"),
    "owner": gettext_lazy("the owner"),
    "confidentiality": gettext_lazy("the confidentiality text"),
    "lawful_basis": gettext_lazy("the lawful basis"),
    "opens_at": gettext_lazy("the opening time"),
    "closes_at": gettext_lazy("the closing time"),
    "answers_shown": gettext_lazy("when answers are shown"),
}
FIXED = {"slug": gettext_lazy("the address"), "owner_kind": gettext_lazy("what the owner is")}


class PublishingError(Exception):
    """A change that is not allowed, in a sentence."""


@dataclass(frozen=True)
class Words:
    """The words that a recommendation is to have."""

    number: int
    title: str
    text: str
    what_changed: str

    def same_as(self, version: RecommendationVersion | None) -> bool:
        """Whether a version has these very words."""
        return version is not None and (self.title, self.text, self.what_changed) == (
            version.title,
            version.text,
            version.what_changed,
        )


def needs_reason(
    consultation: Consultation, fields: Mapping[str, object], words: Sequence[Words], at: datetime
) -> bool:
    """Whether these fields and words differ from what stands, after opening."""
    stored = Consultation.objects.filter(pk=consultation.pk).first()
    if stored is None or not stored.has_opened(at):
        return False
    return bool(_changed(stored, fields) or _new_words(stored, words))


@transaction.atomic
def save(
    *,
    consultation: Consultation,
    fields: Mapping[str, object],
    words: Sequence[Words],
    reason: str,
    by: User | None,
    at: datetime,
) -> Correction | None:
    """Store a consultation's fields and its recommendations' words.

    `fields` are named as the model's; `words` may leave recommendations out, which then stay.
    Before opening everything changes freely; afterwards what was answered to changes by a
    numbered correction, which is returned. Raises PublishingError where its reason is missing.
    """
    stored = _stored(consultation)
    opened = stored is not None and stored.has_opened(at)
    if stored is None or not opened:
        _assign(consultation, fields)
        for wanted in words:
            _write_first_version(consultation, wanted, at)
        return None
    return _correct(stored, consultation, fields, words, reason.strip(), by, at)


@transaction.atomic
def publish(*, consultation: Consultation, by: User | None, at: datetime) -> None:
    """Make a draft public; from then on the clock decides its phase."""
    stored = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if stored.state == Consultation.State.PUBLISHED:
        raise PublishingError(_("This consultation is already published."))
    if stored.opens_at is None or stored.closes_at is None:
        raise PublishingError(_("Set when it opens and closes before publishing."))
    if stored.closes_at <= at:
        raise PublishingError(_("Its closing time has passed: set a later one before publishing."))
    if not stored.recommendations.exists():
        raise PublishingError(_("Write at least one recommendation before publishing."))
    stored.state = consultation.state = Consultation.State.PUBLISHED
    stored.published_at = consultation.published_at = at
    stored.save(update_fields=["state", "published_at"])
    _record(stored, "consultation_published", by, at, {})


def _stored(consultation: Consultation) -> Consultation | None:
    if consultation.pk is None:
        return None
    return Consultation.objects.select_for_update().get(pk=consultation.pk)


def _assign(consultation: Consultation, fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        setattr(consultation, name, value)
    consultation.save()


def _write_first_version(consultation: Consultation, wanted: Words, at: datetime) -> None:
    recommendation, _made = Recommendation.objects.get_or_create(
        consultation=consultation, number=wanted.number
    )
    RecommendationVersion.objects.update_or_create(
        recommendation=recommendation,
        number=1,
        defaults={
            "title": wanted.title,
            "text": wanted.text,
            "what_changed": wanted.what_changed,
            "made_at": at,
        },
    )
    _point_at(recommendation)


def _point_at(recommendation: Recommendation) -> None:
    recommendation.current = recommendation.versions.order_by("-number").first()
    recommendation.save(update_fields=["current"])


def _correct(
    stored: Consultation,
    consultation: Consultation,
    fields: Mapping[str, object],
    words: Sequence[Words],
    reason: str,
    by: User | None,
    at: datetime,
) -> Correction | None:
    changed, new_words = _changed(stored, fields), _new_words(stored, words)
    _refuse_rewriting_the_past(stored, fields, at)
    correction = None
    if changed or new_words:
        if not reason:
            raise PublishingError(
                _("The consultation has opened: give the reason for this correction.")
            )
        correction = Correction.objects.create(
            consultation=stored,
            number=stored.corrections.count() + 1,
            made_at=at,
            made_by=by,
            reason=reason,
            changes=[*changed, *(_words_changed(words) for words in new_words)],
        )
    _assign(consultation, fields)
    for wanted in new_words:
        _write_next_version(stored, wanted, correction, at)
    if correction:
        _record(stored, "correction_made", by, at, {"correction": correction.number})
    return correction


def _refuse_rewriting_the_past(
    stored: Consultation, fields: Mapping[str, object], at: datetime
) -> None:
    for name, label in FIXED.items():
        if name in fields and fields[name] != getattr(stored, name):
            raise PublishingError(
                _("The consultation has opened: %(what)s can no longer change.") % {"what": label}
            )
    opens, closes = fields.get("opens_at", stored.opens_at), fields.get("closes_at")
    if opens != stored.opens_at:
        raise PublishingError(_("The consultation has opened: its opening time stays."))
    if isinstance(closes, datetime) and closes != stored.closes_at and closes <= at:
        raise PublishingError(_("A new closing time must lie in the future."))


def _changed(stored: Consultation, fields: Mapping[str, object]) -> list[dict[str, str]]:
    return [
        {
            "what": str(CORRECTED[name]),
            "before": _shown(getattr(stored, name)),
            "after": _shown(value),
        }
        for name, value in fields.items()
        if name in CORRECTED and value != getattr(stored, name)
    ]


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "g:ia, j F Y")
    text = str(value)
    return text if len(text) <= 200 else ""  # a long text's versions speak for themselves


def _new_words(stored: Consultation, words: Sequence[Words]) -> list[Words]:
    current = {row.number: row.current for row in stored.recommendations.select_related("current")}
    return [wanted for wanted in words if not wanted.same_as(current.get(wanted.number))]


def _words_changed(words: Words) -> dict[str, str]:
    what = _("recommendation %(number)s") % {"number": words.number}
    return {"what": what, "before": "", "after": ""}


def _write_next_version(
    stored: Consultation, wanted: Words, correction: Correction | None, at: datetime
) -> None:
    recommendation, _made = Recommendation.objects.get_or_create(
        consultation=stored, number=wanted.number
    )
    RecommendationVersion.objects.create(
        recommendation=recommendation,
        number=recommendation.versions.count() + 1,
        title=wanted.title,
        text=wanted.text,
        what_changed=wanted.what_changed,
        made_at=at,
        correction=correction,
    )
    _point_at(recommendation)


def _record(
    consultation: Consultation, act: str, by: User | None, at: datetime, more: dict[str, int]
) -> None:
    ledger.append(
        consultation_id=consultation.pk,
        act=act,
        at=at,
        payload={"consultation": consultation.slug, "by": by.pk if by else None, **more},
    )
