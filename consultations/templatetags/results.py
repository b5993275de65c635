"""The rows of the results' tables: hundreds of them, each in one go, for a template takes its time.

Everything is escaped as in a template; the page around them is one.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consultations.results.drawing import Bar
from consultations.results.shapes import Line

register = template.Library()
_ROW = (
    '<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td>'
    '<td class="drawn">{}</td>{}</tr>'
)
_RECT = '<rect class="stance-{}" x="{}" y="{}" width="{}" height="{}"/>'
_BAR = (
    '<svg class="diverging" viewBox="0 0 300 20" aria-hidden="true" focusable="false">{}'
    '<line class="axis" x1="{}" x2="{}" y1="0" y2="20"/></svg>'
)


@register.simple_tag
def result_rows(lines: Iterable[Line], stances: int) -> SafeString:
    """Return the rows of a table; `stances` is how many columns the counts take."""
    together, untold = _("(counted together)"), _("Not told apart")
    return format_html_join(
        "\n",
        _ROW,
        (
            (
                _names(line, together),
                line.total,
                line.to_read,
                _bar(line.bar) if line.bar else "",
                _counts(line, stances, untold),
            )
            for line in lines
        ),
    )


def _names(line: Line, together: str) -> SafeString:
    """The names of those counted in a row, each leading to what they said."""
    names = format_html_join(
        ", ",
        "{}",
        (
            (format_html('<a href="{}">{}</a>', path, name) if path else name,)
            for name, path in line.names
        ),
    )
    return format_html("{} {}", names, together) if len(line.names) > 1 else names


def _counts(line: Line, stances: int, untold: str) -> SafeString:
    if line.counts:
        return format_html_join("", '<td class="n">{}</td>', ((count,) for count in line.counts))
    return format_html('<td class="n" colspan="{}">{}</td>', stances, untold)


def _bar(bar: Bar) -> SafeString:
    parts = format_html_join(
        "", _RECT, ((part.stance, part.x, part.y, part.width, part.height) for part in bar.parts)
    )
    return format_html(_BAR, parts, bar.axis, bar.axis)
