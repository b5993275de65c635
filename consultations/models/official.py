"""The owner's official response: what it answers on each recommendation, and what it answers to.

Drafts are written freely; once published a version is fixed, and progress is told by a later one.
"""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only, no_truncate
from consultations.models.comment import Comment
from consultations.models.consultation import Consultation
from consultations.models.digest import Edition
from consultations.models.recommendation import Recommendation

KEPT = "what was published as the official response is kept: add a version"
# People's keys are set to null where their rows go; nothing else of a published version changes.
FIXED_ONCE_PUBLISHED = f"""
IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR
    to_jsonb(NEW) - 'written_by_id' - 'reviewed_by_id' - 'published_by_id'
    <> to_jsonb(OLD) - 'written_by_id' - 'reviewed_by_id' - 'published_by_id')
THEN RAISE EXCEPTION '{KEPT}'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""
CITED_ONCE_PUBLISHED = f"""
IF EXISTS (
    SELECT FROM consultations_officialanswer
    WHERE id = COALESCE(OLD.answer_id, NEW.answer_id) AND published_at IS NOT NULL
) THEN RAISE EXCEPTION '{KEPT}'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class OfficialAnswerQuerySet(models.QuerySet["OfficialAnswer"]):
    """What is published, and what of it stands."""

    def published(self) -> "OfficialAnswerQuerySet":
        """Return every version that was ever published."""
        return self.filter(published_at__isnull=False)

    def shown(self, at: datetime) -> "OfficialAnswerQuerySet":
        """Return the published versions that a reader of their consultation may read at `at`.

        Until the close there is none; also where the closing time was moved later.
        """
        return self.published().filter(recommendation__consultation__closes_at__lte=at)

    def standing(self) -> "OfficialAnswerQuerySet":
        """Return the last published version on each recommendation."""
        later = OfficialAnswer.objects.published().filter(
            recommendation=OuterRef("recommendation"), number__gt=OuterRef("number")
        )
        return self.published().filter(~Exists(later))


class OfficialAnswer(models.Model):
    """One version of what the owner answers on one recommendation; the texts are Markdown."""

    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Accepted in part")
        NOT_ACCEPTED = "not_accepted", _("Not accepted")
        OTHERS = "others", _("For others to decide")
        CONSIDERING = "considering", _("Still considering")

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        related_name="official_answers",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=Status)
    asked = models.TextField(_("we asked"), help_text=_("Markdown"))
    said = models.TextField(_("you said"), help_text=_("Markdown"))
    will = models.TextField(_("we will"), help_text=_("Markdown"))
    progress = models.TextField(
        _("what has happened since"), blank=True, help_text=_("Markdown; in later versions")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = OfficialAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")
        ordering = ["recommendation", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "number"], name="official_answer_number"
            ),
            models.UniqueConstraint(
                fields=["recommendation"],
                condition=Q(published_at__isnull=True),
                name="official_answer_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(reviewed_at__isnull=False),
                name="official_answer_published_was_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(written_by__isnull=True)
                | Q(reviewed_by__isnull=True)
                | ~Q(reviewed_by=F("written_by")),
                name="official_answer_reviewed_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fixed_once_published",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=FIXED_ONCE_PUBLISHED,
            ),
            no_truncate(KEPT),
        ]

    def __str__(self) -> str:
        return str(self.get_status_display())

    @property
    def stamp(self) -> str:
        """What a page carries to tell whether the draft is still the one that it showed."""
        return self.written_at.isoformat()


class OfficialCitation(models.Model):
    """What an answer cites: a comment, or one sentence of an edition on its recommendation."""

    answer = models.ForeignKey(
        OfficialAnswer,
        on_delete=models.CASCADE,
        related_name="citations",
        verbose_name=_("official answer"),
    )
    comment = models.ForeignKey(
        Comment,
        on_delete=models.PROTECT,
        null=True,
        related_name="official_citations",
        verbose_name=_("comment"),
    )
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("edition"),
    )
    sentence = models.PositiveSmallIntegerField(_("sentence"), null=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "comment"],
                condition=Q(comment__isnull=False),
                name="official_citation_comment_once",
            ),
            models.UniqueConstraint(
                fields=["answer", "edition", "sentence"],
                condition=Q(edition__isnull=False),
                name="official_citation_sentence_once",
            ),
            models.CheckConstraint(
                condition=Q(comment__isnull=False, edition__isnull=True, sentence__isnull=True)
                | Q(comment__isnull=True, edition__isnull=False, sentence__isnull=False),
                name="official_citation_of_one_thing",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="cited_once_published",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=CITED_ONCE_PUBLISHED,
            ),
            no_truncate(KEPT),
        ]

    def __str__(self) -> str:
        return str(self.comment or _("a sentence of %(edition)s") % {"edition": self.edition})


class OfficialDelay(models.Model):
    """Why the official response is late, dated and public; a later reason stands beside it."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="official_delays",
        verbose_name=_("consultation"),
    )
    reason = models.CharField(_("reason"), max_length=500)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("reason for a late official response")
        verbose_name_plural = _("reasons for late official responses")
        ordering = ["given_at", "pk"]
        triggers = append_only("reasons for a delay are kept", forgets="given_by_id")

    def __str__(self) -> str:
        return self.reason
