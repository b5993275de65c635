"""Every sentence of every page can be translated: a language in brackets leaves none out."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.test import Client
from pytest_django import Settings

from tests.access.test_every_address import paths
from tests.access.test_matrix import Scene
from tests.language import pseudo

# Names of columns and the like are the same in every language.
UNSPOKEN = {"script", "style", "textarea", "code", "kbd"}
# Read aloud or seen by the reader of the page.
SPOKEN = {"alt", "title", "placeholder", "aria-label", "data-saving", "data-saved"}
TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)
# The same in every language, or of Django's and allauth's making.
KINDS_OF_FILE = ("PDF", "DOCX", "ODT", "XLSX", "CSV", "kB", "MB")
NAMES = ("Django", "English", "True", "False", "None", *KINDS_OF_FILE)
INVITE = "admin:consultations_consultation_invite"
THEIRS = {
    "mfa_add_webauthn: Name",
    # an example of a file: names
    f"{INVITE}: Pennine Castings",
    f"{INVITE}: Ann Hollin",
    f"{INVITE}: ann@pennine.example",
}
# The ledger shows its codes as they are hashed.
CODED = {
    "admin:consultations_ledgerentry_change",
    "admin:consultations_ledgerentry_changelist",
}
# An authenticator's secret, new for each page.
SECRET = re.compile(r"\b[A-Z2-7]{32}\b")
# The mark that cites a digest's sentence is a code: typed as it stands, in every language.
CITED = re.compile(r"\[\[digest \d+\.\d+\]\]")


class Words(HTMLParser):
    """What a page says: its text, and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping += tag in UNSPOKEN
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.skipping -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self.skipping and data.strip():
            self.found.append(data.strip())


def data() -> re.Pattern[str]:
    """Match every text in the database, the longest first: what people wrote is not translated."""
    found = {settings.SITE_NAME, *NAMES}
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, TEXTS)]
        for row in model._default_manager.values_list(*names) if names else ():
            for said in (part for value in row for part in texts(value)):
                found |= {said, *said.splitlines(), *re.split(r"[*_#\n]+", said)}
    longest = sorted(filter(None, map(str.strip, found)), key=lambda text: (-len(text), text))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def texts(value: object) -> Iterator[str]:
    """Yield the texts in a field's value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def left_over(page: str, known: re.Pattern[str]) -> list[str]:
    """Return what a page says outside the brackets that nobody wrote."""
    words = Words()
    words.feed(page)
    plain = pseudo.without("\n".join(words.found))
    said = known.sub(" ", SECRET.sub(" ", CITED.sub(" ", plain)))
    return [line.strip() for line in said.splitlines() if any(map(str.isalpha, line))]


@pytest.fixture
def brackets(settings: Settings, tmp_path: Path) -> None:
    pseudo.write(tmp_path)
    settings.LANGUAGES = [(pseudo.CODE, "Brackets")]
    settings.LANGUAGE_CODE = pseudo.CODE
    settings.LOCALE_PATHS = [tmp_path]
    settings.STAFF_SECOND_FACTOR = False


@pytest.mark.exhaustive
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["anonymous", "lead", "officer"])
@pytest.mark.usefixtures("brackets")
def test_every_sentence_can_be_translated(name: str) -> None:
    scene = Scene()
    client = Client(raise_request_exception=False)
    if name != "anonymous":
        client.force_login(scene.people[name])
    known, untranslated = data(), {}

    for address, path in paths(scene):
        with transaction.atomic():
            answer = client.get(path)
            transaction.set_rollback(True)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            left = [] if address in CODED else left_over(answer.content.decode(), known)
            untranslated |= {f"{address}: {line}": path for line in left}

    assert sorted({*untranslated} - THEIRS) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("brackets")
@pytest.mark.exhaustive
def test_pages_of_an_appeal_can_be_translated() -> None:
    scene = Scene()
    appeal = f"/admin/consultations/case/{scene.appeal.pk}/change/"
    form = f"/consultations/matrix/response/decisions/{scene.decision.pk}/appeal/"
    known, left = data(), []
    for name, path in (("officer", appeal), ("respondent", form)):
        client = Client()
        client.force_login(scene.people[name])
        answer = client.get(path)
        assert answer.status_code == 200
        left += left_over(answer.content.decode(), known)

    assert left == []
