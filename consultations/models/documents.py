"""Evidence documents: the owner's beside what is asked, and one that a response may carry.

The bytes stand in rows of their own: no list reads them.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from consultations import files
from consultations.models.addresses import new_reference
from consultations.models.confidentiality import ConfidentialityRequest
from consultations.models.consultation import Consultation
from consultations.models.document_guards import GUARDS, GUARDS_OF_BYTES
from consultations.models.recommendation import Recommendation
from consultations.models.reference import Reason
from consultations.models.response import Permission, Response


class DocumentQuerySet(models.QuerySet["Document"]):
    """Whose documents they are, and which of them the public may have."""

    def of_owner(self) -> "DocumentQuerySet":
        """Return the owner's, those that were withdrawn among them, in the order of adding."""
        return self.filter(response__isnull=True).order_by("uploaded_at", "pk")

    def public(self) -> "DocumentQuerySet":
        """Return the respondents' that may be shown wherever answers are, newest first.

        A moderator published it, its respondent allows it, and no request for confidentiality of
        the whole response waits or was granted.
        """
        asked = ConfidentialityRequest.objects.filter(response=OuterRef("response"))
        standing = asked.exclude(outcome=ConfidentialityRequest.Outcome.REFUSED)
        return (
            self.filter(~Exists(standing), response__isnull=False, state=Document.State.PUBLISHED)
            .exclude(permission=Permission.UNPUBLISHED)
            .select_related("response")
            .order_by("-published_at", "-pk")
        )

    def after(self, document: "Document") -> "DocumentQuerySet":
        """Return those that stand after a public one, newest first."""
        at = document.published_at
        return self.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=document.pk))

    def in_hand(self) -> "DocumentQuerySet":
        """Return those that are saved and not sent."""
        return self.filter(state__in=[Document.State.DRAFT, Document.State.ASIDE])

    def kept_in(self, response: Response | None) -> "tuple[Document, ...]":
        """Return what a response carries, but for what was taken back or replaced (one query)."""
        if response is None:
            return ()
        gone = [Document.State.WITHDRAWN, Document.State.REPLACED]
        kept = self.filter(response=response).exclude(state__in=gone)
        return tuple(kept.order_by("-uploaded_at", "-pk"))

    def store(self, file: files.File, **fields: Any) -> "Document":
        """Add a document and its bytes."""
        document = self.create(
            file_name=file.name,
            kind=file.kind.value,
            size=len(file.content),
            sha256=file.sha256,
            **fields,
        )
        DocumentContent.objects.create(document=document, content=file.content)
        return document

    def move(self, response: Response, to: Response) -> None:
        """Bring what is saved in a response into another.

        Where that has one to send already, this one stands aside there: nothing is lost.
        """
        taken = Document.objects.filter(response=to, state=Document.State.DRAFT).exists()
        for document in self.in_hand().filter(response=response).order_by("pk"):
            if taken:
                document.state = Document.State.ASIDE
            taken = taken or document.state == Document.State.DRAFT
            document.response = to
            document.save(update_fields=["response", "state"])

    def drop_content(self) -> None:
        """Delete the bytes; what is known of the documents stays."""
        DocumentContent.objects.filter(document__in=self).delete()


class Document(models.Model):
    """One file with its title. Without a response it is the owner's, else its respondent's."""

    class State(models.TextChoices):
        DRAFT = "draft", _("saved, not sent")
        # A colleague had saved another one: one of the two is sent.
        ASIDE = "aside", _("saved, not the one to send")
        SUBMITTED = "submitted", _("waits for a moderator")
        PUBLISHED = "published", _("published")
        REJECTED = "rejected", _("not published")
        HIDDEN = "hidden", _("no longer shown")
        REPLACED = "replaced", _("replaced by a newer one")
        WITHDRAWN = "withdrawn", _("withdrawn")

    reference = models.CharField(_("reference"), max_length=8, default=new_reference, unique=True)
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="documents",
        verbose_name=_("consultation"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("recommendation"),
    )
    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("response"),
    )
    title = models.CharField(_("title"), max_length=200)
    file_name = models.CharField(_("file"), max_length=files.MOST_NAME)
    kind = models.CharField(
        _("kind"), max_length=4, choices=[(kind.value, kind.value.upper()) for kind in files.Kind]
    )
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    permission = models.CharField(
        _("permission to publish"), max_length=12, choices=Permission, default=Permission.NAMED
    )
    state = models.CharField(_("state"), max_length=12, choices=State)
    reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason"),
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("added"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # The owner's words, which stay on the page; a respondent need give none.
    why_withdrawn = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(response__isnull=False, recommendation__isnull=True)
                | Q(response__isnull=True, state__in=["published", "withdrawn"]),
                name="document_of_owner_or_respondent",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=files.MOST_BYTES), name="document_size"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="document_withdrawn_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(state="withdrawn", title="", file_name=""),
                name="document_erased_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(response__isnull=True)
                | Q(state__in=["draft", "aside"], sent_at__isnull=True)
                | (~Q(state__in=["draft", "aside"]) & Q(sent_at__isnull=False)),
                name="document_sent_has_instant",
            ),
            *(
                models.UniqueConstraint(
                    fields=["response"],
                    condition=Q(state=state, response__isnull=False),
                    name=f"document_{name}_once",
                )
                for state, name in (
                    ("draft", "drafted"),
                    ("submitted", "waits"),
                    ("published", "public"),
                )
            ),
        ]
        indexes = [
            models.Index(
                fields=["consultation", "-published_at", "-id"],
                name="document_of_respondents",
                condition=Q(response__isnull=False, state="published"),
            )
        ]
        triggers = GUARDS

    def __str__(self) -> str:
        return self.title or str(_("document %(reference)s") % {"reference": self.reference})

    @property
    def size_in_words(self) -> str:
        """Return the size as "1.2 MB"."""
        return files.size_in_words(self.size)

    @property
    def signature(self) -> str:
        """Return the name that a respondent's document is shown with, or "" for none.

        Its `response` must be at hand.
        """
        return self.response.signature(self.permission) if self.response else ""

    @property
    def stands(self) -> bool:
        """Whether a respondent's was sent, and has not been taken back, replaced or refused."""
        return self.state in {self.State.SUBMITTED, self.State.PUBLISHED}

    def withdraw(self, at: datetime, why: str = "") -> None:
        """Note that it is no longer handed out (saved)."""
        self.state, self.withdrawn_at, self.why_withdrawn = self.State.WITHDRAWN, at, why
        self.save(update_fields=["state", "withdrawn_at", "why_withdrawn"])


class DocumentContent(models.Model):
    """The bytes of one document; never changed, and gone where nobody may have them any more."""

    document = models.OneToOneField(
        Document,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="bytes",
        verbose_name=_("document"),
    )
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("content of a document")
        verbose_name_plural = _("contents of documents")
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    Func(
                        F("content"),
                        function="octet_length",
                        output_field=models.IntegerField(),
                    ),
                    files.MOST_BYTES,
                ),
                name="document_content_size",
            )
        ]
        triggers = GUARDS_OF_BYTES
