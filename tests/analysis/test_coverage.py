from consultations.analysis.coverage import Block
from tests.analysis.cast import REASONS


def test_first_gain_is_the_same_read_from_the_sums_and_counted_text_by_text() -> None:
    fresh, begun = Block(REASONS), Block(REASONS)
    begun.take(*begun.vectors(["zyzzyva"]))  # nobody said it, so nothing is covered yet

    gains = [fresh.gain(vector, 9) for vector in fresh.vectors(REASONS)]

    assert gains == [begun.gain(vector, 9) for vector in begun.vectors(REASONS)]
    assert max(gains) > 0
