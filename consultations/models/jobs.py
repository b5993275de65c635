"""What a web page asks a worker to build: the page writes a row, the worker its result."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.consultation import Consultation
from consultations.models.uploads import Upload


class Job(models.Model):
    """A piece of work asked for by one person, whose result is fetched until it expires."""

    class What(models.TextChoices):
        PREVIEW = "preview", _("preview of the next edition")
        MAIL_PREVIEW = "mail_preview", _("preview of the next edition, by e-mail")
        IMPORT = "import", _("import of responses")
        EXPORT = "export", _("file to download")
        VERIFY = "verify", _("verification of the ledger")
        PACK = "pack", _("evidence pack")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    what = models.CharField(_("what"), max_length=20, choices=What)
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="jobs",
        verbose_name=_("consultation"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="jobs",
        verbose_name=_("asked by"),
    )
    # What is to be done, and with which file, where the kind of work alone does not say it.
    order = models.JSONField(_("order"), default=dict, blank=True)
    upload = models.ForeignKey(
        Upload,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("upload"),
    )
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="job_waiting",
                condition=Q(state__in=["asked", "running"]),
            )
        ]


class JobPart(models.Model):
    """A piece of the file that a worker built: none is ever held whole in memory."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="parts", verbose_name=_("job")
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        ordering = ["job", "number", "pk"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_part_once")]
