"""The page of one campaign: its commonest text, how each other text differs, and who joined how."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import marking, rights, undoing
from consultations.admin.review import errors_of
from consultations.analysis.differences import Piece, departures
from consultations.forms import TidyField
from consultations.models import Campaign, Case, Comment, CommentVersion, Likeness, database_now
from consultations.moderation import campaigns
from consultations.moderation.record import DecisionRefused

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

TEXTS_A_PAGE = 20
# A comment may have closed cases beside the one that waits.
OPEN = Q(version__comment__cases__closed_at__isnull=True)
MOST_CHOSEN = 1_000


@dataclass(frozen=True)
class Text:
    """One text of a campaign, as it differs from the commonest, and the comments that say it."""

    exact: int
    parts: Sequence[Piece]
    count: int
    waiting: int
    case: int | None
    by_hand: bool
    own: bool
    common: bool


class JoinForm(forms.Form):
    """Which comment, or which campaign, belongs here as well."""

    what = TidyField(
        limit=12,
        label=gettext_lazy("A comment’s reference, or the number of a campaign"),
        help_text=gettext_lazy("On the same recommendation. All that say the same come with it."),
        widget=forms.TextInput(attrs={"size": 14}),
        error_messages={"required": gettext_lazy("Write what is to join this campaign.")},
    )


class NameForm(forms.Form):
    """The name that colleagues know a campaign by."""

    label = TidyField(
        limit=120,
        required=False,
        label=gettext_lazy("Name for colleagues"),
        help_text=gettext_lazy("For example the body that drafted the letter. It is not public."),
        widget=forms.TextInput(attrs={"size": 40}),
    )


def page(
    model_admin: "PolicyAdmin[Campaign]", request: HttpRequest, campaign: Campaign
) -> HttpResponse:
    """Show the campaign; do what was asked, and show it again."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    joining = JoinForm(request.POST if act == "join" else None, label_suffix="")
    naming = NameForm(
        request.POST if act == "name" else None,
        initial={"label": campaign.label},
        label_suffix="",
    )
    problem = ""
    if act:
        try:
            onward = _do(act, request, campaign, joining, naming)
        except DecisionRefused as refusal:
            problem = str(refusal)
        else:
            if onward:
                return HttpResponseRedirect(onward)
    errors = [*errors_of(joining), *errors_of(naming), *([("", problem)] if problem else [])]
    shown = _texts(request, campaign)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: %(what)s") % {"what": campaign} if errors else str(campaign),
        "campaign": campaign,
        "undo": undoing.offered(request),
        "how_many": marking.how_many(campaign),
        "standing": _standing(campaign),
        "page": shown,
        "texts": _compared(campaign, shown),
        "joining": joining,
        "naming": naming,
        "errors": errors,
        "decide": reverse("admin:consultations_campaign_decide", args=[campaign.pk]),
    }
    return TemplateResponse(request, "admin/consultations/campaign/page.html", context)


def _do(
    act: str, request: HttpRequest, campaign: Campaign, joining: JoinForm, naming: NameForm
) -> str:
    """Call the verb; return where to go on, or "" where the form is not well formed."""
    common: Any = {"campaign": campaign, "by": rights.person(request), "at": database_now()}
    match act:
        case "apart" | "together":
            made = campaigns.split(texts=_chosen(request), together=act == "together", **common)
            messages.success(request, _("Split off. It stays so, whatever else arrives."))
            return marking.page_of(made or campaign)
        case "join" if joining.is_valid():
            number = _join(joining.cleaned_data["what"], common)
            said = ngettext("%(n)s comment has joined.", "%(n)s comments have joined.", number)
            messages.success(request, said % {"n": number})
            return marking.page_of(campaign)
        case "name" if naming.is_valid():
            campaigns.name(campaign=campaign, label=naming.cleaned_data["label"])
            messages.success(request, _("Named."))
            return marking.page_of(campaign)
    return ""


def _join(what: str, common: dict[str, Any]) -> int:
    """Join a campaign by its number, or a comment by its reference (which is longer)."""
    if what.isascii() and what.isdecimal() and len(what) < 8:
        return campaigns.merge(number=int(what), **common)
    return campaigns.join(reference=what, **common)


def _chosen(request: HttpRequest) -> list[int]:
    """Return the texts that are ticked, by the hash of their words."""
    ticked = request.POST.getlist("text")[:MOST_CHOSEN]
    numbers = [int(each) for each in ticked if re.fullmatch("-?[0-9]{1,19}", each)]
    return [number for number in numbers if -(1 << 63) <= number < 1 << 63]


def _members(campaign: Campaign) -> QuerySet[Likeness]:
    return Likeness.objects.filter(campaign=campaign, latest=True)


def _texts(request: HttpRequest, campaign: Campaign) -> Page[Any]:
    """Return a page of the distinct texts: those with something of their own first, then rare."""
    rows = (
        _members(campaign)
        .values("exact", "own")
        .annotate(
            n=Count("pk", distinct=True),
            first=Min("pk"),
            waiting=Count("version__comment__cases", filter=OPEN, distinct=True),
            case=Min("version__comment__cases", filter=OPEN),
            by_hand=Count("pk", filter=~Q(joined=Likeness.Joined.FOUND), distinct=True),
        )
        .order_by("-own", "-n", "first")
    )
    return Paginator(rows, TEXTS_A_PAGE).get_page(request.GET.get("p"))


def _compared(campaign: Campaign, page: Page[Any]) -> list[Text]:
    keys = [row["first"] for row in page]
    words = dict(CommentVersion.objects.filter(pk__in=keys).values_list("pk", "text"))
    pattern = campaign.pattern.text
    return [
        Text(
            exact=row["exact"],
            parts=departures(pattern, words[row["first"]]),
            count=row["n"],
            waiting=row["waiting"],
            case=row["case"],
            by_hand=row["by_hand"] > 0,
            own=row["own"],
            common=words[row["first"]] == pattern,
        )
        for row in page
    ]


def _standing(campaign: Campaign) -> list[tuple[str, int]]:
    """Return how many of its comments stand in each state, and how many wait, in words."""
    states = _members(campaign).order_by().values_list("version__comment__state")
    counts = dict(states.annotate(n=Count("pk")))
    waiting = waiting_cases(campaign).count()
    told = [
        (str(label), counts[state])
        for state, label in Comment.State.choices
        if state in counts and state not in {Comment.State.SUBMITTED, Comment.State.HELD}
    ]
    return [(_("waiting for a decision"), waiting), *told]


def waiting_cases(campaign: Campaign) -> QuerySet[Case]:
    """Return the cases of the campaign's newest versions that wait, the oldest first."""
    waiting = Case.objects.waiting().filter(comment__submitted_version__likeness__campaign=campaign)
    return waiting.order_by("since", "pk")
