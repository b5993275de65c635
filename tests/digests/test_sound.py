"""An edition that is not as it was made is compared with by none, and published to nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from consultations.digests import build, editions
from consultations.digests.preview import DigestError
from consultations.digests.quoting import content_hash
from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Consultation, Edition, Message, Stance
from tests.digests.scene import DUE, LATER, make_edition, make_scene, overwrite, say
from tests.factories import make_staff, make_subscription

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def swap(facts: dict[str, Any]) -> None:
    """Tell the opposite of what was said, in counts that add up."""
    stances = facts["recommendations"][0]["summary"]["facts"]["stances"]
    stances["support"], stances["oppose"] = stances["oppose"], stances["support"]


def lose_quotes(facts: dict[str, Any]) -> None:
    """Lose a key that whoever reads the summary asks for."""
    del facts["recommendations"][0]["summary"]["quotes"]


def lose_recommendations(facts: dict[str, Any]) -> None:
    """Lose all that was told."""
    del facts["recommendations"]


@pytest.mark.parametrize("resealed", [False, True])
@pytest.mark.parametrize("change", [swap, lose_quotes, lose_recommendations])
@pytest.mark.exhaustive
def test_edition_after_a_spoilt_one_is_not_made_and_stops_no_other(
    change: Callable[[dict[str, Any]], None], resealed: bool
) -> None:
    wrong, right = make_scene(recommendations=1), make_scene(recommendations=1)
    for number in range(6):
        say(wrong.recommendations.get(), number, stance=Stance.SUPPORT)
    edition = make_edition()
    for scene in (wrong, right):
        say(scene.recommendations.get(), 7, at=LATER)
    change(edition.facts)
    if resealed:  # by a hand that knows how the hash is made
        edition.hash = content_hash(edition.number, edition.facts, edition.quotes.all())
    overwrite(edition)

    with capture_logs() as logged:
        made = build.make_due(DUE + WEEK)

    assert [each.consultation for each in made] == [right]
    refused = [each for each in logged if each["event"] == "edition_not_made"]
    assert [each["consultation"] for each in refused] == [wrong.pk]
    with pytest.raises(UnfaithfulSummaryError):
        sound_quotes(edition)


@pytest.mark.parametrize("change", [swap, lose_quotes, lose_recommendations])
def test_spoilt_edition_is_released_neither_by_hand_nor_by_the_clock(
    change: Callable[[dict[str, Any]], None],
) -> None:
    wrong, right = scenes = [
        make_scene(recommendations=1, release=Consultation.Release.AFTER_QUIET) for _n in range(2)
    ]
    for scene in scenes:
        make_subscription(consultation=scene)
        say(scene.recommendations.get(), 0, stance=Stance.SUPPORT)
    build.make_due(DUE)
    spoilt = wrong.editions.get()
    change(spoilt.facts)
    overwrite(spoilt)

    with pytest.raises(DigestError, match="not as it was made"):
        editions.release(edition=spoilt, by=make_staff(wrong, "officer"), at=LATER)
    with capture_logs() as logged:
        assert editions.release_due(DUE + WEEK) == 1

    refused = [each for each in logged if each["event"] == "edition_refused"]
    assert [each["edition"] for each in refused] == [spoilt.pk]
    assert wrong.editions.get().state == Edition.State.WAITING
    assert [each.consultation for each in Message.objects.all()] == [right]
