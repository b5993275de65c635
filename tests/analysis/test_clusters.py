"""Campaigns that were found elsewhere, or settled by a moderator, are the voices of a summary."""

from consultations.analysis.campaigns import voices_of
from consultations.analysis.snapshot import Snapshot
from consultations.analysis.summary import summarise
from consultations.analysis.verify import verify
from portal.bench import letters
from tests.analysis.cast import entry, snapshot

LETTER, OTHER = letters.letters()[2], letters.letters()[3]


def voices_in(*entries: object) -> int:
    """Return how many voices are heard in these entries."""
    return len(set(voices_of(entries).values()))  # type: ignore[arg-type]


def test_copies_that_a_moderator_split_are_two_voices_and_may_both_be_quoted() -> None:
    apart = [entry("a", LETTER, cluster="campaign:1"), entry("b", f"{LETTER} Yes.", cluster="b")]
    shot = snapshot(*apart)

    summary = summarise(shot)

    assert voices_in(*apart) == 2
    assert {quote.comment for quote in summary.quotes} == {"a", "b"}
    assert verify(summary, shot) == []


def test_texts_that_a_moderator_joined_are_one_voice_and_quoted_once() -> None:
    joined = [entry("a", LETTER, cluster="campaign:1"), entry("b", OTHER, cluster="campaign:1")]
    shot = snapshot(*joined)

    assert voices_in(*joined) == 1
    assert len({quote.comment for quote in summarise(shot).quotes}) == 1


def test_comment_that_nobody_looked_at_speaks_with_those_it_is_like() -> None:
    known = [entry("a", LETTER, cluster="campaign:1"), entry("b", OTHER, cluster="b")]

    assert voices_in(*known, entry("c", LETTER.upper())) == 2


def test_cluster_is_in_the_hash_and_in_the_json_of_a_snapshot() -> None:
    plain, given = snapshot(entry("a", LETTER)), snapshot(entry("a", LETTER, cluster="a"))

    assert plain.digest() != given.digest()
    assert Snapshot.from_json(given.to_json()) == given
