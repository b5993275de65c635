"""Answering: one recommendation, the whole response, and what is asked about it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.fields import TidyField
from consultations.models import Permission, Stance
from consultations.participation import MOST_CHARACTERS, MOST_REASON_CHARACTERS, Answer, Unsent


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
    # In whose name the form was opened: it may be another's by the time that it is sent.
    whose = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
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
            ["stance", "text", "permission", "key", "based_on", "answering", "draft", "whose"]
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
    whose = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    read = forms.RegexField(
        r"^q?[0-9]{1,4}:[0-9a-f]{32}(,q?[0-9]{1,4}:[0-9a-f]{32})*$", widget=forms.HiddenInput
    )
    document = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)

    def drafts(self) -> dict[int, uuid.UUID]:
        """Return the stamp of the draft that was read, by recommendation."""
        return {int(what): stamp for what, stamp in self._read() if not what.startswith("q")}

    def answers(self) -> dict[int, uuid.UUID]:
        """Return the stamp of the draft that was read, by question."""
        return {int(what[1:]): stamp for what, stamp in self._read() if what.startswith("q")}

    def _read(self) -> list[tuple[str, uuid.UUID]]:
        pairs = (each.split(":") for each in self.cleaned_data["read"].split(","))
        return [(what, uuid.UUID(stamp)) for what, stamp in pairs]


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
