"""What becomes of an edition once it is made, and which editions a door may open.

An edition is frozen; its standing alone changes, along one table from which the database's own
guard is made, and only beside the row that says so (`edition_act`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import no_truncate

if TYPE_CHECKING:
    from consultations.models.digest import Edition  # noqa: F401  mypy reads the string below


class Standing(models.TextChoices):
    """Where an edition stands: no reader has seen what waits, is held, or was discarded."""

    WAITING = "waiting", _("waiting for its release")
    HELD = "held", _("held")
    RELEASED = "released", _("published")
    DISCARDED = "discarded", _("discarded")
    WITHDRAWN = "withdrawn", _("withdrawn")


FOLLOWS: Mapping[Standing, frozenset[Standing]] = {
    Standing.WAITING: frozenset({Standing.HELD, Standing.RELEASED, Standing.DISCARDED}),
    Standing.HELD: frozenset({Standing.RELEASED, Standing.DISCARDED}),
    Standing.RELEASED: frozenset({Standing.WITHDRAWN}),
}
UNSEEN = (Standing.WAITING, Standing.HELD)
SEEN = (Standing.RELEASED, Standing.WITHDRAWN)
# Whatever stands so has told its news: it was read, or is about to be.
TELLS = (*UNSEEN, *SEEN)
# Whatever stands so leaves no room for another final one.
STANDS = (*UNSEEN, Standing.RELEASED)


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions by what may be shown of them, and by what they have told."""

    def public(self) -> "EditionQuerySet":
        """Return those that have an address for everybody: published, or withdrawn since."""
        return self.filter(state__in=SEEN)

    def standing(self) -> "EditionQuerySet":
        """Return those that are published and were not withdrawn."""
        return self.filter(state=Standing.RELEASED)

    def unseen(self) -> "EditionQuerySet":
        """Return those that wait for their release, or are held."""
        return self.filter(state__in=UNSEEN)

    def telling(self) -> "EditionQuerySet":
        """Return those whose news no later edition tells again: all but the discarded."""
        return self.filter(state__in=TELLS)

    def regular(self) -> "EditionQuerySet":
        """Return those of one period each, which follow one another: all but the final ones."""
        return self.filter(final=False)


_STEPS = ", ".join(
    f"('{before.value}', '{after.value}')"
    for before, following in FOLLOWS.items()
    for after in sorted(following)
)
_GUARD = f"""
IF TG_OP = 'UPDATE'
   AND to_jsonb(NEW) - 'state' - 'readers' = to_jsonb(OLD) - 'state' - 'readers'
   AND (OLD.state, NEW.state) IN ({_STEPS})
   AND (NEW.readers = OLD.readers OR NEW.state = 'released')
   AND EXISTS (SELECT FROM consultations_editionact
                WHERE edition_id = NEW.id AND act = NEW.state)
THEN RETURN NEW; END IF;
RAISE EXCEPTION 'editions are frozen when made';
"""
GUARDS = [
    pgtrigger.Trigger(
        name="frozen_but_for_its_standing",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=_GUARD,
    ),
    no_truncate("editions are frozen when made"),
]
