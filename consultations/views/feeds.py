"""Atom feeds (RFC 4287) of what a consultation has published."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from consultations.digests import closing
from consultations.digests.render import CAUTION, address, period_of
from consultations.models import Consultation, Edition, OfficialAnswer, User
from consultations.views.digests import readable

MOST = 20


@login_not_required
@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the last editions, newest first; a correction or withdrawal of one moves its date.

    An entry says how much is new and links to the edition: quotations stand there alone, so that
    what is taken back is in no reader's copy. One that was withdrawn says that alone.
    """
    consultation = readable(request, slug, timezone.now())
    feed = _feed(consultation)
    for row in _rows(consultation):
        path = address(reverse("digests.show", args=[slug, row["number"]]))
        withdrawn = row["state"] == Edition.State.WITHDRAWN
        name = str(Edition(number=row["number"], final=row["final"]))
        title = _("%(name)s (withdrawn)") if withdrawn else "%(name)s"
        released_at = row["released_at"] or row["built_at"]
        feed.add_item(
            title=title % {"name": name},
            link=path,
            description=_("Withdrawn: its page says why.") if withdrawn else _summary(row),
            unique_id=path,
            pubdate=released_at,
            updateddate=max(filter(None, (released_at, row["corrected_at"], row["acted_at"]))),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@login_not_required
@require_safe
def official(request: HttpRequest, slug: str) -> HttpResponse:
    """List the last versions of the official response, newest first, each with its status alone."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    page = address(reverse("official.show", args=[slug]))
    feed = Atom1Feed(
        title=_("Official response: %(title)s") % {"title": consultation.title},
        link=page,
        description="",
        feed_url=address(reverse("feeds.official", args=[slug])),
        author_name=consultation.owner,
        language="en-gb",
    )
    shown = OfficialAnswer.objects.shown(timezone.now())
    answers = shown.filter(recommendation__consultation=consultation)
    for answer in answers.select_related("recommendation").order_by("-published_at", "-pk")[:MOST]:
        number = answer.recommendation.number
        told = {"number": number, "version": answer.number}
        feed.add_item(
            title=_("Recommendation %(number)s, version %(version)s") % told,
            link=page,
            description=answer.get_status_display(),
            unique_id=f"{page}#recommendation-{number}-{answer.number}",
            pubdate=answer.published_at,
            updateddate=answer.published_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _rows(consultation: Consultation) -> Iterable[Mapping[str, Any]]:
    """The newest editions, each with when it was released, corrected and last acted on."""
    rows = consultation.editions.public().values(
        "number", "final", "state", "period", "built_at", "facts"
    )
    released = Q(acts__act=Edition.State.RELEASED)
    dated = rows.annotate(
        corrected_at=Max("quotes__corrected_at"),
        released_at=Min("acts__at", filter=released),
        acted_at=Max("acts__at"),
    )
    return dated.order_by("-number", "-pk")[:MOST]


def _feed(consultation: Consultation) -> Atom1Feed:
    slug = consultation.slug
    return Atom1Feed(
        title=_("Digests: %(title)s") % {"title": consultation.title},
        link=address(reverse("digests.index", args=[slug])),
        description=str(CAUTION),
        feed_url=address(reverse("feeds.editions", args=[slug])),
        author_name=consultation.owner,
        language="en-gb",
    )


def _summary(row: Mapping[str, Any]) -> str:
    """Say which period it covers, and how many comments are new; of a final summary, what it is."""
    period = row["period"].lower, row["period"].upper
    if row["final"]:
        return f"{closing.about()} {closing.covers(*period)}"
    told = [each["summary"]["facts"] for each in row["facts"]["recommendations"]]
    new = sum(facts["new"] for facts in told)
    sentence = ngettext("%(n)s new comment.", "%(n)s new comments.", new) % {"n": f"{new:,}"}
    return f"{period_of(*period)} {sentence}"
