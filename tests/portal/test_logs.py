"""Logs hold nobody's address or words, not even where the database refuses a row."""

import json
import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from consultations.models import Message, User
from tests.factories import make_user

# Put together, as a traceback quotes the lines of this file.
EMAIL = "@".join(["zebe" + "dee", "example.org"])
WORDS = "\n\n".join(["one", "quill" + "feather"])


def logged(message: str = "Internal Server Error: /") -> str:
    """Return the line that is logged of the exception being handled."""
    said = dict(settings.LOGGING["formatters"]["json"])
    formatter = said.pop("()")
    made: Any = (import_string(formatter) if isinstance(formatter, str) else formatter)(**said)
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, message, None, sys.exc_info()
    )
    return str(made.format(record))


@pytest.mark.django_db
def test_refused_key_is_logged_without_its_value() -> None:
    make_user(EMAIL)

    line = ""
    try:
        with transaction.atomic():
            User.objects.create_user(EMAIL)
    except IntegrityError:
        line = logged()

    assert "zebedee" not in line
    assert "DETAIL: left out" in json.loads(line)["exception"]
    assert "IntegrityError" in json.loads(line)["exception"]


@pytest.mark.django_db
def test_refused_row_is_logged_without_its_words() -> None:
    line = ""
    try:
        with transaction.atomic():
            Message.objects.create(stream=-1, to=EMAIL, reply=WORDS)
    except IntegrityError:
        line = logged()

    assert "zebedee" not in line
    assert "quillfeather" not in line
    assert "IntegrityError" in json.loads(line)["exception"]
