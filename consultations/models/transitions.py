"""The states of a comment, and which may follow which by whose hand: one table, which the verbs
read and from which the database's own guard is made.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pgtrigger
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class State(models.TextChoices):
    """What has become of a comment."""

    SUBMITTED = "submitted", gettext_lazy("waiting for a moderator")
    PUBLISHED = "published", gettext_lazy("published")
    HELD = "held", gettext_lazy("held by a moderator")
    REJECTED = "rejected", gettext_lazy("not published")
    HIDDEN = "hidden", gettext_lazy("hidden")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
    ERASED = "erased", gettext_lazy("erased")


# What its author is told of each, but for what is published.
STANDINGS = {
    State.SUBMITTED: gettext_lazy("A moderator reads it before it is published."),
    State.HELD: gettext_lazy("A moderator has set it aside and will decide later."),
    State.REJECTED: gettext_lazy("Not published."),
    State.HIDDEN: gettext_lazy("No longer shown."),
    State.WITHDRAWN: gettext_lazy("Withdrawn by you."),
    State.ERASED: gettext_lazy("Erased."),
}

Table: TypeAlias = Mapping[State, frozenset[State]]
STANDING = (State.SUBMITTED, State.PUBLISHED, State.HELD, State.REJECTED, State.HIDDEN)

# What a new comment may be: it waits, or it is public at once where nobody reads it before.
BEGUN = frozenset({State.SUBMITTED, State.PUBLISHED})
# By a moderator.
DECIDED: Table = {
    State.SUBMITTED: frozenset({State.PUBLISHED, State.HELD, State.REJECTED}),
    State.HELD: frozenset({State.PUBLISHED, State.REJECTED}),
    State.PUBLISHED: frozenset({State.HIDDEN}),
    State.HIDDEN: frozenset({State.PUBLISHED}),
}
# By a moderator who upholds an appeal: what was rejected is published in no other way.
OVERTURNED: Table = {
    State.REJECTED: frozenset({State.PUBLISHED}),
    State.HIDDEN: frozenset({State.PUBLISHED}),
}
# By the author, or who types for them: what is changed or sent again. A change of what is public
# leaves it so; what a moderator has set aside or taken down waits in every case.
SENT: Table = {
    State.SUBMITTED: frozenset({State.PUBLISHED}),
    State.HELD: frozenset({State.SUBMITTED}),
    State.REJECTED: frozenset({State.SUBMITTED}),
    State.HIDDEN: frozenset({State.SUBMITTED}),
    State.WITHDRAWN: frozenset({State.SUBMITTED, State.PUBLISHED}),
}
# By the author until the close, by an approval after it, by who typed it: taken back.
TAKEN_BACK: Table = {state: frozenset({State.WITHDRAWN}) for state in STANDING}
# By a claim that is confirmed, where a colleague's response speaks for the organisation already:
# what waits then is neither decided nor its author's to take back.
SET_ASIDE: Table = {
    state: frozenset({State.HIDDEN}) for state in (State.SUBMITTED, State.HELD, State.PUBLISHED)
}
# By erasing the person, and for good.
ERASED: Table = {state: frozenset({State.ERASED}) for state in (*STANDING, State.WITHDRAWN)}


def _reversed(table: Table) -> Table:
    """Return the table that leads back."""
    return {
        after: frozenset(before for before in table if after in table[before])
        for after in frozenset[State]().union(*table.values())
    }


# By the moderator who decided, within minutes.
UNDONE: Table = _reversed(DECIDED)


def refusal(table: Table, before: str, after: State) -> str:
    """Return the sentence that refuses this change, or "" where the table allows it."""
    state = State(before)
    if after in table.get(state, ()):
        return ""
    if state == State.ERASED:
        return _("This comment was erased, and stays so.")
    if state == State.WITHDRAWN:
        return _("The author has taken this back: there is nothing to decide.")
    if after == State.HIDDEN:
        return _("This comment is not published, so there is nothing to hide.")
    return _("A comment that is “%(before)s” cannot become “%(after)s”.") % {
        "before": state.label,
        "after": after.label,
    }


def _pairs(*tables: Table) -> Iterator[tuple[str, str]]:
    for table in tables:
        for before, following in table.items():
            yield from ((before.value, after.value) for after in following)


def _listed(pairs: set[tuple[str, str]]) -> str:
    return ", ".join(f"('{before}', '{after}')" for before, after in sorted(pairs))


_FORWARD = {*_pairs(DECIDED, SENT, TAKEN_BACK, ERASED)}
_BACK = {*_pairs(UNDONE)} - _FORWARD
_UPHELD = {*_pairs(OVERTURNED)} - _FORWARD
_ASIDE = {*_pairs(SET_ASIDE)} - _FORWARD
_BEGUN = ", ".join(f"'{state.value}'" for state in sorted(BEGUN))

# What leads back alone needs the decision that undoes the newest one on this comment; what an
# appeal alone brings about, that the one against the newest rejection is upheld; what is set aside
# while it waits, no reason, and that a colleague's response was sent for the organisation.
_GUARD = f"""
IF (OLD.state, NEW.state) IN ({_listed(_FORWARD)}) THEN
    RETURN NEW;
END IF;
IF (OLD.state, NEW.state) IN ({_listed(_BACK)}) AND (
    SELECT decision.verb = 'undo' AND decision.state_before = OLD.state
           AND decision.state_after = NEW.state
      FROM consultations_decision AS decision
      JOIN consultations_case AS held ON held.id = decision.case_id
     WHERE held.comment_id = NEW.id ORDER BY decision.id DESC LIMIT 1
) THEN
    RETURN NEW;
END IF;
IF (OLD.state, NEW.state) IN ({_listed(_UPHELD)}) AND (
    SELECT appeal.outcome = 'upheld'
      FROM consultations_decision AS decision
      JOIN consultations_case AS held ON held.id = decision.case_id
      LEFT JOIN consultations_appeal AS appeal ON appeal.decision_id = decision.id
     WHERE held.comment_id = NEW.id AND decision.verb = 'reject'
     ORDER BY decision.id DESC LIMIT 1
) THEN
    RETURN NEW;
END IF;
IF (OLD.state, NEW.state) IN ({_listed(_ASIDE)}) AND NEW.reason_id IS NULL AND EXISTS (
    SELECT FROM consultations_response AS mine
      JOIN consultations_membership AS member ON member.id = mine.membership_id
      JOIN consultations_response AS theirs ON theirs.consultation_id = mine.consultation_id
           AND theirs.organisation_id = member.organisation_id AND theirs.submitted_at IS NOT NULL
     WHERE mine.id = NEW.response_id AND mine.organisation_id IS NULL
           AND member.claim = 'confirmed'
) THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION USING ERRCODE = 'check_violation',
    MESSAGE = 'a comment does not go from ' || OLD.state || ' to ' || NEW.state;
"""  # noqa: S608 - names of our own states
GUARDS = [
    pgtrigger.Trigger(
        name="state_follows",
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
        func=_GUARD,
    ),
    pgtrigger.Trigger(
        name="state_begins",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(f"NEW.state NOT IN ({_BEGUN})"),
        func="RAISE EXCEPTION USING ERRCODE = 'check_violation',"
        " MESSAGE = 'a comment does not begin as ' || NEW.state;",
    ),
]
