"""The bar of stances: six segments in a fixed order, for SVG on a page and for a mail's table."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultations.models import Stance

# The design's diverging palette; "no view" is outlined, not filled.
COLOURS = {
    Stance.STRONGLY_SUPPORT: "#01665e",
    Stance.SUPPORT: "#3a9188",
    Stance.NEITHER: "#8a8578",
    Stance.OPPOSE: "#b8862f",
    Stance.STRONGLY_OPPOSE: "#8c510a",
    Stance.NO_VIEW: "#ffffff",
}
# In units of the drawing, which is as wide as its place: some 600 pixels on a wide screen.
WIDTH, GAP = 600, 2


@dataclass(frozen=True)
class Segment:
    """One stance in the bar; `percent` is for a mail, at least 1 where anybody took it."""

    stance: str
    label: str
    count: int
    colour: str
    x: str
    width: str
    percent: int


def segments(counts: Iterable[tuple[str, int]]) -> tuple[Segment, ...]:
    """Return all six stances in their order, with the place of each in the bar."""
    given = dict(counts)
    held = {stance: given.get(stance.value, 0) for stance in Stance}
    total = sum(held.values())
    room = WIDTH - GAP * max(sum(1 for n in held.values() if n) - 1, 0)
    made, x = [], 0.0
    for stance, count in held.items():
        width = room * count / total if total else 0.0
        percent = max(1, 100 * count // total) if count else 0
        label, colour = str(stance.label), COLOURS[stance]
        made.append(
            Segment(stance.value, label, count, colour, f"{x:.1f}", f"{width:.1f}", percent)
        )
        x += width + GAP if count else 0
    return tuple(made)
