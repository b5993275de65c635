"""What somebody is asked who answers for an organisation by its invitation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from consultations.forms.fields import TidyField
from consultations.models import Invitation, Region, User
from consultations.models.reference import in_force


class AnswerForForm(forms.Form):
    """The name of the person, and the region where neither they nor the organisation has one."""

    name = TidyField(
        label=gettext_lazy("Your name"),
        limit=120,
        help_text=gettext_lazy("The organisation's name is shown, not yours."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("Which region is the organisation in?"),
        queryset=Region.objects.filter(in_force()),
        empty_label=gettext_lazy("Choose a region"),
        error_messages={"required": gettext_lazy("Choose a region.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"name": user.name or invitation.name}
        if invitation.organisation.region_id or user.region_id:
            del self.fields["region"]
