"""The official response and a person's e-mails in Chromium: each page and state at both widths."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consultations.mail import unsubscribe
from consultations.models import Comment, Role, Suppression
from consultations.publishing import official
from tests.browser.eyes import Eyes
from tests.browser.scene import LONG
from tests.factories import (
    make_closed,
    make_comment,
    make_official,
    make_response,
    make_staff,
    make_subscription,
    make_user,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_pages_of_the_official_response_are_sound_in_every_state(
    eyes: Eyes, live_server: Any
) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=13)}
    consultation = make_closed(
        "answered", title="Answered", recommendations=3, response_clock=True, **times
    )
    empty = make_closed("empty", title="Empty", response_clock=True)
    reader, home = make_user(), "/consultations/answered/"
    first, second, _third = consultation.recommendations.order_by("number")
    response = make_response(consultation, reader)
    comment = make_comment(first, response, state=Comment.State.PUBLISHED)
    cites = f"Many say what [[{comment.reference}]] says: {LONG}"
    make_official(first, said=cites, will="- We will pay.\n- We will **report**.")
    make_official(first, status="partly", said=cites, progress="The first grants are paid.")
    make_official(second, status="not_accepted", said="Few spoke of it.", will=LONG)
    by = make_staff(consultation, Role.Right.OFFICER)
    official.explain_delay(consultation=consultation, reason=f"Why: {LONG}", by=by, at=now)
    eyes.enter(reader)

    eyes.go(f"{home}official-response/", name="official response")
    eyes.page.locator("details summary").first.click()
    eyes.look("official response with what stood before")
    eyes.go(f"/consultations/{empty.slug}/official-response/", name="official response to come")
    eyes.go(f"{home}recommendations/1/", name="answered recommendation")
    eyes.go(home, name="answered consultation")
    eyes.go(f"{home}response/", name="answered response")
    eyes.go(f"{home}recommendations/1/comments/{comment.reference}/", name="answered comment")

    assert eyes.report() == ""


def test_pages_of_ones_e_mails_are_sound_in_every_state(eyes: Eyes, live_server: Any) -> None:
    reader, now = make_user("reader@example.org"), timezone.now()
    rows = [make_subscription(reader, make_closed(title=f"{LONG} {n}"[:200])) for n in range(3)]
    make_response(make_closed(title="Answered, and nothing chosen"), reader)
    make_subscription(reader, make_closed(title="Only answered"), "unchosen")
    stopped = Suppression.objects.create(address=reader.email, reason="5.1.1 smtp; 550", since=now)
    eyes.enter(reader)

    eyes.go("/account/e-mails/", name="e-mails with an address that is stopped")
    stopped.delete()
    unsubscribe.stop(token=rows[0].token, at=now)
    eyes.page.locator(f"[name='{rows[0].consultation.slug}-choice'][value='milestones']").check()
    eyes.page.get_by_role("button", name="Save what I changed").click()
    eyes.page.locator(".summary").wait_for()
    eyes.look("e-mails with a choice that was overtaken")
    unsubscribe.complained(user_id=reader.pk, consultation_id=None, at=now)
    eyes.go("/account/e-mails/", name="e-mails after a complaint")
    slug = rows[1].consultation.slug
    eyes.go(f"/consultations/{slug}/digests/settings/", name="choice after a complaint")
    eyes.go(f"/u/{rows[1].token}", name="link of a mail after a complaint")
    once = make_subscription(None, rows[2].consultation, "unchosen")
    eyes.go(f"/u/{once.token}", name="link of a mail to who never chose")
    eyes.enter(make_user())
    eyes.go("/account/e-mails/", name="e-mails of nobody")

    # the two links are two addresses of one page
    assert [line for line in eyes.wrong if "Stop or reduce e-mails" not in line] == []
