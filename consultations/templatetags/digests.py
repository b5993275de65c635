"""What the pages of digests need: the bar of stances, as inline SVG with its numbers as text."""

from collections.abc import Iterable, Mapping

from django import template

from consultations.digests.bars import WIDTH, segments

register = template.Library()


@register.inclusion_tag("digests/stance_bar.html")
def stance_bar(counts: Mapping[str, int] | Iterable[tuple[str, int]]) -> dict[str, object]:
    """Draw how many took each stance (a dict of stance to number, or pairs)."""
    drawn = segments(counts.items() if isinstance(counts, Mapping) else counts)
    return {
        "segments": drawn,
        "total": sum(segment.count for segment in drawn),
        "width": WIDTH,
    }
