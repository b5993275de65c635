from collections import Counter

import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.stems import stems


@given(st.from_regex(r"[a-z0-9]{0,12}[0-9]", fullmatch=True))
def test_word_that_ends_in_a_digit_is_its_own_stem_as_the_stemmer_says(word: str) -> None:
    assert stems(word) == Counter([snowballstemmer.stemmer("english").stemWord(word)])
