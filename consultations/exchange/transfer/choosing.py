"""Which rows of the whole site a consultation names: kept by model and number in `chosen`."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from consultations import ledger
from consultations.exchange.transfer.carried import OWN, SHARED, leads_to, model_of, rows

TABLE = """
DROP TABLE IF EXISTS pg_temp.chosen;
CREATE TEMPORARY TABLE chosen (model text, id bigint, PRIMARY KEY (model, id)) ON COMMIT DROP
"""
# Whom payloads name, though no row of theirs is left.
NAMED = """
SELECT (said.content ->> %s)::bigint FROM consultations_ledgerpayload AS said
  JOIN consultations_ledgerentry AS entry ON entry.id = said.entry_id
 WHERE entry.consultation_id = %s AND jsonb_typeof(said.content -> %s) = 'number'
"""
# Whoever may speak for an organisation that has a response has a part in it.
CLAIMS = """
SELECT id FROM consultations_membership WHERE organisation_id IN (
    SELECT organisation_id FROM consultations_response WHERE consultation_id = %s)
"""
# What comes with a row that is chosen, and is named by none.
WITH = {
    "account.EmailAddress": """
SELECT id FROM account_emailaddress
 WHERE user_id IN (SELECT id FROM chosen WHERE model = 'consultations.User')""",
    "consultations.ColleagueInvitation": """
SELECT id FROM consultations_colleagueinvitation
 WHERE by_id IN (SELECT id FROM chosen WHERE model = 'consultations.Membership')""",
}


def choose(consultation_id: int) -> None:
    """Fill `chosen` with the rows of SHARED that are carried with a consultation."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    for target in SHARED:
        for label in OWN:
            found = rows(label, consultation_id).order_by()
            for name in _fields(label, target):
                _add(target, *found.values_list(name).query.sql_with_params())
    for key, target in ledger.NAMED.items():
        if target in SHARED:
            _add(target, NAMED, [key, consultation_id, key])
    _add("consultations.Membership", CLAIMS, [consultation_id])
    while sum([_add(target, sql, values) for target, sql, values in _onward()]):
        pass


def _onward() -> Iterable[tuple[str, str, list[str]]]:
    """What the rows that are chosen name in their turn."""
    yield from ((target, sql, []) for target, sql in WITH.items())
    for label in SHARED:
        model = model_of(label)
        for target in SHARED:
            for name in _fields(label, target):
                column = model._meta.get_field(name).column  # type: ignore[union-attr]
                yield (
                    target,
                    f'SELECT "{column}" FROM "{model._meta.db_table}" '  # noqa: S608 - our own names
                    "WHERE id IN (SELECT id FROM chosen WHERE model = %s)",
                    [label],
                )


def _fields(label: str, target: str) -> list[str]:
    """Return the columns of a model that name rows of another, by their attributes."""
    fields = model_of(label)._meta.concrete_fields
    return [field.attname for field in fields if leads_to(field) == target]


def _add(target: str, sql: str, values: Iterable[Any]) -> int:
    """Choose the rows whose numbers a query returns, as far as they are there; return how many."""
    table = model_of(target)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO chosen SELECT %s, id FROM "{table}" WHERE id IN ({sql}) '  # noqa: S608
            "ON CONFLICT DO NOTHING",
            [target, *values],
        )
        return int(cursor.rowcount)
