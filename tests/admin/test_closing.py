"""The final summary on the page of digests: looked at beforehand, and made now for a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.digests import final, jobs
from consultations.models import Consultation, Job, Message, Role
from tests.factories import log_in, make_comment, make_consultation, make_staff

pytestmark = pytest.mark.django_db


def test_officer_looks_at_the_final_summary_and_has_it_made_for_a_reason() -> None:
    now = timezone.now()
    consultation = make_consultation(closes_at=now + timedelta(days=1), recommendations=1)
    make_comment(consultation.recommendations.get(), state="published", at=now - timedelta(days=2))
    officer = log_in(make_staff(consultation, Role.Right.OFFICER))
    path = reverse("admin:consultations_consultation_digests", args=[consultation.pk])
    html = officer.get(path).content.decode()
    assert "It can be made once the consultation has closed." in html
    assert ("Make it now" in html, 'value="final"' in html) == (False, False)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=now - timedelta(hours=1))

    html = officer.get(path).content.decode()
    assert "By itself it comes on the first morning after the close" in html
    assert officer.post(path, {"act": "preview", "slot": "final"}).status_code == 302
    jobs.run_one(timezone.now())
    assert Job.objects.get().state == Job.State.DONE
    html = officer.get(path).content.decode()
    assert "This is the final summary of the whole consultation" in html

    unsaid = officer.post(path, {"act": "final", "why": " "}).content.decode()
    assert 'href="#id_why"' in unsaid
    assert officer.post(path, {"act": "final", "why": "The board meets."}).status_code == 302

    html = officer.get(path).content.decode()
    assert "It is being made." in html
    assert "Make it now" not in html
    later = timezone.now() + timedelta(minutes=2)
    assert [due.consultation_id for due in final.due_finals(later)] == [consultation.pk]
    again = officer.post(path, {"act": "final", "why": "Again."}).content.decode()
    assert "It is being made." in again
    assert Message.objects.count() == 0
