"""How a final summary reads beside its recommendations: who answered, the questions, the bodies.

Frozen figures in words; the names of organisations are looked up whenever it is read, so that what
is taken back, merged or erased since is gone from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from consultations.analysis.facts import percentage
from consultations.digests.shapes import Bodies, Body, Question, Size, Whole
from consultations.digests.wording import KINDS, joined
from consultations.models import Comment, Kind, Response, SignOff
from consultations.models import Question as Row
from consultations.models.clock import moment

# What is said of those who answered, where there are any.
WHO = {
    "organisations": ngettext_lazy(
        "%(n)s organisation answered.", "%(n)s organisations answered.", "count"
    ),
    "people": ngettext_lazy(
        "%(n)s person answered for themselves.", "%(n)s people answered for themselves.", "count"
    ),
    "questions_alone": ngettext_lazy(
        "%(n)s response answers the owner’s questions alone, and is not in the tables by kind "
        "and by way.",
        "%(n)s responses answer the owner’s questions alone, and are not in the tables by kind "
        "and by way.",
        "count",
    ),
    "late": ngettext_lazy(
        "%(n)s response came after the close and was accepted.",
        "%(n)s responses came after the close and were accepted.",
        "count",
    ),
    "pending": ngettext_lazy(
        "%(n)s response was still subject to an organisation’s own approval.",
        "%(n)s responses were still subject to an organisation’s own approval.",
        "count",
    ),
}

PLACE = "22222222"  # in an address, where an organisation's reference is to stand
_READ = (
    *("kind", "organisation", "organisation_name", "organisation__reference"),
    *("organisation__merged_into", "organisation__merged_into__name"),
    *("late_reason", "received_on", "shown_sign_off__body"),
    *("sign_off__outcome", "sign_off__body", "sign_off__expected_on"),
)


def about() -> str:
    """Return the sentence that says what a final summary is."""
    return _(
        "This is the final summary of the whole consultation: all that counts is in it, also what "
        "the digests before it told."
    )


def covers(start: datetime, end: datetime) -> str:
    """Return the sentence that says which time a final summary covers."""
    said = _("From the opening, %(start)s, to %(end)s.")
    return said % {"start": moment(start), "end": moment(end)}


def whole(facts: Mapping[str, Any]) -> Whole:
    """Return what a final summary's `facts` say beside its recommendations (one query)."""
    told = facts["whole"]
    answered = told["answered"]
    bodies, named = _named(answered["bodies"], facts["slug"])
    more = len(answered["bodies"]) - named
    commenting = answered["responses"] - answered["questions_alone"]
    return Whole(
        sentences=tuple(_who(answered, facts["waiting"])),
        kinds=_sizes(answered["by_kind"], KINDS, commenting),
        channels=_sizes(answered["by_channel"], _channels(), commenting),
        questions=tuple(_question(each) for each in told["questions"]),
        bodies=tuple(
            Bodies(str(KINDS[kind]), tuple(body for _kind, body in group))
            for kind, group in groupby(bodies, key=lambda each: each[0])
        ),
        unnamed=_unnamed(more) if more > 0 else "",
    )


def _who(answered: Mapping[str, Any], waiting: int) -> Iterable[str]:
    """The sentences about who answered, the late and the unapproved among them."""
    total = answered["responses"]
    said = ngettext("%(n)s response counts.", "%(n)s responses count.", total)
    yield said % {"n": f"{total:,}"}
    for name, told in WHO.items():
        if number := answered[name]:
            yield told % {"count": number, "n": f"{number:,}"}
    if waiting:
        said = ngettext(
            "%(n)s comment still waited for a moderator, and is not in it.",
            "%(n)s comments still waited for a moderator, and are not in it.",
            waiting,
        )
        yield said % {"n": f"{waiting:,}"}


def _unnamed(more: int) -> str:
    said = ngettext(
        "%(n)s more organisation answered and is not named.",
        "%(n)s more organisations answered and are not named.",
        more,
    )
    return said % {"n": f"{more:,}"}


