from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.duplicates import added, alike, bare_words, sketch, voices
from portal.bench import letters

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


@pytest.mark.parametrize(
    "copy",
    [
        "We АGREЕ that the bоard іs needed",
        "we agree that the b\u200board is needed",
        "WE AGREE — that the board is needed!!",
        "Wé agrëe that the ｂｏａｒｄ is needed",
        "we agree that the b0ard 1s needed",
    ],
)
def test_disguised_copy_has_the_same_bare_words(copy):
    assert bare_words(copy) == bare_words("We agree that the board is needed.")


def test_short_text_with_a_not_more_says_the_opposite():
    said = "the council should be put on a footing in law this year"

    assert alike(said, said.replace("this year", "next year"))
    assert not alike(said, said.replace("should be", "should not be"))


def test_letter_whole_within_a_longer_text_is_alike_and_its_own_words_are_counted():
    letter = letters.letters()[4]
    longer = f"{letters.OWN[0]}{letter}"

    assert alike(letter, longer)
    assert added(bare_words(letter), bare_words(longer)) > 20
    assert added(bare_words(letter), bare_words(letter.upper())) == 0


def test_common_opening_of_short_texts_makes_no_campaign():
    ends = (
        "it is far too dear",
        "nobody asked us first",
        "the roads come before it",
        "we have one",
    )
    texts = [f"we should not fund another council because {end}" for end in ends]

    assert voices(texts) == [0, 1, 2, 3]


def test_very_short_text_is_like_its_equals_alone_and_has_no_sketch():
    texts = ["I agree with all of it", "I agree with most of it", "i AGREE with all of it."]

    assert voices(texts) == [0, 1, 0]
    assert sketch(bare_words("I agree with all of it")) == ()


def test_copies_of_letters_are_found_as_promised():
    originals = letters.letters()
    planted = list(letters.copies(6))
    found = voices([*originals, *(copy for _place, _kind, copy in planted)])
    right, all_of_them = Counter(), Counter()

    for (place, kind, _copy), voice in zip(planted, found[len(originals) :], strict=True):
        right[kind] += voice == found[place]
        all_of_them[kind] += 1

    assert found[: len(originals)] == list(range(len(originals)))
    missed = {
        kind.name: right[kind] / all_of_them[kind]
        for kind in letters.KINDS
        if kind.least and right[kind] < kind.least * all_of_them[kind]
    }
    assert missed == {}


def test_voices_do_not_hang_on_the_order():
    texts = [*letters.letters(), *(copy for _place, _kind, copy in letters.copies(2))]
    forward, backward = voices(texts), voices(texts[::-1])[::-1]

    groups = {frozenset(at for at, one in enumerate(forward) if one == root) for root in forward}
    assert groups == {
        frozenset(at for at, one in enumerate(backward) if one == root) for root in backward
    }
