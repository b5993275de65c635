"""What the outbox holds of a person: letters to them, and those that tell others their name."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.addresses import deliverable
from consultations.mail.letter import Action, Letter, Paragraph
from consultations.models import ColleagueInvitation, Membership, Message, User

State = Message.State
# Nothing more happens to these by themselves.
ENDED = [State.SENT, State.SUPPRESSED]


def forget(person: User, addresses: Collection[str], at: datetime) -> None:
    """Empty every mail to the person, and each that names them; what waits is not sent any more.

    One that is being sent just now may arrive: nobody can call it back.
    """
    theirs = Q(user=person) | Q(address__in=list(addresses)) | _naming(person)
    rows = Message.objects.alias(address=Lower("to")).filter(theirs)
    _empty(rows.exclude(dedupe_key=_key(person)).values_list("pk", flat=True), at)


def tell(person: User, address: str, at: datetime) -> None:
    """Queue the letter that says that it is done, to the address that the person had."""
    letter = Letter(
        subject=_("Your account is deleted"),
        blocks=(
            Paragraph(_("Your account on this site is deleted, as was asked.")),
            Paragraph(
                _(
                    "What was published stays, without your name. Everything else that you wrote "
                    "here is erased. We forget this address within the hour."
                )
            ),
            Paragraph(_("If you did not ask for this, write to us at once.")),
            Action(_("Contact"), f"{settings.SITE_URL}/contact/"),
        ),
    )
    if deliverable(address):
        outbox.queue(
            stream=Message.Stream.TRANSACTION, key=_key(person), to=address, letter=letter, at=at
        )


def last_letter(person: User) -> Message | None:
    """Return the letter that says that it is done, while it is known."""
    return Message.objects.filter(dedupe_key=_key(person)).first()


def forget_last(person: User, at: datetime) -> None:
    """Empty that letter as well."""
    _empty(Message.objects.filter(dedupe_key=_key(person)).values_list("pk", flat=True), at)


def _key(person: User) -> str:
    return f"erased:{person.pk}"


def _naming(person: User) -> Q:
    """Return the condition on letters that told others the person's name: see `desk.letters`."""
    mine = Membership.objects.filter(user=person)
    invited = ColleagueInvitation.objects.filter(by__in=mine).values_list("pk", flat=True)
    found = Q(dedupe_key__in=[f"colleague:{key}" for key in invited])
    for key in mine.values_list("pk", flat=True):
        found |= Q(dedupe_key__startswith=f"request:{key}:")
    return found


def _empty(found: Collection[int], at: datetime) -> None:
    rows = Message.objects.filter(pk__in=list(found))
    rows.exclude(state__in=ENDED).update(
        state=State.SUPPRESSED, lease=None, lease_until=None, done_at=at
    )
    rows.update(to="", letter={}, reply="", user=None)
