"""What the words of a file stand for, where neither we nor the headings know: asked one by one."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from consultations.models import (
    Kind,
    OrganisationKind,
    Permission,
    Question,
    Region,
    Response,
    Stance,
)
from consultations.models.reference import in_force

# A word, with what its column says: "stance", or "q2" for an answer to question 2.
Word: TypeAlias = tuple[str, str]
Choice: TypeAlias = tuple[str, str | StrPromise]
NOTHING = "-"
COLUMNS = {
    "stance": gettext_lazy("a view"),
    "permission": gettext_lazy("whether it may be published"),
    "kind": gettext_lazy("a kind of respondent"),
    "region": gettext_lazy("a region"),
    "responding_as": gettext_lazy("person or organisation"),
    "organisation_kind": gettext_lazy("a kind of organisation"),
    "channel": gettext_lazy("how it came"),
}


def words_of(order: Mapping[str, Any], result: Mapping[str, Any]) -> list[Word]:
    """Return the words that were mapped before, and those that stand for nothing yet."""
    mapped = [(what, word) for what, one in order.get("values", {}).items() for word in one]
    unknown = [(what, word) for what, word in result.get("unknown", [])]
    return list(dict.fromkeys([*mapped, *unknown]))


def initial_of(order: Mapping[str, Any], words: Sequence[Word]) -> dict[str, str]:
    """Return what the fields begin with: what was chosen before."""
    before = order.get("values", {})
    return {
        name: before[what][word] or NOTHING
        for name, (what, word) in _named(words).items()
        if word in before.get(what, {})
    }


def add(form: forms.Form, words: Sequence[Word], questions: Sequence[Question]) -> dict[str, Word]:
    """Add a field for each word; return the words by the names of their fields."""
    named = _named(words)
    codes: dict[str, list[Choice]] = {}
    for name, (what, word) in named.items():
        if what not in codes:
            codes[what] = _codes(what, questions)
        form.fields[name] = forms.ChoiceField(
            label=_("“%(word)s”, as %(what)s, stands for") % {"word": word, "what": _column(what)},
            choices=[("", _("Not said yet")), (NOTHING, _("Nothing")), *codes[what]],
            required=False,
        )
    return named


def said(named: Mapping[str, Word], given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what the words stand for, as an order holds it: "" is nothing."""
    found: dict[str, dict[str, str]] = {}
    for name, (what, word) in named.items():
        if code := given.get(name, ""):
            found.setdefault(what, {})[word] = "" if code == NOTHING else code
    return found


def _named(words: Sequence[Word]) -> dict[str, Word]:
    return {f"word{place}": word for place, word in enumerate(words, start=1)}


def _column(what: str) -> str:
    if what in COLUMNS:
        return str(COLUMNS[what])
    return _("an answer to question %(n)s") % {"n": what[1:]}


def _codes(what: str, questions: Sequence[Question]) -> list[Choice]:
    """Return what the words of such a column can stand for."""
    match what:
        case "stance":
            return [*Stance.choices]
        case "permission":
            return [*Permission.choices]
        case "kind":
            return [*Kind.choices]
        case "channel":
            return [one for one in Response.Channel.choices if one[0] != Response.Channel.WEB]
        case "responding_as":
            return [("person", _("A person")), ("organisation", _("An organisation"))]
        case "region":
            regions = Region.objects.filter(in_force()).order_by("order", "pk")
            return [*regions.values_list("code", "name")]
        case "organisation_kind":
            kinds = OrganisationKind.objects.filter(in_force()).order_by("order", "pk")
            return [*kinds.values_list("code", "name")]
        case _:
            asked = {f"q{one.number}": one for one in questions}
            choices = asked[what].choices() if what in asked else []
            return [(str(number), label) for number, label in choices]
