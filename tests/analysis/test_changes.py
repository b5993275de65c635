from dataclasses import replace

from consultations.analysis.comparisons import Dropped
from consultations.analysis.summary import Options, Summary, summarise
from consultations.analysis.verify import verify
from portal.bench.letters import SENTENCES
from tests.analysis.cast import entry, snapshot

FIRST = [entry(f"a{at}", text) for at, text in enumerate(SENTENCES[:12])]
OLD = [replace(each, new=False, held=True) for each in FIRST]
BEFORE = summarise(snapshot(*FIRST))


def later(old=OLD, new=(), **options):
    shot = snapshot(*old, *new)
    summary = summarise(shot, BEFORE, Options(**options))
    assert verify(summary, shot, BEFORE) == []
    return summary


def test_first_edition_has_no_changes():
    assert BEFORE.changes is None


def test_quotes_stand_from_edition_to_edition_while_nothing_beats_them():
    quoted = {(quote.comment, quote.text) for quote in BEFORE.quotes}
    summary = later()

    assert {(quote.comment, quote.text) for quote in summary.quotes} == quoted
    assert {quote.kept for quote in summary.quotes} == {True}
    assert summary.changes is not None
    assert (summary.changes.kept, summary.changes.dropped) == (tuple(range(8)), ())


def test_first_quotes_go_to_what_is_new_and_the_others_are_kept():
    new = [entry(f"n{at}", text) for at, text in enumerate(SENTENCES[12:16])]
    summary = later(new=new)

    assert [quote.new for quote in summary.quotes[:3]] == [True, True, True]
    assert len([quote for quote in summary.quotes[3:] if quote.kept]) >= 4
    assert {quote.why for quote in summary.quotes if quote.kept} == {"kept"}


def test_quote_that_is_clearly_beaten_gives_way():
    summary = later(kept_percent=1000)

    assert summary.changes is not None
    assert {each.reason for each in summary.changes.dropped} <= {"others"}
    assert {quote.why for quote in summary.quotes} <= {"block", "coverage"} | {"kept"}


def test_quotes_that_do_not_stand_any_more_say_why():
    gone, edited, redacted = (quote.comment for quote in BEFORE.quotes[:3])
    changes = {
        edited: {"text": "We have changed our mind, and now say something else.", "edited": True},
        redacted: {"text": "Hello. [removed: name] was here for all of those many years."},
    }
    old = [replace(e, **changes.get(e.comment, {})) for e in OLD if e.comment != gone]
    summary = later(old)

    assert summary.changes is not None
    assert summary.changes.dropped[:3] == (
        Dropped(gone, "withdrawn"),
        Dropped(edited, "edited"),
        Dropped(redacted, "redacted"),
    )
    assert (summary.changes.edited, summary.changes.withdrawn) == (1, 1)


def test_words_that_a_stored_summary_does_not_have_are_not_kept():
    stored = Summary.from_json(BEFORE.bare().to_json())
    shot = snapshot(*OLD)
    summary = summarise(shot, stored)

    assert not any(quote.kept for quote in summary.quotes)
    assert (summary.previous, verify(summary, shot, stored)) == (BEFORE.digest(), [])
