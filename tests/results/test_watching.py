"""Somebody who reads the results after every change, and takes from each row what is published."""

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from consultations.models import Comment, Consultation, Kind, Permission, Stance, database_now
from consultations.results.company import Declared
from consultations.results.count import figures
from tests.digests.scene import make_scene, say
from tests.factories import make_region, make_user

pytestmark = pytest.mark.django_db
# How many stand in a row of a table beside those that can be read: of each view, by what it shows.
Beside = dict[tuple[str, ...], Counter[str]]


def beside(told: dict[str, Any], table: str, shows: str) -> Beside:
    """Return what the watcher cannot read of each row, by subtracting what can be read."""
    found: Beside = {}
    readable = Comment.objects.visible_to(None, database_now()).values_list(shows, "stance")
    for row in told["recommendations"][0]["facts"][table]:
        if row["stances"] is not None:
            seen = Counter(stance for shown, stance in readable if (shown or "") in row["keys"])
            hidden = Counter(row["stances"])
            hidden.subtract(seen)
            found[tuple(row["keys"])] = hidden
    return found


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (1, 2))]
)
def test_a_watcher_learns_of_nobody_who_is_not_published(seed: int) -> None:
    consultation = make_scene(recommendations=1)
    states = list(watched(consultation, random.Random(seed)))  # noqa: S311 - the same each time

    for table, shows in (("by_kind", "kind"), ("by_region", "shown_region__code")):
        for before, after in pairwise(each[table, shows] for each in states):
            for keys in before.keys() & after.keys():
                moved = sum(abs(after[keys][view] - before[keys][view]) for view in Stance.values)
                assert moved == 0 or moved >= 5
    assert states[-1]["apart"] < 12  # some were told


def watched(consultation: Consultation, chance: random.Random) -> Any:
    """Yield what the watcher sees after each comment that comes or is withdrawn."""
    [recommendation] = consultation.recommendations.all()
    wales, london = make_region("TLL", "Wales"), make_region("TLI", "London")
    company: dict[str, dict[str, Declared]] = {}
    said: list[Comment] = []
    for number in range(36):
        if said and chance.random() < 0.1:
            gone = said.pop(chance.randrange(len(said)))
            gone.unpublish(Comment.State.WITHDRAWN, None)
            gone.save()
        else:
            permission = chance.choice([*Permission.values, Permission.UNPUBLISHED])
            user = make_user(
                kind=chance.choice([Kind.EMPLOYER, Kind.OTHER]),
                region=chance.choice([wales, london]),
            )
            said.append(say(recommendation, number, user=user, permission=permission))
        told, company = figures(consultation, company, at=database_now(), whole=False)
        yield {
            ("by_kind", "kind"): beside(told, "by_kind", "kind"),
            ("by_region", "shown_region__code"): beside(told, "by_region", "shown_region__code"),
            "apart": told["recommendations"][0]["apart"],
        }
