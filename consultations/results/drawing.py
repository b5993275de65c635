"""Diverging bars of counts: support to the left, opposition to the right, on one scale a table.

The sides are those of every other bar and table of the site. A bar is as long as people are many,
so that a row of three never looks like a majority; which stance a part stands for is told by its
place and height as well as by its colour, and its number stands beside it as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consultations.models import Stance

WIDTH, HEIGHT, GAP = 300, 20, 2
# Outwards from the middle, to each side.
LEFT = (Stance.SUPPORT, Stance.STRONGLY_SUPPORT)
RIGHT = (Stance.OPPOSE, Stance.STRONGLY_OPPOSE)
MIDDLE = (Stance.NEITHER, Stance.NO_VIEW)
# The stronger a view, the taller its part.
HEIGHTS = {
    Stance.STRONGLY_SUPPORT: 20,
    Stance.STRONGLY_OPPOSE: 20,
    Stance.SUPPORT: 13,
    Stance.OPPOSE: 13,
    Stance.NEITHER: 6,
    Stance.NO_VIEW: 6,
}
_Counts = Mapping[str, int]


@dataclass(frozen=True)
class Part:
    """One stance in a bar, in units of the drawing."""

    stance: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Bar:
    """The parts of a row's bar; `axis` is where the middle of every bar of the table stands."""

    parts: tuple[Part, ...]
    axis: str


def bars(rows: Sequence[_Counts | None]) -> tuple[Bar | None, ...]:
    """Return a bar for each row of counts by stance, all on one scale; None for a row without."""
    told = [row for row in rows if row is not None]
    left = max((_reach(row, LEFT) for row in told), default=0.0)
    right = max((_reach(row, RIGHT) for row in told), default=0.0)
    if not left + right:
        return tuple(None for _row in rows)
    scale = (WIDTH - 6 * GAP) / (left + right)
    axis = left * scale + 3 * GAP
    return tuple(None if row is None else _bar(row, axis, scale) for row in rows)


def _reach(row: _Counts, side: Sequence[Stance]) -> float:
    """How far a row reaches to one side of the middle, in people."""
    return sum(row[each] for each in side) + sum(row[each] for each in MIDDLE) / 2


def _bar(row: _Counts, axis: float, scale: float) -> Bar:
    parts = []
    half = sum(row[each] for each in MIDDLE) * scale / 2
    x = axis - half
    for stance in MIDDLE:
        parts += _part(stance, x, row[stance] * scale)
        x += row[stance] * scale
    for side, sign in ((LEFT, -1), (RIGHT, 1)):
        edge = axis + sign * half
        for stance in side:
            length = row[stance] * scale
            parts += _part(stance, edge if sign > 0 else edge - length, length)
            edge += sign * length
    return Bar(tuple(parts), f"{axis:.1f}")


def _part(stance: Stance, x: float, length: float) -> list[Part]:
    """The part, a gap shorter than its share and never too thin to be seen; none for nobody."""
    if not length:
        return []
    height = HEIGHTS[stance]
    width = max(length - GAP, 1.0)
    return [
        Part(
            stance.value,
            f"{x + GAP / 2:.1f}",
            f"{(HEIGHT - height) / 2:g}",
            f"{width:.1f}",
            str(height),
        )
    ]
