"""What a row says to the owner's questions: choices by their words or numbers, texts, and why."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Entries
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange.columns import ANY_OTHER, Asking, MappingError
from consultations.exchange.problems import Faults
from consultations.exchange.sheets import Row
from consultations.exchange.values import NOT_ANSWERED, Unknown, ValueRefused, shortened
from consultations.models import Question
from consultations.participation.paper import MOST_ON_PAPER

# Several choices in one cell stand apart by one of these; by commas, where none is there.
APART = re.compile(r"[;|\n]")


@dataclass(frozen=True, slots=True)
class Replied:
    """What a row says to one question, by its number."""

    number: int
    chosen: tuple[int, ...]
    text: str
    why: str


class Replies:
    """How the columns of questions are read; raises MappingError for what is not asked."""

    def __init__(
        self,
        mapped: Entries[int, Asking],
        places: Entries[int, tuple[tuple[int, ...], int | None]],
        asked: Sequence[Question],
        unknown: Unknown,
    ) -> None:
        self.mapped, self.places, self.unknown = mapped, places, unknown
        self.asked = {question.number: question for question in asked}
        for number, asking in mapped.items():
            self._refuse_unasked(number, asking)
        self._words = {number: _words(self.asked[number]) for number in mapped}

    def read(self, row: Row, faults: Faults) -> Iterator[Replied]:
        """Yield what a row says to each question, and note its faults."""
        for number, (answers, why_at) in self.places.items():
            question, before = self.asked[number], len(faults.found)
            written = ""
            chosen: tuple[int, ...] = ()
            if question.is_text:
                written = self._written(question, row, answers, faults)
            else:
                chosen = self._chosen(question, row, answers, faults)
            why = self._cell(row, why_at, faults, lines=True)
            if len(faults.found) > before:
                continue
            if why and not chosen:
                faults.add(_("It gives a reason, and no answer, to a question."), why_at)
            elif written or chosen:
                yield Replied(number, chosen, written, why)

    def _refuse_unasked(self, number: int, asking: Asking) -> None:
        values = {"number": number}
        question = self.asked.get(number)
        if question is None:
            raise MappingError(_("There is no question %(number)s in this consultation.") % values)
        if not asking.answers:
            raise MappingError(_("Say which column answers question %(number)s.") % values)
        if asking.why is not None and not question.asks_why:
            raise MappingError(_("Question %(number)s does not ask why.") % values)

    def _written(self, question: Question, row: Row, places: Sequence[int], faults: Faults) -> str:
        """Return the texts of these columns as one."""
        lines = question.kind == Question.Kind.LONG
        said = [self._cell(row, place, faults, lines=lines) for place in places]
        whole = ("\n\n" if lines else " / ").join(filter(None, said))
        if len(whole) > MOST_ON_PAPER:
            with faults.at(places[-1]):
                text.tidy(whole, limit=MOST_ON_PAPER, lines=lines)
        return whole

    def _cell(self, row: Row, place: int | None, faults: Faults, *, lines: bool) -> str:
        said = _at(row, place)
        if said.strip().casefold() in NOT_ANSWERED:
            return ""
        with faults.at(place):
            tidied = said if lines else " ".join(said.split())
            return text.tidy(tidied, limit=MOST_ON_PAPER, lines=lines)
        return ""

    def _chosen(
        self, question: Question, row: Row, places: Sequence[int], faults: Faults
    ) -> tuple[int, ...]:
        """Return the numbers of what is chosen in these columns, each once, in order."""
        several, found = question.kind == Question.Kind.SEVERAL, set()
        for place in places:
            with faults.at(place):
                said = _at(row, place)
                words = self._parted(question, said) if several else [said]
                found |= {self._number(question, word) for word in words}
        chosen = sorted(found - {0})
        if len(chosen) > 1 and not several:
            faults.add(_("It gives several answers to a question that takes one."), places[-1])
        return tuple(chosen)

    def _parted(self, question: Question, said: str) -> list[str]:
        """Return the choices in a cell; one whose own words hold a comma is not parted."""
        known = self._words[question.number]
        mapped = self.mapped[question.number].values
        if (word := text.normalised(said)) in known or word in mapped:
            return [said]
        parts = APART.split(said)
        if len(parts) == 1:
            parts = said.split(",")
        return parts

    def _number(self, question: Question, said: str) -> int:
        """Return the number of the choice that a word names, 0 for none; raises ValueRefused."""
        known, mapped = self._words[question.number], self.mapped[question.number].values
        word = text.normalised(said)
        if word in mapped:
            word = text.normalised(mapped[word])
        elif word in NOT_ANSWERED:
            return 0
        elif word not in known and ANY_OTHER in mapped:
            word = text.normalised(mapped[ANY_OTHER])
        if word and word not in known:
            self.unknown.note(f"q{question.number}", said)
            raise ValueRefused(
                _("“%(said)s” is none of the answers to question %(number)s.")
                % {"said": shortened(said), "number": question.number}
            )
        return known[word] if word else 0


def _words(question: Question) -> dict[str, int]:
    """Return the words that name each choice: its own before its number."""
    choices = question.choices()
    words = {text.normalised(str(number)): number for number, _label in choices}
    if question.kind == Question.Kind.SCALE and choices:
        ends = {question.lowest: choices[0][0], question.highest: choices[-1][0]}
        words |= {text.normalised(word): number for word, number in ends.items() if word}
    return words | {text.normalised(label): number for number, label in choices}


def _at(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""
