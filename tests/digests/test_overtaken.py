"""A comment taken back while its edition is being made: it was told, or it was not; never both."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from consultations.digests import build, editions, preview
from consultations.digests.due import due_editions
from consultations.models import Comment, Consultation, Edition
from consultations.models.telling import hold_off_editions
from tests.digests.scene import DUE, due, hide, make_scene, new_in, restore, say, told
from tests.factories import make_staff, make_subscription
from tests.together import started, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def test_comment_hidden_while_its_edition_is_made_puts_the_edition_off() -> None:
    """The edition waits, when it has been composed and not yet saved, until the comment is gone."""
    scene, [hidden, _other], found = raced()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE consultations_edition IN SHARE MODE")
        made: list[Edition | None] = []
        making = started(lambda: made.append(build.make(found, at=DUE)))
        wait_for_a_lock()
        hide(hidden)
    making.join()

    assert (made, told(scene)) == ([None], [])
    build.make_due(DUE)
    restore(hidden)
    build.make_due(DUE + WEEK)
    assert told(scene) == [(1, 1), (2, 1)]


def test_withdrawal_of_the_edition_before_puts_off_the_one_that_is_compared_with_it() -> None:
    scene, _comments, found = raced()
    first = build.make(found, at=DUE)
    say(scene.recommendations.get(), 5, at=DUE)
    [found], at = due_editions(DUE + WEEK), DUE + WEEK

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE consultations_edition IN SHARE MODE")
        made: list[Edition | None] = []
        making = started(lambda: made.append(build.make(found, at=at)))
        wait_for_a_lock()
        editions.withdraw(edition=first, reason="Wrong.", by=make_staff(scene, "officer"), at=at)
    making.join()

    assert made == [None]
    [second] = build.make_due(at)
    assert (second.number, second.facts["compared"]) == (2, 0)


def test_edition_is_not_made_while_a_comment_is_being_hidden() -> None:
    scene, [hidden, _other], found = raced()

    with transaction.atomic():
        hide(hidden)
        made: list[Edition | None] = []
        started(lambda: made.append(build.make(found, at=DUE))).join()

    assert (made, told(scene)) == ([None], [])
    hidden.refresh_from_db()
    assert hidden.first_published_at is None


def test_comment_hidden_while_its_edition_is_committed_was_told() -> None:
    scene, [hidden, _other], found = raced()

    with transaction.atomic():
        assert build.make(found, at=DUE) is not None
        hiding = started(lambda: hide(hidden))
        wait_for_a_lock()
    hiding.join()
    restore(hidden)
    build.make_due(DUE + WEEK)

    assert (told(scene), new_in(hidden)) == ([(2, 2)], [1])


def raced() -> tuple[Consultation, list[Comment], build.Due]:
    """A consultation with two comments, and the edition that is due."""
    scene = make_scene(recommendations=1)
    make_subscription(consultation=scene)
    recommendation = scene.recommendations.get()
    return scene, [say(recommendation, 0), say(recommendation, 1)], due()


def test_digests_that_are_held_while_one_is_composed_are_held() -> None:
    scene, _comments, found = raced()
    officer = make_staff(scene, "officer")

    with transaction.atomic():
        preview.hold(consultation=scene, reason="Two tables are wrong.", by=officer, at=DUE)
        made: list[Edition | None] = []
        making = started(lambda: made.append(build.make(found, at=DUE)))
        wait_for_a_lock(of=making)
        assert making.is_alive()
    making.join()

    assert (made, told(scene)) == ([None], [])
    preview.release(consultation=scene, by=officer, at=DUE)
    build.make_due(DUE)
    assert told(scene) == [(2, 2)]


def test_import_of_what_is_public_puts_the_edition_off_until_it_is_stored() -> None:
    scene, _comments, found = raced()

    with transaction.atomic():
        hold_off_editions(scene.pk)
        made: list[Edition | None] = []
        started(lambda: made.append(build.make(found, at=DUE))).join()

    assert made == [None]
    build.make_due(DUE)
    assert told(scene) == [(2, 2)]
