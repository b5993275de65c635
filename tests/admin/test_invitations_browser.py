"""The pages of invitations in Chromium: axe, the content policy, 320 px, by keyboard."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from consultations import invitations
from consultations.models import Consultation, Invitation, User
from tests.admin.test_browser import enter
from tests.admin.test_invitations import BAD, GOOD, HEAD, page_of
from tests.admin.test_paper_browser import look, press
from tests.factories import (
    confirm_address,
    log_in,
    make_case,
    make_consultation,
    make_invitation,
    make_membership,
    make_organisation_kind,
    make_region,
    make_staff,
    make_user,
)
from tests.invitations.scene import begin, invite

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz and Sons Ltd"


def scene() -> tuple[Consultation, User]:
    """Invite some, who come to all sorts of standing; return an officer as well."""
    consultation = make_consultation(title="Levelling up manufacturing")
    make_region()
    make_organisation_kind()
    one, two, three, four = invite(consultation, 4)
    one.organisation.name = LONG
    one.organisation.save()
    begin(two, make_user(two.email))
    invitations.decline(invitation=three, at=timezone.now())
    invitations.note_opening(invitation=four, at=timezone.now())
    return consultation, make_staff(consultation, "officer")


def test_officers_pages_pass_axe_and_the_policy_and_fit_a_phone(context: BrowserContext) -> None:
    consultation, officer = scene()
    tried = log_in(officer).post(
        page_of("invite", consultation),
        {"file": SimpleUploadedFile("list.csv", (HEAD + GOOD + BAD).encode())},
    )["Location"]
    one = Invitation.objects.order_by("pk")[0]
    claimant = confirm_address(make_user(one.email))
    case = make_case(
        membership=make_membership(claimant, one.organisation), consultation=consultation
    )
    page = enter(context, officer)
    found: list[str] = []
    for name, path in (
        ("invitations", page_of("invitations", consultation)),
        ("invite", page_of("invite", consultation)),
        ("tried", tried),
        ("list", reverse("admin:consultations_invitation_changelist")),
        ("one", reverse("admin:consultations_invitation_change", args=[one.pk])),
        ("claim", reverse("admin:consultations_case_change", args=[case.pk])),
        (
            "consultation",
            reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        ),
    ):
        page.goto(path)
        found += look(page, name)
    page.goto(tried)
    page.get_by_role("button", name="Invite 1 contact now").click()
    page.get_by_role("alert").wait_for()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    found += look(page, "tried-errors")
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


def test_file_is_tried_and_confirmed_by_keyboard(context: BrowserContext) -> None:
    consultation = make_consultation()
    make_region()
    make_organisation_kind()
    page = enter(context, make_staff(consultation, "officer"))
    page.goto(page_of("invite", consultation))
    page.get_by_label("File of organisations and contacts").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": (HEAD + GOOD).encode()}
    )
    press(page, "Try the file")
    press(page, "Invite 1 contact now")
    assert page.get_by_text("1 invitation is on its way.").count() == 1
    assert Invitation.objects.get().email == "ann@works.example"


def test_invited_persons_pages_pass_axe_and_fit_a_phone(context: BrowserContext) -> None:
    consultation = make_consultation(
        title="Levelling up manufacturing", visibility=Consultation.Visibility.INVITED
    )
    invitation = make_invitation(consultation, name="Ann Hollin")
    invitation.organisation.name = LONG
    invitation.organisation.region = None
    invitation.organisation.save()
    paths = {
        name: reverse(f"invitations.{name}", args=[consultation.slug, invitation.token])
        for name in ("show", "decline")
    }
    page = context.new_page()
    page.troubles = []  # type: ignore[attr-defined]
    page.goto(paths["show"])
    found = look(page, "invitation-anonymous")
    page.goto(paths["decline"])
    found += look(page, "invitation-decline")
    page = enter(context, confirm_address(User.objects.create_user("stranger@example.org")))
    page.goto(paths["show"])
    found += look(page, "invitation-other")
    page = enter(context, confirm_address(User.objects.create_user(invitation.email)))
    page.goto(paths["show"])
    found += look(page, "invitation-mine")
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Answer for").click()
    page.get_by_role("alert").wait_for()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    found += look(page, "invitation-errors")
    invitations.decline(invitation=invitation, at=timezone.now())
    for name, path in paths.items():
        page.goto(path)
        found += look(page, f"invitation-declined-{name}")
    Consultation.objects.update(closes_at=timezone.now())
    page.goto(paths["show"])
    found += look(page, "invitation-closed")
    # the refused form's own answer, a 422, is no trouble
    heard: list[str] = page.troubles  # type: ignore[attr-defined]
    troubles = [said for said in heard if "status of 422" not in said]
    assert "\n".join(found + troubles) == ""
