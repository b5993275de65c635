"""Each setting that is missing or malformed stops the start with a sentence that names it."""

import json
import os
import subprocess
import sys

import pytest

from tests.running import ROOT

GOOD = {
    "SECRET_KEY": "x" * 50,
    "DATABASE_URL": "postgresql://user:secret@127.0.0.1:5432/name",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "SITE_URL": "https://consult.example.org",
    "ALLOWED_HOSTS": "consult.example.org",
    "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:587",
}
WRONG = [
    *((name, "") for name in GOOD),
    ("SECRET_KEY", "short"),
    ("DATABASE_URL", "mysql://host/name"),
    ("DATABASE_URL", "postgresql://host:port/name"),
    ("DATABASE_URL", "postgresql://host"),
    ("CELERY_BROKER_URL", "amqp://host"),
    ("CELERY_BROKER_URL", "redis://host:port"),
    ("SITE_URL", "consult.example.org"),
    ("SITE_URL", "http://consult.example.org"),
    ("SITE_URL", "https://consult.example.org:port"),
    ("SITE_URL", "https://consult.example.org/?x=1"),
    ("SITE_URL", "https://" + "a" * 31 + ".example.org"),
    ("ALLOWED_HOSTS", ","),
    ("EMAIL_URL", "sendmail"),
    ("EMAIL_URL", "smtp://"),
    ("DEFAULT_FROM_EMAIL", "nobody"),
    ("MAIL_DOMAIN", "a b"),
    ("LOG_LEVEL", "loud"),
    ("TICK_SECONDS", "soon"),
    ("ANSWER_SECONDS", "-1"),
    ("STAFF_SECOND_FACTOR", "perhaps"),
]
READ_EACH = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
good = dict(os.environ)
for name, value in json.load(sys.stdin):
    os.environ.clear(); os.environ.update(good); os.environ[name] = value
    sys.modules.pop("portal.settings", None)
    try:
        importlib.import_module("portal.settings")
        print("accepted")
    except ImproperlyConfigured as error:
        print(str(error).replace(chr(10), " "))
"""


def read(cases: list[tuple[str, str]]) -> list[str]:
    """Return what the settings say to each case, in a process without an environment."""
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ_EACH],
        input=json.dumps(cases),
        env=GOOD | path,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_good_environment_is_accepted() -> None:
    assert read([("LOG_LEVEL", "INFO")]) == ["accepted"]


def test_each_wrong_value_stops_the_start_with_a_sentence_that_names_it() -> None:
    said = read(WRONG)

    silent = [
        (name, value, sentence)
        for (name, value), sentence in zip(WRONG, said, strict=True)
        if name not in sentence or not sentence.endswith(".")
    ]
    assert silent == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["DEMO", "STAFF_SECOND_FACTOR"])
def test_check_for_deployment_fails_where_a_demonstrations_setting_is_on(name: str) -> None:
    value = {"DEMO": "true", "STAFF_SECOND_FACTOR": "false"}[name]
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR"],
        env=os.environ | GOOD | {name: value},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert name in done.stderr
