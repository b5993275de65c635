"""Redaction and editions: a quote that reads the same stays, another gives way at once."""

from datetime import timedelta
from typing import Any

import pytest

from consultations import ledger
from consultations.digests import quoting
from consultations.digests.mailing import fitted, parts
from consultations.digests.render import view
from consultations.models import Comment, Edition, LedgerEntry, Quote
from tests.digests.scene import DUE, LATER, REASONS, hide, make_edition, make_scene, overwrite, say
from tests.moderation.scene import put_back, remove

pytestmark = pytest.mark.django_db
BEFORE, QUOTED = "Ring Bob.", REASONS[0]
REMOVED = "A quotation was removed on 12 November 2026."


def told(**fields: Any) -> tuple[Comment, Edition]:
    """Make an edition that quotes what stands after a short sentence."""
    consultation = make_scene(recommendations=1)
    text = f"{BEFORE} {QUOTED} Bob knows."
    comment = say(consultation.recommendations.get(), 0, **({"text": text} | fields))
    edition = make_edition()
    Quote.objects.update(start=len(BEFORE) + 1, end=len(BEFORE) + 1 + len(QUOTED))
    quote = Quote.objects.get()
    quote.salt, quote.hash = quoting.seal(QUOTED)
    quote.save()
    edition.hash = quoting.content_hash(1, edition.facts, [quote])
    overwrite(edition)
    return comment, edition


def shown(edition: Edition) -> list[tuple[str, str]]:
    """Return the words or the note of each quote, as the page and a mail not yet sent have it."""
    return [(each.text, each.removed) for each in view(edition).sections[0].quotes]


@pytest.mark.parametrize("words", ["Ring Bob", "Bob knows", "Bob"])
def test_quote_stays_when_words_around_it_are_removed(words: str) -> None:
    comment, edition = told()

    remove(comment, words, at=LATER)

    assert shown(edition) == [(QUOTED, "")]
    assert quoting.note_changes(LATER) == 0


def test_quote_whose_words_are_removed_gives_way_to_a_dated_note_at_once() -> None:
    comment, edition = told()

    remove(comment, "supply chains", at=LATER)

    assert shown(edition) == [("", REMOVED)]
    assert quoting.note_changes(LATER) == 0


def test_quote_reads_again_when_its_words_are_put_back_and_is_dated_anew_after() -> None:
    comment, edition = told()
    remove(comment, "supply chains", at=DUE)

    put_back(comment)
    again = shown(edition)
    remove(comment, "steady rules", at=LATER)

    assert again == [(QUOTED, "")]
    assert shown(edition) == [("", REMOVED)]


def test_quote_made_after_a_redaction_stays_when_the_words_before_it_are_put_back() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0, text=f"{BEFORE} {QUOTED}")
    remove(comment, "Bob")
    edition = make_edition()
    before = shown(edition)

    put_back(comment)

    assert before == [(QUOTED, "")]
    assert shown(edition) == [(QUOTED, "")]
    assert quoting.note_changes(LATER) == 0


def test_edition_made_later_quotes_no_mask() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0, text=f"{QUOTED} {REASONS[1]}")
    remove(comment, "steady rules")

    assert shown(make_edition()) == [(REASONS[1], "")]


def test_edition_of_nothing_but_masked_sentences_quotes_nobody_and_counts_all() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0, text=QUOTED)
    remove(comment, "steady rules")

    edition = make_edition()

    assert shown(edition) == []
    assert view(edition).sections[0].total == 1


def test_quotes_of_other_comments_are_left_alone() -> None:
    comment, edition = told()
    other = say(comment.recommendation, 1)

    remove(other, "small firms", at=LATER)

    assert shown(edition) == [(QUOTED, "")]


def test_correction_is_told_by_the_next_edition_alone_and_only_while_it_stands() -> None:
    comment, edition = told()
    remove(comment, "supply chains", at=LATER)
    others = [say(comment.recommendation, n, at=LATER + timedelta(days=n)) for n in (1, 8)]
    later = [make_edition(DUE + timedelta(days=7 * n)) for n in (1, 2)]

    said = [view(each).earlier for each in (edition, *later)]

    assert said == [
        (),
        ("Correction to digest 1: quotations on recommendation 1 were removed.",),
        (),
    ]
    assert view(edition).corrections == (
        "12 November 2026: a quotation on recommendation 1 was removed.",
    )
    both = parts(fitted(view(later[0])))
    assert all(
        "Correction to digest 1: " in " ".join(part.split()) for part in (both.text, both.html)
    )
    put_back(comment)
    assert [view(each).earlier for each in later] == [(), ()]
    assert len(others) == 2


def test_each_correction_of_an_edition_is_on_the_ledger_once() -> None:
    comment, edition = told()
    remove(comment, "supply chains", at=DUE)
    put_back(comment)
    hide(comment, LATER)
    for _n in range(2):
        quoting.note_changes(LATER)

    entries = LedgerEntry.objects.filter(act="edition_corrected").order_by("sequence")
    same = {"number": edition.number, "hash": edition.hash}
    assert [entry.payload.content for entry in entries] == [
        {**same, "removed": 1},
        {**same, "restored": 1},
        {**same, "removed": 1},
    ]
    assert ledger.verify(edition.consultation_id) == []
