"""How long decisions took, in words."""

from django import template

from consultations.moderation.figures import span_or_none

register = template.Library()


@register.filter
def span(seconds: int | None) -> str:
    """Return how long something took, as "5 hours", or that nothing was decided yet."""
    return span_or_none(seconds)
