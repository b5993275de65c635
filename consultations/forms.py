"""From what a form says to values that a verb takes; each refusal stands beside its field."""

import uuid
from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import text
from consultations.models import (
    Industry,
    Kind,
    OrganisationKind,
    Permission,
    Region,
    SizeBand,
    Stance,
    Subscription,
    User,
)
from consultations.models.reference import in_force
from consultations.participation import MOST_CHARACTERS, MOST_REASON_CHARACTERS, Answer, Unsent


class TidyField(forms.CharField):
    """Text made tidy by `text.tidy`; what that refuses is an error beside the field."""

    def __init__(self, *, limit: int, lines: bool = False, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.limit, self.lines = limit, lines

    def to_python(self, value: object) -> str:
        """Return the tidied text; raise ValidationError with a sentence."""
        try:
            return text.tidy(str(value or ""), limit=self.limit, lines=self.lines)
        except text.TextError as error:
            raise ValidationError(error.message, code=error.code) from error

    def run_validators(self, value: object) -> None:
        """Skip Django's own check of null characters: `tidy` has made it, with a line."""


class AnswerForm(forms.Form):
    """A stance and a comment on one recommendation, and the permission to publish them."""

    stance = forms.ChoiceField(
        label=gettext_lazy("What is your view?"),
        choices=Stance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose your view, or “No view”.")},
    )
    permission = forms.ChoiceField(
        label=gettext_lazy("May we publish your answer?"),
        choices=Permission.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether we may publish your answer.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000)
    answering = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000)
    draft = forms.UUIDField(widget=forms.HiddenInput, required=False)
    notices = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(
        self, *args: Any, organisation: bool = False, saving: bool = False, **options: Any
    ) -> None:
        """Take a form that is sent, or only saved (`saving`): then no question must be answered."""
        super().__init__(*args, **options)
        self.organisation, self.saving = organisation, saving
        if saving:
            self.fields["stance"].required = self.fields["permission"].required = False
        limit = MOST_CHARACTERS[organisation]
        self.fields["text"] = TidyField(
            label=_("Why? Tell us what you have seen"),
            limit=limit,
            lines=True,
            required=False,
            help_text=_("Up to %(limit)s characters. You may leave it empty.")
            % {"limit": f"{limit:,}"},
            widget=forms.Textarea(attrs={"rows": 8, "data-limit": limit}),
        )
        self.order_fields(
            ["stance", "text", "permission", "key", "based_on", "answering", "draft", "notices"]
        )

    def clean(self) -> dict[str, Any]:
        """Refuse to save a form in which nothing was said."""
        said = self.cleaned_data
        if self.saving and not self.errors and not (said["stance"] or said["text"]):
            self.add_error("text", _("Choose your view or write something before you save."))
        return said

    def unsent(self) -> Unsent:
        """Return what a valid form says that is saved and not sent."""
        said = self.cleaned_data
        return Unsent(
            stance=said["stance"],
            text=said["text"],
            permission=said["permission"],
            based_on=said["based_on"],
            answering=said["answering"],
            over=said["draft"],
        )

    def answer(self, default_permission: str) -> Answer:
        """Return what a valid form says; the default holds for a response that is begun now."""
        said = self.cleaned_data
        return Answer(
            stance=said["stance"],
            text=said["text"],
            permission=said["permission"],
            default_permission=default_permission,
            key=said["key"],
            based_on=said["based_on"],
            answering=said["answering"],
            notices=said["notices"],
            over=said["draft"],
        )


def new_key() -> str:
    """Return the key of a form about to be shown; the same key is taken once."""
    return str(uuid.uuid4())


class SendForm(forms.Form):
    """What stands beside the button that sends a whole response: what was read, and under what."""

    notices = forms.CharField(widget=forms.HiddenInput, max_length=40)
    read = forms.RegexField(
        r"^[0-9]{1,4}:[0-9a-f]{32}(,[0-9]{1,4}:[0-9a-f]{32})*$", widget=forms.HiddenInput
    )

    def drafts(self) -> dict[int, uuid.UUID]:
        """Return the stamp of the draft that was read, by recommendation."""
        pairs = (each.split(":") for each in self.cleaned_data["read"].split(","))
        return {int(recommendation): uuid.UUID(stamp) for recommendation, stamp in pairs}


