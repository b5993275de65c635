"""How a list is filtered, as its address says it and as a person reads it."""

from django.contrib.admin.views.main import (
    ALL_VAR,
    ERROR_FLAG,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    ChangeList,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.admin.base import MOST_COUNTED
from consultations.admin.places import AFTER, BEFORE

# What of a list's address chooses no rows.
NO_FILTER = {PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG, AFTER, BEFORE}


def parameters(listed: ChangeList) -> dict[str, str]:
    """Return the parameters that chose the rows, as the ledger names them."""
    said = {name: value for name, value in listed.params.items() if name not in NO_FILTER}
    return {name: str(value) for name, value in sorted(said.items())}


def words(listed: ChangeList) -> list[tuple[str, str]]:
    """Return each filter that is set, with what it is set to, as the list's page names them.

    But for the consultation, which whoever shows them names by itself.
    """
    found: list[tuple[str, str]] = []
    for spec in listed.filter_specs:
        if spec.expected_parameters() == ["consultation"]:
            continue
        if told := getattr(spec, "told", None):
            found += told()
            continue
        chosen = [choice for choice in spec.choices(listed) if choice["selected"]]
        said = [str(choice["display"]) for choice in chosen if choice["query_string"]]
        if said and set(spec.expected_parameters()) & set(listed.params):
            found.append((str(spec.title), ", ".join(said)))
    if query := listed.params.get(SEARCH_VAR):
        found.append((_("words searched"), str(query)))
    return found


def many(count: int) -> str:
    """Return a number that is counted no further than a list is."""
    if count > MOST_COUNTED:
        return _("more than %(n)s rows") % {"n": MOST_COUNTED}
    return ngettext("%(n)s row", "%(n)s rows", count) % {"n": count}
