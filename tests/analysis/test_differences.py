from hypothesis import given
from hypothesis import strategies as st

from consultations.analysis.differences import differences


def test_words_added_and_left_out_stand_where_they_belong():
    assert differences("We ask for one plan.", "We ask for a better plan. Thanks") == [
        ("same", "We ask for"),
        ("left_out", " one"),
        ("added", " a better"),
        ("same", " plan."),
        ("added", " Thanks"),
    ]


def test_case_and_signs_alone_are_no_difference():
    assert differences("We ask for a plan.", "WE ASK, for a plan!") == [
        ("same", "WE ASK, for a plan!")
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_parts_but_for_what_is_left_out_are_the_text(pattern, text):
    parts = differences(pattern, text)

    assert "".join(words for what, words in parts if what != "left_out") == text.rstrip()
