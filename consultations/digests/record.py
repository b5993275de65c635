"""An edition as data: what its page says, in plain values for JSON; no person is named in it."""

from collections.abc import Iterable, Sequence
from typing import Any

from consultations.digests.render import address
from consultations.digests.shapes import (
    Campaign,
    Cell,
    Changed,
    Ground,
    Link,
    Row,
    Said,
    Section,
    Sentence,
    Size,
    View,
    Whole,
)
from consultations.models import Stance

FORMAT = 1


def record(seen: View) -> dict[str, Any]:
    """Return a published edition as plain values; addresses are whole, codes as in the API."""
    home = address(seen.path)
    return {
        "format": FORMAT,
        "number": seen.number,
        "title": seen.title,
        "final": seen.whole is not None,
        "url": home,
        "record_url": address(seen.record_path),
        "consultation_url": address(seen.consultation_path),
        "method_url": address(seen.method_path),
        "moderation_url": address(seen.moderation_path) if seen.moderation else "",
        "period": {"from": seen.start, "to": seen.end, "text": seen.period},
        "method": seen.method,
        "sha256": seen.hash,
        "ledger": seen.record,
        "readers": seen.readers,
        "about": seen.about,
        "caution": seen.caution,
        "corrections": list(seen.corrections),
        "corrections_to_earlier": list(seen.earlier),
        "recommendations": [_section(each, home) for each in seen.sections],
        "moderation": _sentences(seen.moderation, home),
        "still_to_come": list(seen.to_come),
        **(_of_the_whole(seen.whole) if seen.whole else {}),
    }


def _of_the_whole(told: Whole) -> dict[str, Any]:
    """What a final summary alone says; the names of organisations as they stand now."""
    return {
        "answered": {
            "sentences": list(told.sentences),
            "by_kind": _sizes(told.kinds),
            "by_channel": _sizes(told.channels),
        },
        "questions": [
            {
                "number": each.number,
                "question": each.words,
                "about": each.about,
                "kind": each.kind,
                "answers": each.answered,
                "note": each.note,
                "choices": _sizes(each.rows),
            }
            for each in told.questions
        ],
        "organisations": [
            {
                "kind": group.heading,
                "named": [
                    {"name": body.name, "url": address(body.path), "marks": list(body.marks)}
                    for body in group.named
                ],
            }
            for group in told.bodies
        ],
        "organisations_not_named": told.unnamed,
    }


def _sizes(rows: Sequence[Size]) -> list[dict[str, Any]]:
    return [{"label": row.label, "total": row.total, "percent": row.share} for row in rows]


def _section(told: Section, home: str) -> dict[str, Any]:
    return {
        "number": told.number,
        "title": told.title,
        "url": address(told.path),
        "new": told.new,
        "total": told.total,
        "stances": _stances(told.cells),
        "sentences": _sentences((*told.sentences, *told.rows), home),
        "by_kind": _rows(told.kinds),
        "by_organisation_kind": _rows(told.bodies),
        "by_region": _rows(told.regions),
        "quotes": [_quote(each) for each in told.quotes],
        "common_ground": [_ground(each, home) for each in told.ground],
        "campaigns": [_campaign(each, home) for each in told.campaigns],
        "changes": _changed(told.changed, home) if told.changed else None,
    }


def _sentences(told: Iterable[Sentence], home: str) -> list[dict[str, Any]]:
    return [
        {
            "text": each.text,
            "sources": [
                {
                    "name": source.name,
                    "label": source.label,
                    "value": "" if source.name.startswith("quote:") else source.value,
                    "url": _whole(source.path, home),
                    "comments": [address(link.path) for link in source.comments],
                }
                for source in each.sources
            ],
        }
        for each in told
    ]


def _rows(told: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "codes": list(row.keys),
            "label": row.label,
            "total": row.total,
            "new": row.new,
            "stances": _stances(row.cells),
        }
        for row in told
    ]


def _stances(cells: Sequence[Cell]) -> dict[str, dict[str, Any]] | None:
    """Counts by stance, with their change; None where the size alone is told."""
    if not cells:
        return None
    return {
        stance: {"count": cell.count, "change": cell.change}
        for stance, cell in zip(Stance.values, cells, strict=True)
    }


def _quote(said: Said) -> dict[str, Any]:
    """The words as they stand now, or the note in their place; who says them, at the address."""
    return {
        "text": said.text,
        "note": said.removed,
        "block": said.block,
        "stance": said.stance,
        "region": said.region,
        "url": address(said.path) if said.path else "",
        "why": said.why,
        "similar_wording": [address(link.path) for link in said.related],
    }


def _ground(each: Ground, home: str) -> dict[str, Any]:
    return {
        "heading": each.heading,
        "sentences": _sentences(each.sentences, home),
        "quotes": _places(each.quotes, home),
    }


def _campaign(each: Campaign, home: str) -> dict[str, Any]:
    return {
        "label": each.label,
        "url": f"{home}#{each.anchor}",
        "size": each.size,
        "new": each.new,
        "wordings": each.distinct,
        "stances": _stances(each.cells),
        "by_kind": _rows(each.kinds),
        "sentences": _sentences(each.sentences, home),
    }


def _changed(told: Changed, home: str) -> dict[str, Any]:
    return {
        "sentences": _sentences(told.sentences, home),
        "stances": [
            {
                "label": each.label,
                "before": dict(zip(Stance.values, each.before, strict=True)),
                "now": dict(zip(Stance.values, each.now, strict=True)),
            }
            for each in told.moved
        ],
        "kept": _places(told.kept, home),
        "added": _places(told.added, home),
        "dropped": [
            {"url": address(each.path) if each.path else "", "reason": each.reason}
            for each in told.dropped
        ],
    }


def _places(links: Iterable[Link], home: str) -> list[str]:
    return [_whole(link.path, home) for link in links]


def _whole(path: str, home: str) -> str:
    return f"{home}{path}" if path.startswith("#") else address(path)
