"""What the values of a column stand for: by the mapping, the usual words, or our own codes."""

import re
from collections.abc import Iterable
from collections.abc import Mapping as Entries
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange.columns import ANY_OTHER
from consultations.models import (
    Kind,
    OrganisationKind,
    Permission,
    Region,
    Response,
    SizeBand,
    Stance,
)
from consultations.models.reference import in_force

# Citizen Space's own words for a question that was passed over.
NOT_ANSWERED = frozenset({"not answered", "n/a", "-"})
PERSON, BODY = "person", "organisation"
NO = Stance.NO_VIEW
USUAL: Entries[str, Entries[str, str]] = {
    "stance": {
        **dict.fromkeys(("strongly agree", "very useful"), Stance.STRONGLY_SUPPORT),
        **dict.fromkeys(("agree", "tend to agree", "yes", "in favour", "useful"), Stance.SUPPORT),
        "neither agree nor disagree": Stance.NEITHER,
        **dict.fromkeys(("neither", "neutral", "neither useful nor not useful"), Stance.NEITHER),
        **dict.fromkeys(("disagree", "tend to disagree", "no", "against"), Stance.OPPOSE),
        "not useful": Stance.OPPOSE,
        **dict.fromkeys(("strongly disagree", "not useful at all"), Stance.STRONGLY_OPPOSE),
        **dict.fromkeys(("don't know", "don’t know", "do not know", "not sure", "unsure"), NO),
        **dict.fromkeys(("no opinion", "prefer not to say", "not applicable"), NO),
    },
    "permission": {
        # Who lets a response be published has not yet said that their name may stand beside it.
        **dict.fromkeys(("yes", "yes, without my name", "anonymous"), Permission.UNNAMED),
        **dict.fromkeys(("yes, with my name", "with name", "named"), Permission.NAMED),
        **dict.fromkeys(("no", "confidential", "not published"), Permission.UNPUBLISHED),
    },
    "responding_as": {
        **dict.fromkeys(("individual", "as an individual", "a member of the public"), PERSON),
        **dict.fromkeys(("member of the public", "resident", "person"), PERSON),
        **dict.fromkeys(
            ("organisation", "company", "business", "on behalf of an organisation"), BODY
        ),
    },
    "kind": {
        **dict.fromkeys(("business", "company", "employer", "private sector"), Kind.EMPLOYER),
        **dict.fromkeys(("local authority", "council", "local government"), Kind.LOCAL_LEADER),
        **dict.fromkeys(("trade association", "trade body"), Kind.REPRESENTS_EMPLOYERS),
        "chamber of commerce": Kind.REPRESENTS_EMPLOYERS,
        **dict.fromkeys(
            ("charity", "individual", "university", "trade union", "union"), Kind.OTHER
        ),
        **dict.fromkeys(("resident", "member of the public", "academic"), Kind.OTHER),
    },
    "channel": {"letter": Response.Channel.POST, "email": Response.Channel.EMAIL},
    "region": {},
    "organisation_kind": {},
}
DAYS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?"), "%Y-%m-%d"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}( .*)?"), "%d/%m/%Y"),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}( .*)?"), "%d-%m-%Y"),
    (re.compile(r"\d{1,2} [A-Za-z]+ \d{4}"), "%d %B %Y"),
    (re.compile(r"\d{1,2} [A-Za-z]{3} \d{4}"), "%d %b %Y"),
)


class ValueRefused(ValueError):  # noqa: N818 - a refusal, in a sentence
    """A value that stands for nothing."""


@dataclass(frozen=True)
class Body:
    """A kind of organisation: its key, and the kind of stakeholder that it makes."""

    key: int
    stakeholder_kind: str


@dataclass(frozen=True)
class Known:
    """Our own rows and codes, by the words that name them (three queries)."""

    regions: Entries[str, int]
    bodies: Entries[str, Body]
    sizes: Entries[str, int]

    def default_body(self, kind: str) -> Body | None:
        """Return the first kind of organisation of a kind of stakeholder."""
        return next((one for one in self.bodies.values() if one.stakeholder_kind == kind), None)


