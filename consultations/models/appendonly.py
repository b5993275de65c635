"""Rows that are only ever added, or stand for good: the database refuses what would change them."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import pgtrigger

# Before opening, the first version may be written anew; nothing that may have been answered is.
FIXED_ONCE_OPEN = """
IF EXISTS (
    SELECT FROM consultations_recommendation AS asked
    JOIN consultations_consultation AS held ON held.id = asked.consultation_id
    WHERE asked.id = OLD.recommendation_id
        AND held.state = 'published' AND held.opens_at <= statement_timestamp()
) OR EXISTS (SELECT FROM consultations_commentversion WHERE answered_id = OLD.id) THEN
    RAISE EXCEPTION 'words that may have been answered are kept: add a version';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


def append_only(sentence: str, *, forgets: str = "") -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse every change with `sentence` (no quotes in it).

    `forgets` is the one column that may be set to null, as erasing a person does.
    """
    refuse = f"RAISE EXCEPTION '{sentence}';"
    allowed = (
        f"IF TG_OP = 'UPDATE' AND NEW.{forgets} IS NULL"
        f" AND to_jsonb(NEW) - '{forgets}' = to_jsonb(OLD) - '{forgets}'"
        " THEN RETURN NEW; END IF; "
    )
    return [
        pgtrigger.Trigger(
            name="append_only_rows",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=allowed + refuse if forgets else refuse,
        ),
        no_truncate(sentence),
    ]


def only_erased(
    *,
    fixed: Sequence[str],
    words: Sequence[str],
    names: tuple[str, str],
    sentences: tuple[str, str],
) -> list[pgtrigger.Trigger]:
    """Return the triggers that let a row's `words` be emptied with `erased_at`, and nothing else.

    The columns in `fixed` never change. `names` and `sentences` (no quotes in them) are those of
    the refusal of a change, and of a deletion.
    """
    kept = reduce(or_, map(_differs, fixed))
    emptied = [~pgtrigger.Q(**{f"new__{word}": ""}) for word in words]
    standing = reduce(or_, [pgtrigger.Q(new__erased_at__isnull=True), *emptied])
    return [
        pgtrigger.Trigger(
            name=names[0],
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=kept | (reduce(or_, map(_differs, words)) & standing),
            func=f"RAISE EXCEPTION '{sentences[0]}';",
        ),
        pgtrigger.Trigger(
            name=names[1],
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            func=f"RAISE EXCEPTION '{sentences[1]}';",
        ),
        no_truncate(sentences[1]),
    ]


def _differs(column: str) -> pgtrigger.Q:
    return pgtrigger.Q(**{f"old__{column}__df": pgtrigger.F(f"new__{column}")})


def no_truncate(sentence: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses to empty the table."""
    return pgtrigger.Trigger(
        name="append_only_truncate",
        level=pgtrigger.Statement,
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        func=f"RAISE EXCEPTION '{sentence}';",
    )
