"""Stores staged rows under the numbers of here, one statement a model, with every trigger on."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Field

from consultations import ledger
from consultations.exchange.transfer.carried import WITHHELD, columns, leads_to, model_of
from consultations.models.transitions import BEGUN

# What names rows by number inside JSON: key by key, the model, here of `Decision.stood`.
STOOD: Mapping[str, str] = {
    "public_version_id": "consultations.CommentVersion",
    "sent": "consultations.CommentVersion",
    "reason_id": "consultations.Reason",
    "host": "consultations.Membership",
    "guests": "consultations.Membership",
    "invitations": "consultations.ColleagueInvitation",
    "notes": "consultations.Note",
    "responses": "consultations.Response",
    "shared": "consultations.Response",
    "reports": "consultations.Case",
    "removal": "consultations.Decision",
}
# Numbers that stand in JSON, or beside the name of a model, become those of here. One that names
# no row that came is made negative: so it names nobody's here.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.here(label text, number bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT here FROM numbered WHERE model = label AND there = number),
                    -abs(number))
$$;
CREATE OR REPLACE FUNCTION pg_temp.renumbered(said jsonb, names jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN names ->> key IS NULL THEN value
        WHEN jsonb_typeof(value) = 'number'
            THEN to_jsonb(pg_temp.here(names ->> key, value::bigint))
        WHEN jsonb_typeof(value) = 'array' THEN (
            SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(item) = 'number'
                                      THEN to_jsonb(pg_temp.here(names ->> key, item::bigint))
                                      ELSE item END ORDER BY place), '[]')
              FROM jsonb_array_elements(value) WITH ORDINALITY AS items (item, place))
        ELSE value END), '{}')
      FROM jsonb_each(said)
$$;
CREATE OR REPLACE FUNCTION pg_temp.key_here(key text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(CASE
        WHEN place = held THEN pg_temp.here('consultations.Consultation', part::bigint)::text
        WHEN place = whom THEN pg_temp.here('consultations.User', part::bigint)::text
        ELSE part END, ':' ORDER BY place)
      FROM string_to_table(key, ':') WITH ORDINALITY AS parts (part, place),
           (SELECT CASE split_part(key, ':', 1) WHEN 'milestone' THEN 3 ELSE 2 END,
                   CASE split_part(key, ':', 1) WHEN 'draft' THEN 3
                   ELSE cardinality(string_to_array(key, ':')) END) AS at (held, whom)
$$
"""
# Of a comment that does not stand at its beginning; it gets there by the next step.
BEGINS = "r.state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(BEGUN)))
# The SQL of a column, where it is neither as it came nor the number of a row.
MADE: Mapping[str, Mapping[str, str]] = {
    "consultations.Comment": {
        # what is hidden was published before, as the guard of states has it
        "state": f"CASE WHEN {BEGINS} THEN r.state"
        " WHEN r.state = 'hidden' THEN 'published' ELSE 'submitted' END",
        "counted": f"r.counted AND {BEGINS}",
        "counted_since": f"CASE WHEN {BEGINS} THEN r.counted_since END",
    },
    # The recommendation stands in its upper half.
    "consultations.Fingerprint": {
        "band": "pg_temp.here('consultations.Recommendation', r.band >> 32) << 32"
        " | (r.band & 4294967295)"
    },
    "consultations.LedgerPayload": {"content": "pg_temp.renumbered(r.content, %(payload)s::jsonb)"},
    "consultations.LedgerNumber": {"here": "pg_temp.here(r.model, r.here)"},
    "consultations.Decision": {"stood": "pg_temp.renumbered(r.stood, %(stood)s::jsonb)"},
    "consultations.Message": {"dedupe_key": "pg_temp.key_here(r.dedupe_key)"},
}
NEXT_STEP = f"""
UPDATE consultations_comment AS made
   SET state = r.state, counted = r.counted, counted_since = r.counted_since
  FROM staged JOIN LATERAL jsonb_populate_record(NULL::consultations_comment, row) AS r ON true
  JOIN numbered AS own ON own.model = 'consultations.Comment' AND own.there = r.id
 WHERE staged.model = 'consultations.Comment' AND made.id = own.here AND NOT {BEGINS}
"""  # noqa: S608 - names of our own states
WHOLE_DOCUMENTS = """
(SELECT (row ->> 'document_id')::bigint AS document_id,
        string_agg((row ->> 'content')::bytea, ''::bytea ORDER BY (row ->> 'part')::int) AS content
   FROM staged WHERE model = %(label)s GROUP BY 1) AS r
"""
AS_THEY_CAME = """
(SELECT filled.* FROM staged, jsonb_populate_record(NULL::"{table}", row) AS filled
  WHERE staged.model = %(label)s) AS r
"""


def define() -> None:
    """Make the functions that the statements here use, for this session."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)


def insert(label: str) -> int:
    """Store the staged rows of a model, but for those that are here already; return how many."""
    model = model_of(label)
    fields, withheld = columns(label), WITHHELD.get(label, {})
    key = model._meta.pk
    terms = [_term(label, field) for field in fields]
    source = AS_THEY_CAME.format(table=model._meta.db_table)
    if label == "consultations.DocumentContent":
        source = WHOLE_DOCUMENTS
    joined = ""
    if leads_to(key) is None:
        joined = (
            f' JOIN numbered AS own ON own.model = %(label)s AND own.there = r."{key.column}"'
            " AND own.made"
        )
    into = ", ".join(f'"{name}"' for name in (*(field.column for field in fields), *withheld))
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({into}) '  # noqa: S608 - names of our own models
        f"SELECT {', '.join([*terms, *withheld.values()])} FROM {source}{joined} "
        f'ORDER BY r."{key.column}"'
    )
    return _run(sql, label)


def names(models: Mapping[str, str]) -> str:
    """Return as JSON which keys name rows of which models."""
    return json.dumps(dict(models))


def let_comments_follow() -> None:
    """Bring the comments to their states, which none begins in."""
    _run(NEXT_STEP, "")


def _term(label: str, field: "Field[Any, Any]") -> str:
    """Return the SQL of one column of `r`, a staged row."""
    made = MADE.get(label, {}).get(str(field.column))
    if made is not None:
        return made
    if field.primary_key and not field.is_relation:
        return "own.here"
    target = leads_to(field)
    if target is None:
        return f'r."{field.column}"'
    held = f'r."{field.column}"'
    # A number of no row that came would be another's here: made negative, it is nobody's.
    return (
        f"coalesce((SELECT here FROM numbered WHERE model = '{target}' AND there = {held}), "  # noqa: S608
        f"-{held})"
    )


def _run(sql: str, label: str) -> int:
    values = {"label": label, "payload": names(ledger.NAMED), "stood": names(STOOD)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
