"""Mail that came back, as files in the shapes that real relays and mailbox providers write."""

from pathlib import Path

import pytest
from django.utils import timezone

from consultations.mail import bounces
from consultations.models import Message, Subscription, Suppression
from tests.factories import make_comment, make_response, make_subscription, make_user

pytestmark = pytest.mark.django_db
RETURNED = Path(__file__).with_name("returned")
ADDRESS, OURS = "leader@council.example", "<6f1ed002ab5595859014ebf0951522d9@consult.example>"


def digest_to(subscription: Subscription) -> Message:
    """Return a digest that was sent, as the returned mails name it."""
    now = timezone.now()
    return Message.objects.create(
        stream=Message.Stream.DIGEST,
        dedupe_key="digest",
        to=subscription.user.email,
        user=subscription.user,
        consultation=subscription.consultation,
        state=Message.State.SENT,
        queued_at=now,
        not_before=now,
        message_id=OURS,
    )


@pytest.mark.parametrize(
    ("name", "kind", "state", "suppressed", "choice"),
    [
        ("postfix", "nobody", "failed", True, "every"),
        ("exchange", "nobody", "failed", True, "every"),
        ("gmail", "nobody", "failed", True, "every"),
        # its status is 5.0.0 for everything: the code stands in the words
        ("exim", "nobody", "failed", True, "every"),
        ("delayed", "delayed", "sent", False, "every"),
        # a full mailbox is emptied again: staff see the mail, the address is kept
        ("full", "refused", "failed", False, "every"),
        ("complaint", "complaint", "sent", False, "nothing"),
    ],
)
def test_returned_mail_does_what_it_says(
    name: str, kind: str, state: str, suppressed: bool, choice: str
) -> None:
    subscription = make_subscription(make_user(ADDRESS))
    message = digest_to(subscription)

    [report] = bounces.read((RETURNED / f"{name}.eml").read_bytes())
    assert bounces.take(report, at=timezone.now())

    message.refresh_from_db()
    subscription.refresh_from_db()
    assert (report.kind, report.address, report.message_id) == (kind, ADDRESS, OURS)
    assert (message.state, subscription.choice) == (state, choice)
    assert Suppression.objects.filter(address=ADDRESS).exists() == suppressed


def test_a_complaint_stops_what_was_answered_and_never_chosen_about() -> None:
    reader = make_user(ADDRESS)
    subscription = make_subscription(reader)
    answered = make_comment(response=make_response(respondent=reader)).response.consultation
    digest_to(subscription)
    [report] = bounces.read((RETURNED / "complaint.eml").read_bytes())

    bounces.take(report, at=timezone.now())
    bounces.take(report, at=timezone.now())

    rows = Subscription.objects.filter(user=reader).order_by("pk")
    assert [(row.consultation, row.choice) for row in rows] == [
        (subscription.consultation, "nothing"),
        (answered, "nothing"),
    ]
    assert all(row.complained_at for row in rows)
