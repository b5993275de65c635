"""The forms in which a consultation and its recommendations are written."""

from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import publishing
from consultations.forms import TidyField
from consultations.models import Consultation, Recommendation, database_now
from consultations.publishing import PublishingError, Words
from consultations.publishing.front_matter import LONG

FIELDS = (
    "title",
    "slug",
    "introduction",
    "opens_at",
    "closes_at",
    "owner",
    "owner_kind",
    "contact_email",
    "confidentiality",
    "lawful_basis",
    "response_clock",
    "other_ways",
    "visibility",
    "answers_shown",
    "moderation",
    "cadence",
    "target_days",
    "reports_to_hide",
    "language",
    "privacy_version",
)
# What no correction can change, once the consultation has opened.
FIXED_AFTER_OPENING = ("slug", "owner_kind", "opens_at", "answers_shown")
TIMES = ("opens_at", "closes_at")
FROM_LAW = ("confidentiality", "lawful_basis")


class Instant(forms.DateTimeInput):
    """The browser's own picker of a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")


def _short(label: Any, limit: int) -> TidyField:
    return TidyField(label=label, limit=limit, widget=forms.TextInput(attrs={"size": 80}))


def _long(label: Any, *, required: bool = True, rows: int = 8, hint: Any = "") -> TidyField:
    widget = forms.Textarea(attrs={"rows": rows, "cols": 80})
    return TidyField(
        label=label, limit=LONG, lines=True, required=required, widget=widget, help_text=hint
    )


class ConsultationForm(forms.ModelForm[Consultation]):
    """A consultation; what the law gives for the kind of owner is filled in where left blank."""

    title = _short(gettext_lazy("Title"), 200)
    owner = _short(gettext_lazy("Owner"), 200)
    privacy_version = _short(gettext_lazy("Version of the privacy notice"), 20)
    introduction = _long(gettext_lazy("Introduction"), hint=gettext_lazy("Markdown"))
    other_ways = _long(
        gettext_lazy("Other ways to respond"),
        required=False,
        rows=4,
        hint=gettext_lazy("Markdown: post, telephone, formats"),
    )
    confidentiality = _long(
        gettext_lazy("Confidentiality text"),
        required=False,
        hint=gettext_lazy("Markdown. Leave it blank for the usual text of this kind of owner."),
    )
    lawful_basis = _long(
        gettext_lazy("Lawful basis for personal data"),
        required=False,
        rows=4,
        hint=gettext_lazy("Leave it blank for the usual text of this kind of owner."),
    )
    response_clock = forms.TypedChoiceField(
        label=gettext_lazy("Official response due twelve weeks after closing"),
        required=False,
        choices=[
            ("", gettext_lazy("As is usual for this kind of owner")),
            ("True", gettext_lazy("Yes")),
            ("False", gettext_lazy("No")),
        ],
        coerce=lambda value: value == "True",
        empty_value=None,
    )
    reason = TidyField(
        label=gettext_lazy("Reason for the correction"),
        limit=500,
        required=False,
        help_text=gettext_lazy(
            "The consultation has opened: a change to its words or times is published as a "
            "numbered correction with this reason."
        ),
        widget=forms.TextInput(attrs={"size": 80}),
    )

    # What the officer read: see `publishing.fingerprint`.
    seen = forms.CharField(
        label=gettext_lazy("What you read"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Consultation
        fields = FIELDS
        widgets = {"opens_at": Instant, "closes_at": Instant}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial["response_clock"] = ""
        elif not self.is_bound:
            self.initial["seen"] = publishing.fingerprint(self.instance)

    def clean(self) -> dict[str, Any]:
        """Fill in what the law gives, and check the times."""
        cleaned = super().clean() or self.cleaned_data
        self._refuse_stale()
        self._fill_in(cleaned)
        for name in TIMES:
            if name in cleaned and name not in self.changed_data:
                cleaned[name] = self.initial.get(name)  # with the fractions that no form shows
        opens = cleaned.get("opens_at", self.instance.opens_at)
        closes = cleaned.get("closes_at", self.instance.closes_at)
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        for name in TIMES:
            if not publishing.is_year(cleaned.get(name)):
                self.add_error(name, publishing.years_sentence())
        self._check_times_of_published(closes)
        return cleaned

    def _refuse_stale(self) -> None:
        """Refuse to put words over a colleague's that were not read; once said, they are known."""
        if self.instance.pk is None:
            return
        stands = publishing.fingerprint(self.instance)
        if self.cleaned_data.get("seen") != stands:
            self.add_error(None, str(publishing.StaleError()))
            data: Any = self.data
            self.data = {**data.dict(), "seen": stands}

    def _fill_in(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("owner_kind") or self.instance.owner_kind
        if not kind:
            return
        owner = str(cleaned.get("owner") or self.instance.owner)
        texts = publishing.legal_texts(kind, owner)
        for name in FROM_LAW:
            if name in cleaned:
                cleaned[name] = cleaned[name] or texts[name]  # type: ignore[literal-required]
        if "response_clock" in cleaned and cleaned["response_clock"] is None:
            cleaned["response_clock"] = texts["response_clock"]

    def _check_times_of_published(self, closes: Any) -> None:
        if self.instance.state != Consultation.State.PUBLISHED or "closes_at" not in self.fields:
            return
        for name in TIMES:
            if name in self.fields and not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("A published consultation keeps its times."))
        if closes and "closes_at" in self.changed_data and closes <= database_now():
            self.add_error("closes_at", _("A new closing time must lie in the future."))


