"""The public archive of editions, and what a reader chooses to receive."""

from datetime import datetime
from hashlib import sha256

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations import policy
from consultations.digests import subscribe
from consultations.digests.due import next_edition_at
from consultations.digests.record import record as as_record
from consultations.digests.render import address, period_of, upcoming, view
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.forms import SubscriptionForm
from consultations.mail.stopped import stopped
from consultations.models import Consultation, Edition, EditionWorkbook, User, database_now
from consultations.models.clock import moment
from consultations.models.edition_standing import UNSEEN, EditionQuerySet

log = structlog.get_logger(__name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSED = gettext_lazy(
    "This digest is not as it was published: what is stored does not match its fingerprint. It is "
    "not shown until this is put right."
)


@login_not_required
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List a consultation's editions, newest first."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    editions = _editions(request, consultation).order_by("-number", "pk")
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "editions": [
            {
                "number": edition.number,
                "name": str(edition),
                "period": period_of(edition.period.lower, edition.period.upper),
                "said": _said(edition, consultation),
            }
            for edition in editions.defer("facts")
        ],
        "upcoming": upcoming(next_edition_at(consultation, now), consultation, now),
    }
    return render(request, "digests/index.html", context)


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one edition: frozen figures, and the quotations that still stand."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    edition = get_object_or_404(_editions(request, consultation), number=number)
    if edition.state == Edition.State.WITHDRAWN:
        return _withdrawn(request, consultation, edition)
    try:
        seen = view(edition)
    except UnfaithfulSummaryError as error:
        return _refused(request, edition, error)
    others = _editions(request, consultation).filter(number__in=[number - 1, number + 1])
    there = {each.number: each for each in others.only("number", "final")}
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "edition": seen,
        "address": address(seen.path) if seen.whole else "",
        "said": _said(edition, consultation),
        "earlier": there.get(number - 1),
        "later": there.get(number + 1),
    }
    return render(request, "digests/show.html", context)


@login_not_required
@require_safe
def record(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Return one edition as data, to whoever may read its page; unchanged, it is sent once."""
    consultation = readable(request, slug, timezone.now())
    edition = get_object_or_404(_editions(request, consultation), number=number)
    if edition.state == Edition.State.WITHDRAWN:
        raise Http404
    try:
        told = as_record(view(edition))
    except UnfaithfulSummaryError as error:
        _log_refused(edition, error)
        return JsonResponse({"error": str(REFUSED)}, status=500)
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    etag = quote_etag(sha256(answer.content).hexdigest())
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer


@login_not_required
@require_safe
def workbook(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return a final summary's tables as a workbook, to whoever may read its page, once built."""
    consultation = readable(request, slug, timezone.now())
    standing = _editions(request, consultation).exclude(state=Edition.State.WITHDRAWN)
    rows = EditionWorkbook.objects.filter(edition__in=standing.filter(number=number))
    content = get_object_or_404(rows).content
    answer = HttpResponse(bytes(content), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{slug}-final-summary.xlsx"'
    return answer


def _refused(request: HttpRequest, edition: Edition, error: UnfaithfulSummaryError) -> HttpResponse:
    """Say that an edition is not what was published, and show nothing of it."""
    _log_refused(edition, error)
    context = {"consultation": edition.consultation, "edition": edition, "refused": REFUSED}
    return render(request, "digests/refused.html", context, status=500)


def _log_refused(edition: Edition, error: UnfaithfulSummaryError) -> None:
    log.error("edition_refused", edition=edition.pk, number=edition.number, found=str(error))


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and keep what the visitor wants by e-mail; nothing is chosen beforehand."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    chosen = subscribe.chosen_by(user, consultation)
    said = request.POST if request.method == "POST" else None
    form = SubscriptionForm.showing(chosen, said)
    overtaken = ""
    if said is not None and form.is_valid():
        choice, seen = form.cleaned_data["choice"], form.cleaned_data["seen"]
        now = database_now()
        try:
            subscribe.choose(user=user, consultation=consultation, choice=choice, seen=seen, at=now)
        except subscribe.SubscribeError as error:
            overtaken = str(error)
            chosen = subscribe.chosen_by(user, consultation)
            form = SubscriptionForm.showing(chosen)
        else:
            messages.success(request, _("Your choice is saved."))
            return redirect("digests.settings", slug=slug)
    asked_at = timezone.now()
    context = {
        "consultation": consultation,
        "form": form,
        "subscription": chosen,
        "overtaken": overtaken,
        "address": stopped(user),
        "upcoming": upcoming(next_edition_at(consultation, asked_at), consultation, asked_at),
    }
    status = 409 if overtaken else 422 if form.errors else 200
    return render(request, "digests/settings.html", context, status=status)


def _editions(request: HttpRequest, consultation: Consultation) -> EditionQuerySet:
    """Return the editions that the visitor may open: those that wait are its deciders' alone."""
    user = request.user if isinstance(request.user, User) else None
    early = user is not None and policy.may_read_editions_early(user, consultation.pk)
    rows = Edition.objects.filter(consultation=consultation)
    return rows.telling() if early else rows.public()


def _withdrawn(request: HttpRequest, consultation: Consultation, edition: Edition) -> HttpResponse:
    """Say that an edition was withdrawn, when and why, and show nothing of it."""
    act = edition.acts.get(act=Edition.State.WITHDRAWN)
    context = {"consultation": consultation, "edition": edition, "act": act}
    return render(request, "digests/withdrawn.html", context)


def _said(edition: Edition, of: Consultation) -> str:
    """Say how an edition stands, where it is not simply published."""
    if edition.state in UNSEEN:
        return _("Not published yet: only staff see it.")
    if edition.state == Edition.State.WITHDRAWN:
        return _("Withdrawn.")
    if of.closes_at and edition.precedes(of.closes_at):
        said = _("Made before the closing time was moved to %(when)s: what came later is missing.")
        return said % {"when": moment(of.closes_at)}
    return ""


def readable(request: HttpRequest, slug: str, at: datetime) -> Consultation:
    """Return the consultation whose answers the visitor may read now; else it does not exist."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    if not policy.may_read_answers(user, consultation, at):
        raise Http404
    return consultation
