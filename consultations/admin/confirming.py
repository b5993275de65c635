"""Asks before an action does the same to many rows: what it will do, to which, and how many."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin.review import errors_of

Action: TypeAlias = Callable[[Any, HttpRequest, QuerySet[Any]], None]
Asking: TypeAlias = Callable[[Any, HttpRequest, QuerySet[Any]], TemplateResponse | None]
# More than these nobody reads before they are decided.
MOST = 100


class CountForm(forms.Form):
    """A decision on many, confirmed by typing how many it decides."""

    count = forms.IntegerField(
        label=gettext_lazy("How many does this decide?"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
        error_messages={
            "required": gettext_lazy("Type how many this decides."),
            "invalid": gettext_lazy("Type how many this decides, in figures."),
        },
    )

    def __init__(self, *args: Any, total: int, **named: Any) -> None:
        super().__init__(*args, **named)
        self.total = total
        self.fields["count"].help_text = _("Type %(n)s to confirm.") % {"n": total}

    def clean_count(self) -> int:
        """Take no other number than that of the rows that were shown."""
        count: int = self.cleaned_data["count"]
        if count != self.total:
            sentence = _("This decides %(n)s, and you typed %(typed)s. Type %(n)s to confirm.")
            raise forms.ValidationError(sentence % {"n": self.total, "typed": count})
        return count


def confirmed(
    *,
    title: str | Promise,
    sentence: str | Promise,
    label: Callable[[Any], str] = str,
    form_class: type[CountForm] = CountForm,
) -> Callable[[Action], Asking]:
    """Let an action run only once the page that names its rows has their number typed in.

    `title` says on its button what is done, `sentence` what that means for each of the rows,
    `label` names one of them; `form_class` may ask for more than the number.
    """

    def asking(action: Action) -> Asking:
        @wraps(action)
        def run(page: Any, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
            asked = _ask(
                page,
                request,
                rows,
                title=title,
                sentence=sentence,
                label=label,
                form_class=form_class,
            )
            if asked is None:
                action(page, request, rows)
            return asked

        return run

    return asking


def _ask(
    page: ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    title: str | Promise,
    sentence: str | Promise,
    label: Callable[[Any], str],
    form_class: type[CountForm],
) -> TemplateResponse | None:
    """Return the page that names these rows and asks for their number; None once it was typed."""
    chosen = list(rows.order_by("pk")[:MOST])
    # what is confirmed is what was shown, and never all that the list finds
    shown = "confirmed" in request.POST and request.POST.get("select_across", "0") == "0"
    said = request.POST if shown else None
    form = form_class(said, label_suffix="", total=len(chosen))
    if said is not None and form.is_valid():
        return None
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": title,
        "sentence": sentence,
        "rows": [(row.pk, label(row)) for row in chosen],
        "most": MOST if len(chosen) == MOST else 0,
        "form": form,
        "errors": errors_of(form),
        "action": request.POST["action"],
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/consultations/confirm.html", context)
