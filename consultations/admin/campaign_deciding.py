"""Deciding on a whole campaign: what waits is read by its distinct texts, then decided row by row.

Lot by lot, so that no request lasts long; whoever confirms types how many they decide.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import marking, rights, undoing
from consultations.admin.campaign_page import waiting_cases
from consultations.admin.review import DecisionForm, errors_of
from consultations.analysis.differences import departures
from consultations.models import Campaign, Case, Decision, database_now
from consultations.moderation import bulk, turns
from consultations.moderation.bulk import Outcome, Read

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

Verb = Decision.Verb
# So many in one request: a few seconds of work.
LOT = 200
VERBS = (Verb.PUBLISH, Verb.REJECT, Verb.HOLD)
RELATED = (
    "consultation",
    "comment__recommendation",
    "comment__submitted_version__likeness",
    "comment__response",
    "claimed_by",
)


class TogetherForm(DecisionForm):
    """The decision, and how many it decides, typed by whoever confirms."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (Verb.PUBLISH.value, gettext_lazy("Publish them")),
            (Verb.REJECT.value, gettext_lazy("Reject them for the reason below")),
            (Verb.HOLD.value, gettext_lazy("Hold them")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what to decide.")},
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many do you decide?"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type how many you decide.")},
    )

    def __init__(self, *args: Any, amount: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.amount = amount
        self.fields["count"].help_text = _("Type %(n)s to confirm.") % {"n": amount}

    def clean_count(self) -> int:
        """Refuse any number but that of the comments on the page."""
        count = int(self.cleaned_data["count"])
        if count != self.amount:
            raise forms.ValidationError(
                _("This page decides %(n)s: type that number.") % {"n": self.amount}
            )
        return count


def page(
    model_admin: "PolicyAdmin[Campaign]", request: HttpRequest, campaign: Campaign
) -> HttpResponse:
    """Show what waits; decide on what the page showed, and go on with the rest if there is any."""
    posted = request.method == "POST"
    read = _read(request, campaign) if posted else _waiting(request, campaign)
    form = TogetherForm(request.POST if posted else None, amount=len(read), label_suffix="")
    if posted and form.is_valid():
        _tell(request, _do(request, read, form.cleaned_data))
        onward = "admin:consultations_campaign_decide"
        if not _free(request, campaign).exists():
            onward = "admin:consultations_campaign_change"
        return HttpResponseRedirect(reverse(onward, args=[campaign.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: decide together") if form.errors else _("Decide together"),
        "campaign": campaign,
        "undo": undoing.offered(request),
        "how_many": marking.how_many(campaign),
        "form": form,
        "errors": _errors(form),
        "read": read,
        "texts": _texts(campaign, read),
        "left": max(_free(request, campaign).count() - len(read), 0),
        "elsewhere": waiting_cases(campaign).exclude(_turn(request)).count(),
        "back": marking.page_of(campaign),
        "back_title": str(campaign),
    }
    return TemplateResponse(request, "admin/consultations/campaign/decide.html", context)


def _errors(form: TogetherForm) -> list[tuple[str, str]]:
    """Return the errors, each with the id of its field: of the radio buttons, the first one's."""
    first = f"{form['decision'].auto_id}_0"
    radios = set(form["decision"].errors)
    return [(first if said in radios else at, said) for at, said in errors_of(form)]


def _turn(request: HttpRequest) -> Q:
    return turns.free_for(rights.person(request), timezone.now())


def _free(request: HttpRequest, campaign: Campaign) -> QuerySet[Case]:
    """Return the cases that wait and that no other moderator is reading."""
    return waiting_cases(campaign).filter(_turn(request))


def _waiting(request: HttpRequest, campaign: Campaign) -> list[Read]:
    """Return the oldest cases that wait, with the versions that the page shows."""
    cases = _free(request, campaign).select_related(*RELATED).defer("comment__search")
    return [(case, _number(case)) for case in cases[:LOT]]


def _read(request: HttpRequest, campaign: Campaign) -> list[Read]:
    """Return the cases of the page that was confirmed, with the versions that it showed.

    What has been decided meanwhile is among them, and the verb refuses it with a sentence; what
    has left the campaign is not decided with it.
    """
    shown: dict[int, int] = {}
    for pair in request.POST.getlist("read")[:LOT]:
        key, _colon, number = pair.partition(":")
        if key.isdecimal() and number.isdecimal() and len(key) < 19 and len(number) < 6:
            shown[int(key)] = int(number)
    mine = Case.objects.filter(
        pk__in=shown, comment__submitted_version__likeness__campaign=campaign
    )
    cases = mine.select_related(*RELATED).defer("comment__search").order_by("since", "pk")
    return [(case, shown[case.pk]) for case in cases]


def _number(case: Case) -> int:
    version = case.comment.submitted_version if case.comment else None
    return version.number if version else 0


def _texts(campaign: Campaign, read: list[Read]) -> list[tuple[int, Any]]:
    """Return each distinct text that waits, as it differs from the commonest, and how often."""
    words: dict[str, int] = Counter(
        case.comment.submitted_version.text
        for case, _number in read
        if case.comment and case.comment.submitted_version
    )
    pattern = campaign.pattern.text
    often = sorted(words.items(), key=lambda each: (-each[1], each[0]))
    return [(count, departures(pattern, text)) for text, count in often]


def _do(request: HttpRequest, read: list[Read], said: dict[str, Any]) -> Outcome:
    common: Any = {"read": read, "by": rights.person(request), "clock": database_now}
    match said["decision"]:
        case Verb.PUBLISH:
            return bulk.publish_many(note=said["note"], **common)
        case Verb.REJECT:
            return bulk.reject_many(reason=said["reason"], note=said["note"], **common)
        case _hold:
            return bulk.hold_many(note=said["note"], **common)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say how many were decided, and once for each reason how many were not."""
    undoing.remember(request, *outcome.done)
    done = len(outcome.done)
    if done:
        said = ngettext("%(n)s comment decided.", "%(n)s comments decided.", done) % {"n": done}
        messages.success(request, said)
    for why, count in Counter(why for _case, why in outcome.refused).items():
        messages.error(request, _("%(n)s not decided: %(why)s") % {"n": count, "why": why})
