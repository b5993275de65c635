"""What the database refuses of documents: to change one, or to delete one that people knew."""

from typing import Any

import pgtrigger

# Once people may have relied on it, or it was sent, a document is withdrawn and stays named.
KEPT = """
IF OLD.sent_at IS NOT NULL OR (OLD.response_id IS NULL AND EXISTS (
    SELECT FROM consultations_consultation AS held
    WHERE held.id = OLD.consultation_id
        AND held.state = 'published' AND held.opens_at <= statement_timestamp()
)) THEN
    RAISE EXCEPTION 'a document that was sent or published is withdrawn, not deleted';
END IF;
RETURN OLD;
"""
FIXED = (
    *("reference", "consultation", "recommendation", "kind"),
    *("size", "permission", "uploaded_at"),
)
# What tells of its contents, and is emptied when its respondent is erased.
TELLING = ("title", "file_name", "sha256")


def _changed(*fields: str) -> Any:
    """Return the condition that one of these fields is another than before."""
    found = pgtrigger.Q()
    for field in fields:
        found |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    return found


def _rewritten(*fields: str) -> Any:
    """Return the condition that one of these fields is another, and the row is not erased."""
    standing = pgtrigger.Q(new__erased_at__isnull=True)
    for field in fields:
        standing |= ~pgtrigger.Q(**{f"new__{field}": ""})
    return _changed(*fields) & standing


GUARDS = [
    pgtrigger.Trigger(
        name="never_replaced_in_silence",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=_changed(*FIXED)
        | _rewritten(*TELLING)
        | (_changed("response") & pgtrigger.Q(old__sent_at__isnull=False)),
        func="RAISE EXCEPTION 'a document is never changed: withdraw it, add another';",
    ),
    pgtrigger.Trigger(
        name="kept_once_known",
        operation=pgtrigger.Delete,
        when=pgtrigger.Before,
        func=KEPT,
    ),
]
GUARDS_OF_BYTES = [
    pgtrigger.Trigger(
        name="bytes_never_change",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'a document is never changed: withdraw it, add another';",
    )
]
