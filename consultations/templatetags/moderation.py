"""How long decisions took, in words."""

from django import template

from consultations.moderation import figures

register = template.Library()


@register.filter
def span(seconds: int) -> str:
    """Return how long something took, as "5 hours"."""
    return figures.span(seconds)
