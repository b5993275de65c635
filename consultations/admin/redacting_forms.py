"""What a moderator types and ticks to remove words, and the passages that are meant by it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy

from consultations.admin.saying_why import NoteForm
from consultations.analysis.masks import Removed, occurrences
from consultations.forms import TidyField
from consultations.models import Reason

MOST_WORDS = 2_000
AROUND = 40  # characters that a passage is shown between
SPAN = re.compile(r"(\d{1,6})-(\d{1,6})")


class RedactForm(NoteForm):
    """The words to find, and why they are removed."""

    # Of this version, and no other that is sent meanwhile.
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    # The sign-off that stood beside it: another one since is not shown unread.
    signed = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)
    words = TidyField(
        limit=MOST_WORDS,
        lines=True,
        required=False,
        label=gettext_lazy("Words to remove"),
        help_text=gettext_lazy(
            "Type or paste them. Capitals and line breaks make no difference. You choose below "
            "which of the places found is meant."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.ModelChoiceField(
        Reason.objects.filter(retired=False),
        label=gettext_lazy("Why"),
        empty_label=gettext_lazy("Choose a reason"),
        help_text=gettext_lazy("The author is told, and the public reads its code in their place."),
        error_messages={"required": gettext_lazy("Choose why the words are removed.")},
    )
    field_order = ("version", "signed", "words", "reason", "note")


@dataclass(frozen=True)
class Passage:
    """A place where the words stand: whether it is to be removed, and what stands around it."""

    start: int
    end: int
    ticked: bool
    before: str
    words: str
    after: str

    @property
    def value(self) -> str:
        """Name the place in a form."""
        return f"{self.start}-{self.end}"


@dataclass(frozen=True)
class Ticked:
    """What a form says of passages: those that it offered, and those of them that are meant."""

    offered: frozenset[tuple[int, int]] = frozenset()
    chosen: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, offered: Iterable[str], chosen: Iterable[str]) -> "Ticked":
        """Read both from a form; what is no place says nothing."""
        return cls(_places(offered), _places(chosen))


def passages(text: str, before: Sequence[Removed], words: str, said: Ticked) -> list[Passage]:
    """Return the passages of a text: those offered before, and those newly found, ticked.

    What is removed already is not among them.
    """
    new = set(occurrences(text, words)) - said.offered
    places = {(start, end) for start, end in said.offered | new if 0 <= start < end <= len(text)}
    return [
        Passage(
            start,
            end,
            (start, end) in said.chosen | new,
            text[max(start - AROUND, 0) : start],
            text[start:end],
            text[end : end + AROUND],
        )
        for start, end in sorted(places)
        if not any(start < other.end and other.start < end for other in before)
    ]


def _places(values: Iterable[str]) -> frozenset[tuple[int, int]]:
    found = (SPAN.fullmatch(value) for value in values)
    return frozenset((int(match[1]), int(match[2])) for match in found if match)
