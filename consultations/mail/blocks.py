"""A mail's one structure, as frozen values that pass through a JSON column.

Its two parts are rendered next door, in `mail.letter`, which hands these names on.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

# A place that is filled for each reader: two noncharacters, which `text.tidy` refuses in any text.
SLOT_OPENS, SLOT_CLOSES = "\ufdd0", "\ufdd1"
_LIKE = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"}
    | {"…": "...", "£": "GBP ", "€": "EUR ", "•": "-", "ß": "ss", "æ": "ae", "Æ": "AE"}
    | {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "\xa0": " "}
)


class LetterError(ValueError):
    """A letter that cannot be written as it is."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break in it is kept."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody's own words, and whose they are."""

    kind: ClassVar[str] = "quotation"
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A link: a button in HTML, a line of its own in text."""

    kind: ClassVar[str] = "action"
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short texts."""

    kind: ClassVar[str] = "items"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of two columns: label and value."""

    kind: ClassVar[str] = "rows"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be copied, alone on its line."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where each reader's own blocks go: see `fragment` and `mime.Compiled`."""

    kind: ClassVar[str] = "slot"
    name: str

    @property
    def placeholder(self) -> str:
        """What `mime.Compiled.fill` looks for."""
        return slot(self.name)


Block = Paragraph | Heading | Quotation | Action | Items | Rows | Code | Slot
_BLOCKS: dict[str, Callable[..., Block]] = {
    block.kind: block for block in (Paragraph, Heading, Quotation, Action, Items, Rows, Code, Slot)
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What one mail says: a subject of one ASCII line, and blocks.

    Raises LetterError where the subject is empty or has a line break or control character;
    other characters become their nearest in ASCII.
    """

    subject: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", ascii_line(str(self.subject)))
        object.__setattr__(self, "blocks", tuple(self.blocks))

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        blocks = [{"kind": block.kind} | _plain_values(asdict(block)) for block in self.blocks]
        return {"subject": self.subject, "blocks": blocks}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Letter":
        """Return the letter that `to_json` wrote; raise LetterError where it is none."""
        try:
            return cls(value["subject"], tuple(_block(block) for block in value["blocks"]))
        except (KeyError, TypeError) as error:
            raise LetterError(f"not a letter: {error}") from error


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail whose two parts are written already, as an edition's are: it gets no other footer.

    Raises LetterError where the subject is none, as Letter does.
    """

    subject: str
    text: str
    html: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", ascii_line(self.subject))

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Ready":
        """Return what `to_json` wrote; raise LetterError where it is something else."""
        try:
            return cls(**value)
        except TypeError as error:
            raise LetterError(f"not a mail: {error}") from error


def ascii_line(value: str) -> str:
    """Return one line of ASCII for a header; raise LetterError where it is empty or not one."""
    categories = {unicodedata.category(character) for character in value}
    if categories & {"Cc", "Cs", "Zl", "Zp"}:
        raise LetterError("a subject has a line break or a control character")
    plain = unicodedata.normalize("NFKD", value.translate(_LIKE))
    kept = "".join(letter for letter in plain if unicodedata.category(letter) not in {"Mn", "Cf"})
    line = " ".join(kept.encode("ascii", "replace").decode().split())
    if not line:
        raise LetterError("a subject is empty")
    return line


def slot(name: str) -> str:
    """Return a placeholder that `mime.Compiled.fill` replaces for each reader."""
    if not re.fullmatch(r"[a-z_]+", name):
        raise LetterError(f"not a slot's name: {name!r}")
    return f"{SLOT_OPENS}{name}{SLOT_CLOSES}"


def _block(value: dict[str, Any]) -> Block:
    fields = {name: field for name, field in value.items() if name != "kind"}
    if "items" in fields:
        fields["items"] = tuple(fields["items"])
    if "rows" in fields:
        fields["rows"] = tuple((label, shown) for label, shown in fields["rows"])
    return _BLOCKS[value["kind"]](**fields)


def _plain_values(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with lazy translations made strings."""
    return {
        name: [_strings(part) for part in value] if isinstance(value, (tuple, list)) else str(value)
        for name, value in fields.items()
    }


def _strings(part: Any) -> Any:
    return [str(piece) for piece in part] if isinstance(part, (tuple, list)) else str(part)
