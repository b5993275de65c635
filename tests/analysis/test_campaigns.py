from dataclasses import replace

import pytest
from hypothesis import given

from consultations.analysis.summary import Options, Summary, summarise
from consultations.analysis.verify import verify
from portal.bench import letters
from tests.analysis.cast import REASONS, crowd, entries, entry, snapshot

LETTER = letters.letters()[3]


def copies(number, prefix="c", **changes):
    """So many copies of one letter, each signed otherwise."""
    return [entry(f"{prefix}{at:03}", f"{LETTER} Number {at}.", **changes) for at in range(number)]


def test_campaign_is_told_with_size_and_make_up_and_quoted_once():
    made = [
        *copies(7),
        *copies(2, "d", kind="local_leader"),
        *(entry(f"r{at}", REASONS[at]) for at in (0, 2, 4)),
    ]
    summary = summarise(snapshot(*made))
    (campaign,) = summary.duplicates

    assert (campaign.size, campaign.new, campaign.distinct, campaign.campaign) == (9, 9, 7, True)
    assert campaign.ids == tuple(sorted(each.comment for each in made[:9]))
    assert [(row.keys, row.total) for row in campaign.kinds] == [
        (("employer",), 7),
        (("local_leader",), 2),
    ]
    assert (summary.facts.total, summary.facts.distinct) == (12, 4)
    assert (
        "Of 12 comments, 9 are one letter in 7 versions, sent by 7 employers and 2 local leaders;"
        " counted in full in the figures, once among the quotations."
    ) in [each.text for each in summary.statements]
    assert len([q for q in summary.quotes if q.comment in campaign.ids]) == 1


def test_few_words_said_by_many_are_no_campaign():
    (group,) = summarise(snapshot(*crowd(6, text="Yes please."))).duplicates

    assert (group.size, group.campaign) == (6, False)


def test_comments_without_a_word_stand_in_no_group():
    summary = summarise(snapshot(*crowd(6, text="", published=False, quotable=False)))

    assert (summary.duplicates, summary.facts.distinct) == ((), 0)


def test_small_group_with_unpublished_comments_does_not_tell_its_stances():
    hidden = entry("h", f"{LETTER} Yours.", published=False, quotable=False, stance="oppose")
    (group,) = summarise(snapshot(*copies(2), hidden, *crowd(9))).duplicates[1:]

    assert (group.size, group.stances, group.kinds) == (3, None, ())


def test_small_row_of_a_campaign_is_merged_as_in_the_tables():
    hidden = copies(2, "h", kind="other", published=False, quotable=False)
    (group,) = summarise(snapshot(*copies(6), *hidden)).duplicates

    assert [(row.keys, row.total) for row in group.kinds] == [(("employer", "other"), 8)]


def test_campaign_is_known_by_its_key_when_it_grows_and_when_its_first_letters_go():
    first = summarise(snapshot(*copies(6)))
    stored = Summary.from_json(first.bare().to_json())
    old = [replace(each, new=False, held=True) for each in copies(6)]
    grown = summarise(snapshot(*old, *copies(30, "d")), stored)
    rest = summarise(snapshot(*old[2:], *copies(30, "d")), stored)

    assert stored.duplicates[0].ids == ()
    assert first.duplicates[0].key == grown.duplicates[0].key
    assert (first.duplicates[0].known, grown.duplicates[0].known) == (False, True)
    assert rest.duplicates[0].known
    assert grown.changes is not None
    assert grown.changes.campaigns == ()


@pytest.mark.parametrize("changes", [{"size": 8}, {"distinct": 2}, {"known": True}])
def test_wrong_group_is_found(changes):
    shot = snapshot(*copies(9))
    summary = summarise(shot)
    wrong = replace(summary, duplicates=(replace(summary.duplicates[0], **changes),))

    assert verify(wrong, shot) != []


def test_texts_that_are_not_alike_are_found_in_a_group():
    shot = snapshot(*copies(3), entry("z", REASONS[4]))
    summary = summarise(shot)
    (group,) = summary.duplicates
    wrong = replace(group, ids=(*group.ids, "z"), size=4, new=4)

    found = verify(replace(summary, duplicates=(wrong,)), shot)
    assert ("duplicate", "holds texts that are not near-identical") in {
        (each.code, each.detail) for each in found
    }


@given(entries())
def test_stored_summary_names_no_comment_in_its_groups_and_has_the_same_digest(made):
    summary = summarise(snapshot(*made), options=Options(campaign=2))
    stored = Summary.from_json(summary.bare().to_json())

    assert stored.digest() == summary.digest()
    assert {each.ids for each in stored.duplicates} <= {()}
    assert {quote.text for quote in stored.quotes} <= {""}
