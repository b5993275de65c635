"""Atom feeds (RFC 4287) of what a consultation has published."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from consultations.digests.render import CAUTION, address, period_of
from consultations.models import Consultation, Edition
from consultations.views.digests import readable

MOST = 20


@login_not_required
@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the last editions, newest first; a correction of one moves its date.

    An entry says how much is new and links to the edition: quotations stand there alone, so that
    what is taken back is in no reader's copy.
    """
    consultation = readable(request, slug, timezone.now())
    rows = consultation.editions.annotate(corrected_at=Max("quotes__corrected_at"))
    feed = _feed(consultation)
    for edition in rows.order_by("-number", "-pk")[:MOST]:
        path = address(reverse("digests.show", args=[slug, edition.number]))
        feed.add_item(
            title=_("Digest %(number)s") % {"number": edition.number},
            link=path,
            description=_summary(edition),
            unique_id=path,
            pubdate=edition.built_at,
            updateddate=max(filter(None, (edition.built_at, edition.corrected_at))),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


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


def _summary(edition: Edition) -> str:
    """Say which period it covers, and how many comments are new on how many recommendations."""
    told = [each["summary"]["facts"] for each in edition.facts["recommendations"]]
    new = sum(facts["new"] for facts in told)
    sentence = ngettext("%(n)s new comment.", "%(n)s new comments.", new) % {"n": f"{new:,}"}
    return f"{period_of(edition.period.lower, edition.period.upper)} {sentence}"
