"""Reading published comments: the form that finds them, the page found, and the ways onward.

What is found, and how it is counted, is in `search`; the recommendation around it, next door.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import search
from consultations.forms import TidyField
from consultations.models import (
    Comment,
    OrganisationKind,
    Recommendation,
    Region,
    SizeBand,
    Tally,
    User,
)
from consultations.models.addresses import REFERENCE

NEWEST, OLDEST = "newest", "oldest"
# What says which comment a page follows, in each order.
CURSORS = {NEWEST: "older", OLDEST: "newer"}
# What comments that show none of a facet are found by: the results lead to them.
UNNAMED = {
    "region": {search.NONE: gettext_lazy("No region shown")},
    "organisation": {
        search.NONE: gettext_lazy("Individuals, by name"),
        search.WITHHELD: gettext_lazy("Without a name"),
    },
    "size": {search.NONE: gettext_lazy("No size shown")},
}
CODE = re.compile(r"[\w.-]{1,40}", re.ASCII)


class WordsForm(forms.Form):
    """The words that a reader looks for; what can be chosen beside them stands in `Select`."""

    words = TidyField(
        label=gettext_lazy("Words"),
        limit=search.MOST_CHARACTERS,
        required=False,
        help_text=gettext_lazy("“Skill” also finds “skills”. Put a phrase in quotation marks."),
        widget=forms.TextInput(
            attrs={"type": "search", "maxlength": search.MOST_CHARACTERS, "autocomplete": "off"}
        ),
    )


@dataclass(frozen=True)
class Select:
    """One facet as it is offered: each option with its name, and the value that is chosen.

    A page draws some fifty options, in one loop: a widget would take a template for each.
    """

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Reading:
    """What the section of published comments shows."""

    form: WordsForm
    selects: list[Select]
    comments: list[Comment]
    sentence: str
    # Whether there is anything to look for, and whether anything is looked for.
    offered: bool
    narrowed: bool
    oldest_first: bool
    following: str
    here: str
    start: str
    onward: str
    paged: bool


def of(
    request: HttpRequest,
    recommendation: Recommendation,
    user: User | None,
    now: datetime,
    counted: list[Tally],
) -> Reading:
    """Return what the address asks for; 404 where it names a choice or a place that is none."""
    counts = search.facets(recommendation, counted)
    # What is posted has words to lose: its address asks for nothing.
    asked = request.GET if request.method in {"GET", "HEAD"} else QueryDict()
    wanted = _wanted(asked, counts)
    form = WordsForm(asked, auto_id="find_%s")
    said = form.cleaned_data if form.is_valid() else {}
    wanted = replace(wanted, words=said.get("words", ""))
    shown = Comment.objects.visible_to(user, now).filter(recommendation=recommendation)
    after = _after(asked, wanted)
    try:
        found = search.find(shown, wanted, counts, after=after)
    except search.NoSuchPlace as none:
        raise Http404 from none
    here = reverse(
        "recommendations.show", args=[recommendation.consultation.slug, recommendation.number]
    )
    return Reading(
        form=form,
        selects=_selects(counts, wanted),
        comments=found.comments,
        sentence=_sentence(found, wanted),
        offered=counts.listed > 0,
        narrowed=_narrowed(wanted),
        oldest_first=wanted.oldest_first,
        following=found.last,
        here=here,
        start=_address(here, wanted),
        onward=_address(here, wanted, found.last),
        paged=bool(after),
    )


def _wanted(asked: QueryDict, counts: search.Facets) -> search.Wanted:
    """Return the choices and the order that an address names, without its words."""
    order = asked.get("order") or NEWEST
    if order not in CURSORS:
        raise Http404
    return search.Wanted(
        kind=_choice(asked, "kind", counts.kinds),
        region=_choice(asked, "region", counts.regions, Region),
        organisation_kind=_choice(
            asked, "organisation", counts.organisation_kinds, OrganisationKind
        ),
        stance=_choice(asked, "stance", counts.stances),
        size=_choice(asked, "size", {}, SizeBand),
        oldest_first=order == OLDEST,
    )


def _choice(
    asked: QueryDict,
    name: str,
    offered: search.Choices,
    model: type[Region] | type[OrganisationKind] | type[SizeBand] | None = None,
) -> search.Choice | None:
    """Return the choice that an address makes of one facet, if any; 404 where there is no such."""
    value = asked.get(name, "")
    if not value:
        return None
    found = offered.get(value)
    if found is None and value in UNNAMED.get(name, {}):
        found = search.Choice(value, str(UNNAMED[name][value]), stored=False)
    if found is None and model is not None and CODE.fullmatch(value):
        found = search.rare(model, value)
    if found is None:
        raise Http404
    return found


def _after(asked: QueryDict, wanted: search.Wanted) -> str:
    """Return the reference of the comment that the page follows, or ""."""
    reference = asked.get(CURSORS[OLDEST if wanted.oldest_first else NEWEST], "")
    if reference and not re.fullmatch(REFERENCE, reference):
        raise Http404
    return reference


def _narrowed(wanted: search.Wanted) -> bool:
    return bool(wanted.words or wanted.chosen)


def _selects(counts: search.Facets, wanted: search.Wanted) -> list[Select]:
    """Return what can be chosen; a choice says how many comments show it, and none is empty."""
    bodies = _("Kind of organisation")
    facets = (
        ("kind", _("Who"), _("Everybody"), counts.kinds, wanted.kind),
        ("organisation", bodies, _("Any"), counts.organisation_kinds, wanted.organisation_kind),
        ("region", _("Region"), _("Every region"), counts.regions, wanted.region),
        ("stance", _("View"), _("Every view"), counts.stances, wanted.stance),
    )
    # found by, and not offered: few comments have one
    size = [_select("size", _("Size"), _("Any size"), {}, wanted.size)] if wanted.size else []
    order = [(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))]
    chosen = OLDEST if wanted.oldest_first else NEWEST
    return [
        *(_select(*facet) for facet in facets),
        *size,
        Select("order", _("Order"), order, chosen),
    ]


def _select(
    name: str, label: str, every: str, offered: search.Choices, chosen: search.Choice | None
) -> Select:
    choices = [one for one in offered.values() if one.count or one == chosen]
    if chosen and chosen not in choices:
        choices.append(chosen)
    options = [("", every), *((one.value, _told(one)) for one in choices)]
    return Select(name, label, options, chosen.value if chosen else "")


def _told(choice: search.Choice) -> str:
    """Return a choice as it is offered."""
    if not choice.stored:
        return choice.name
    return _("%(name)s (%(count)s)") % {"name": choice.name, "count": f"{choice.count:,}"}


def _sentence(found: search.Found, wanted: search.Wanted) -> str:
    """Say how many comments were found."""
    n = f"{found.count:,}"
    if found.more:
        return _("More than %(n)s comments match.") % {"n": n}
    if _narrowed(wanted):
        said = ngettext("%(n)s comment matches.", "%(n)s comments match.", found.count)
    else:
        said = ngettext("%(n)s comment is published.", "%(n)s comments are published.", found.count)
    return said % {"n": n}


def _address(here: str, wanted: search.Wanted, after: str = "") -> str:
    """Return the address of a page of what is wanted: the first, or the one that follows."""
    order = OLDEST if wanted.oldest_first else NEWEST
    asked = {
        "words": wanted.words,
        **{
            name: choice.value if choice else ""
            for name, choice in (
                ("kind", wanted.kind),
                ("organisation", wanted.organisation_kind),
                ("region", wanted.region),
                ("stance", wanted.stance),
                ("size", wanted.size),
            )
        },
        "order": "" if order == NEWEST else order,
        CURSORS[order]: after,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{here}{'?' if query else ''}{query}#comments"
