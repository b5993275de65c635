"""The evidence pack opened from a disk in Chromium, and the admin's page of it."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext

from consultations.exchange import building
from consultations.models import Role
from consultations.pack import write
from tests.admin.test_browser import enter
from tests.admin.test_documents_browser import wrong_with
from tests.factories import make_staff
from tests.pack.scene import auditor, build, make_course, opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.exhaustive
def test_pack_opens_from_a_disk_passes_axe_and_fetches_nothing_from_elsewhere(
    context: BrowserContext, tmp_path: Path, settings: Any
) -> None:
    consultation = make_course()
    files = opened(build(consultation, auditor(consultation)))
    for name, held in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(held)
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    context.set_offline(True)

    wrong = []
    page.goto(f"file://{tmp_path}/index.html")
    links = page.locator("main a[href$='.html']").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == len(set(links)) == 7
    for link in [page.url, *links]:
        page.goto(link)
        wrong += wrong_with(page, Path(link).stem)
        assert page.locator("body").evaluate("one => getComputedStyle(one).color") == (
            "rgb(20, 33, 61)"
        )
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert page.locator("nav").count() == 0 or not page.locator("nav").first.is_visible()
        page.emulate_media(media="screen")
        assert page.pdf(format="A4").startswith(b"%PDF")

    assert wrong == []
    assert {url for url in asked if not url.startswith(f"file://{tmp_path}/")} == set()


@pytest.mark.exhaustive
def test_page_of_the_pack_passes_axe_and_fits_a_phone(context: BrowserContext) -> None:
    consultation = make_course()
    page = enter(context, make_staff(consultation, Role.Right.OFFICER))
    page.goto(reverse("admin:consultations_consultation_pack", args=[consultation.pk]))
    wrong = wrong_with(page, "pack")
    page.get_by_role("button", name="Have a pack built").click()
    page.get_by_text("It is being built.").wait_for()
    wrong += wrong_with(page, "pack-asked")
    building.run_one(timezone.now(), write.write)
    page.reload()
    wrong += wrong_with(page, "pack-built")

    with page.expect_download() as fetched:
        page.get_by_role("button", name="Download the pack").click()

    assert Path(fetched.value.path()).read_bytes()[:2] == b"PK"
    assert (wrong, page.troubles) == ([], [])
