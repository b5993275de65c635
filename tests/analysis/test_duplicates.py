from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.duplicates import alike, voices

LETTER = "we ask the government to fund local transport for every town in the north " * 1
LETTER += "because without it nobody can reach the jobs that these plans promise to bring us"


def edited(place, word="indeed"):
    tokens = LETTER.split()
    return " ".join([*tokens[:place], word, *tokens[place + 1 :]])


def test_copies_in_other_case_width_and_punctuation_are_one_voice():
    assert voices(["We agree, fully!", "ＷＥ AGREE fully", "we dis\u200bagree"]) == [0, 0, 2]


def test_lightly_edited_copy_is_the_same_voice():
    assert voices(["Something else entirely", LETTER, edited(29), f"{LETTER} thank you"]) == [
        0, 1, 1, 1,
    ]  # fmt: skip


def test_text_that_shares_an_opening_is_another_voice():
    other = LETTER[:70] + " but our members see no reason to pay for what others will use"
    assert voices([LETTER, other]) == [0, 1]
    assert not alike(LETTER, other)


def test_chain_of_small_edits_is_one_voice():
    longer = [LETTER + " and" * 0 + "".join(f" extra{n}" for n in range(k)) for k in (0, 4, 8, 12)]
    assert voices(longer) == [0, 0, 0, 0]


@given(st.lists(st.sampled_from([LETTER, edited(2), edited(29), "yes", "Yes!", "no", ""])))
def test_voices_hold_every_pair_that_is_alike(texts):
    found = voices(texts)

    for at, one in enumerate(texts):
        for other, text in enumerate(texts):
            if alike(one, text):
                assert found[at] == found[other]
    assert all(texts[number] is not None and found[number] == number for number in found)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=2), st.integers(0, 30))
def test_pairs_found_are_those_of_comparing_all(places, cut):
    texts = [edited(places[0]), edited(places[1], "perhaps"), " ".join(LETTER.split()[cut:])]
    found = voices(texts)

    pairs = {(a, b) for a in range(3) for b in range(3) if alike(texts[a], texts[b])}
    for a, b in pairs:
        assert found[a] == found[b]
    if len(pairs) == 3:
        assert len(set(found)) == 3