def _channels() -> dict[str, str]:
    """What each channel is called in a table."""
    names = {each.value: str(each.label) for each in Response.Channel}
    return {code: f"{name[:1].upper()}{name[1:]}" for code, name in names.items()}


def _sizes(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, Any], whole: int
) -> tuple[Size, ...]:
    return tuple(
        Size(
            joined([str(names.get(key, key)) for key in row["keys"]]),
            row["total"],
            percentage(row["total"], whole),
        )
        for row in rows
    )


def _question(told: Mapping[str, Any]) -> Question:
    labels = dict(zip(told["choices"], told["labels"], strict=True))
    number, of = told["number"], told["recommendation"]
    return Question(
        number=number,
        anchor=f"question-{number}",
        words=told["words"],
        about=_("On recommendation %(number)s.") % {"number": of} if of else "",
        kind=str(Row.Kind(told["kind"]).label),
        answered=told["answered"],
        note=_note(told),
        rows=_sizes(told["rows"], labels, told["answered"]),
    )


def _note(told: Mapping[str, Any]) -> str:
    number = told["answered"]
    said = ngettext("%(n)s answer.", "%(n)s answers.", number) % {"n": f"{number:,}"}
    if not told["choices"]:
        return f"{said} {_('They were written, and are read by the owner alone.')}"
    if not number:
        return said
    if not told["rows"]:
        return f"{said} {_('They are so few that what was chosen is not told.')}"
    if told["several"]:
        return f"{said} {_('Several could be chosen, so the numbers add up to more.')}"
    return said


def _named(references: Sequence[str], slug: str) -> tuple[list[tuple[str, Body]], int]:
    """Return the organisations that may be named now, by kind and name, and of how many responses.

    One query. An organisation may be where a comment of it can be read under its name: so hiding,
    erasing and a choice to be named no more reach it. Of entries that were merged the one that is
    left stands there, once.
    """
    signed = Comment.objects.filter(response=OuterRef("pk"), signed=True, listed=True)
    rows = Response.objects.filter(
        Exists(signed), reference__in=references, organisation__isnull=False
    )
    # one address is made, and the others from it: there may be thousands
    address = reverse("organisations.show", args=[slug, PLACE])
    head, _place, tail = address.rpartition(PLACE)  # the slug may hold the like
    found: dict[int, tuple[str, Body]] = {}
    number = 0
    for number, row in enumerate(rows.order_by("pk").values(*_READ), start=1):  # noqa: B007
        left = row["organisation__merged_into"] or row["organisation"]
        name = row["organisation__merged_into__name"] or row["organisation_name"]
        before = found[left][1].marks if left in found else ()
        path = f"{head}{row['organisation__reference']}{tail}"
        marks = tuple(dict.fromkeys((*before, *_marks(row))))
        found[left] = row["kind"], Body(name, path, marks)
    order = {kind: place for place, kind in enumerate(Kind.values)}
    told = sorted(
        found.values(), key=lambda each: (order[each[0]], each[1].name.lower(), each[1].path)
    )
    return told, number


def _marks(row: Mapping[str, Any]) -> Iterable[str]:
    """What is to be known of a response: that it came late, or has still to be approved.

    The body that approves is named once a moderator has read its name.
    """
    if row["late_reason"] and row["received_on"]:
        when = date_format(row["received_on"], "j F Y")
        yield _("received late, on %(when)s, and accepted") % {"when": when}
    if row["sign_off__outcome"] == SignOff.Outcome.SUBJECT:
        body, when = row["sign_off__body"], date_format(row["sign_off__expected_on"], "j F Y")
        said = _("subject to approval by %(body)s, expected %(when)s")
        if body != row["shown_sign_off__body"]:
            said = _("subject to approval, expected %(when)s")
        yield said % {"body": body, "when": when}
