"""Filters: the owner's Markdown as HTML, and instants as people say them."""

from datetime import datetime
from functools import lru_cache

import nh3
from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from consultations.analysis.language import language_of
from consultations.models import Consultation, clock

register = template.Library()
MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable("table")
TAGS = {
    *("p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "h4", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "code"),
}


@lru_cache(maxsize=256)
def _html(source: str) -> str:
    return nh3.clean(
        MARKDOWN.render(source),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )


@register.filter
def markdown(source: str) -> SafeString:
    """Return the owner's Markdown as HTML from an allow-list; never used on respondents' text."""
    return mark_safe(_html(source))  # noqa: S308 (cleaned by nh3 just above)


@register.simple_tag
def demonstration() -> str:
    """Return the sentence that every page of the demonstration carries; "" anywhere else."""
    if not settings.DEMO:
        return ""
    return _(
        "An independent demonstration with invented sample respondents. "
        "Not run by the Manufacturing Commission."
    )


@register.filter
def read_in(words: str, consultation: Consultation) -> SafeString | str:
    """Return the `lang` attribute of words that are not in the page's language; "" for others.

    What respondents write is expected in the consultation's language.
    """
    code, page = language_of(words, consultation.language), (get_language() or "").split("-")[0]
    return "" if code == page else format_html(' lang="{}"', code)


@register.filter
def moment(value: datetime | None) -> str:
    """Return an instant in London time, as in "11:59pm on Monday 30 November 2026"."""
    return clock.moment(value) if value else ""


@register.filter
def day(value: datetime | None) -> str:
    """Return the London date of an instant, as in "30 November 2026"."""
    return clock.day_of(value) if value else ""
