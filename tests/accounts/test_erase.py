"""Erasing a person: out of every table, and nothing of anybody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations import accounts, ledger
from consultations.models import (
    Consultation,
    Message,
)
from tests.accounts.scene import EMAIL, NAME, Scene, marked

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=6)


def whole() -> list[tuple[str, list[ledger.Fault]]]:
    """Return the consultations whose ledger is not whole."""
    checked = [(one.slug, ledger.verify(one.pk)) for one in Consultation.objects.order_by("pk")]
    return [(slug, faults) for slug, faults in checked if faults]


def erase(scene: Scene) -> None:
    """Let the person delete their account."""
    accounts.erase(person=scene.person, by=scene.person, at=timezone.now())


def test_scene_plants_the_person_in_every_kind_of_table() -> None:
    scene = Scene()

    tables = {table.removeprefix("consultations_") for table, _row in marked()}

    assert tables == {
        "account_emailaddress",
        "colleagueinvitation",
        "comment",
        "commentversion",
        "confidentialityrequest",
        "django_session",
        "document",
        "draft",
        "invitation",
        "message",
        "mfa_authenticator",
        "note",
        "questionanswerversion",
        "questiondraft",
        "report",
        "response",
        "suppression",
        "user",
    }
    assert whole() == []
    assert scene.person.name == NAME


def test_erase_leaves_only_published_words_and_the_last_letter() -> None:
    scene = Scene()

    erase(scene)
    left = {table for table, _row in marked()}
    assert left == {
        "consultations_comment",
        "consultations_commentversion",
        "consultations_message",
        "django_session",
    }
    letter = Message.objects.get(to=EMAIL)
    Message.objects.filter(pk=letter.pk).update(state=Message.State.SENT)
    accounts.finish(timezone.now() + LATER)

    words = [row for _table, row in marked()]
    assert len(words) == 4
    assert all("zqzqpublic" in row for row in words)
    assert not any(NAME in row or "quillfeather" in row.lower() for row in words)
