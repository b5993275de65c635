"""What the moderator's queue needs: the rows of Django's list, grouped under their consultation."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_list

from consultations.models import Case
from consultations.moderation.queue import Backlog

register = template.Library()


@register.inclusion_tag("admin/consultations/case/results.html")
def grouped_results(cl: Any, backlogs: Iterable[Backlog]) -> dict[str, object]:
    """Group the rows of a list by consultation; those of decided cases stand in one group."""
    shown: dict[str, Any] = dict(result_list(cl))
    known = {backlog.consultation: backlog for backlog in backlogs}
    pairs = zip(cl.result_list, shown["results"], strict=True)
    return {
        "headers": shown["result_headers"],
        "groups": [
            _group([(case, row) for case, row in rows], known)
            for _key, rows in groupby(pairs, key=lambda pair: _key_of(pair[0]))
        ],
    }


def _key_of(case: Case) -> int:
    return case.consultation_id if case.closed_at is None else 0


def _group(rows: list[tuple[Case, Any]], known: dict[int, Backlog]) -> dict[str, object]:
    """Return what a group shows: its consultation (none of decided cases), what waits, its rows."""
    case = rows[0][0]
    waits = case.closed_at is None
    return {
        "title": case.consultation.title if waits else "",
        "backlog": known.get(case.consultation_id),
        "rows": [row for _case, row in rows],
    }
