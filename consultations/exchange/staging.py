"""Rows on their way in: staged in tables of this session, and compared with what is there.

A row that is refused here is deleted from the stage. What stays is new, and is stored by `storing`.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange import comparing
from consultations.exchange.problems import Problem
from consultations.exchange.rows import Entry
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    QuestionAnswer,
    QuestionAnswerVersion,
    Response,
)
from consultations.models.addresses import new_reference

LOT = 2_000
NONE_ASKED: Mapping[int, int] = MappingProxyType({})
CHUNK = 2_000
# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0x1409047
TABLES = """
DROP TABLE IF EXISTS pg_temp.stage_row, pg_temp.stage_said, pg_temp.stage_reply,
    pg_temp.stage_there;
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
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stage_reply (
    line int NOT NULL, question_id bigint NOT NULL,
    answer_id bigint NOT NULL DEFAULT nextval('{answer}'),
    version_id bigint NOT NULL DEFAULT nextval('{answer_version}'),
    chosen smallint[] NOT NULL, text text NOT NULL, why text NOT NULL,
    salt text NOT NULL, hash text NOT NULL
) ON COMMIT DROP
"""
SEQUENCES: dict[str, type[Model]] = {
    "response": Response,
    "comment": Comment,
    "version": CommentVersion,
    "case": Case,
    "answer": QuestionAnswer,
    "answer_version": QuestionAnswerVersion,
}
ROW = (
    *("line", "reference", "external_reference", "digest", "channel", "received_on"),
    *("late_reason", "name", "organisation", "organisation_kind_id", "size_band_id", "kind"),
    *("region_id", "permission"),
)
SAID = (
    *("line", "recommendation_id", "answered_id", "reference", "stance", "text", "permission"),
    *("salt", "hash"),
)
REPLY = ("line", "question_id", "chosen", "text", "why", "salt", "hash")
COUNTS = """
SELECT (SELECT count(*) FROM stage_row), (SELECT count(*) FROM stage_said),
       (SELECT count(*) FROM stage_reply)
"""


class Stage:
    """The stage of one import, in the caller's transaction."""

    def __init__(
        self,
        consultation_id: int,
        answered: dict[int, tuple[int, int]],
        asked: Mapping[int, int] = NONE_ASKED,
    ) -> None:
        """Take the recommendations by number: their keys, and those of the words answered.

        `asked` are the keys of the questions that columns answer, by number.
        """
        self.consultation_id, self.answered, self.asked = consultation_id, answered, asked
        self._entries: list[Entry] = []
        self.known = 0
        run(TABLES.format(**_sequences()))

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
        if self.asked:
            _copy("stage_reply", REPLY, list(self._replies()))
        self._entries = []

    def _replies(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of what was said to questions."""
        for entry in self._entries:
            for one in entry.replied:
                yield (
                    *(entry.line, self.asked[one.number], [*one.chosen], one.text, one.why),
                    *ledger.salted_answer_seal(one.chosen, one.text, one.why),
                )

    def settle(self) -> None:
        """End the staging, and give a name to each row that has none."""
        self._flush()
        run("CREATE INDEX ON stage_said (line)")
        run(comparing.NAME_BY_DIGEST)
        run("ANALYZE stage_row")
        run("ANALYZE stage_said")

    def refused(self) -> Iterator[Problem]:
        """Yield what is wrong between rows, and with what is there; such rows leave the stage."""
        twice = _("It has the same reference as line %(other)s.")
        yield from self._refuse(comparing.TWICE, [], twice)
        run(comparing.THERE, [self.consultation_id])
        conflict = _("Its reference is there already, with other words: response %(other)s.")
        yield from self._refuse(comparing.OTHER_WORDS, [], conflict)
        if self.asked:
            yield from self._refuse(comparing.OTHER_ANSWERS, [[*self.asked.values()]], conflict)
        self.known = run("DELETE FROM stage_row WHERE line IN (SELECT line FROM stage_there)")
        run("DELETE FROM stage_said WHERE line IN (SELECT line FROM stage_there)")
        if self.asked:
            run("DELETE FROM stage_reply WHERE line IN (SELECT line FROM stage_there)")
        run(comparing.ORGANISATIONS)
        once = _("Its organisation responds on line %(other)s too: each counts once.")
        yield from self._refuse(comparing.SAME_BODY, [], once)
        already = _("Its organisation has responded already: %(other)s.")
        yield from self._refuse(comparing.BODY_THERE, [self.consultation_id], already)

    def counts(self) -> tuple[int, int, int]:
        """Return how many responses, comments and answers to questions are on the stage."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            responses, comments, answers = cursor.fetchone()
        return responses, comments, answers

    def _refuse(self, query: str, values: Sequence[Any], sentence: str) -> Iterator[Problem]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            found = cursor.fetchall()
        for start in range(0, len(found), CHUNK):
            lines = [row[0] for row in found[start : start + CHUNK]]
            run("DELETE FROM stage_row WHERE line = ANY(%s)", [lines])
            run("DELETE FROM stage_said WHERE line = ANY(%s)", [lines])
            if self.asked:
                run("DELETE FROM stage_reply WHERE line = ANY(%s)", [lines])
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


def _sequences() -> dict[str, str]:
    """Return the names of the sequences that give the tables their keys (one statement)."""
    tables = [model._meta.db_table for model in SEQUENCES.values()]
    asked = ", ".join(["pg_get_serial_sequence(%s, 'id')"] * len(tables))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", tables)
        return dict(zip(SEQUENCES, cursor.fetchone(), strict=True))
