"""Which number each row of a file has here: one that is there already, or a new one.

`staged` holds the rows as they came, `numbered` by model the number there and the one here, and
whether the row is to be made. New numbers stand in the order of the old ones.
"""

from collections.abc import Mapping

from django.db import connection
from django.utils.translation import gettext as _

from consultations.exchange.transfer.carried import OWN, SHARED, leads_to, model_of
from consultations.exchange.transfer.file import Reader, TransferError

TABLES = """
DROP TABLE IF EXISTS pg_temp.staged, pg_temp.numbered;
CREATE TEMPORARY TABLE staged (model text NOT NULL, row jsonb NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE numbered (
    model text, there bigint, here bigint NOT NULL, made boolean NOT NULL,
    PRIMARY KEY (model, there)
) ON COMMIT DROP
"""
LISTED = "known.code = row ->> 'code' AND known.edition = row ->> 'edition'"
# By what a row of the whole site is known again.
SAME: Mapping[str, str] = {
    "consultations.Region": LISTED,
    "consultations.OrganisationKind": LISTED,
    "consultations.SizeBand": LISTED,
    "consultations.Industry": LISTED,
    "consultations.Reason": "known.code = row ->> 'code'",
    "consultations.Organisation": "known.reference = row ->> 'reference'",
    "consultations.User": """
lower(known.email) = lower(row ->> 'email') OR EXISTS (
    SELECT FROM account_emailaddress AS owned WHERE owned.user_id = known.id AND owned.verified
       AND lower(owned.email) = lower(row ->> 'email'))""",
    "consultations.Membership": """
known.user_id = (SELECT here FROM numbered WHERE model = 'consultations.User'
                    AND there = (row ->> 'user_id')::bigint)
AND known.organisation_id = (SELECT here FROM numbered WHERE model = 'consultations.Organisation'
                                AND there = (row ->> 'organisation_id')::bigint)
AND (known.claimed_at = (row ->> 'claimed_at')::timestamptz
     OR known.ended_at IS NULL AND row ->> 'ended_at' IS NULL)""",
    "consultations.ColleagueInvitation": "known.token_hash = row ->> 'token_hash'",
    "account.EmailAddress": "lower(known.email) = lower(row ->> 'email')",
}
# An address comes with its person alone: who is here already keeps what they have.
NO_STRANGERS = """
DELETE FROM staged USING numbered
 WHERE staged.model = 'account.EmailAddress' AND numbered.model = 'consultations.User'
   AND numbered.there = (staged.row ->> 'user_id')::bigint AND NOT numbered.made
"""
KNOWN = """
INSERT INTO numbered
SELECT DISTINCT ON (there) %(model)s, there, known.id, false
  FROM (SELECT (row ->> 'id')::bigint AS there, row FROM staged WHERE model = %(model)s) AS came
  JOIN "{table}" AS known ON {same}
 ORDER BY there, known.id
"""
NEW = """
INSERT INTO numbered
SELECT %(model)s, there, nextval(pg_get_serial_sequence(%(table)s, 'id')), true
  FROM (SELECT (row ->> 'id')::bigint AS there FROM staged WHERE model = %(model)s) AS came
 WHERE NOT EXISTS (SELECT FROM numbered WHERE model = %(model)s AND numbered.there = came.there)
 ORDER BY there
"""
TWICE = "SELECT model FROM numbered GROUP BY model, here HAVING count(*) > 1 ORDER BY model LIMIT 1"


def stage(source: Reader) -> None:
    """Take in all rows of a file, as they are; raise TransferError where it is not whole."""
    known = {*OWN, *SHARED}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        with cursor.copy("COPY staged (model, row) FROM STDIN") as copying:
            for label, row in source.rows():
                if label not in known:
                    raise TransferError(_("The file holds rows of %(what)s.") % {"what": label})
                copying.write_row((label, row))
        cursor.execute("CREATE INDEX ON pg_temp.staged (model); ANALYZE pg_temp.staged")


def number() -> None:
    """Give each staged row its number here; raise TransferError where two would be one."""
    with connection.cursor() as cursor:
        for label in SHARED:
            if label == "account.EmailAddress":
                cursor.execute(NO_STRANGERS)
            table = model_of(label)._meta.db_table
            cursor.execute(KNOWN.format(table=table, same=SAME[label]), {"model": label})
            _number_new(label)
        for label in OWN:
            if leads_to(model_of(label)._meta.pk) is None:
                _number_new(label)
        cursor.execute("ANALYZE pg_temp.numbered")
        cursor.execute(TWICE)
        if twice := cursor.fetchone():
            said = _("Two rows of the file (%(what)s) are one and the same here.")
            raise TransferError(said % {"what": model_of(twice[0])._meta.verbose_name_plural})


def _number_new(label: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEW, {"model": label, "table": model_of(label)._meta.db_table})
