"""The owner's questions: built, ordered and removed until their consultation opens."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import publishing
from consultations.admin import filters, rights
from consultations.admin.base import PolicyAdmin
from consultations.forms import TidyField
from consultations.models import Consultation, Question, Recommendation, database_now
from consultations.models.question import MOST_OPTION_CHARACTERS, MOST_OPTIONS
from consultations.publishing import Asked, PublishingError

FIELDS = (
    "consultation",
    "recommendation",
    "place",
    "kind",
    "words",
    "hint",
    "choices",
    "lowest",
    "highest",
    "required",
    "asks_why",
)


def _short(label: Any, limit: int, *, required: bool = False, hint: Any = "") -> TidyField:
    widget = forms.TextInput(attrs={"size": 80})
    return TidyField(label=label, limit=limit, required=required, help_text=hint, widget=widget)


class RecommendationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A recommendation, with its consultation where there are several to choose from."""

    def label_from_instance(self, obj: Any) -> str:
        """Name it by its number and title, after its consultation's."""
        return f"{obj.consultation}: {obj.number}. {obj.current or ''}"


class QuestionForm(forms.ModelForm[Question]):
    """A question as an officer writes it; its choices stand on a line each."""

    words = _short(gettext_lazy("Question"), 300, required=True)
    hint = _short(
        gettext_lazy("Hint"), 500, hint=gettext_lazy("A sentence under the question, if it helps.")
    )
    choices = TidyField(
        label=gettext_lazy("Choices"),
        limit=MOST_OPTIONS * (MOST_OPTION_CHARACTERS + 1),
        lines=True,
        required=False,
        help_text=gettext_lazy("For single and several choices: each on a line of its own."),
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
    )
    lowest = _short(gettext_lazy("What 1 means"), 60, hint=gettext_lazy("For a scale."))
    highest = _short(gettext_lazy("What 5 means"), 60, hint=gettext_lazy("For a scale."))
    place = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        required=False,
        min_value=1,
        max_value=1_000,
        help_text=gettext_lazy("The others make room. Empty: at the end."),
    )

    class Meta:
        model = Question
        fields = ("consultation", "recommendation", "kind", "required", "asks_why")
        field_classes = {"recommendation": RecommendationField}
        help_texts = {
            "consultation": gettext_lazy(
                "Questions are written before a consultation opens: only those that have not "
                "opened are here."
            ),
            "recommendation": gettext_lazy("Empty: about the consultation as a whole."),
            "required": gettext_lazy("Nobody can send anything without an answer to it."),
            "asks_why": gettext_lazy("For choices and scales."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            for name in ("words", "hint", "lowest", "highest"):
                self.initial[name] = getattr(self.instance, name)
            self.initial["choices"] = "\n".join(self.instance.options)
            self.initial["place"] = self.instance.number

    def validate_constraints(self) -> None:
        """Leave it to `Asked.problems`, whose sentences an officer understands."""

    def clean(self) -> dict[str, Any]:
        """Refuse beside its field what does not fit together."""
        said = super().clean() or self.cleaned_data
        about = said.get("recommendation")
        of = said.get("consultation") or (self.instance.consultation if self.instance.pk else None)
        if about is not None and of is not None and about.consultation_id != of.pk:
            self.add_error("recommendation", _("Choose one of this consultation’s."))
        if not self.errors:
            names = {"options": "choices"}
            for name, sentence in self.asked().problems().items():
                self.add_error(names.get(name, name), sentence)
        return said

    def asked(self) -> Asked:
        """Return what a valid form asks."""
        said = self.cleaned_data
        lines = [line.strip() for line in said["choices"].split("\n")]
        about = said.get("recommendation")
        return Asked(
            kind=said["kind"],
            words=said["words"],
            hint=said["hint"],
            options=tuple(line for line in lines if line),
            lowest=said["lowest"],
            highest=said["highest"],
            required=said["required"],
            asks_why=said["asks_why"],
            about=about.number if about else None,
        )


@admin.register(Question)
class QuestionAdmin(PolicyAdmin[Question]):
    """The questions of the consultations where the user has a right; officers write them."""

    readers = rights.ANY
    writers = adders = deleters = rights.OFFICER
    form = QuestionForm
    list_display = ("number", "words", "kind", "about", "required", "consultation")
    list_display_links = ("words",)
    list_select_related = ("consultation", "recommendation")
    list_filter = (filters.ConsultationFilter,)
    sortable_by = ()

    @admin.display(description=gettext_lazy("About"))
    def about(self, question: Question) -> str:
        """Name what the question is about."""
        return str(question.recommendation or _("the whole"))

    @admin.display(description=gettext_lazy("Choices"))
    def choices(self, question: Question) -> str:
        """Give the choices to those who only read."""
        return "\n".join(question.options) or "–"

    @admin.display(description=gettext_lazy("Place in the order"))
    def place(self, question: Question) -> int:
        """Give the number to those who only read."""
        return question.number

    def has_change_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """Officers write a question until its consultation opens; then it stands as it is."""
        return super().has_change_permission(request, obj) and not _opened(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """Officers remove it until then."""
        return super().has_delete_permission(request, obj) and not _opened(obj)

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        """Say until when questions are written."""
        sentence = _(
            "Questions are written until the consultation opens. From then on people may be "
            "answering them: none is added, changed or removed. Answers are counted and read by "
            "the owner, and never published."
        )
        return [(None, {"fields": FIELDS, "description": sentence})]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[str, ...]:
        """Keep a question in its consultation."""
        return ("consultation",) if obj is not None else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the consultation whose questions were looked at."""
        listed = QueryDict(request.GET.get("_changelist_filters", ""))
        found = request.GET.get("consultation") or listed.get("consultation", "")
        return {"consultation": found}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer what the officer may still ask about, without links to other pages."""
        if not db_field.is_relation:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        mine = rights.where(request, rights.OFFICER)
        if db_field.name == "consultation":
            kwargs["queryset"] = _unopened(mine).order_by("title", "pk")
        else:
            of = Recommendation.objects.filter(consultation__in=_unopened(mine))
            kwargs["queryset"] = of.select_related("consultation", "current").order_by(
                "consultation__title", "consultation", "number", "pk"
            )
        return db_field.formfield(**kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show and save; what the verb refuses at the last moment is said in a sentence."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PublishingError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        """Store it by the verb."""
        written = publishing.write_question(
            consultation=obj.consultation,
            question=obj if change else None,
            asked=form.asked(),
            place=form.cleaned_data.get("place") or 1_000,
            by=rights.person(request),
            at=database_now(),
        )
        obj.pk = written.pk

    def delete_model(self, request: HttpRequest, obj: Question) -> None:
        """Remove it by the verb."""
        publishing.remove_question(question=obj, by=rights.person(request), at=database_now())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Ask and remove; what the verb refuses at the last moment is said in a sentence."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except PublishingError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())


def _opened(question: Question | None) -> bool:
    return question is not None and question.consultation.has_opened(database_now())


def _unopened(ids: list[int]) -> QuerySet[Consultation]:
    """Return those of these consultations that have not opened."""
    waits = ~Q(state=Consultation.State.PUBLISHED) | Q(opens_at__gt=database_now())
    return Consultation.objects.filter(waits, pk__in=ids)
