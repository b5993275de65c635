"""The owner's own questions: written, moved and removed until the consultation opens.

From then on they stand as they are, since somebody may be answering them; the database holds this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Question, Recommendation, User
from consultations.models.question import MOST_OPTION_CHARACTERS, MOST_OPTIONS
from consultations.publishing.rules import PublishingError

CHOICES = {Question.Kind.SINGLE, Question.Kind.SEVERAL}


@dataclass(frozen=True)
class Asked:
    """What a question is to be; `about` is the number of a recommendation, None for the whole."""

    kind: str
    words: str
    hint: str = ""
    options: tuple[str, ...] = ()
    lowest: str = ""
    highest: str = ""
    required: bool = False
    asks_why: bool = False
    about: int | None = None

    def problems(self) -> dict[str, str]:
        """Return what does not fit together, a sentence for each field; nothing where all does."""
        found = {}
        if self.kind in CHOICES:
            if sentence := _refused(self.options):
                found["options"] = sentence
        elif self.options:
            found["options"] = _("Only a question with choices has them: leave this empty.")
        if self.kind != Question.Kind.SCALE and (self.lowest or self.highest):
            name = "lowest" if self.lowest else "highest"
            found[name] = _("Only a scale has ends: leave this empty.")
        if self.asks_why and self.kind in {Question.Kind.SHORT, Question.Kind.LONG}:
            found["asks_why"] = _("A written answer says why by itself: leave this out.")
        return found


def needs_writing(stored: Consultation, asked: Sequence[Asked]) -> bool:
    """Whether these questions differ from what stands."""
    rows = Question.objects.filter(consultation=stored).select_related("recommendation")
    return [_as_asked(row) for row in rows.order_by("number", "pk")] != list(asked)


@transaction.atomic
def write_question(
    *,
    consultation: Consultation,
    question: Question | None,
    asked: Asked,
    place: int,
    by: User | None,
    at: datetime,
) -> Question:
    """Store a question (None: a new one) at a place in the order; the others make room.

    Raises PublishingError where the consultation has opened, or the parts do not fit together.
    """
    stored = _unopened(consultation, at)
    rows = list(stored.questions.order_by("number", "pk"))
    others = [row for row in rows if question is None or row.pk != question.pk]
    if question is not None and len(others) == len(rows):
        raise PublishingError(_("This question was removed meanwhile."))
    written = question or Question(consultation=stored)
    _assign(written, asked, stored)
    others.insert(max(place, 1) - 1, written)
    _number(others)
    _record(stored, by, at)
    return written


@transaction.atomic
def remove_question(*, question: Question, by: User | None, at: datetime) -> None:
    """Remove a question; those after it move up. Raises PublishingError after the opening."""
    stored = _unopened(question.consultation, at)
    Question.objects.filter(pk=question.pk).delete()
    _number(list(stored.questions.order_by("number", "pk")))
    _record(stored, by, at)


def replace(stored: Consultation, asked: Sequence[Asked], by: User | None, at: datetime) -> None:
    """Put these questions in place of all that stand, within the caller's transaction.

    Raises PublishingError where the consultation has opened and they differ.
    """
    if not needs_writing(stored, asked):
        return
    _refuse_opened(stored, at)
    stored.questions.all().delete()
    rows = [Question(consultation=stored) for _one in asked]
    for row, wanted in zip(rows, asked, strict=True):
        _assign(row, wanted, stored)
    _number(rows)
    _record(stored, by, at)


def close_up(stored: Consultation, by: User | None, at: datetime) -> None:
    """Number the questions that stay where a recommendation went, and its questions with it."""
    _number(list(stored.questions.order_by("number", "pk")))
    _record(stored, by, at)


def seals(stored: Consultation) -> list[dict[str, ledger.JSON]]:
    """Return for the ledger the words of all questions, sealed."""
    rows = stored.questions.order_by("number", "pk")
    return [{"question": row.number, "words": ledger.seal(row)} for row in rows]


def _refused(options: Sequence[str]) -> str:
    """Say what is wrong with a list of choices; "" where nothing is."""
    if len(options) < 2:
        return _("Write two choices or more, each on a line of its own.")
    if len(options) > MOST_OPTIONS:
        return _("Write at most %(n)s choices.") % {"n": MOST_OPTIONS}
    if len({option.casefold() for option in options}) < len(options):
        return _("Two of the choices are the same.")
    if any(len(option) > MOST_OPTION_CHARACTERS for option in options):
        return _("A choice has at most %(n)s characters.") % {"n": MOST_OPTION_CHARACTERS}
    return ""


def _as_asked(row: Question) -> Asked:
    return Asked(
        kind=row.kind,
        words=row.words,
        hint=row.hint,
        options=tuple(row.options),
        lowest=row.lowest,
        highest=row.highest,
        required=row.required,
        asks_why=row.asks_why,
        about=row.recommendation.number if row.recommendation else None,
    )


def _assign(row: Question, asked: Asked, stored: Consultation) -> None:
    """Give a question its words and its recommendation (not saved)."""
    for sentence in asked.problems().values():
        raise PublishingError(f"{asked.words}: {sentence}")
    row.recommendation = None
    if asked.about is not None:
        found = Recommendation.objects.filter(consultation=stored, number=asked.about).first()
        if found is None:
            raise PublishingError(
                _("There is no recommendation %(number)s.") % {"number": asked.about}
            )
        row.recommendation = found
    row.kind, row.words, row.hint = asked.kind, asked.words, asked.hint
    row.options, row.lowest, row.highest = list(asked.options), asked.lowest, asked.highest
    row.required, row.asks_why = asked.required, asked.asks_why


def _number(rows: Sequence[Question]) -> None:
    """Save the questions in this order, numbered from 1."""
    for number, row in enumerate(rows, start=1):
        row.number = number
        row.save()


def _unopened(consultation: Consultation, at: datetime) -> Consultation:
    """Lock the consultation; raise PublishingError where its questions can no longer change."""
    stored = Consultation.objects.select_for_update().get(pk=consultation.pk)
    _refuse_opened(stored, at)
    return stored


def _refuse_opened(stored: Consultation, at: datetime) -> None:
    if stored.has_opened(at):
        raise PublishingError(
            _(
                "The consultation has opened: its questions stay as they are, since people may be "
                "answering them."
            )
        )


def _record(stored: Consultation, by: User | None, at: datetime) -> None:
    """Seal the questions anew where the consultation is public already."""
    if stored.state != Consultation.State.PUBLISHED:
        return
    ledger.append(
        consultation_id=stored.pk,
        act="questions_written",
        at=at,
        payload={
            "consultation": stored.slug,
            "by": by.pk if by else None,
            "questions": seals(stored),
        },
    )
