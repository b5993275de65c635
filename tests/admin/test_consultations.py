"""Writing, publishing and correcting a consultation in the admin, without a shell."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, publishing
from consultations.models import Consultation, Correction, Job, Role, User
from consultations.models.consultation import OwnerKind
from tests.factories import log_in, make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db
ADD = "admin:consultations_consultation_add"


def officer() -> User:
    """Return a person in the officers' group, who has no right in any consultation yet."""
    group, _made = Group.objects.get_or_create(name="Officers")
    group.permissions.add(Permission.objects.get(codename="add_consultation"))
    user = make_user(is_staff=True)
    user.groups.add(group)
    return user


def local(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def said(**more: Any) -> dict[str, Any]:
    """Return what the form of a new consultation says, with one recommendation."""
    now = timezone.now()
    return {
        "title": "Trains",
        "slug": "trains",
        "introduction": "Why **trains**.",
        "opens_at": local(now + timedelta(days=1)),
        "closes_at": local(now + timedelta(days=50)),
        "owner": "The Board",
        "owner_kind": OwnerKind.DEPARTMENT,
        "contact_email": "board@example.org",
        "visibility": "public",
        "answers_shown": "open",
        "moderation": "before",
        "cadence": "weekly",
        "target_days": "3",
        "reports_to_hide": "0",
        "language": "en",
        "privacy_version": "1",
        "recommendations-TOTAL_FORMS": "2",
        "recommendations-INITIAL_FORMS": "0",
        "recommendations-0-number": "1",
        "recommendations-0-title": "More trains",
        "recommendations-0-text": "Run\r\nmore.",
        "recommendations-0-what_changed": "",
        "recommendations-1-number": "2",
        "recommendations-1-title": "",
        "recommendations-1-text": "",
        "recommendations-1-what_changed": "",
    } | more


def again(consultation: Consultation, **more: Any) -> dict[str, Any]:
    """Return what the form of a stored consultation says, nothing changed."""
    first = consultation.recommendations.get()
    assert first.current is not None
    return {
        "title": consultation.title,
        "slug": consultation.slug,
        "introduction": consultation.introduction,
        "opens_at": local(consultation.opens_at),
        "closes_at": local(consultation.closes_at),
        "owner": consultation.owner,
        "owner_kind": consultation.owner_kind,
        "contact_email": consultation.contact_email,
        "confidentiality": consultation.confidentiality,
        "lawful_basis": consultation.lawful_basis,
        "response_clock": str(consultation.response_clock),
        "visibility": consultation.visibility,
        "answers_shown": consultation.answers_shown,
        "moderation": consultation.moderation,
        "cadence": consultation.cadence,
        "target_days": str(consultation.target_days),
        "reports_to_hide": str(consultation.reports_to_hide),
        "language": consultation.language,
        "privacy_version": consultation.privacy_version,
        "seen": publishing.fingerprint(consultation),
        "recommendations-TOTAL_FORMS": "1",
        "recommendations-INITIAL_FORMS": "1",
        "recommendations-0-id": str(first.pk),
        "recommendations-0-consultation": str(consultation.pk),
        "recommendations-0-title": first.current.title,
        "recommendations-0-text": first.current.text,
        "recommendations-0-what_changed": "",
    } | more


def page_of(consultation: Consultation, name: str = "change") -> str:
    return reverse(f"admin:consultations_consultation_{name}", args=[consultation.pk])


def opened() -> tuple[Consultation, Client]:
    consultation = make_consultation(recommendations=1)
    return consultation, log_in(make_staff(consultation, "officer"))


def test_consultation_is_begun_with_what_the_law_gives() -> None:
    user = officer()
    client = log_in(user)
    assert client.get(reverse(ADD)).status_code == 200
    page = client.post(reverse(ADD), said())
    assert page.status_code == 302, page.context["errors"]
    consultation = Consultation.objects.get()
    recommendation = consultation.recommendations.get()
    assert (consultation.state, consultation.response_clock) == ("draft", True)
    assert "Freedom of Information Act 2000" in consultation.confidentiality
    assert "Article 6(1)(e)" in consultation.lawful_basis
    assert recommendation.current is not None
    assert recommendation.current.text == "Run\nmore."
    assert Role.objects.get().right == Role.Right.OFFICER
    assert client.get(page_of(consultation)).status_code == 200
    assert ledger.verify(consultation.pk) == []


def test_consultation_that_closes_before_it_opens_is_refused_beside_the_field() -> None:
    now = timezone.now()
    page = log_in(officer()).post(reverse(ADD), said(closes_at=local(now)))
    assert "It must close after it opens." in page.content.decode()
    assert Consultation.objects.count() == 0


def test_consultation_is_begun_by_officers_alone() -> None:
    moderator = make_staff(make_consultation())
    assert log_in(moderator).get(reverse(ADD)).status_code == 403


def test_publish_asks_first_and_then_makes_it_public() -> None:
    user = officer()
    client = log_in(user)
    client.post(reverse(ADD), said())
    consultation = Consultation.objects.get()
    assert client.get(page_of(consultation, "publish")).status_code == 200
    assert client.post(page_of(consultation, "publish")).status_code == 302
    consultation.refresh_from_db()
    assert consultation.state == "published"
    refused = client.post(page_of(consultation, "publish")).content.decode()
    assert "already published" in refused


def test_saving_unchanged_after_opening_makes_no_correction() -> None:
    consultation, client = opened()
    page = client.post(page_of(consultation), again(consultation))
    assert page.status_code == 302, page.context["errors"]
    assert Correction.objects.count() == 0


def test_changed_words_after_opening_need_a_reason() -> None:
    consultation, client = opened()
    changed = again(consultation, **{"recommendations-0-text": "Other words."})
    page = client.post(page_of(consultation), changed).content.decode()
    assert "give the reason for the correction" in page
    assert "Other words." in page
    assert client.post(page_of(consultation), changed | {"reason": "A slip."}).status_code == 302
    correction = Correction.objects.get()
    current = consultation.recommendations.get().current
    assert (correction.reason, correction.number) == ("A slip.", 1)
    assert current is not None
    assert (current.text, current.number) == ("Other words.", 2)


def test_fixed_fields_after_opening_ignore_what_is_posted() -> None:
    consultation, client = opened()
    client.post(page_of(consultation), again(consultation, slug="other", state="draft"))
    consultation.refresh_from_db()
    assert (consultation.slug != "other", consultation.state) == (True, "published")


def test_closing_time_in_the_past_is_refused_beside_the_field() -> None:
    consultation, client = opened()
    early = again(consultation, closes_at=local(timezone.now() - timedelta(days=1)), reason="x")
    page = client.post(page_of(consultation), early).content.decode()
    assert "A new closing time must lie in the future." in page


@pytest.mark.parametrize("right", ["moderator", "analyst", "auditor"])
def test_those_who_only_read_see_the_words_and_change_nothing(right: str) -> None:
    consultation, _client = opened()
    client = log_in(make_staff(consultation, right))
    page = client.get(page_of(consultation))
    assert (page.status_code, "Proposal 1" in page.content.decode()) == (200, True)
    changed = again(consultation, title="Mine now", reason="x")
    assert client.post(page_of(consultation), changed).status_code == 403
    for name in ("publish", "digests"):
        assert client.get(page_of(consultation, name)).status_code == 404


def test_digests_are_previewed_mailed_held_and_released() -> None:
    consultation, client = opened()
    page = page_of(consultation, "digests")
    assert client.get(page).status_code == 200
    client.post(page, {"act": "preview"})
    client.post(page, {"act": "mail"})
    assert sorted(Job.objects.values_list("what", flat=True)) == ["mail_preview", "preview"]
    assert 'data-look-again="yes"' in client.get(page).content.decode()
    assert "Say why" in client.post(page, {"act": "hold"}).content.decode()
    client.post(page, {"act": "hold", "reason": "an error in table 2"})
    assert "an error in table 2" in client.get(page).content.decode()
    client.post(page, {"act": "release"})
    consultation.refresh_from_db()
    assert consultation.digests_held_at is None
    assert client.post(page, {"act": "nonsense"}).status_code == 200
