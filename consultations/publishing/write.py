"""Writing a consultation, publishing it, and correcting it once it has opened.

What may change, and when, is in `rules`; the recommendations' words are in `words`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Correction, User
from consultations.publishing import questions as asking
from consultations.publishing import rules
from consultations.publishing.removal import move_up, refuse_removing, remove
from consultations.publishing.rules import PublishingError, StaleError
from consultations.publishing.words import (
    Words,
    differences,
    new_words,
    seals,
    write_first_version,
    write_next_version,
)


def needs_reason(
    consultation: Consultation, fields: Mapping[str, object], words: Sequence[Words], at: datetime
) -> bool:
    """Whether these fields and words differ from what stands, after opening."""
    stored = Consultation.objects.filter(pk=consultation.pk).first()
    if stored is None or not stored.has_opened(at):
        return False
    return bool(rules.changed(stored, fields) or new_words(stored, words))


@transaction.atomic
def save(
    *,
    consultation: Consultation,
    fields: Mapping[str, object],
    words: Sequence[Words],
    reason: str,
    by: User | None,
    at: datetime,
    seen: str | None = None,
    removed: Collection[int] = (),
    questions: Sequence[asking.Asked] | None = None,
) -> Correction | None:
    """Store a consultation's fields and its recommendations' words.

    `fields` are named as the model's; `words` may leave recommendations out, which then stay;
    `removed` are the numbers of those that go, and those after them move up; `questions` take the
    place of all that stand (None leaves them); `seen` is the `fingerprint` of what the writer
    read. Before opening everything changes freely; afterwards
    nothing is removed, and what was answered to changes by a numbered correction, which is
    returned. Raises PublishingError where its reason is missing, StaleError where somebody else
    has written since.
    """
    rules.refuse_impossible(fields)
    stored = _stored(consultation)
    rules.refuse_closing_before_opening(stored or consultation, fields)
    if stored is None:
        _begin(consultation, fields, words, at)
        asking.replace(consultation, questions or (), by, at)
        return None
    if seen is not None and seen != rules.fingerprint(stored):
        raise StaleError
    refuse_removing(stored, removed, at)
    if stored.has_opened(at):
        correction = _correct(stored, fields, words, reason.strip(), by, at)
    else:
        correction = None
        _rewrite(stored, fields, words, removed, by, at)
    if questions is not None:
        asking.replace(stored, questions, by, at)
    for name, value in fields.items():
        setattr(consultation, name, value)
    return correction


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
    more: dict[str, ledger.JSON] = {"versions": seals(stored)}
    if asked := asking.seals(stored):
        more["questions"] = [*asked]
    _record(stored, "consultation_published", by, at, more)


def _stored(consultation: Consultation) -> Consultation | None:
    """Return what stands, locked; nothing for a consultation that is begun now."""
    if consultation.pk is None:
        return None
    return Consultation.objects.select_for_update().get(pk=consultation.pk)


def _assign(stored: Consultation, fields: Mapping[str, object]) -> rules.Settled:
    """Store these fields of the locked row, and no other: the rest may be newer than was read.

    Returns what no correction tells of what has changed.
    """
    settled = rules.settings_changed(stored, fields)
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.save(update_fields=[*fields])
    return settled


def _record_settings(
    stored: Consultation, settled: rules.Settled, by: User | None, at: datetime
) -> None:
    """Write on a published consultation's ledger what no correction tells."""
    if settled and stored.state == Consultation.State.PUBLISHED:
        changed: ledger.JSON = {name: [*values] for name, values in sorted(settled.items())}
        _record(stored, "settings_changed", by, at, {"changed": changed})


def _begin(
    consultation: Consultation, fields: Mapping[str, object], words: Sequence[Words], at: datetime
) -> None:
    for name, value in fields.items():
        setattr(consultation, name, value)
    consultation.save(force_insert=True)
    for wanted in words:
        write_first_version(consultation, wanted, at)


def _rewrite(
    stored: Consultation,
    fields: Mapping[str, object],
    words: Sequence[Words],
    removed: Collection[int],
    by: User | None,
    at: datetime,
) -> None:
    """Change what has not opened; where it is public already, its words are sealed anew."""
    settled = _assign(stored, fields)
    had = stored.questions.count()
    gone = remove(stored, removed)
    changed = new_words(stored, words)
    for wanted in changed:
        write_first_version(stored, wanted, at)
    move_up(stored, {*gone} - {wanted.number for wanted in words})
    if stored.questions.count() < had:
        asking.close_up(stored, by, at)
    if stored.state != Consultation.State.PUBLISHED:
        return
    if gone:
        _refuse_empty(stored)
        # what stays may have moved, so all of it is sealed
        more: dict[str, ledger.JSON] = {"removed": [*gone], "versions": seals(stored)}
        _record(stored, "recommendations_removed", by, at, more)
    elif changed:
        sealed = seals(stored, [wanted.number for wanted in changed])
        _record(stored, "words_rewritten", by, at, {"versions": sealed})
    _record_settings(stored, settled, by, at)


def _refuse_empty(stored: Consultation) -> None:
    if not stored.recommendations.exists():
        raise PublishingError(_("A published consultation keeps at least one recommendation."))


def _correct(
    stored: Consultation,
    fields: Mapping[str, object],
    words: Sequence[Words],
    reason: str,
    by: User | None,
    at: datetime,
) -> Correction | None:
    changed, written = rules.changed(stored, fields), new_words(stored, words)
    rules.refuse_rewriting_the_past(stored, fields, at)
    if not changed and not written:
        _record_settings(stored, _assign(stored, fields), by, at)
        return None
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
        changes=[*changed, *differences(stored, written)],
    )
    settled = _assign(stored, fields)
    for wanted in written:
        write_next_version(stored, wanted, correction, at)
    more: dict[str, ledger.JSON] = {
        "correction": correction.number,
        "words": ledger.seal(correction),
        "versions": seals(stored, [wanted.number for wanted in written]),
    }
    _record(stored, "correction_made", by, at, more)
    _record_settings(stored, settled, by, at)
    return correction


def _record(
    consultation: Consultation,
    act: str,
    by: User | None,
    at: datetime,
    more: Mapping[str, ledger.JSON],
) -> None:
    ledger.append(
        consultation_id=consultation.pk,
        act=act,
        at=at,
        payload={"consultation": consultation.slug, "by": by.pk if by else None, **more},
    )
