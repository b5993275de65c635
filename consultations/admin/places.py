"""Long lists in pages that begin behind a row: the thousandth costs what the first does.

Nothing is counted and nothing skipped: the place is in the address, and an index leads to it. The
list's `ordering` must all rise, or all fall, and end in the key.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import DateTimeField, F, Func, QuerySet, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import HttpRequest

from consultations.models.joining import joined_as_named

AFTER, BEFORE = "after", "before"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_DIGITS = 18


class PlacedList(ChangeList):
    """A list of which a page shows what follows a place, or leads up to it."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return all that the list finds, on this page or another."""
        for name in (AFTER, BEFORE):  # neither filters, nor stays when a filter is chosen
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and one row more, which tells whether there is another."""
        rows, backwards = beyond(self.queryset, request)
        found = list(rows[: self.list_per_page + 1])
        more, placed = len(found) > self.list_per_page, rows is not self.queryset
        found = found[: self.list_per_page]
        self.result_list = found[::-1] if backwards else found
        self.more = more
        self.earlier = self._link(BEFORE, 0) if (more if backwards else placed) else ""
        self.later = self._link(AFTER, -1) if (backwards or more) else ""
        self.begins_here = not placed
        # One more than is shown lets Django offer to select what stands on other pages as well.
        self.result_count = len(found) + bool(self.earlier or self.later)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = None

    def _link(self, name: str, row: int) -> str:
        if not self.result_list:
            return self.get_query_string()
        return self.get_query_string({name: place_of(self.queryset, self.result_list[row])})


class WideList(PlacedList):
    """The same of rows that show what very many other tables hold."""

    def get_results(self, request: HttpRequest) -> None:
        """Read one page outwards from its rows."""
        with joined_as_named():
            super().get_results(request)


class Row(Func):
    """Several columns compared as one: an index on them all leads to the place."""

    function = "ROW"
    output_field = TextField()


def beyond(rows: QuerySet[Any], request: HttpRequest) -> tuple[QuerySet[Any], bool]:
    """Return the rows behind the place in the address, and whether they are asked for backwards.

    What is no place of this list is none: the list begins at its beginning.
    """
    for name in (AFTER, BEFORE):
        place = _read(rows, request.GET.get(name, ""))
        if place is not None:
            rising = (name == AFTER) != str(rows.query.order_by[0]).startswith("-")
            behind = GreaterThan if rising else LessThan
            condition = behind(Row(*map(F, _names(rows))), Row(*place))
            found = rows.filter(condition)
            return (found if name == AFTER else found.reverse()), name == BEFORE
    return rows, False


def place_of(rows: QuerySet[Any], row: Any) -> str:
    """Return a row's place in a list, for an address."""
    return ".".join(str(_number(getattr(row, name))) for name in _names(rows))


def _names(rows: QuerySet[Any]) -> list[str]:
    return [str(name).lstrip("-") for name in rows.query.order_by]


def _number(value: Any) -> int:
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    return int(value)


def _read(rows: QuerySet[Any], text: str) -> list[Value] | None:
    """Return the values of a place, or None where the text is none of this list's."""
    parts, names = text.split("."), _names(rows)
    if len(parts) != len(names) or not all(map(_is_number, parts)):
        return None
    fields = [
        rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name) for name in names
    ]
    try:
        return [
            Value(EPOCH + timedelta(microseconds=int(part)), output_field=DateTimeField())
            if isinstance(field, DateTimeField)
            else Value(int(part))
            for field, part in zip(fields, parts, strict=True)
        ]
    except OverflowError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
