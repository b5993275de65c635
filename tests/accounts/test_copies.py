"""A person's copy: everything that any table holds about them, for whoever asked, for a while."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consultations import accounts, participation
from consultations.models import Case, LedgerEntry, PersonalCopy, User
from consultations.moderation import decide
from tests import samples
from tests.accounts.scene import EMAIL, NAME, SECOND, Scene
from tests.factories import make_consultation, make_response, make_staff, make_user
from tests.participation.scene import recommendation_of
from tests.test_participation import post

pytestmark = pytest.mark.django_db


def opened(person: User, by: User | None = None) -> zipfile.ZipFile:
    """Ask for a copy, let the worker build it, and open it."""
    at = timezone.now()
    accounts.ask_copy(person=person, by=by or person, at=at)
    accounts.build_one(at)
    kept = PersonalCopy.objects.get(person=person, asked_by=by or person)
    assert kept.content is not None
    return zipfile.ZipFile(io.BytesIO(bytes(kept.content)))


def data(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Return what the copy says to computers."""
    found: dict[str, Any] = json.loads(archive.read("data.json"))
    return found


def test_copy_has_all_that_was_planted_and_no_secret() -> None:
    scene = Scene()

    archive = opened(scene.person)

    said = archive.read("data.json").decode()
    planted = [
        *("zqzqpublic words that stand", "zqzqfirst draft of it", "zqzqsecond", "zqzqthird"),
        *("zqzqrejected words", "zqzqwaiting words", "zqzqwithdrawn words", "zqzqanswer drafted"),
        *("zqzqdraft words", "zqzqreason to be", "zqzqreport words", "zqzqtitle published"),
        *("zqzqtitle saved", "zqzqnote to colleagues", "The council says so.", NAME, EMAIL, SECOND),
        *("The council drafts so.", "Aldermoor Borough Council", "asked@example.org"),
    ]
    assert [words for words in planted if words not in said] == []
    assert "zqzqsecret" not in said
    assert "Ann Colleague" not in said
    page = archive.read("read-me.html").decode()
    assert [words for words in planted if words not in page] == []
    files = [name for name in archive.namelist() if name.startswith("documents/")]
    assert [archive.read(name) for name in files] == [samples.PDF] * 2


def test_copy_has_nothing_of_anybody_else() -> None:
    consultation = make_consultation()
    person = make_user(name="Una One")
    make_response(consultation, person)
    make_response(consultation, make_user(name="Dora Two"))

    held = data(opened(person))

    assert [row["name"] for row in held["responses"]] == ["Una One"]
    assert "Dora Two" not in json.dumps(held)


@pytest.mark.exhaustive
def test_copy_of_an_author_does_not_tell_who_reported_them_or_decided() -> None:
    scene, author = Scene(), make_user()
    comment = post(author, recommendation_of(scene.own))
    decide.publish(
        case=Case.objects.waiting().get(comment=comment),
        version_number=1,
        by=scene.moderator,
        at=timezone.now(),
    )
    for user in (scene.person, author):
        participation.report(
            comment=comment if user == scene.person else scene.reported,
            user=user,
            why="abusive",
            words="",
            at=timezone.now(),
        )

    told = data(opened(author))["record"]

    said = [row["content"] for row in told]
    assert [one["by"] for one in said if "by" in one] == [author.pk] * 2
    assert [one["response"] for one in said if "report" in one] == [
        scene.reported.response.reference
    ]
    assert len(said) == 3


def test_copy_asked_for_twice_is_one_and_goes_within_the_hour() -> None:
    person, at = make_user(), timezone.now()

    first = accounts.ask_copy(person=person, by=person, at=at)
    again = accounts.ask_copy(person=person, by=person, at=at)
    accounts.build_one(at)
    assert first == again
    assert accounts.build_one(at) is None

    late = at + timedelta(minutes=51)
    assert accounts.copy_for(person=person, by=person, at=late) is None
    assert accounts.forget(late) == 1


def test_copy_whose_worker_died_is_built_by_the_next() -> None:
    person, at = make_user(), timezone.now()
    asked = accounts.ask_copy(person=person, by=person, at=at)
    PersonalCopy.objects.update(lease_until=at + timedelta(minutes=5))

    assert accounts.build_one(at) is None
    assert accounts.build_one(at + timedelta(minutes=6)) == asked


def test_copy_that_staff_ask_for_stands_on_the_ledger() -> None:
    consultation, person = make_consultation(), make_user()
    make_response(consultation, person)
    officer = make_staff(consultation, "officer")

    opened(person, by=officer)

    entry = LedgerEntry.objects.get()
    assert (entry.act, entry.payload.content) == (
        "person_copied",
        {"user": person.pk, "by": officer.pk},
    )
