"""What is like a new version: asked of the database in one round trip, within 50 ms at any size.

An index gives, for each of a text's smallest shingle hashes, the oldest few texts that have it
too; those that share most of them are then compared word by word by the one rule (`near`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection

from consultations import limits
from consultations.analysis.duplicates import LEAST_SHARED, bare_words, near, sketch
from consultations.limits import Sender
from consultations.models import CommentVersion
from consultations.models.campaigns import LOCK_CLASS

LOCK = """
SELECT pg_advisory_xact_lock(%(class)s, id)
  FROM (SELECT DISTINCT id FROM unnest(%(recommendations)s::int[]) AS id ORDER BY id) AS held
"""
# Comment by comment, the version that was the newest until now.
LEAVE = """
WITH earlier AS (
    UPDATE consultations_likeness AS likeness SET latest = false
      FROM consultations_commentversion AS version
      JOIN consultations_comment AS comment ON comment.id = version.comment_id
     WHERE version.id = likeness.version_id AND likeness.latest
       AND version.comment_id = ANY(%(again)s::bigint[])
       AND version.id <> comment.submitted_version_id
 RETURNING version.comment_id, version.text, likeness.campaign_id, likeness.joined, likeness.own
), fewer AS (
    UPDATE consultations_campaign AS campaign
       SET size = size - gone.n, own = campaign.own - gone.own
      FROM (SELECT campaign_id, count(*) AS n, count(*) FILTER (WHERE own) AS own
              FROM earlier GROUP BY campaign_id) AS gone
     WHERE campaign.id = gone.campaign_id
)
SELECT comment_id, text, campaign_id, joined FROM earlier WHERE joined <> 'found'
"""
REMEMBER = """
INSERT INTO consultations_likeness
       (version_id, recommendation_id, exact, joined, own, latest)
SELECT came.*, 'found', false, comment.submitted_version_id = came.version
  FROM unnest(%(versions)s::bigint[], %(recommendations)s::bigint[], %(exact)s::bigint[])
       AS came (version, recommendation, exact)
  JOIN consultations_commentversion AS version ON version.id = came.version
  JOIN consultations_comment AS comment ON comment.id = version.comment_id
    ON CONFLICT (version_id) DO NOTHING
"""
SKETCH = """
INSERT INTO consultations_fingerprint (likeness_id, band)
SELECT * FROM unnest(%(sketched)s::bigint[], %(bands)s::bigint[])
"""
# Which texts to compare: one with the very same words, and those that share most shingles.
FIND = """
WITH twin AS (
    SELECT asked.version, found.version_id AS other, 99 AS shared
      FROM unnest(%(versions)s::bigint[], %(recommendations)s::bigint[], %(exact)s::bigint[])
           AS asked (version, recommendation, exact)
     CROSS JOIN LATERAL (
           SELECT version_id FROM consultations_likeness
            WHERE recommendation_id = asked.recommendation AND exact = asked.exact
              AND version_id <> asked.version
            ORDER BY joined = 'found', version_id LIMIT 1) AS found
), sharing AS (
    SELECT asked.version, found.likeness_id AS other, count(*) AS shared
      FROM unnest(%(sketched)s::bigint[], %(bands)s::bigint[]) AS asked (version, band)
     CROSS JOIN LATERAL (
           SELECT likeness_id FROM consultations_fingerprint
            WHERE band = asked.band AND likeness_id <> asked.version
            ORDER BY likeness_id LIMIT %(remembered)s) AS found
     GROUP BY 1, 2 HAVING count(*) >= %(least)s
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY version ORDER BY shared DESC, other) AS place
      FROM sharing
), likely AS (
    SELECT version, other, shared FROM twin
     UNION ALL SELECT version, other, shared FROM placed WHERE place <= %(compared)s
)
SELECT likely.version, likely.other, found.exact, found.joined, found.campaign_id,
       coalesce(campaign.settled, false), words.text, pattern.text
  FROM likely
  JOIN consultations_likeness AS found ON found.version_id = likely.other
  JOIN consultations_commentversion AS words ON words.id = likely.other
  LEFT JOIN consultations_campaign AS campaign ON campaign.id = found.campaign_id
  LEFT JOIN consultations_commentversion AS pattern ON pattern.id = campaign.pattern_id
 ORDER BY likely.version, likely.shared DESC, likely.other
"""
# The same words by the same author on another recommendation.
REPEATED = """
SELECT asked.version, count(*)
  FROM unnest(%(versions)s::bigint[], %(exact)s::bigint[], %(responses)s::bigint[],
              %(recommendations)s::bigint[]) AS asked (version, exact, response, recommendation)
  JOIN consultations_commentversion AS version ON version.response_id = asked.response
  JOIN consultations_likeness AS known ON known.version_id = version.id
 WHERE known.exact = asked.exact AND known.latest
   AND known.recommendation_id <> asked.recommendation
 GROUP BY asked.version
