"""The final summary on a screen and on paper: sound with its sources open, and a clean A4."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from consultations.digests import workbook
from consultations.models import Consultation, Response
from tests.browser.eyes import Eyes
from tests.digests.scene import OPENS, SLOT
from tests.digests.test_final import NEXT, finals
from tests.digests.test_whole import rich

# Where `Eyes` leaves its pictures, and this the document, to be looked at.
LEFT = os.environ.get("PICTURES", "")
CUT = """() => [...document.querySelectorAll('table')].filter(
    each => each.scrollWidth > each.closest('.scroll').clientWidth + 1).length"""
SHOWN = """() => [...document.querySelectorAll('.noprint, .top, .crumbs')].filter(
    each => each.checkVisibility()).length"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.exhaustive
def test_final_summary_is_sound_on_screen_and_clean_on_paper(eyes: Eyes) -> None:
    consultation = rich()
    Response.objects.filter(organisation=None).update(name="Nia Price")
    [edition] = finals(NEXT)
    workbook.build_missing(NEXT)
    Consultation.objects.update(opens_at=OPENS - timedelta(days=300), closes_at=SLOT)
    page = eyes.page

    eyes.go(f"/consultations/{consultation.slug}/digests/{edition.number}/", name="final summary")
    page.set_viewport_size({"width": 700, "height": 1000})  # as wide as A4 within its margins
    page.emulate_media(media="print")
    document = page.pdf(prefer_css_page_size=True, print_background=False)
    if LEFT:
        Path(LEFT, "final.pdf").write_bytes(document)

    assert eyes.report() == ""
    assert (page.evaluate(CUT), page.evaluate(SHOWN)) == (0, 0)
    assert len(re.findall(rb"/MediaBox *\[ *0 +0 +59[45][.\d]* +84[12][.\d]* *\]", document)) >= 2
