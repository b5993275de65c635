"""The comments of one recommendation that may be counted, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from consultations.analysis.plain import list_in, number_in, record, sha256, text_in, truth_in

STANCES = ("strongly_support", "support", "neither", "oppose", "strongly_oppose", "no_view")
KINDS = (
    "employer",
    "local_leader",
    "represents_employers",
    "represents_local_government",
    "other",
)
# A body that represents others is never added to them, where another row is there to merge with.
MEMBERS = {"represents_employers": "employer", "represents_local_government": "local_leader"}
BLOCKS = ("support", "opposition", "neither")
BLOCK_OF = {
    "strongly_support": "support",
    "support": "support",
    "neither": "neither",
    "no_view": "neither",
    "oppose": "opposition",
    "strongly_oppose": "opposition",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment: an opaque unique id, what was said, and what its author declared.

    `region`, `organisation` and `body` (the organisation's kind) are codes or "";
    `representative` is whether such a body speaks for others; `published` false means counted
    only, never quoted; `new` means first published since the previous edition. `cluster` names the
    campaign that a comment was found to stand in, or the comment itself where it stands in none;
    "" leaves that to the texts. `held` means counted already at the previous edition; `edited`,
    that its public words changed since. `placed` is false where the region is counted and not
    shown with the comment. Raises ValueError for a stance or kind that is not declared in STANCES
    or KINDS.
    """

    comment: str
    text: str
    stance: str
    kind: str
    region: str
    organisation: str
    published: bool
    quotable: bool
    new: bool
    body: str = ""
    representative: bool = False
    cluster: str = ""
    held: bool = False
    edited: bool = False
    placed: bool = True

    @classmethod
    def counted(cls, kind: str, code: str, *, published: bool, comment: str = "") -> Self:
        """Return somebody to be counted, who says nothing: by kind, or by the `region` code."""
        return cls(
            comment=comment,
            text="",
            stance="no_view",
            kind=kind,
            region=code,
            organisation="",
            published=published,
            quotable=False,
            new=False,
        )

    def __post_init__(self) -> None:
        if self.stance not in STANCES:
            raise ValueError(f"stance: expected one of {', '.join(STANCES)}")
        if self.kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}")

    def to_json(self) -> dict[str, object]:
        """Return a plain dict for JSON."""
        return record(self)

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the entry that `to_json` wrote; raises ValueError where a field is wrong."""
        return cls(
            comment=text_in(found, "comment"),
            text=text_in(found, "text"),
            stance=text_in(found, "stance"),
            kind=text_in(found, "kind"),
            region=text_in(found, "region"),
            organisation=text_in(found, "organisation"),
            published=truth_in(found, "published"),
            quotable=truth_in(found, "quotable"),
            new=truth_in(found, "new"),
            body=text_in(found, "body"),
            representative=truth_in(found, "representative"),
            cluster=text_in(found, "cluster") if "cluster" in found else "",
            held=truth_in(found, "held") if "held" in found else not truth_in(found, "new"),
            edited=truth_in(found, "edited") if "edited" in found else False,
            placed=truth_in(found, "placed") if "placed" in found else True,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The entries on one recommendation, in any order; raises ValueError where an id repeats."""

    recommendation: int
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if len({entry.comment for entry in self.entries}) != len(self.entries):
            raise ValueError("entries: a comment stands there twice")

    def ordered(self) -> tuple[Entry, ...]:
        """Return the entries in the order of their ids."""
        return tuple(sorted(self.entries, key=lambda entry: entry.comment))

    def digest(self) -> str:
        """Return the sha256 (hex) of the content, whatever the order of the entries."""
        return sha256((self.recommendation, self.ordered()))

    def to_json(self) -> dict[str, object]:
        """Return a plain dict for JSON, entries in the order of their ids."""
        return record(type(self)(self.recommendation, self.ordered()))

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the snapshot that `to_json` wrote; raises ValueError where a field is wrong."""
        entries = tuple(Entry.from_json(record(each)) for each in list_in(found, "entries"))
        return cls(number_in(found, "recommendation"), entries)
