"""Diverging bars: one scale a table, as long as people are many, nobody's part left out."""

from consultations.models import Stance
from consultations.results.drawing import WIDTH, bars


def counts(**given: int) -> dict[str, int]:
    """Return a row of counts, nought where nothing is said."""
    return {stance: given.get(stance, 0) for stance in Stance.values}


def test_bars_of_one_table_share_scale_and_axis() -> None:
    many, few = bars([counts(support=40, oppose=40), counts(support=4, oppose=4)])

    assert many
    assert few
    assert many.axis == few.axis == f"{WIDTH / 2:.1f}"
    assert 9 <= width(many, "support") / width(few, "support") <= 12


def test_support_stands_left_and_opposition_right_of_those_who_do_neither() -> None:
    [bar] = bars([counts(strongly_support=2, support=2, neither=2, oppose=2, strongly_oppose=2)])

    assert bar
    places = {part.stance: float(part.x) for part in bar.parts}
    assert sorted(places, key=lambda stance: places[stance]) == [
        "strongly_support",
        "support",
        "neither",
        "oppose",
        "strongly_oppose",
    ]


def test_every_bar_stays_within_the_drawing() -> None:
    rows = [counts(strongly_oppose=9), counts(no_view=7), counts(strongly_support=1), None]

    drawn = bars(rows)

    assert drawn[3] is None
    for bar in drawn[:3]:
        assert bar
        for part in bar.parts:
            assert float(part.x) >= 0
            assert float(part.x) + float(part.width) <= WIDTH


def test_nobody_has_no_bar() -> None:
    assert bars([counts(), None]) == (None, None)


def width(bar: object, stance: str) -> float:
    """Return how long a stance's part is."""
    [part] = [each for each in bar.parts if each.stance == stance]  # type: ignore[attr-defined]
    return float(part.width)
