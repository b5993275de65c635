"""Rows that are only ever added: the database refuses update, delete and truncate."""

import pgtrigger


def append_only(sentence: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse every change with `sentence` (no quotes in it)."""
    refuse = f"RAISE EXCEPTION '{sentence}';"
    return [
        pgtrigger.Trigger(
            name="append_only_rows",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=refuse,
        ),
        pgtrigger.Trigger(
            name="append_only_truncate",
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            when=pgtrigger.Before,
            func=refuse,
        ),
    ]
