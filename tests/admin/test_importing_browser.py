"""The pages of an import in Chromium: axe, the content policy, 320 px, by keyboard."""

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext

from consultations import tasks
from consultations.models import Response
from tests.admin.test_browser import enter
from tests.admin.test_importing import HEAD, MEANINGS, page_of, row
from tests.admin.test_paper_browser import look, press
from tests.factories import make_consultation, make_region, make_staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_pages_pass_axe_and_the_policy_and_fit_a_phone(context: BrowserContext) -> None:
    consultation = make_consultation(recommendations=1)
    make_region()
    page = enter(context, make_staff(consultation, "officer"))
    page.goto(page_of(consultation))
    found = look(page, "import")
    page.get_by_role("button", name="Try the file").click()
    page.get_by_role("alert").wait_for()
    assert page.title().startswith("Error:")
    found += look(page, "import-errors")
    content = HEAD + row(1) + row(2, day="31/02/2026")
    page.get_by_label("File of responses").set_input_files(
        {"name": "letters.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_label("How did they come?").select_option("post")
    page.get_by_role("button", name="Try the file").click()
    page.get_by_text("The file is being read.").wait_for()
    found += look(page, "import-asked")
    tasks.run_imports()
    page.get_by_text("Nothing has been stored yet.").wait_for()  # the page looks again by itself
    found += look(page, "import-tried")
    for place, name in enumerate(("column5", "column6"), start=5):
        page.locator(f"#id_column{place}").select_option(MEANINGS[name])
    page.locator("#id_column4").select_option("kind")
    press(page, "Try it with these")
    tasks.run_imports()
    page.get_by_text("Import the good rows only").wait_for()
    found += look(page, "import-bad-rows")
    press(page, "Import the good rows only")
    tasks.run_imports()
    page.get_by_text("Responses imported").wait_for()
    found += look(page, "import-done")
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]
    assert Response.objects.get().external_reference == "L1"
    assert "run_imports" in settings.CELERY_BEAT_SCHEDULE
