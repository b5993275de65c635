"""The pages of a series and of one edition in Chromium: axe, 320 px, and an edition by keyboard."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext

from consultations.digests import build
from consultations.models import Consultation, Edition, database_now
from tests.admin.test_browser import enter
from tests.admin.test_redacting_browser import tab_to
from tests.browser.axe import violations
from tests.digests.scene import DUE, fill, make_scene
from tests.factories import make_staff, make_subscription

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_edition_is_withdrawn_by_keyboard_and_every_page_is_sound(context: BrowserContext) -> None:
    scene = make_scene(release=Consultation.Release.BY_HAND, title="Growth")
    make_subscription(consultation=scene)
    fill(scene, each=2)
    [edition] = build.make_due(DUE)
    page = enter(context, make_staff(scene, "officer"))
    series = reverse("admin:consultations_consultation_digests", args=[scene.pk])
    one = reverse("admin:consultations_consultation_edition", args=[scene.pk, edition.pk])
    public = reverse("digests.show", args=[scene.slug, edition.number])
    found: list[str] = []

    def look(path: str, name: str) -> None:
        page.goto(path)
        found.extend(violations(page))
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{name} is too wide at {width}")
            if "PICTURES" in os.environ:
                picture = Path(os.environ["PICTURES"]) / f"{name}-{width}.png"
                page.screenshot(path=picture, full_page=True)

    look(series, "series")
    look(one, "waiting")
    Consultation.objects.update(opens_at=database_now().replace(year=2025))
    look(public, "early")
    page.goto(one)
    tab_to(page, "button[value=released]")
    page.keyboard.press("Enter")
    page.get_by_text("Published, and on its way to 1 reader.").wait_for()
    tab_to(page, "button[value=withdrawn]")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    found += violations(page)
    page.get_by_role("textbox", name="Reason").fill("Two tables were mixed up.")
    page.keyboard.press("Enter")
    page.get_by_text("Withdrawn: its page says so and why.").wait_for()
    look(one, "withdrawn")
    look(public, "gone")
    look(reverse("digests.index", args=[scene.slug]), "index")

    edition.refresh_from_db()
    assert edition.state == Edition.State.WITHDRAWN
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]
