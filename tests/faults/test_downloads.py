"""A download whose database goes away midway: the transfer breaks, and what came says so."""

import http.client
import os
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from consultations.models import Comment, Consultation
from portal.bench import fill, spoken
from tests import running

pytestmark = pytest.mark.faults
# Three lots, of which the second is more than what any socket holds.
MANY, LONG = 8_200, 3_000


def filled() -> Consultation:
    """Make a consultation with so many long comments."""
    made = fill.consultation("breaking", 1)
    recommendation = made.recommendations.select_related("consultation", "current").get()
    spoken.comments(recommendation, fill.people(made, MANY))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Comment.objects.update(public_text="a" * LONG)
        cursor.execute("SET session_replication_role = origin")
    return made


def drop_everybody() -> int:
    """End every other connection to the database; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (ended,) = cursor.fetchone()
    return int(ended)


@pytest.mark.django_db(transaction=True)
def test_database_that_goes_midway_leaves_no_file_that_looks_whole(tmp_path: Path) -> None:
    call_command("load_reference_data", stdout=StringIO())
    consultation = filled()
    port = running.free_port()
    url = f"http://127.0.0.1:{port}"
    values = os.environ | {"DATABASE_URL": running.database_url(), "SITE_URL": url}
    web = running.start("web", running.commands(port, tmp_path)["web"], values, tmp_path)
    try:
        running.awaited(lambda: running.answers(url) or None, "the first page", 60)
        for name in ("csv", "lines"):
            path = reverse(f"downloads.{name}", args=[consultation.slug, "comments"])
            answering = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
            answering.request("GET", path)
            answer = answering.getresponse()
            came = answer.read(10_000)

            assert drop_everybody() > 0
            with pytest.raises(http.client.IncompleteRead) as broken:
                answer.read()

            said = (came + b"".join(broken.value.args[:1])).decode("utf-8-sig")
            last = said.rstrip("\n").rpartition("\n")[2]
            assert last.lstrip('"').startswith("INCOMPLETE")
            assert 100 < said.count("\n") < Comment.objects.filter(listed=True).count()
        assert requests.get(url + path, timeout=60, stream=True).status_code == 200
    finally:
        running.stop({"web": web})
