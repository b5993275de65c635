"""Make or promote an officer, and print a one-time link by which they set a password."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from consultations import roles
from consultations.models import Consultation, Role, User, database_now
from consultations.roles import RoleError


class Command(BaseCommand):
    """`manage.py create_officer EMAIL [--consultation SLUG] [--administrator]`."""

    help = "Make or promote an officer, and print a one-time link to set a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the address and the consultation."""
        parser.add_argument("email")
        parser.add_argument("--consultation", default="", metavar="SLUG")
        parser.add_argument(
            "--administrator",
            action="store_true",
            help="also keep reasons, organisations, suppressed addresses and accounts",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the officer, then print what they do next."""
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no e-mail address.") from error
        consultation = self._consultation(options["consultation"])
        try:
            user = self._make(email, consultation, administrator=options["administrator"])
        except RoleError as error:
            raise CommandError(str(error)) from error
        where = f" of {consultation.slug}" if consultation else ""
        self.stdout.write(f"{email} is an officer{where}.")
        self.stdout.write("To set a password, open this link once, within three days:")
        self.stdout.write(self._link(user))
        self.stdout.write("The admin then asks for a second factor before it opens.")

    def _consultation(self, slug: str) -> Consultation | None:
        if not slug:
            return None
        found = Consultation.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no consultation {slug!r}.")
        return found

    @transaction.atomic
    def _make(self, email: str, consultation: Consultation | None, *, administrator: bool) -> User:
        """Make or find the person, their confirmed address, and their rights."""
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
        if not user.is_active:
            raise RoleError("This person's account is closed.")
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        roles.open_door(user, Role.Right.OFFICER)
        if administrator:
            roles.make_administrator(user)
        if consultation is not None:
            roles.give(
                user=user,
                consultation=consultation,
                right=Role.Right.OFFICER,
                by=None,
                at=database_now(),
            )
        return user

    def _link(self, user: User) -> str:
        """Return allauth's link to set a password; setting one uses it up."""
        key = default_token_generator.make_token(user)
        path = reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
        )
        return f"{settings.SITE_URL}{path}"
