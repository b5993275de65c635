"""The lock between an edition that is about to be saved and a comment that is taken back.

Whether an edition has told of a comment is asked by who hides it, under the shared lock, and
checked by who makes the edition, under the exclusive one: one of the two sees the other's work.
"""

from django.db import connection

# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0x701DED
SHARED = """
SELECT pg_advisory_xact_lock_shared(%s, consultation_id::int)
  FROM consultations_recommendation WHERE id = %s
"""


def await_editions(recommendation_id: int) -> None:
    """Wait for an edition that is being committed; hold off others until this transaction ends.

    The wait is for a commit, never for the making: the exclusive lock is taken at its end.
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARED, [LOCK_CLASS, recommendation_id])


def hold_off_editions(consultation_id: int) -> None:
    """Let no edition be saved before this transaction ends, however long it lives.

    What it publishes is dated from its beginning: an edition of that time must not miss it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK_CLASS, consultation_id])


def only_teller(consultation_id: int) -> bool:
    """Whether nobody takes a comment back just now; nobody can then until the commit.

    It never waits: so no two transactions wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, consultation_id])
        return bool(cursor.fetchone()[0])
