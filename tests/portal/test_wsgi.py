"""The site's application in a process of its own, as a web server starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook

from portal.settings import BASE_DIR
from tests.digests.scene import fill, make_edition, make_scene
from tests.running import database_url

# numpy and xlsxwriter belong to the workers: they would cost each web process time and memory.
PROGRAM = """
import sys
from io import BytesIO
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from portal.wsgi import application
from consultations.exchange.sheets import opened

book, *paths = sys.argv[1:]
for path in paths:
    environ = {"PATH_INFO": path, "SERVER_NAME": "localhost", "wsgi.input": BytesIO()}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "localhost"
    answer = application(environ, lambda status, headers, error=None: print(status[:3], path))
    b"".join(answer)
    answer.close()
# the pages of invitations read a spreadsheet in the request, without numpy as well
with opened(Path(book)) as rows:
    print("read:", *(cell for row in rows for cell in row.cells))
print("heavy:", *sorted({"numpy", "xlsxwriter"} & sys.modules.keys()))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.exhaustive
def test_no_page_brings_what_belongs_to_the_workers(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["Works", 2, 2.5])
    book.save(tmp_path / "book.xlsx")
    consultation = make_scene()
    fill(consultation)
    make_edition()
    slug = consultation.slug
    paths = [
        "/",
        f"/consultations/{slug}/",
        f"/consultations/{slug}/recommendations/1/",
        f"/consultations/{slug}/digests/",
        f"/consultations/{slug}/digests/1/",
        reverse("account_login"),
    ]

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path / "book.xlsx"), *paths],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )

    pages = [f"200 {path}" for path in paths]
    assert done.stdout.splitlines() == [*pages, "read: Works 2 2.5", "heavy:"], done.stderr
