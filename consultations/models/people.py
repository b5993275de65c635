"""People: one row each, carrying the profile; and what each may do in a consultation."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.reference import Kind, Region


class UserManager(BaseUserManager["User"]):
    """Makes users, whose e-mail address is their name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this address, in any case of letters."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password they log in by code."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in: a respondent, or staff."""

    class ActingFor(models.TextChoices):
        SELF = "self", _("Myself")
        ORGANISATION = "organisation", _("An organisation")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, blank=True)
    acting_for = models.CharField(_("answers for"), max_length=12, choices=ActingFor, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    organisation = models.ForeignKey(
        "consultations.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("answers for the organisation"),
    )
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    # Single keys can be in the way of speech input, so who wants none has none (WCAG 2.1.4).
    shortcuts = models.BooleanField(_("single-key shortcuts in the moderation queue"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    # The row stays, so that what staff decided still points at one person; nothing says who.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    # Until then a worker looks again for what was on its way while the person was erased.
    erasure_ended_at = models.DateTimeField(_("erasure ended"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["-date_joined", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    name="",
                    kind="",
                    acting_for="",
                    region__isnull=True,
                    organisation__isnull=True,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
                name="user_erased_is_nobody",
            ),
            models.CheckConstraint(
                condition=Q(erasure_ended_at__isnull=True) | Q(erased_at__isnull=False),
                name="user_erasure_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["erased_at"],
                name="user_being_erased",
                condition=Q(erased_at__isnull=False, erasure_ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return str(_("a person whose account was deleted"))
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the person's name, for Django's own templates."""
        return self.name

    def get_short_name(self) -> str:
        """Return the person's name, for Django's own templates."""
        return self.name

    @property
    def profile_complete(self) -> bool:
        """Whether the four questions about the respondent are answered."""
        answers_for = self.acting_for == self.ActingFor.SELF or self.organisation_id is not None
        return bool(self.kind and self.acting_for and self.name and self.region_id and answers_for)


class Right(models.TextChoices):
    """What a role lets its holder do in one consultation."""

    OFFICER = "officer", _("officer")
    MODERATOR = "moderator", _("moderator")
    ANALYST = "analyst", _("analyst")
    AUDITOR = "auditor", _("auditor")


# The rights that let their holders read what is not public yet.
READS_ALL = frozenset({Right.OFFICER, Right.MODERATOR, Right.ANALYST})


class Role(models.Model):
    """A right in one consultation. Groups only open the admin's door; `policy` reads this."""

    Right = Right

    consultation = models.ForeignKey(
        "consultations.Consultation",
        on_delete=models.CASCADE,
        related_name="roles",
        verbose_name=_("consultation"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="roles",
        verbose_name=_("person"),
    )
    right = models.CharField(_("right"), max_length=12, choices=Right)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["right", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "user", "right"],
                condition=Q(ends_at__isnull=True),
                name="role_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_right_display()}"
