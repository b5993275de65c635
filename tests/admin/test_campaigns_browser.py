"""The pages of campaigns in Chromium: axe, the content policy, 320 px, deciding together."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext

from consultations.models import Campaign, Case, Comment
from tests.admin.scene import listed, page_of
from tests.admin.test_browser import enter
from tests.admin.test_documents_browser import wrong_with
from tests.factories import make_consultation, make_reason, make_staff
from tests.screening.scene import EDITED, LETTER, OTHER, WITH_OWN, send

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_campaign_is_read_and_decided_together_at_any_width(context: BrowserContext) -> None:
    consultation = make_consultation()
    marked = f"{LETTER.upper()} RING 020 7946 0958 OR SEE www.example.com"
    sent = [send(consultation, text) for text in (LETTER, LETTER, EDITED, WITH_OWN, marked)]
    alone = send(consultation, OTHER)
    make_reason("duplicate", still_counts=True)
    campaign = Campaign.objects.get()
    page = enter(context, make_staff(consultation))
    found: list[str] = []
    for name, path in {
        "marks-queue": listed("case"),
        "marks-review": page_of(Case.objects.get(comment=sent[4])),
        "campaigns": listed("campaign"),
        "campaign": page_of(campaign),
        "campaign-decide": reverse("admin:consultations_campaign_decide", args=[campaign.pk]),
    }.items():
        page.goto(path)
        found += wrong_with(page, name)

    page.get_by_role("button", name="Decide on all of them").click()
    page.get_by_role("alert").wait_for()
    found += wrong_with(page, "campaign-decide-error")
    page.get_by_label("Reject them for the reason below").check()
    page.get_by_label("Reason", exact=True).select_option(label="1. Duplicate")
    page.get_by_label("How many do you decide?").fill("5")
    page.get_by_role("button", name="Decide on all of them").click()
    page.get_by_text("5 comments decided.").wait_for()
    found += wrong_with(page, "campaign-decided")
    page.get_by_role("button", name="Go on with the queue").click()
    page.get_by_text(OTHER).wait_for()

    assert "\n".join([*found, *page.troubles]) == ""  # type: ignore[attr-defined]
    assert Comment.objects.filter(state="rejected").count() == 5
    alone.refresh_from_db()
    assert alone.state == "submitted"