def known() -> Known:
    """Read the reference data that is in force."""
    regions = Region.objects.filter(in_force()).order_by("order", "pk")
    kinds = OrganisationKind.objects.filter(in_force()).order_by("order", "pk")
    bands = SizeBand.objects.filter(in_force()).order_by("order", "pk")
    return Known(
        regions={key: row.pk for row in regions for key in _words(row.code, row.name)},
        bodies={
            key: Body(row.pk, row.stakeholder_kind)
            for row in kinds
            for key in _words(row.code, row.name)
        },
        sizes={key: row.pk for row in bands for key in _words(row.code, row.name)},
    )


class Unknown:
    """The words that stand for nothing yet, as they were first met, for whoever maps them."""

    # More than these nobody maps one by one.
    MOST = 60

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], str] = {}

    def note(self, what: str, said: str) -> None:
        """Note a word of a column; `what` names what the column says, "q2" for question 2."""
        if len(self._met) < self.MOST and len(said) < 200:
            self._met.setdefault((what, text.normalised(said)), said.strip())

    def all(self) -> list[tuple[str, str]]:
        """Return what was noted, in the order of meeting."""
        return [(what, said) for (what, _word), said in self._met.items()]


class Values:
    """Turns the words of a column into our codes; each word is looked up once."""

    def __init__(
        self, mapped: Entries[str, Entries[str, str]], unknown: Unknown | None = None
    ) -> None:
        self.mapped, self.unknown = mapped, unknown or Unknown()
        self._codes = {
            "stance": _choices(Stance.choices),
            "permission": _choices(Permission.choices),
            "kind": _choices(Kind.choices),
            "channel": _choices(
                [one for one in Response.Channel.choices if one[0] != Response.Channel.WEB]
            ),
            "responding_as": {PERSON: PERSON, BODY: BODY},
        }
        self._found: dict[tuple[str, str], str] = {}

    def code(self, what: str, said: str) -> str:
        """Return the code that a value stands for, "" for none; raises ValueRefused."""
        found = self._found.get((what, said))
        if found is None:
            found = self._look_up(what, said)
            if len(said) < 200 and len(self._found) < 10_000:
                self._found[what, said] = found
        return found

    def _look_up(self, what: str, said: str) -> str:
        word = text.normalised(said)
        mapped = self.mapped.get(what, {})
        if word in mapped:
            word = text.normalised(mapped[word])
        elif not word or word in NOT_ANSWERED:
            return ""
        else:
            word = USUAL[what].get(word, word)
            if ANY_OTHER in mapped and not self._is_code(what, word):
                word = text.normalised(mapped[ANY_OTHER])
        if word and not self._is_code(what, word):
            self.unknown.note(what, said)
            raise ValueRefused(
                _("“%(said)s” is unknown: say what it stands for under [values.%(what)s].")
                % {"said": shortened(said), "what": what}
            )
        return self._codes[what].get(word, word) if what in self._codes else word

    def _is_code(self, what: str, word: str) -> bool:
        return what not in self._codes or word in self._codes[what]

    def stands_for_nothing(self, said: str) -> bool:
        """Whether a whole cell is what the mapping, or Citizen Space, writes for no words."""
        if len(said) > 200:
            return False
        word = text.normalised(said)
        return word in NOT_ANSWERED or self.mapped.get("text", {}).get(word) == ""

    def add(self, what: str, codes: Entries[str, object]) -> None:
        """Let these words, of our own rows, be known as they are."""
        self._codes[what] = {word: word for word in codes}


def day(said: str) -> date:
    """Return the day that a cell names; the day stands before the month. Raises ValueRefused."""
    plain = said.strip()
    for pattern, format_ in DAYS:
        if pattern.fullmatch(plain):
            wanted = plain if " %B" in format_ or " %b" in format_ else re.split("[T ]", plain)[0]
            try:
                return datetime.strptime(wanted, format_).date()  # noqa: DTZ007 - a day alone
            except ValueError:
                continue
    raise ValueRefused(
        _("“%(said)s” is no day: write it like 2026-11-30 or 30/11/2026.")
        % {"said": shortened(said)}
    )


def shortened(said: str) -> str:
    """Return what a cell says on one short line, for an error."""
    line = " ".join(said.encode("utf-8", "replace").decode().split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _choices(choices: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {key: code for code, label in choices for key in _words(code, str(label))}


def _words(code: str, name: str) -> tuple[str, str]:
    return text.normalised(code), text.normalised(name)
