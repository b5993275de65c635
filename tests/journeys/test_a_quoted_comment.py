"""One comment all the way: form, moderator, edition, mail over SMTP, and back by its link."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.digests import build, readers
from consultations.digests.due import newest_slot
from consultations.mail.delivery import Report, drain
from consultations.models import Case, Comment, Consultation, Message
from consultations.moderation import decide
from tests import factories
from tests.mail.conftest import sink
from tests.mail.sink import Sink

__all__ = ["sink"]
WORDS = "Our furnace takes seven years to pay for, and no policy has lasted that long."


@pytest.mark.django_db(transaction=True)
def test_comment_is_quoted_in_a_delivered_mail_and_found_again_by_its_link(sink: Sink) -> None:
    now = timezone.now()
    consultation = factories.make_consultation(recommendations=1, opens_at=now - timedelta(days=30))
    factories.make_subscription(factories.make_user("reader@example.org"), consultation)

    send(consultation)
    publish(now)
    slot = newest_slot(consultation.cadence, now)
    Comment.objects.update(first_published_at=slot - timedelta(hours=1))
    Comment.objects.update(counted_since=slot - timedelta(hours=1))
    [edition] = build.make_due(now)

    report = drain(
        streams=[Message.Stream.DIGEST], limit=10, at_clock=timezone.now, render=readers.render
    )
    assert report == Report(sent=1)
    [mail] = sink.mails
    assert mail.recipient == "reader@example.org"
    reference = Comment.objects.get().reference
    here = reverse("comments.show", args=[consultation.slug, 1, reference])
    for kind in ("plain", "html"):
        part = mail.parsed.get_body((kind,))
        assert part is not None
        told = part.get_content()
        assert WORDS in " ".join(re.sub(r"<[^>]+>", " ", told).split())
        assert f"{settings.SITE_URL}{here}" in told
    page = Client().get(here)
    assert (page.status_code, WORDS in page.content.decode()) == (200, True)
    shown = Client().get(reverse("digests.show", args=[consultation.slug, edition.number]))
    assert f'href="{here}"' in shown.content.decode()
    around = Client().get(reverse("recommendations.show", args=[consultation.slug, 1]))
    assert WORDS in around.content.decode()


def send(consultation: Consultation) -> None:
    """Fill in the form as it stands on the page, as an employer who is logged in."""
    employer = factories.make_user("employer@example.org")
    client = factories.log_in(employer)
    page = client.get(reverse("recommendations.show", args=[consultation.slug, 1]))
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    typed = {"stance": "support", "text": WORDS, "permission": "named"}
    address = reverse("comments.post", args=[consultation.slug, 1])
    assert client.post(address, dict(hidden) | typed).status_code == 302


def publish(at: object) -> None:
    """Let a moderator publish what was sent."""
    case = Case.objects.waiting().get()
    assert case.comment is not None
    moderator = factories.make_staff(case.comment.response.consultation)
    decide.publish(case=case, version_number=1, by=moderator, at=timezone.now())
