"""What is looked up whenever an edition is read, beside its quotes: comments, and corrections."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.digests import since
from consultations.digests.quoting import name_line
from consultations.digests.shapes import Link
from consultations.models import Comment, Edition, EditionAct, Quote
from consultations.models.clock import day_of

MOST_TOLD = 3  # earlier digests whose corrections are told one by one


def named_in(facts: Mapping[str, Any]) -> dict[str, Link]:
    """Return the comments that an edition's facts name and that are shown now (one query).

    By reference: those with wording similar to a quotation's, and those no longer quoted. Whether
    the answers of its consultation may be read at all is asked at the door.
    """
    wanted = {
        reference for told in facts["recommendations"] for reference in _references(told["summary"])
    }
    if not wanted:
        return {}
    slug = facts["slug"]
    shown = Comment.objects.filter(
        listed=True, reference__in=wanted, recommendation__consultation__slug=slug
    )
    return {
        comment.reference: Link(
            name_line(comment),
            reverse("comments.show", args=[slug, comment.recommendation.number, comment.reference]),
        )
        for comment in shown.with_signatures().select_related("recommendation")
    }


def _references(summary: Mapping[str, Any]) -> Iterable[str]:
    for quote in summary["quotes"]:
        yield from quote.get("related", ())
    for dropped in (summary.get("changes") or {}).get("dropped", ()):
        yield dropped["comment"]


def corrections(quotes: Iterable[Quote]) -> tuple[str, ...]:
    """Return an edition's own corrections, each with its date."""
    said = _("%(day)s: a quotation on recommendation %(number)s was removed.")
    dated = [(each.corrected_at, each.recommendation.number) for each in quotes]
    return tuple(
        said % {"day": day_of(at), "number": number}
        for at, number in sorted((at, number) for at, number in dated if at is not None)
    )


def corrected_since(edition: Edition) -> tuple[str, ...]:
    """Return what was corrected in earlier editions before this one's end (one query).

    Not what an earlier edition that stands tells already, nor what was removed before its own
    edition was published: that one's readers never had it, and its page and mail have a note.
    """
    published_later = EditionAct.objects.filter(
        edition=OuterRef("edition"), act=Edition.State.RELEASED, at__gt=OuterRef("corrected_at")
    )
    start = edition.period.lower
    rows = Quote.objects.filter(
        ~Exists(since.told_before(edition.consultation_id, start, "corrected_at")),
        ~Exists(published_later),
        edition__consultation=edition.consultation_id,
        edition__state=Edition.State.RELEASED,
        edition__slot__lt=edition.slot,
        corrected_at__lt=edition.period.upper,
    ).order_by("-edition__number", "corrected_at", "pk")
    found = list(rows.values_list("edition__number", "recommendation__number"))
    told = [
        _corrected(number, sorted({place for _number, place in group}))
        for number, group in groupby(found, key=lambda row: row[0])
    ]
    left = len(told) - MOST_TOLD
    if left <= 0:
        return tuple(told)
    more = ngettext(
        "%(n)s earlier digest was corrected too.", "%(n)s earlier digests were corrected too.", left
    )
    return (*told[:MOST_TOLD], more % {"n": left})


def _corrected(number: int, recommendations: list[int]) -> str:
    said = ngettext(
        "Correction to digest %(digest)s: quotations on recommendation %(list)s were removed.",
        "Correction to digest %(digest)s: quotations on recommendations %(list)s were removed.",
        len(recommendations),
    )
    return said % {"digest": number, "list": ", ".join(map(str, recommendations))}
