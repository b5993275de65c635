"""The demonstration's parts, each on its own; its processes are in tests/faults."""

import copy
import os
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.test import Client, override_settings

from portal.demo import database, sink
from portal.demo.checks import no_demonstration
from portal.demo.context import ribbon
from portal.demo.environment import compose_environment, free_port
from portal.demo.outbox import Mail, mail, mails
from portal.demo.people import by_part, people
from portal.embedded import urls
from tests.portal import demo_urls

TEMPLATES = copy.deepcopy(settings.TEMPLATES)
TEMPLATES[0]["OPTIONS"]["context_processors"].append("portal.demo.context.ribbon")
SCRATCH = "demo_scratch"


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    """An outbox with two mails, sent through the demonstration's own mail server."""
    port = free_port()
    server = sink.serve(tmp_path, port)
    try:
        for subject in ("The first", "The second"):
            message = EmailMessage()
            message["From"], message["To"] = "site@sample.example", "reader@sample.example"
            message["Subject"] = subject
            message["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
            message.set_content("See http://127.0.0.1/a?b=1&c=2. (Or http://127.0.0.1/d)\n")
            message.add_alternative("<html><head></head><p>Hello</p></html>", subtype="html")
            with smtplib.SMTP("127.0.0.1", port) as client:
                client.send_message(message)
    finally:
        server.stop()
    return tmp_path


@pytest.fixture
def mounted(filed: Path) -> Iterator[Client]:
    """A visitor of a site on which the demonstration is mounted."""
    with override_settings(
        ROOT_URLCONF=demo_urls.__name__,
        DEMO=True,
        DEMO_OUTBOX=str(filed),
        TEMPLATES=TEMPLATES,
        INSTALLED_APPS=[*settings.INSTALLED_APPS, "portal.demo"],
    ):
        yield Client()


@pytest.fixture
def scratch() -> Iterator[str]:
    """The address of an empty database that the demonstration did not make."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as opened:
        opened.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        opened.execute(f"CREATE DATABASE {SCRATCH}")
        yield psycopg.conninfo.make_conninfo(url, dbname=SCRATCH)
        opened.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


def test_environment_of_the_caller_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.update(DATABASE_URL="postgresql://real/live", PGHOST="real", SSL_REDIRECT="true")
    compose_environment(["manage.py", "demo", "--data", str(tmp_path), "--port", "8123"])
    assert os.environ["DATABASE_URL"] == urls(tmp_path).database_url
    assert os.environ["CELERY_BROKER_URL"] == urls(tmp_path).broker_url
    assert os.environ["SITE_URL"] == "http://127.0.0.1:8123"
    assert os.environ["DEMO_OUTBOX"] == str(tmp_path / "outbox")
    assert not {"PGHOST", "SSL_REDIRECT"} & set(os.environ)


def test_environment_of_other_commands_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", before := dict(os.environ))
    compose_environment(["manage.py", "migrate"])
    assert before == os.environ


def test_an_empty_database_is_adopted_and_remembers_its_steps(scratch: str) -> None:
    assert database.adopt(scratch) == set()
    with psycopg.connect(scratch) as opened:
        database.note(opened, "report")
        opened.execute("CREATE TABLE words (word text)")
    assert database.adopt(scratch) == {"report"}


def test_a_database_that_holds_tables_is_refused(scratch: str) -> None:
    with psycopg.connect(scratch) as opened:
        opened.execute("CREATE TABLE words (word text)")
    with pytest.raises(database.NotOursError, match="demo_scratch was not created by"):
        database.adopt(scratch)


def test_a_database_that_does_not_answer_is_refused() -> None:
    with pytest.raises(database.NotOursError, match="does not answer"):
        database.adopt("postgresql://127.0.0.1:1/nothing")


def test_sink_counts_on_over_restarts(filed: Path) -> None:
    assert sorted(path.name for path in filed.iterdir()) == ["1.eml", "2.eml"]
    assert sink.Sink(filed).last == 2
    assert not sink.holds_digest(filed)


def test_sink_knows_a_digest(tmp_path: Path) -> None:
    headers = b"List-Id: <a.example>\r\nList-Archive: <http://a.example>\r\n\r\nHello\r\n"
    (tmp_path / "1.eml").write_bytes(headers)
    assert sink.holds_digest(tmp_path)


def test_mails_come_newest_first_and_by_the_page(filed: Path) -> None:
    assert [each.number for each in mails(filed, before=100, limit=5)] == [2, 1]
    assert [each.subject for each in mails(filed, before=2, limit=5)] == ["The first"]
    assert mail(filed, 3) is None


def test_text_is_cut_at_its_links(filed: Path) -> None:
    found = mail(filed, 1)
    assert isinstance(found, Mail)
    assert found.pieces == [
        ("See ", ""),
        ("http://127.0.0.1/a?b=1&c=2", "http://127.0.0.1/a?b=1&c=2"),
        (". (Or ", ""),
        ("http://127.0.0.1/d", "http://127.0.0.1/d"),
        (")\n", ""),
    ]


def test_outbox_page_lists_and_opens_the_mails(db: None, mounted: Client) -> None:
    page = mounted.get("/outbox/").content.decode()
    assert page.index("The second") < page.index("The first")
    page = mounted.get("/outbox/1/").content.decode()
    assert '<a href="http://127.0.0.1/a?b=1&amp;c=2"' in page
    assert mounted.get("/outbox/3/").status_code == 404
    assert mounted.get("/outbox/?before=nonsense").status_code == 200


def test_html_part_may_style_itself_and_nothing_else(db: None, mounted: Client) -> None:
    answer = mounted.get("/outbox/1/html/")
    assert b'<head><base target="_top"></head>' in answer.content
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_ribbon_stands_on_the_page_and_changes_person(db: None, mounted: Client) -> None:
    for person in people():
        get_user_model().objects.create(email=person.email, is_staff=person.part == "moderator")
    assert b"Not run by the Manufacturing Commission" in mounted.get("/outbox/").content
    for part, where in [("employer", "/outbox/"), ("moderator", "/admin/")]:
        chosen = by_part(part)
        answer = mounted.post("/demo/become/", {"email": chosen.email, "next": "/outbox/"})
        assert (answer.status_code, answer["Location"]) == (302, where)
        assert ribbon(mounted.get("/outbox/").wsgi_request)["demo"]["now"] == chosen


def test_nobody_becomes_a_person_outside_the_sample(db: None, mounted: Client) -> None:
    get_user_model().objects.create(email="real@council.example")
    answer = mounted.post("/demo/become/", {"email": "real@council.example"})
    assert answer.status_code == 404
    assert "_auth_user_id" not in mounted.session


def test_change_of_person_goes_to_no_other_site(db: None, mounted: Client) -> None:
    get_user_model().objects.create(email=by_part("employer").email)
    answer = mounted.post(
        "/demo/become/", {"email": by_part("employer").email, "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/"


def test_change_of_person_says_when_there_is_no_sample(db: None, mounted: Client) -> None:
    form = {"email": by_part("officer").email, "next": "/outbox/"}
    answer = mounted.post("/demo/become/", form, follow=True)
    assert b"started without its sample people" in answer.content
    assert "_auth_user_id" not in mounted.session


def test_demonstration_is_absent_unless_asked_for(db: None) -> None:
    assert Client().get("/outbox/").status_code == 404
    assert Client().post("/demo/become/").status_code == 404


def test_check_deploy_fails_where_it_is_mounted(mounted: Client) -> None:
    assert [error.id for error in no_demonstration(None)] == ["portal.E001"]
    found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "portal.E001" in found
