"""Rows on their way in: staged in tables of this session, and compared with what is there.

A row that is refused here is deleted from the stage. What stays is new, and is stored by `storing`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange.rows import Entry, Problem
from consultations.models import Case, Comment, CommentVersion, Response
from consultations.models.addresses import new_reference

LOT = 2_000
CHUNK = 2_000
# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0x1409047
TABLES = """
DROP TABLE IF EXISTS pg_temp.stage_row, pg_temp.stage_said, pg_temp.stage_there;
CREATE TEMPORARY TABLE stage_row (
    line int PRIMARY KEY, response_id bigint NOT NULL DEFAULT nextval('{response}'),
    reference text NOT NULL, external_reference text NOT NULL, digest text NOT NULL,
    channel text NOT NULL, received_on date NOT NULL, late_reason text NOT NULL,
    name text NOT NULL, organisation text NOT NULL, organisation_kind_id bigint,
    size_band_id bigint, kind text NOT NULL, region_id bigint, permission text NOT NULL,
    organisation_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_said (
    line int NOT NULL, recommendation_id bigint NOT NULL, answered_id bigint NOT NULL,
    comment_id bigint NOT NULL DEFAULT nextval('{comment}'),
    version_id bigint NOT NULL DEFAULT nextval('{version}'),
    case_id bigint NOT NULL DEFAULT nextval('{case}'),
    reference text NOT NULL, stance text NOT NULL, text text NOT NULL, permission text NOT NULL,
    salt text NOT NULL, hash text NOT NULL
) ON COMMIT DROP
"""
SEQUENCES = {"response": Response, "comment": Comment, "version": CommentVersion, "case": Case}
ROW = (
    *("line", "reference", "external_reference", "digest", "channel", "received_on"),
    *("late_reason", "name", "organisation", "organisation_kind_id", "size_band_id", "kind"),
    *("region_id", "permission"),
)
SAID = (
    *("line", "recommendation_id", "answered_id", "reference", "stance", "text", "permission"),
    *("salt", "hash"),
)
# Rows without a reference are told apart by all that stands in them, and counted where alike.
NAME_BY_DIGEST = """
UPDATE stage_row SET external_reference = 'row-' || numbered.digest || '-' || numbered.n
  FROM (SELECT line, digest, row_number() OVER (PARTITION BY digest ORDER BY line) AS n
          FROM stage_row WHERE external_reference = '') AS numbered
 WHERE stage_row.line = numbered.line
"""
ORGANISATIONS = """
UPDATE stage_row SET organisation_id = found.id
  FROM (SELECT DISTINCT ON (lower(name), kind_id) id, lower(name) AS name, kind_id
          FROM consultations_organisation
         WHERE merged_into_id IS NULL AND (starts IS NULL OR starts <= CURRENT_DATE)
           AND (ends IS NULL OR ends > CURRENT_DATE)
         ORDER BY lower(name), kind_id, id) AS found
 WHERE found.name = lower(stage_row.organisation) AND found.kind_id = organisation_kind_id
   AND stage_row.organisation <> ''
"""
TWICE = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY channel, external_reference) AS first FROM stage_row
) AS paired WHERE line <> first ORDER BY line
"""
THERE = """
CREATE TEMPORARY TABLE stage_there ON COMMIT DROP AS
SELECT stage_row.line, there.id, there.reference FROM stage_row
  JOIN consultations_response AS there USING (channel, external_reference)
 WHERE there.consultation_id = %s
"""
# What stands there is compared as it came: what an officer put right since is no conflict, and
# of what was erased only that it is there.
OTHER_WORDS = """
SELECT line, stage_there.reference FROM stage_there WHERE line IN (
    SELECT coalesce(now.line, before.line) FROM
        (SELECT said.* FROM stage_said AS said JOIN stage_there USING (line)) AS now
    FULL JOIN
        (SELECT stage_there.line, comment.recommendation_id, version.stance, version.text,
                version.permission, version.erased_at
           FROM stage_there
           JOIN consultations_comment AS comment ON comment.response_id = stage_there.id
           JOIN consultations_commentversion AS version
             ON version.comment_id = comment.id AND version.number = 1) AS before
    ON now.line = before.line AND now.recommendation_id = before.recommendation_id
    WHERE now.line IS NULL OR before.line IS NULL
       OR before.erased_at IS NULL AND (now.stance, now.permission, now.text)
          IS DISTINCT FROM (before.stance, before.permission, before.text)
) ORDER BY line
"""
SAME_BODY = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY lower(organisation), organisation_kind_id) AS first
      FROM stage_row WHERE organisation <> ''
) AS paired WHERE line <> first ORDER BY line
"""
BODY_THERE = """
SELECT line, there.reference FROM stage_row
  JOIN consultations_response AS there USING (organisation_id)
 WHERE there.consultation_id = %s ORDER BY line