class ConfidentialityForm(forms.Form):
    """Why a response should be kept confidential."""

    reason = TidyField(
        label=gettext_lazy("Which part should be kept confidential, and why?"),
        limit=MOST_REASON_CHARACTERS,
        lines=True,
        help_text=gettext_lazy(
            "For example a trade secret, or something that could harm somebody."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "data-limit": MOST_REASON_CHARACTERS}),
        error_messages={"required": gettext_lazy("Say why: we cannot decide without a reason.")},
    )


class AboutYouForm(forms.Form):
    """The questions about the respondent, in plain words."""

    name = TidyField(
        label=gettext_lazy("Your name"),
        limit=120,
        help_text=gettext_lazy("It is shown beside your comments only if you allow it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Which describes you best?"),
        choices=[
            (Kind.EMPLOYER, gettext_lazy("I run, own or manage an employer")),
            (Kind.LOCAL_LEADER, gettext_lazy("I lead or work in local government")),
            (
                Kind.REPRESENTS_EMPLOYERS,
                gettext_lazy("I work for a body that speaks for employers"),
            ),
            (
                Kind.REPRESENTS_LOCAL_GOVERNMENT,
                gettext_lazy("I work for a body that speaks for local government"),
            ),
            (
                Kind.OTHER,
                gettext_lazy("None of these: for example a union, a university, a citizen"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which describes you best.")},
    )
    acting_for = forms.ChoiceField(
        label=gettext_lazy("In whose name do you answer?"),
        choices=[
            (User.ActingFor.SELF, gettext_lazy("For myself")),
            (User.ActingFor.ORGANISATION, gettext_lazy("For an organisation")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose in whose name you answer.")},
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("Which region are you in?"),
        queryset=Region.objects.filter(in_force()),
        empty_label=gettext_lazy("Choose a region"),
        error_messages={"required": gettext_lazy("Choose a region.")},
    )


class NewOrganisationForm(forms.Form):
    """What is asked about an organisation that is not on the list."""

    name = TidyField(
        label=gettext_lazy("Name of the organisation"),
        limit=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": gettext_lazy("Write the name of the organisation.")},
    )
    kind = forms.ModelChoiceField(
        label=gettext_lazy("What kind of organisation is it?"),
        queryset=OrganisationKind.objects.none(),
        empty_label=gettext_lazy("Choose a kind"),
        error_messages={"required": gettext_lazy("Choose what kind of organisation it is.")},
    )
    size_band = forms.ModelChoiceField(
        label=gettext_lazy("How many people does it employ?"),
        queryset=SizeBand.objects.filter(in_force()),
        empty_label=gettext_lazy("Choose a size"),
        error_messages={"required": gettext_lazy("Choose how many people it employs.")},
    )
    industry = forms.ModelChoiceField(
        label=gettext_lazy("Which industry is it in?"),
        queryset=Industry.objects.filter(in_force()),
        empty_label=gettext_lazy("Choose an industry"),
        error_messages={"required": gettext_lazy("Choose an industry.")},
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("Which region is it in?"),
        queryset=Region.objects.filter(in_force()),
        empty_label=gettext_lazy("Choose a region"),
        error_messages={"required": gettext_lazy("Choose a region.")},
    )

    def __init__(self, *args: Any, stakeholder_kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = OrganisationKind.objects.filter(in_force(), stakeholder_kind=stakeholder_kind)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        if stakeholder_kind != Kind.EMPLOYER:
            del self.fields["size_band"], self.fields["industry"]


class SubscriptionForm(forms.Form):
    """What a reader wants to receive; nothing is chosen beforehand."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Shall we e-mail you about this consultation?"),
        choices=[
            (Subscription.Choice.EVERY, gettext_lazy("Yes: every digest of what people say")),
            (
                Subscription.Choice.MILESTONES,
                gettext_lazy("Only milestones: closing soon, and closed"),
            ),
            (Subscription.Choice.NOTHING, gettext_lazy("No")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether we may e-mail you.")},
    )


class SignUpForm(SignupForm):  # type: ignore[misc] # allauth is not typed
    """allauth's own form, as slow for an address that has an account as for one that has none."""

    def try_save(self, request: HttpRequest) -> Any:
        """Hash the password also where it is not kept: that is long enough to be timed."""
        password = self.cleaned_data.get("password1")
        if self.account_already_exists and password:
            make_password(password)
        return super().try_save(request)