class RecommendationForm(forms.ModelForm[Recommendation]):
    """A recommendation's number and the words of its current version."""

    title = TidyField(
        label=gettext_lazy("Title"), limit=200, widget=forms.TextInput(attrs={"size": 80})
    )
    text = _long(gettext_lazy("Text"), rows=6, hint=gettext_lazy("Markdown"))
    what_changed = _long(
        gettext_lazy("What has changed since publication"),
        required=False,
        rows=4,
        hint=gettext_lazy("Markdown. Name the source."),
    )

    class Meta:
        model = Recommendation
        fields = ("number",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        current = self.instance.current if self.instance.pk else None
        if current is not None:
            self.fields["number"].disabled = True
            for name in ("title", "text", "what_changed"):
                self.initial[name] = getattr(current, name)
        # The admin would refuse to delete what protects its own words; the verb knows what may go.
        self.hand_clean_DELETE = lambda: None


class RecommendationFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """All recommendations of a consultation."""

    def words(self) -> list[Words]:
        """Return the words of every recommendation that was filled in."""
        stay = (form.cleaned_data for form in self.forms if not self._goes(form))
        return [
            Words(said["number"], said["title"], said["text"], said["what_changed"])
            for said in stay
            if said.get("title")
        ]

    def removed(self) -> list[int]:
        """Return the numbers of those that are to go."""
        return [form.instance.number for form in self.initial_forms if self._goes(form)]

    def _goes(self, form: forms.ModelForm[Recommendation]) -> bool:
        return self.can_delete and bool(form.cleaned_data.get(DELETION_FIELD_NAME))

    def clean(self) -> None:
        """Refuse what can no longer go; ask for the reason where what was answered to changes."""
        super().clean()
        asked = [self.data.get(form.add_prefix(DELETION_FIELD_NAME)) for form in self.initial_forms]
        if any(asked) and not self.can_delete:
            raise forms.ValidationError(
                _("The consultation has opened: its recommendations can no longer be removed.")
            )
        if any(self.errors):
            return
        fields = {name: getattr(self.instance, name) for name in FIELDS}
        needed = publishing.needs_reason(self.instance, fields, self.words(), database_now())
        if needed and not str(self.data.get("reason", "")).strip():
            raise forms.ValidationError(
                _("The consultation has opened: give the reason for the correction above.")
            )


__all__ = [
    "FIELDS",
    "FIXED_AFTER_OPENING",
    "ConsultationForm",
    "PublishingError",
    "RecommendationForm",
    "RecommendationFormSet",
]