"""
REMEMBERED, COMPARED = 64, 24


@dataclass(frozen=True)
class Arrival:
    """A version that has just been written, its bare words, and their hash and sketch."""

    version: CommentVersion
    recommendation_id: int
    words: tuple[str, ...]
    exact: int
    bands: tuple[int, ...]

    @property
    def pk(self) -> int:
        """The version's key."""
        return self.version.pk


@dataclass
class Known:
    """A version that was there before (or came with it), and where it stands by now."""

    pk: int
    exact: int
    joined: str
    campaign_id: int | None
    settled: bool
    text: str
    pattern_text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its bare words, made only where it is compared."""
        return bare_words(self.text)

    @cached_property
    def pattern(self) -> tuple[str, ...]:
        """The bare words of its campaign's commonest text."""
        return bare_words(self.pattern_text)


@dataclass
class Found:
    """All that one round trip told: `kept` is by comment what a moderator had settled for it.

    Of `known`, each version's, `likely` names those to compare with each arrival.
    """

    known: dict[int, Known] = field(default_factory=dict)
    likely: dict[int, list[Known]] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    kept: dict[int, tuple[str, int | None, str]] = field(default_factory=dict)
    rates: dict[str, int] = field(default_factory=dict)


def arrival(version: CommentVersion) -> Arrival:
    """Return a version, its comment at hand, with what it is found by."""
    words, recommendation_id = bare_words(version.text), version.comment.recommendation_id
    hashed = hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8)
    exact = int.from_bytes(hashed.digest(), "big", signed=True)
    bands = tuple(recommendation_id << 32 | shingle for shingle in sketch(words))
    return Arrival(version, recommendation_id, words, exact, bands)


def look(arrivals: Sequence[Arrival], sender: Sender | None, at: datetime) -> Found:
    """Hold their recommendations, remember the versions, and return what is like each.

    Several statements, one round trip: each sees what was committed while it waited for the lock.
    """
    keys = limits.keys_of(sender, at) if sender else {}
    script = [LOCK, LEAVE, REMEMBER, SKETCH, FIND, REPEATED] if arrivals else []
    script += [limits.COUNT] if keys else []
    if not script:
        return Found()
    answers = _run(script, {**_asked(arrivals), "keys": list(keys.values()), "at": at})
    found = Found()
    if keys:
        counts = dict(answers.pop())
        found.rates = {scope: counts[key] for scope, key in keys.items()}
    if arrivals:
        _lock, kept, _made, _sketched, likely, repeated = answers
        found.kept = {comment: (text, campaign, how) for comment, text, campaign, how in kept}
        found.repeated = dict(repeated)
        _sort(found, likely)
    return found


def hold(recommendations: Iterable[int]) -> None:
    """Let nobody else find, make or leave campaigns there until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"class": LOCK_CLASS, "recommendations": list(recommendations)})


def kin(arrival: Arrival, likely: Sequence[Known]) -> Iterator[Known]:
    """Yield those that are near-identical to the arrival, by the one rule: those of the same words
    first, and of each campaign no more than one, since what it is like is known by that.
    """
    met: set[int] = set()
    for each in likely:
        if each.campaign_id in met:
            continue
        if each.exact == arrival.exact or near(arrival.words, each.words):
            yield each
            if each.campaign_id is not None:
                met.add(each.campaign_id)


def _asked(arrivals: Sequence[Arrival]) -> dict[str, Any]:
    sketched = [(each.pk, band) for each in arrivals for band in each.bands]
    return {
        "class": LOCK_CLASS,
        "recommendations": [each.recommendation_id for each in arrivals],
        "versions": [each.pk for each in arrivals],
        "exact": [each.exact for each in arrivals],
        "responses": [each.version.response_id for each in arrivals],
        "again": [each.version.comment_id for each in arrivals if each.version.number > 1],
        "sketched": [pk for pk, _band in sketched],
        "bands": [band for _pk, band in sketched],
        "least": LEAST_SHARED,
        "remembered": REMEMBERED,
        "compared": COMPARED,
    }


def _sort(found: Found, rows: Sequence[Any]) -> None:
    """Give each arrival those that are likely kin; one that is named twice is one and the same."""
    known = found.known
    for version, other, exact, joined, campaign, settled, text, pattern in rows:
        if other not in known:
            known[other] = Known(other, exact, joined, campaign, settled, text, pattern or "")
        mine = found.likely.setdefault(version, [])
        if known[other] not in mine:
            mine.append(known[other])


def _run(script: Sequence[str], parameters: dict[str, Any]) -> list[list[Any]]:
    """Run the statements in one round trip; return the rows of each, none where it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(";".join(script), parameters)
        answers = []
        while True:
            answers.append(list(cursor.fetchall()) if cursor.description else [])
            if not cursor.nextset():
                return answers
