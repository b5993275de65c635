"""Who a respondent is, and what they want to receive."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from consultations.forms.fields import TidyField
from consultations.models import (
    Industry,
    Kind,
    OrganisationKind,
    Region,
    SizeBand,
    Subscription,
    User,
)
from consultations.models.reference import in_force


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
                gettext_lazy(
                    "Only milestones: before it closes, when it has, the final summary and the "
                    "official response"
                ),
            ),
            (Subscription.Choice.NOTHING, gettext_lazy("No")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether we may e-mail you.")},
    )
    # What the page showed as chosen, and the stamp of that choice: "" for none.
    was = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @classmethod
    def showing(
        cls, chosen: Subscription | None, said: Mapping[str, Any] | None = None, prefix: str = ""
    ) -> "SubscriptionForm":
        """Return the form as it shows what was chosen; or what was `said` in one, to be read."""
        shown = (
            {"choice": chosen.choice, "was": chosen.choice, "seen": chosen.stamp} if chosen else {}
        )
        return cls(said, initial=shown, prefix=prefix or None)

    @property
    def clicked(self) -> bool:
        """Whether the reader chose something else than the page had shown them."""
        said = self.cleaned_data
        return bool(said.get("choice")) and said["choice"] != said.get("was", "")


class LogInForm(AllauthLoginForm):  # type: ignore[misc] # allauth is not typed
    """Logging in by a code in a mail; whoever has set a password may use that instead."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].required = False


class SignUpForm(SignupForm):  # type: ignore[misc] # allauth is not typed
    """allauth's own form, as slow for an address that has an account as for one that has none."""

    def try_save(self, request: HttpRequest) -> Any:
        """Hash the password also where it is not kept: that is long enough to be timed."""
        password = self.cleaned_data.get("password1")
        if self.account_already_exists and password:
            make_password(password)
        return super().try_save(request)
