"""Consultations: what an owner asks, when, and how. What is asked stands in `recommendation`."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.open_to import open_to
from consultations.models.people import Role, User

# How long an edition may wait by itself before it goes out.
QUIET_HOURS = (1, 72)


class OwnerKind(models.TextChoices):
    """What the owner is in law; selects the texts and the clock of a new consultation."""

    DEPARTMENT = "department", _("Government department")
    PUBLIC_BODY = "public_body", _("Other public body")
    PRIVATE = "private", _("Private or voluntary body")


class Language(models.TextChoices):
    """In what language comments are expected; what seems to be in another is marked."""

    ENGLISH = "en", _("English")
    WELSH = "cy", _("Welsh")


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Which consultations a reader may see, and in which phase they are."""

    def visible_to(self, user: User | None) -> "ConsultationQuerySet":
        """Return the published ones that are open to `user`, and all where `user` has a role."""
        seen = Q(state=Consultation.State.PUBLISHED) & open_to(user)
        if user is not None and user.pk is not None:
            held = Role.objects.filter(consultation=OuterRef("pk"), user=user, ends_at__isnull=True)
            seen |= Q(Exists(held))
        return self.filter(seen)


def new_preview_token() -> str:
    """Return a random, unguessable token for a preview link."""
    return secrets.token_urlsafe(16)


class Consultation(models.Model):
    """An exercise with an opening and a closing instant."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    class Phase(models.TextChoices):
        DRAFT = "draft", _("draft")
        UPCOMING = "upcoming", _("opens soon")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class AnswersShown(models.TextChoices):
        WHILE_OPEN = "open", _("while the consultation is open")
        AFTER_CLOSE = "closed", _("only after it has closed")

    class Moderation(models.TextChoices):
        BEFORE = "before", _("before publication")
        AFTER = "after", _("after publication")

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("every Tuesday at 7am")
        # and twice a week in the fortnight before the close
        QUICKENING = "quickening", _("every Tuesday at 7am, and every Friday in the last fortnight")
        DAILY = "daily", _("every day at 7am")

    class Release(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        BY_HAND = "by_hand", _("when an officer releases it")
        AFTER_QUIET = "after_quiet", _("after a quiet time, unless it is held")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        INVITED = "invited", _("invited organisations only")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    introduction = models.TextField(_("introduction"), help_text=_("Markdown"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    owner = models.CharField(_("owner"), max_length=200)
    owner_kind = models.CharField(_("what the owner is"), max_length=20, choices=OwnerKind)
    confidentiality = models.TextField(_("confidentiality text"), help_text=_("Markdown"))
    lawful_basis = models.TextField(_("lawful basis for personal data"))
    response_clock = models.BooleanField(
        _("an official response is due twelve weeks after closing"), default=False
    )
    contact_email = models.EmailField(_("contact e-mail address"))
    other_ways = models.TextField(
        _("other ways to respond"), blank=True, help_text=_("Markdown: post, telephone, formats")
    )

    answers_shown = models.CharField(
        _("answers are shown"), max_length=12, choices=AnswersShown, default=AnswersShown.WHILE_OPEN
    )
    moderation = models.CharField(
        _("moderation"), max_length=12, choices=Moderation, default=Moderation.BEFORE
    )
    cadence = models.CharField(_("digests"), max_length=12, choices=Cadence, default=Cadence.WEEKLY)
    release = models.CharField(
        _("a digest goes out"),
        max_length=12,
        choices=Release,
        default=Release.AT_ONCE,
        editable=False,
    )
    quiet_hours = models.PositiveSmallIntegerField(
        _("hours of quiet before a digest goes out"), default=24, editable=False
    )
    visibility = models.CharField(
        _("visibility"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    target_days = models.PositiveSmallIntegerField(_("days to a moderator's decision"), default=3)
    reports_to_hide = models.PositiveSmallIntegerField(
        _("readers' reports that take a comment from view until a moderator reads it"),
        default=0,
        help_text=_(
            "By so many different people, since it was last decided on. 0: never. No single "
            "person's report hides anything, so 1 is no choice."
        ),
    )
    language = models.CharField(
        _("language of the comments"), max_length=8, choices=Language, default=Language.ENGLISH
    )
    digests_held_at = models.DateTimeField(_("digests held since"), null=True, editable=False)
    digests_held_reason = models.CharField(
        _("why digests are held"), max_length=500, blank=True, editable=False
    )
    # At which instant an officer last had the final summary made, whatever waited still.
    final_asked_at = models.DateTimeField(_("final summary asked for"), null=True, editable=False)
    # When its official response, complete, was told to its readers: once.
    official_told_at = models.DateTimeField(_("official response told"), null=True, editable=False)
    privacy_version = models.CharField(
        _("version of the privacy notice"), max_length=20, default="1"
    )
    preview_token = models.CharField(max_length=40, default=new_preview_token, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(opens_at__isnull=False, closes_at__isnull=False, published_at__isnull=False),
                name="consultation_published_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="consultation_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=~Q(reports_to_hide=1), name="consultation_hides_for_no_single_report"
            ),
            models.CheckConstraint(
                condition=Q(quiet_hours__range=QUIET_HOURS), name="consultation_quiet_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def notices(self) -> str:
        """Return what names the notices as they stand: the version, and a hash of their words."""
        words = "\0".join((self.confidentiality, self.lawful_basis))
        return f"{self.privacy_version}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"

    def phase(self, at: datetime) -> "Consultation.Phase":
        """Return where in its life the consultation is at the instant `at`."""
        if self.state == self.State.DRAFT or self.opens_at is None or self.closes_at is None:
            return self.Phase.DRAFT
        if at < self.opens_at:
            return self.Phase.UPCOMING
        return self.Phase.OPEN if at < self.closes_at else self.Phase.CLOSED

    def shows_answers(self, at: datetime) -> bool:
        """Whether the public may read comments and editions at the instant `at`."""
        phase = self.phase(at)
        if self.answers_shown == self.AnswersShown.WHILE_OPEN:
            return phase in {self.Phase.OPEN, self.Phase.CLOSED}
        return phase == self.Phase.CLOSED

    def has_opened(self, at: datetime) -> bool:
        """Whether text and closing time change only by a correction from now on."""
        return self.phase(at) in {self.Phase.OPEN, self.Phase.CLOSED}