"""
COUNTS = "SELECT (SELECT count(*) FROM stage_row), (SELECT count(*) FROM stage_said)"


class Stage:
    """The stage of one import, in the caller's transaction."""

    def __init__(self, consultation_id: int, answered: dict[int, tuple[int, int]]) -> None:
        """Take the recommendations by number: their keys, and those of the words answered."""
        self.consultation_id, self.answered = consultation_id, answered
        self._entries: list[Entry] = []
        self.known = 0
        run(TABLES.format(**{name: _sequence(model) for name, model in SEQUENCES.items()}))

    def add(self, entry: Entry) -> None:
        """Stage one response; the rows go to the database by the lot."""
        self._entries.append(entry)
        if len(self._entries) >= LOT:
            self._flush()

    def _flush(self) -> None:
        _copy("stage_row", ROW, [_row(entry) for entry in self._entries])
        _copy(
            "stage_said",
            SAID,
            [
                (
                    *(entry.line, *self.answered[said.number], new_reference()),
                    *(said.stance, said.text, said.permission),
                    *ledger.salted_seal(said.stance, said.text),
                )
                for entry in self._entries
                for said in entry.said
            ],
        )
        self._entries = []

    def settle(self) -> None:
        """End the staging, and give a name to each row that has none."""
        self._flush()
        run("CREATE INDEX ON stage_said (line)")
        run(NAME_BY_DIGEST)
        run("ANALYZE stage_row")
        run("ANALYZE stage_said")

    def refused(self) -> Iterator[Problem]:
        """Yield what is wrong between rows, and with what is there; such rows leave the stage."""
        twice = _("It has the same reference as line %(other)s.")
        yield from self._refuse(TWICE, [], twice)
        run(THERE, [self.consultation_id])
        conflict = _("Its reference is there already, with other words: response %(other)s.")
        yield from self._refuse(OTHER_WORDS, [], conflict)
        self.known = run("DELETE FROM stage_row WHERE line IN (SELECT line FROM stage_there)")
        run("DELETE FROM stage_said WHERE line IN (SELECT line FROM stage_there)")
        run(ORGANISATIONS)
        once = _("Its organisation responds on line %(other)s too: each counts once.")
        yield from self._refuse(SAME_BODY, [], once)
        already = _("Its organisation has responded already: %(other)s.")
        yield from self._refuse(BODY_THERE, [self.consultation_id], already)

    def counts(self) -> tuple[int, int]:
        """Return how many responses and comments are on the stage."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            responses, comments = cursor.fetchone()
        return responses, comments

    def _refuse(self, query: str, values: Sequence[Any], sentence: str) -> Iterator[Problem]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            found = cursor.fetchall()
        for start in range(0, len(found), CHUNK):
            lines = [row[0] for row in found[start : start + CHUNK]]
            run("DELETE FROM stage_row WHERE line = ANY(%s)", [lines])
            run("DELETE FROM stage_said WHERE line = ANY(%s)", [lines])
        for line, other in found:
            yield Problem(line, sentence % {"other": other})


def alone(consultation_id: int) -> bool:
    """Whether no other import into the consultation runs; none can then until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, consultation_id])
        return bool(cursor.fetchone()[0])


def run(statement: str, values: Sequence[Any] = ()) -> int:
    """Run one statement on the stage; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def _copy(table: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        *(entry.line, new_reference(), entry.reference, entry.digest, entry.channel),
        *(entry.received_on, entry.late_reason, entry.name, entry.organisation),
        *(entry.organisation_kind, entry.size_band, entry.kind, entry.region, entry.permission),
    )


def _sequence(model: type[Model]) -> str:
    """Return the name of the sequence that gives a table its keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        return str(cursor.fetchone()[0])
