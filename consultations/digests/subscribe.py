"""What a reader chose to receive about one consultation, and about all of theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations.models import Consultation, Membership, Subscription, User


class SubscribeError(Exception):
    """A choice that was overtaken by a later one, with the sentence that says so."""


@dataclass(frozen=True)
class Followed:
    """A consultation that a person follows or has answered, and what they chose, if they did."""

    consultation: Consultation
    chosen: Subscription | None


@transaction.atomic
def choose(
    *, user: User, consultation: Consultation, choice: str, seen: str, at: datetime
) -> Subscription:
    """Keep the reader's choice; the address for stopping the mail stays the same.

    `seen` is the stamp of the choice that the page showed ("" for none). Raises SubscribeError
    where another was made since, on another page, by a link in a mail or by a complaint: what was
    chosen later is never undone by a page that did not show it.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    wanted = Subscription.Choice(choice)
    fresh = {"choice": wanted, "chosen_at": at}
    chosen, made = rows.get_or_create(user=user, consultation=consultation, defaults=fresh)
    if made or chosen.choice == choice:
        return chosen
    if chosen.stamp != seen:
        said = _("Since this page was opened you chose something else: %(choice)s.")
        raise SubscribeError(said % {"choice": chosen.get_choice_display()})
    chosen.choice, chosen.chosen_at, chosen.complained_at = wanted, at, None
    chosen.save(update_fields=["choice", "chosen_at", "complained_at"])
    return chosen


def chosen_by(user: User, consultation: Consultation) -> Subscription | None:
    """Return what the reader chose, or None where they never did."""
    return Subscription.objects.filter(user=user, consultation=consultation).first()


def followed_by(user: User) -> list[Followed]:
    """Return what the person follows or has answered and may see, the latest first (two queries).

    A response of an organisation is answered by each who speaks for it.
    """
    speaks = Membership.objects.filter(user=user, claim=Membership.Claim.CONFIRMED, ended_at=None)
    chosen = {
        row.consultation_id: row for row in Subscription.objects.filter(user=user).order_by("pk")
    }
    mine = (
        Q(pk__in=chosen)
        | Q(pk__in=user.responses.values("consultation"))
        | Q(responses__organisation__in=speaks.values("organisation"))
    )
    rows: Iterable[Consultation] = (
        Consultation.objects.visible_to(user).filter(mine).distinct().order_by("-opens_at", "pk")
    )
    return [Followed(row, chosen.get(row.pk)) for row in rows]
