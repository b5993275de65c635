"""What an edition says of earlier ones: what was corrected in them, and which were withdrawn."""

from datetime import datetime, timedelta

import pytest

from consultations.digests import build, editions, quoting
from consultations.digests.render import view
from consultations.models import Consultation, Edition, User
from tests.digests.scene import DUE, LATER, fill, hide, make_edition, make_scene, say
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
CORRECTED = "Correction to digest 1: quotations on recommendation 1 were removed."


def first(release: str = Consultation.Release.AT_ONCE) -> tuple[Edition, User]:
    scene = make_scene(recommendations=1, release=release)
    fill(scene, each=3)
    return make_edition(), make_staff(scene, "officer")


def next_one(edition: Edition, week: int) -> Edition:
    """Make the edition of the week, with something new in it."""
    say(edition.consultation.recommendations.get(), 9 + week, at=LATER + (week - 1) * WEEK)
    [made] = build.make_due(DUE + week * WEEK)
    return made


def lose_a_quote(edition: Edition, at: datetime) -> None:
    hide(edition.quotes.select_related("version__comment").first().version.comment, at=at)
    assert quoting.note_changes(at) == 1


def test_what_a_withdrawn_edition_told_of_earlier_ones_is_told_by_the_next_that_stands() -> None:
    edition, officer = first()
    lose_a_quote(edition, LATER)
    second = next_one(edition, 1)
    assert view(second).earlier == (CORRECTED,)
    editions.withdraw(edition=second, reason="Wrong.", by=officer, at=DUE + WEEK + HOUR)

    third = next_one(edition, 2)
    # It tells of the second, and is withdrawn in its turn.
    editions.withdraw(edition=third, reason="Wrong.", by=officer, at=DUE + 2 * WEEK + HOUR)
    fourth, fifth = next_one(edition, 3), next_one(edition, 4)

    of_second = "Digest 2 was withdrawn on 17 November 2026: its page says why."
    of_third = "Digest 3 was withdrawn on 24 November 2026: its page says why."
    assert view(third).earlier == (of_second, CORRECTED)
    assert view(fourth).earlier == (of_second, of_third, CORRECTED)
    assert view(fifth).earlier == ()


def test_what_an_edition_told_that_is_withdrawn_after_its_follower_is_told_again_once() -> None:
    edition, officer = first()
    lose_a_quote(edition, LATER)
    second, third = next_one(edition, 1), next_one(edition, 2)
    assert (view(second).earlier, view(third).earlier) == ((CORRECTED,), ())
    editions.withdraw(edition=second, reason="Wrong.", by=officer, at=DUE + 2 * WEEK + HOUR)

    fourth, fifth = next_one(edition, 3), next_one(edition, 4)

    of_second = "Digest 2 was withdrawn on 24 November 2026: its page says why."
    assert view(fourth).earlier == (of_second, CORRECTED)
    assert view(fifth).earlier == ()


def test_withdrawal_is_told_where_no_edition_stands() -> None:
    edition, officer = first()
    editions.withdraw(edition=edition, reason="Wrong.", by=officer, at=LATER)
    second = next_one(edition, 1)
    editions.withdraw(edition=second, reason="Wrong.", by=officer, at=DUE + WEEK + HOUR)

    told = next_one(edition, 2).facts["withdrawn"]

    assert [each["number"] for each in told] == [1, 2]


@pytest.mark.parametrize(("removed", "told"), [(-HOUR, ()), (HOUR, (CORRECTED,))])
def test_quote_removed_before_its_edition_was_published_is_no_correction(
    removed: timedelta, told: tuple[str, ...]
) -> None:
    edition, officer = first(Consultation.Release.BY_HAND)
    if removed < timedelta():
        lose_a_quote(edition, LATER + removed)
    editions.release(edition=edition, by=officer, at=LATER)
    if removed > timedelta():
        lose_a_quote(edition, LATER + removed)

    assert view(next_one(edition, 1)).earlier == told
    assert len(view(edition).corrections) == 1
