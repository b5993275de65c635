"""The owner's own questions; what is said to them stands in `question_answer`."""

from collections.abc import Collection

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import no_truncate
from consultations.models.consultation import Consultation
from consultations.models.recommendation import Recommendation

# The steps of every scale: an odd number, so that there is a middle.
SCALE = range(1, 6)
MOST_OPTIONS = 20
MOST_OPTION_CHARACTERS = 200

# A question stands as it is from the opening on, and wherever somebody has begun to answer it.
FIXED_ONCE_ASKED = """
IF EXISTS (
    SELECT FROM consultations_consultation AS held
    WHERE held.id = OLD.consultation_id
        AND held.state = 'published' AND held.opens_at <= statement_timestamp()
) OR EXISTS (SELECT FROM consultations_questiondraft WHERE question_id = OLD.id)
OR EXISTS (SELECT FROM consultations_questionanswer WHERE question_id = OLD.id) THEN
    RAISE EXCEPTION 'a question that may have been answered stays as it is';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class Question(models.Model):
    """One question of the owner's, on a recommendation or on the consultation as a whole.

    `options` are the choices in their order; an answer names them by their places, from 1.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("single choice")
        SEVERAL = "several", _("several choices")
        SCALE = "scale", _("scale from 1 to 5")
        SHORT = "short", _("short text")
        LONG = "long", _("long text")

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("consultation"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind)
    words = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=500, blank=True)
    options = ArrayField(
        models.CharField(max_length=MOST_OPTION_CHARACTERS),
        default=list,
        blank=True,
        verbose_name=_("choices"),
    )
    lowest = models.CharField(_("what 1 means"), max_length=60, blank=True)
    highest = models.CharField(_("what 5 means"), max_length=60, blank=True)
    required = models.BooleanField(_("has to be answered"), default=False)
    asks_why = models.BooleanField(_("asks “Why do you say so?”"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["consultation", "number", "pk"]
        constraints = [
            # Deferred, so that questions can change places in one transaction.
            models.UniqueConstraint(
                fields=["consultation", "number"],
                name="question_number",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="question_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=["single", "several"], options__len__gte=2)
                | (~Q(kind__in=["single", "several"]) & Q(options__len=0)),
                name="question_choices_have_options",
            ),
            models.CheckConstraint(
                condition=Q(asks_why=False) | ~Q(kind__in=["short", "long"]),
                name="question_why_of_a_choice",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fixed_once_asked",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=FIXED_ONCE_ASKED,
            ),
            no_truncate("questions that may have been answered are kept"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_text(self) -> bool:
        """Whether the answer is written, not chosen."""
        return self.kind in {self.Kind.SHORT, self.Kind.LONG}

    def choices(self) -> list[tuple[int, str]]:
        """Return what can be chosen, each by its number; nothing where the answer is written."""
        if self.kind == self.Kind.SCALE:
            return [(step, self._step(step)) for step in SCALE]
        return list(enumerate(self.options, start=1))

    def labels(self, chosen: list[int]) -> list[str]:
        """Return in words what was chosen."""
        known = dict(self.choices())
        return [known[number] for number in chosen if number in known]

    def takes(self, chosen: Collection[int], text: str, why: str) -> bool:
        """Whether an answer can say this: what is offered, one of it unless several, or words."""
        offered = {number for number, _label in self.choices()}
        fits = offered.issuperset(chosen) and (self.kind == self.Kind.SEVERAL or len(chosen) <= 1)
        return fits and (self.is_text or not text) and (self.asks_why or not why)

    def _step(self, step: int) -> str:
        ends = {SCALE[0]: self.lowest, SCALE[-1]: self.highest}
        meaning = ends.get(step, "")
        return f"{step}: {meaning}" if meaning else str(step)

    def place(self) -> str:
        """Name the question as lists and sentences do."""
        return gettext("Question %(number)s") % {"number": self.number}


def asks() -> models.Exists:
    """Of a row with a consultation: whether questions are asked there; it costs no query."""
    return models.Exists(Question.objects.filter(consultation=models.OuterRef("consultation")))
