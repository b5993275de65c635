"""Erasing a person: one transaction, after which no row says who they were.

What was on its way at that moment is looked for once more by `finish`, within the hour.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from consultations.accounts import ownership, post, posts, words
from consultations.accounts.reach import addresses, concerned
from consultations.accounts.rules import refusals
from consultations.models import Appeal, Job, PersonalCopy, Response, Subscription, User


class ErasureRefused(Exception):  # noqa: N818
    """The person cannot be erased now, with the sentences that say what to do first."""


@transaction.atomic
def erase(*, person: User, by: User, at: datetime) -> None:
    """Erase a person at once and for good, and queue one letter to the address that they had.

    Published comments stay without a name; what only the person wrote is emptied, and what an
    organisation wrote stays its own. Raises ErasureRefused where somebody has to take over first,
    and for one who was erased already.
    """
    posts.lock(person)
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if locked.erased_at is not None:
        raise ErasureRefused(_("This account is deleted already."))
    refused = refusals(locked)
    if refused:
        raise ErasureRefused(" ".join(refused))
    told, address = concerned(locked), locked.email
    ended = take_out(locked, addresses(locked), at)
    roles = posts.end_roles(locked, at)
    _make_nobody(locked, at)
    post.tell(locked, address, at)
    posts.record(locked, by, roles, told, at, ended=ended)
    person.refresh_from_db()


def take_out(person: User, known_addresses: set[str], at: datetime) -> list[Appeal]:
    """Take the person out of every table but their own row; doing it again changes nothing.

    Returns the appeals that this ended, for the ledger, whose lock comes last.
    """
    posts.end_memberships(person, at)
    own = _locked(person)
    # After the responses, as an undo has it.
    post.forget(person, known_addresses, at)
    ended = words.erase_words(own, at)
    words.let_go(person)
    posts.forget_words(person)
    posts.forget_invitations(person, at)
    posts.keep_suppressed(person)
    _forget_account(person)
    return ended


def _locked(person: User) -> list[Response]:
    """Return the responses that are the person's alone, each locked as its verbs lock it.

    Those that they share have been handed over by then, or have nobody else.
    """
    rows = ownership.own(person).select_for_update(of=("self",), no_key=True)
    return list(rows.order_by("pk"))


def _forget_account(person: User) -> None:
    """Delete what belongs to the account alone."""
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    LogEntry.objects.filter(user=person).delete()
    Subscription.objects.filter(user=person).delete()
    PersonalCopy.objects.filter(person=person).delete()
    PersonalCopy.objects.filter(asked_by=person).delete()
    Job.objects.filter(asked_by=person).exclude(what=Job.What.IMPORT).delete()
    person.groups.clear()
    person.user_permissions.clear()


def _make_nobody(person: User, at: datetime) -> None:
    """Leave of the person's own row a number that other rows point at."""
    person.email = posts.no_address()
    person.name = person.kind = person.acting_for = ""
    person.region = person.organisation = person.last_login = None
    person.is_active = person.is_staff = person.is_superuser = False
    person.erased_at = at
    person.set_unusable_password()
    person.save()
