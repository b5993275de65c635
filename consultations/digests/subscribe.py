"""What a reader chose to receive about one consultation."""

from datetime import datetime

from consultations.models import Consultation, Subscription, User


def choose(*, user: User, consultation: Consultation, choice: str, at: datetime) -> Subscription:
    """Keep the reader's choice; the address for stopping the mail stays the same."""
    chosen, _made = Subscription.objects.update_or_create(
        user=user,
        consultation=consultation,
        defaults={"choice": Subscription.Choice(choice), "chosen_at": at},
    )
    return chosen


def chosen_by(user: User, consultation: Consultation) -> Subscription | None:
    """Return what the reader chose, or None where they never did."""
    return Subscription.objects.filter(user=user, consultation=consultation).first()
