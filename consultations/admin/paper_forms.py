"""The forms in which an officer types what came by e-mail, by post or at a meeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import organisations
from consultations.forms import TidyField, new_key
from consultations.models import (
    CommentVersion,
    Kind,
    OrganisationKind,
    Permission,
    Recommendation,
    Region,
    Response,
    SizeBand,
    Stance,
    database_now,
)
from consultations.models.reference import in_force
from consultations.participation import MOST_ON_PAPER, Paper, Said

CHANNELS = (Response.Channel.EMAIL, Response.Channel.POST, Response.Channel.MEETING)
OWN_REFERENCE = "typed-"


class PaperForm(forms.Form):
    """Who responded, how, and when it arrived."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How did it come?"),
        choices=[("", gettext_lazy("Choose how")), *((one, one.label) for one in CHANNELS)],
        error_messages={"required": gettext_lazy("Choose how it came.")},
    )
    received_on = forms.DateField(
        label=gettext_lazy("When was it received?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Give the day on which it was received."),
            "invalid": gettext_lazy("Give a day, like 2026-11-30."),
        },
    )
    late_reason = TidyField(
        label=gettext_lazy("Late, accepted: why"),
        limit=500,
        required=False,
        help_text=gettext_lazy("Only where it came after the close. It is then marked as late."),
        widget=forms.TextInput,
    )
    external_reference = TidyField(
        label=gettext_lazy("Your own reference"),
        limit=120,
        required=False,
        help_text=gettext_lazy("Such as the number of the letter in your files. May be empty."),
        widget=forms.TextInput,
    )
    name = TidyField(
        label=gettext_lazy("Name of the person"),
        limit=120,
        required=False,
        help_text=gettext_lazy("It is shown beside the comments only if the person allows it."),
        widget=forms.TextInput,
    )
    organisation = TidyField(
        label=gettext_lazy("Organisation that responds"),
        limit=200,
        required=False,
        help_text=gettext_lazy("Empty for a person. One of the same name and kind is found."),
        widget=forms.TextInput,
    )
    organisation_kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind of organisation"),
        queryset=OrganisationKind.objects.filter(in_force()),
        required=False,
        empty_label=gettext_lazy("Not an organisation"),
    )
    size_band = forms.ModelChoiceField(
        label=gettext_lazy("Number of employees"),
        queryset=SizeBand.objects.filter(in_force()),
        required=False,
        empty_label=gettext_lazy("Not known"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of respondent"),
        choices=[("", gettext_lazy("Follows from the organisation")), *Kind.choices],
        required=False,
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("Region"),
        queryset=Region.objects.filter(in_force()),
        required=False,
        empty_label=gettext_lazy("Not known"),
    )
    permission = forms.ChoiceField(
        label=gettext_lazy("May it be published?"),
        choices=[("", gettext_lazy("Choose what they allow")), *Permission.choices],
        help_text=gettext_lazy("Where it does not say: do not publish. It counts all the same."),
        error_messages={"required": gettext_lazy("Choose whether it may be published.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the kind of the organisation, or of the person."""
        said = self.cleaned_data
        body, kind = said.get("organisation_kind"), said.get("kind")
        if "organisation" in said and bool(said["organisation"]) != bool(body):
            field = "organisation_kind" if said["organisation"] else "organisation"
            self.add_error(field, _("Give both the organisation and its kind, or neither."))
        elif not kind and not body:
            self.add_error("kind", _("Choose which kind of respondent it is."))
        elif kind and body and kind != body.stakeholder_kind:
            self.add_error("kind", _("This kind does not fit the kind of organisation."))
        return said

    def paper(self) -> Paper:
        """Return what a valid form says; adds the organisation where it is not known."""
        said, body = self.cleaned_data, None
        if said["organisation"]:
            new = organisations.NewOrganisation(
                name=said["organisation"],
                kind=said["organisation_kind"],
                size_band=said["size_band"],
                industry=None,
                region=said["region"],
            )
            body = organisations.find_or_add(new=new)
        facts = ("channel", "received_on", "late_reason", "external_reference", "name", "kind")
        rest = ("size_band", "region", "permission")
        return Paper(organisation=body, **{name: said[name] for name in (*facts, *rest)})


class SaidForm(forms.Form):
    """What it says on one recommendation."""

    stance = forms.ChoiceField(
        label=gettext_lazy("View"),
        choices=[("", gettext_lazy("Says nothing on this")), *Stance.choices],
        required=False,
    )
    text = TidyField(
        label=gettext_lazy("Comment"),
        limit=MOST_ON_PAPER,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    permission = forms.ChoiceField(
        label=gettext_lazy("May this comment be published?"),
        choices=[("", gettext_lazy("As the response")), *Permission.choices],
        required=False,
    )

    def __init__(
        self, data: Any = None, *, recommendation: Recommendation, initial: dict[str, str]
    ) -> None:
        prefix = f"r{recommendation.number}"
        super().__init__(data, prefix=prefix, label_suffix="", initial=initial)
        self.recommendation = recommendation

    def clean(self) -> dict[str, Any]:
        """Ask for a view beside the words."""
        if self.cleaned_data.get("text") and not self.cleaned_data.get("stance"):
            self.add_error("stance", _("Choose the view that it takes, or “No view”."))
        return self.cleaned_data

    def said(self, permission: str) -> Said | None:
        """Return what a valid form says, or None for nothing; `permission` is the response's."""
        given = self.cleaned_data
        if not given["stance"]:
            return None
        allowed = given["permission"] or permission
        return Said(self.recommendation, given["stance"], given["text"], allowed)


def facts_of(response: Response | None) -> dict[str, Any]:
    """Return what the first form begins with: nothing, or what was typed before."""
    if response is None or response.typed_at is None:
        return {"key": new_key()}
    same = ("channel", "received_on", "late_reason", "name", "permission")
    own = response.external_reference.startswith(OWN_REFERENCE)
    return {
        **{name: getattr(response, name) for name in same},
        "external_reference": "" if own else response.external_reference,
        "organisation": response.organisation_name,
        "organisation_kind": response.organisation_kind_id,
        "size_band": response.size_band_id,
        "region": response.region_id,
        "kind": "" if response.for_organisation else response.kind,
        "seen": response.typed_at.isoformat(),
        "key": new_key(),
    }


def words_of(version: CommentVersion | None, response: Response | None) -> dict[str, str]:
    """Return what a recommendation's form begins with."""
    if version is None or response is None:
        return {}
    same = version.permission == response.permission
    return {
        "stance": version.stance,
        "text": version.text,
        "permission": "" if same else version.permission,
    }


def instant(said: str) -> datetime:
    """Return the instant that a hidden field names; one that fits nothing where it is nonsense."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return database_now()


def said_in(forms: Sequence[SaidForm], permission: str) -> list[Said]:
    """Return what valid forms say."""
    return [said for form in forms if (said := form.said(permission)) is not None]
