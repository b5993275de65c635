"""The seals of words that came in by the thousand: one ledger entry names the whole batch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import append_only
from consultations.models.question_answer import QuestionAnswerVersion
from consultations.models.version import CommentVersion


class BatchSeal(models.Model):
    """The salted hash of one imported version; the batch's entry holds the hash of all of them.

    Erasing a person sets the salt to null: nobody can then guess the words, and the entry stays
    true.
    """

    batch = models.UUIDField(_("batch"))
    salt = models.CharField(max_length=32, null=True)  # noqa: DJ001 - null is erased
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        abstract = True


class Seal(BatchSeal):
    """The seal of an imported version of a comment."""

    version = models.OneToOneField(
        CommentVersion,
        on_delete=models.PROTECT,
        related_name="seal",
        primary_key=True,
        verbose_name=_("version"),
    )

    class Meta:
        indexes = [models.Index(fields=["batch", "version"], name="seal_batch")]
        triggers = append_only("seals are append-only", forgets="salt")


class AnswerSeal(BatchSeal):
    """The seal of an imported version of an answer to a question of the owner's."""

    version = models.OneToOneField(
        QuestionAnswerVersion,
        on_delete=models.PROTECT,
        related_name="seal",
        primary_key=True,
        verbose_name=_("version"),
    )

    class Meta:
        indexes = [models.Index(fields=["batch", "version"], name="answer_seal_batch")]
        triggers = append_only("seals are append-only", forgets="salt")
