"""Who is written to: everybody who asked, once, in one statement; milestones once each."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.digests.due import CATCH_UP
from consultations.digests.plan import plan_edition, plan_milestones
from consultations.mail import leases
from consultations.models import (
    Consultation,
    Correction,
    Message,
    Subscription,
    Suppression,
    User,
)
from consultations.models.clock import day_of
from tests import factories
from tests.digests.scene import DUE, OPENS, fill, make_edition, make_scene

Choice = Subscription.Choice
FORTNIGHT = timedelta(days=14)


@pytest.mark.django_db
def test_edition_is_planned_for_readers_of_every_edition_alone() -> None:
    consultation = make_scene()
    fill(consultation, each=1)
    reader, gone, refused = (factories.make_user() for _n in range(3))
    for user in (reader, gone, refused):
        factories.make_subscription(user, consultation)
    factories.make_subscription(None, consultation, Choice.MILESTONES)
    factories.make_subscription(None, consultation, Choice.NOTHING)
    factories.make_subscription(None, make_scene())
    gone.is_active = False
    gone.save()
    Suppression.objects.create(address=refused.email.lower(), reason="550", since=DUE)

    edition = make_edition()

    message = Message.objects.get()
    assert (message.user, message.to, message.edition) == (reader, reader.email, edition)
    assert message.dedupe_key == f"digest:{edition.pk}:{reader.pk}"
    assert (message.stream, message.state) == (Message.Stream.DIGEST, Message.State.QUEUED)
    assert message.message_id.startswith("<")
    assert message.message_id.endswith("@localhost>")
    assert (message.letter, message.queued_at) == ({}, DUE)


@pytest.mark.django_db
def test_planning_again_plans_nothing() -> None:
    consultation = make_scene()
    fill(consultation, each=1)
    factories.make_subscription(None, consultation)
    edition = make_edition()

    assert plan_edition(edition, at=DUE) == 0
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_message_planning_is_one_statement() -> None:
    consultation = make_scene()
    fill(consultation, each=1)
    edition = make_edition()
    for _n in range(50):
        factories.make_subscription(None, consultation)

    with CaptureQueriesContext(connection) as captured:
        assert plan_edition(edition, at=DUE) == 50

    assert len(captured) == 1
    assert len(set(Message.objects.values_list("message_id", flat=True))) == 50


@pytest.mark.django_db
def test_milestones_are_told_once_each_to_those_who_asked_for_them() -> None:
    consultation = make_scene()
    every = subscribe(None, consultation)
    milestones = subscribe(None, consultation, Choice.MILESTONES)
    subscribe(None, consultation, Choice.NOTHING)
    closes = closing(consultation)
    comes = [seven_before(closes, days) for days in (14, 1)] + [closes]

    for instant in comes:
        assert plan_milestones(instant - timedelta(seconds=1)) == 0
        assert plan_milestones(instant) == 2
        assert plan_milestones(instant + timedelta(hours=1)) == 0

    told = Message.objects.filter(user=milestones.user).order_by("pk")
    day = day_of(closes)
    assert [message.letter["subject"] for message in told] == [
        f"Closing on {day}: {consultation.title}",
        f"Last reminder, closing on {day}: {consultation.title}",
        f"Closed: {consultation.title}",
    ]
    assert Message.objects.filter(user=every.user).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("closes", "fortnight", "last"),
    [
        # the clocks go back on 25 October 2026, and forward on 28 March 2027
        ((2026, 10, 26, 23, 59), (2026, 10, 12, 6), (2026, 10, 25, 7)),
        ((2026, 10, 25, 23, 59), (2026, 10, 11, 6), (2026, 10, 24, 6)),
        ((2027, 3, 28, 22, 59), (2027, 3, 14, 7), (2027, 3, 27, 7)),
        ((2027, 3, 29, 22, 59), (2027, 3, 15, 7), (2027, 3, 28, 6)),
    ],
)
def test_milestones_come_at_seven_in_london_over_clock_changes(
    closes: tuple[int, ...], fortnight: tuple[int, ...], last: tuple[int, ...]
) -> None:
    opened = datetime(2026, 9, 1, tzinfo=UTC)
    consultation = factories.make_consultation(
        opens_at=opened, published_at=opened, closes_at=datetime(*closes, tzinfo=UTC)
    )
    subscribe(None, consultation, at=opened)

    for instant in (datetime(*fortnight, tzinfo=UTC), datetime(*last, tzinfo=UTC)):
        assert plan_milestones(instant - timedelta(seconds=1)) == 0
        assert plan_milestones(instant) == 1


@pytest.mark.django_db
def test_a_milestone_that_the_next_has_overtaken_is_not_told() -> None:
    consultation = make_scene()
    subscribe(None, consultation)
    last = seven_before(closing(consultation), 1)

    assert plan_milestones(last + timedelta(hours=2)) == 1

    assert Message.objects.get().letter["subject"].startswith("Last reminder, closing on ")


@pytest.mark.django_db
@pytest.mark.parametrize("before", [0, 1])
def test_who_subscribes_after_a_milestone_came_hears_of_the_next_alone(before: int) -> None:
    consultation = make_scene()
    for _n in range(before):
        subscribe(None, consultation)
    closes = closing(consultation)
    last = seven_before(closes, 1)
    assert plan_milestones(last) == before
    between = subscribe(None, consultation, at=last + timedelta(seconds=1))

    assert plan_milestones(last + timedelta(hours=1)) == 0
    assert plan_milestones(closes) == before + 1
    assert Message.objects.get(user=between.user).letter["subject"].startswith("Closed: ")


@pytest.mark.django_db
def test_nobody_subscribed_at_the_close_and_who_comes_after_hears_nothing() -> None:
    consultation = make_scene()
    assert plan_milestones(closing(consultation)) == 0
    subscribe(None, consultation, at=closing(consultation) + timedelta(seconds=1))

    assert plan_milestones(closing(consultation) + timedelta(days=1)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "told"), [("closes_at", 1), ("title", 0)])
def test_soon_comes_late_with_a_correction_of_the_closing_time(field: str, told: int) -> None:
    consultation = make_scene()
    corrected = closing(consultation) - timedelta(days=3)
    subscribe(None, consultation, at=corrected - timedelta(days=1))
    change = {"field": field, "before": "", "after": ""}
    Correction.objects.create(
        consultation=consultation, number=1, made_at=corrected, reason="Why", changes=[change]
    )

    assert plan_milestones(corrected) == told


@pytest.mark.django_db
def test_missed_milestone_is_told_late_but_never_soon_after_the_close() -> None:
    consultation = make_scene()
    subscribe(None, consultation)

    assert plan_milestones(closing(consultation) + timedelta(days=2)) == 1
    assert plan_milestones(closing(consultation) + timedelta(days=3)) == 0

    assert Message.objects.get().letter["subject"] == f"Closed: {consultation.title}"


@pytest.mark.django_db
def test_closing_time_corrected_to_later_may_be_told_again() -> None:
    consultation = make_scene()
    subscribe(None, consultation)
    plan_milestones(closing(consultation) - timedelta(days=1))

    Consultation.objects.update(closes_at=closing(consultation) + timedelta(days=30))

    assert plan_milestones(closing(consultation) + timedelta(days=1)) == 0
    assert plan_milestones(closing(consultation) + timedelta(days=17)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("moved", [False, True])
def test_milestone_of_a_closing_time_that_was_moved_is_not_sent(moved: bool) -> None:
    consultation = make_scene()
    subscribe(None, consultation)
    at = closing(consultation) - timedelta(days=3)
    assert plan_milestones(at) == 1
    if moved:
        Consultation.objects.update(closes_at=closing(consultation) + timedelta(hours=1))

    stream = Message.Stream.DIGEST
    claimed, suppressed = leases.claim(
        streams=[stream], size=9, editions=True, lease=uuid4(), at=at
    )

    assert (len(claimed), suppressed) == (not moved, moved)


@pytest.mark.django_db
def test_old_milestones_and_drafts_are_not_told() -> None:
    consultation = make_scene()
    draft = make_scene(state=Consultation.State.DRAFT)
    for each in (consultation, draft):
        subscribe(None, each)

    assert plan_milestones(closing(consultation) + CATCH_UP) == 0


@pytest.mark.django_db
def test_close_at_midnight_is_announced_for_the_day_that_ends_then() -> None:
    consultation = make_scene()
    subscribe(None, consultation)
    midnight = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=midnight)

    plan_milestones(midnight - timedelta(days=3))

    assert Message.objects.get().letter["subject"].startswith("Closing on 10 January 2027: ")


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-3, 1])
def test_title_that_fills_two_lines_is_told_in_one_and_stops_nobody(days: int) -> None:
    two_lines, other = make_scene(title="Two\u2028lines\u202e"), make_scene()
    for each in (two_lines, other):
        subscribe(None, each)

    assert plan_milestones(closing(other) + timedelta(days=days)) == 2

    said = f"Closing on {day_of(closing(other))}" if days < 0 else "Closed"
    subjects = [message.letter["subject"] for message in Message.objects.order_by("pk")]
    assert subjects == [f"{said}: Two lines", f"{said}: {other.title}"]


@pytest.mark.django_db
def test_milestone_that_cannot_be_written_stops_no_other() -> None:
    wrong, right = make_scene(), make_scene()
    for each in (wrong, right):
        subscribe(None, each)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE consultations_message ADD CHECK (consultation_id <> %s)", [wrong.pk]
        )

    assert plan_milestones(closing(right) - FORTNIGHT / 2) == 1
    assert Message.objects.get().consultation == right


@pytest.mark.django_db
def test_milestones_far_away_cost_one_query(django_assert_num_queries) -> None:
    make_scene()

    with django_assert_num_queries(1):
        plan_milestones(OPENS)


def subscribe(
    user: User | None,
    consultation: Consultation,
    choice: str = Choice.EVERY,
    at: datetime = OPENS,
) -> Subscription:
    subscription = factories.make_subscription(user, consultation, choice)
    subscription.chosen_at = at
    subscription.save()
    return subscription


def seven_before(closes_at: datetime, days: int) -> datetime:
    """Seven in the morning, in winter, so many days before the day of the close."""
    return (closes_at - timedelta(days=days)).replace(hour=7, minute=0)


def closing(consultation: Consultation) -> datetime:
    assert consultation.closes_at is not None
    return consultation.closes_at
