"""Reminders of what was written and not sent: a week and a day before the close, once each."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from consultations.models import Consultation, Draft, Membership, Message, User
from consultations.participation import remind
from tests.factories import make_consultation, make_invitation, make_user
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = pytest.mark.django_db
WEEK, DAY = timedelta(days=7), timedelta(days=1)


def closing(consultation: Consultation) -> datetime:
    assert consultation.closes_at is not None
    return consultation.closes_at


def recipients() -> list[str]:
    return sorted(Message.objects.values_list("to", flat=True))


def test_reminder_comes_a_week_and_a_day_before_the_close_once_each() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation))
    closes = closing(consultation)

    told = [
        remind(at)
        for at in (
            closes - WEEK - timedelta(seconds=1),
            closes - WEEK,
            closes - WEEK + timedelta(hours=1),
            closes - DAY,
            closes - timedelta(hours=1),
            closes,
        )
    ]

    assert told == [0, 1, 0, 1, 0, 0]
    assert recipients() == [employer.email] * 2
    letter = Message.objects.order_by("pk")[0].letter
    assert letter["subject"] == "What you wrote has not been sent yet"
    assert f"/consultations/{consultation.slug}/response/" in str(letter)
    assert "It would help" not in str(letter)


def test_whoever_is_no_longer_among_the_invited_is_not_reminded() -> None:
    consultation = make_consultation(visibility=Consultation.Visibility.INVITED)
    stays, leaves = make_council(2, leads=2)
    council = stays.organisation
    make_invitation(consultation, council)
    own = {"acting_for": "self", "organisation": None}
    for person in (stays, leaves):
        User.objects.filter(pk=person.pk).update(**own)
        person.refresh_from_db()
        save(person, recommendation_of(consultation))
    Membership.objects.filter(user=leaves).update(ended_at=timezone.now())

    assert remind(closing(consultation) - DAY) == 1
    assert recipients() == [stays.email]


def test_missed_run_is_made_good_by_one_reminder() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation))

    assert remind(closing(consultation) - timedelta(hours=3)) == 1
    assert remind(closing(consultation) - timedelta(hours=2)) == 0


def test_who_has_sent_or_thrown_away_or_just_begun_is_not_reminded() -> None:
    consultation = make_consultation()
    closes = closing(consultation)
    save(make_user(), recommendation_of(consultation))
    Draft.objects.update(begun_at=closes - WEEK + timedelta(seconds=1))
    assert remind(closes - WEEK + timedelta(hours=1)) == 0
    assert remind(closes - DAY) == 1

    Draft.objects.all().delete()
    Message.objects.all().delete()
    assert remind(closes - DAY) == 0


def test_colleagues_are_each_reminded_while_they_belong() -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    save(lead, recommendation_of(consultation, 1))
    save(colleague, recommendation_of(consultation, 2))
    gone = Membership.objects.get(user=colleague)
    gone.ended_at = timezone.now()
    gone.save()

    remind(closing(consultation) - WEEK)

    assert recipients() == [lead.email]


def test_drafts_far_from_their_close_cost_one_query(django_assert_num_queries) -> None:
    save(make_user(), recommendation_of(make_consultation()))

    with django_assert_num_queries(1):
        remind(timezone.now())
