"""What waits for a moderator, and what was decided: cases and append-only decisions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.comment import Comment
from consultations.models.consultation import Consultation
from consultations.models.documents import Document
from consultations.models.organisations import Membership
from consultations.models.reference import Reason
from consultations.models.reports import Report
from consultations.models.version import CommentVersion


def exactly_one(*fields: str) -> Q:
    """Return the condition that one of these fields is set, and the others are null."""
    found = Q()
    for one in fields:
        found |= Q(**{f"{field}__isnull": field != one for field in fields})
    return found


class CaseQuerySet(models.QuerySet["Case"]):
    """The queue."""

    def waiting(self) -> "CaseQuerySet":
        """Return the cases that wait for a decision."""
        return self.filter(closed_at__isnull=True)

    def before_publication(self) -> "CaseQuerySet":
        """Return those of comments that are not shown as they were sent last, and so wait."""
        unread = Q(
            comment__state="published", comment__submitted_version=F("comment__public_version")
        )
        return self.waiting().filter(~unread, comment__isnull=False)


class Case(models.Model):
    """What waits, or waited, for a moderator: a comment, claim, report, document or appeal."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="cases",
        verbose_name=_("consultation"),
    )
    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("comment"),
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("membership"),
    )
    report = models.ForeignKey(
        Report,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("report"),
    )
    document = models.ForeignKey(
        Document,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("document"),
    )
    appeal = models.ForeignKey(
        "consultations.Appeal",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("appeal"),
    )
    since = models.DateTimeField(_("waiting since"))
    closed_at = models.DateTimeField(_("decided"), null=True, blank=True)
    marks = models.JSONField(_("marks"), default=list, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("claimed by"),
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("moderation queue")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("comment", "membership", "report", "document", "appeal"),
                name="case_one_subject",
            ),
            models.UniqueConstraint(
                fields=["comment"],
                condition=Q(closed_at__isnull=True),
                name="case_comment_waits_once",
            ),
            models.UniqueConstraint(
                fields=["consultation", "membership"],
                condition=Q(closed_at__isnull=True, membership__isnull=False),
                name="case_claim_waits_once",
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(report__isnull=False),
                name="case_report_once",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(closed_at__isnull=True, document__isnull=False),
                name="case_document_waits_once",
            ),
            models.UniqueConstraint(
                fields=["appeal"],
                condition=Q(appeal__isnull=False),
                name="case_appeal_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["since", "id"], name="case_waiting", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["consultation", "since", "id"],
                name="case_waiting_here",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                name="case_decided",
                condition=Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(_("case %(number)s") % {"number": self.pk})


class Decision(models.Model):
    """What was decided, by whom, when, why and on which version; never changed."""

    class Verb(models.TextChoices):
        PUBLISH = "publish", _("published")
        REJECT = "reject", _("rejected")
        HOLD = "hold", _("held")
        HIDE = "hide", _("hidden")
        CONFIRM = "confirm", _("claim confirmed")
        REFUSE = "refuse", _("claim refused")
        DISMISS = "dismiss", _("report read, nothing to do")
        UPHOLD = "uphold", _("report upheld, comment hidden")
        UNDO = "undo", _("decision undone")
        OVERTURN = "overturn", _("appeal upheld, shown after all")
        LET_STAND = "let_stand", _("appeal dismissed, the decision stands")
        REDACT = "redact", _("words removed")
        UNREDACT = "unredact", _("words put back")

    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("case"),
    )
    version = models.ForeignKey(
        CommentVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("version"),
    )
    verb = models.CharField(_("decision"), max_length=12, choices=Verb)
    state_before = models.CharField(_("state before"), max_length=12)
    state_after = models.CharField(_("state after"), max_length=12)
    reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason"),
    )
    note = models.TextField(_("note for colleagues"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"))
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )
    # How the comment stood before, without its words: what an undo brings back.
    stood = models.JSONField(_("as it stood before"), default=dict, blank=True)

    # What leaves open whether the public sees it: what was decided on that before goes on standing.
    BESIDE = frozenset({Verb.HOLD, Verb.REDACT, Verb.UNREDACT})

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb="undo", undoes__isnull=False)
                | (~Q(verb="undo") & Q(undoes__isnull=True)),
                name="decision_undo_names_what",
            )
        ]
        indexes = [models.Index(fields=["-decided_at", "-id"], name="decision_newest")]
        triggers = append_only("decisions are append-only")

    def __str__(self) -> str:
        return str(_("decision %(number)s") % {"number": self.pk})

    @property
    def letter_key(self) -> str:
        """The key of the one letter that tells of it, in the outbox."""
        return f"decision:{self.pk}"
