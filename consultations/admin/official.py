"""The pages on which officers write, review and publish the official response."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.admin import rights
from consultations.admin.official_forms import FIELDS, AnswerForm, DelayForm
from consultations.admin.review import errors_of
from consultations.models import (
    Consultation,
    OfficialAnswer,
    Recommendation,
    database_now,
)
from consultations.publishing import citing, deadline, official, points
from consultations.publishing.official import OfficialError, Texts

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

# Whose sentences are offered to be cited; older ones are cited all the same.
MOST_EDITIONS = 2


@dataclass(frozen=True)
class _Row:
    """One recommendation: what is published, what is drafted, and what nobody has answered."""

    recommendation: Recommendation
    published: OfficialAnswer | None
    draft: OfficialAnswer | None
    points: tuple[points.Point, ...]


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show how far each answer is, and what nobody answered; publish, or explain a delay."""
    form = DelayForm(request.POST if request.POST.get("act") == "delay" else None, label_suffix="")
    problem = ""
    if request.method == "POST":
        try:
            said = _do(request, consultation, form)
        except OfficialError as error:
            if error.field:
                form.add_error(error.field, str(error))
            else:
                problem = str(error)
        else:
            if said:
                messages.success(request, said)
                return HttpResponseRedirect(request.path)
    now = database_now()
    rows = _rows(consultation)
    context = {
        **_frame(model_admin, request, consultation, _("Official response")),
        "form": form,
        "errors": ([("", problem)] if problem else []) + (errors_of(form) if form.is_bound else []),
        "rows": rows,
        "unticked": _unticked(request, rows) if problem else set(),
        "ready": [row for row in rows if row.draft and row.draft.reviewed_at],
        "closed": consultation.phase(now) == Consultation.Phase.CLOSED,
        "due": deadline.due_on(consultation),
        "late": deadline.is_late(consultation, now),
        "complete": all(row.published for row in rows),
        "delays": list(consultation.official_delays.select_related("given_by")),
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
    return TemplateResponse(request, "admin/consultations/consultation/official.html", context)


def write(
    model_admin: "PolicyAdmin[Consultation]",
    request: HttpRequest,
    consultation: Consultation,
    number: int,
) -> HttpResponse:
    """Write the draft on one recommendation, or review what a colleague has written."""
    rows = consultation.recommendations.select_related("current", "consultation")
    recommendation = rows.filter(number=number).first()
    if recommendation is None:
        raise Http404
    draft = recommendation.official_answers.filter(published_at__isnull=True).first()
    overview = reverse("admin:consultations_consultation_official", args=[consultation.pk])
    form, problem = _form(request, recommendation, draft), ""
    if request.method == "POST":
        try:
            said = _keep(request, recommendation, form)
        except OfficialError as error:
            problem = _refused(form, error, recommendation)
        else:
            if said:
                messages.success(request, said)
                return HttpResponseRedirect(overview)
    stands = draft or recommendation.official_answers.standing().first()
    listed = points.unanswered([recommendation], [stands] if stands else [])
    title = _("Answer on recommendation %(number)s") % {"number": number}
    context = {
        **_frame(model_admin, request, consultation, title),
        "recommendation": recommendation,
        "draft": draft,
        "mine": draft is not None and draft.written_by_id == rights.person(request).pk,
        "form": form,
        "errors": ([("", problem)] if problem else []) + errors_of(form),
        "sentences": _sentences(recommendation),
        "points": listed[recommendation.pk],
        "back": overview,
        "back_title": _("Official response"),
    }
    return TemplateResponse(request, "admin/consultations/consultation/answer.html", context)


def _sentences(recommendation: Recommendation) -> list[tuple[str, str]]:
    """What the newest published digests say on it, each sentence with the mark that cites it."""
    standing = recommendation.consultation.editions.standing()
    editions = standing.order_by("-number", "pk")[:MOST_EDITIONS]
    return [
        (f"[[digest {edition.number}.{place}]]", words)
        for edition in editions
        for place, words in enumerate(citing.told_on(edition, recommendation), 1)
    ]


def _do(request: HttpRequest, consultation: Consultation, form: DelayForm) -> str:
    """Call the verb, and return what to say, "" where the form is not whole."""
    asked: Any = {"consultation": consultation, "by": rights.person(request), "at": database_now()}
    if request.POST.get("act") == "delay":
        if not form.is_valid():
            return ""
        official.explain_delay(reason=form.cleaned_data["reason"], **asked)
        if deadline.is_late(consultation, asked["at"]):
            return _("Your reason is public.")
        return _("Your reason is kept: it is shown from the day on which the response is late.")
    chosen = _chosen(request)
    done = len(official.publish(numbers=[*chosen], seen=chosen, **asked))
    said = ngettext("%(n)s answer is public.", "%(n)s answers are public.", done)
    return said % {"n": done}


def _unticked(request: HttpRequest, rows: list[_Row]) -> set[int]:
    """Return the recommendations whose answers were not to be published, as was just said."""
    return {row.recommendation.number for row in rows} - {*_chosen(request)}


def _chosen(request: HttpRequest) -> dict[int, str]:
    """Return the stamps of the drafts that are ticked, by the number of their recommendation."""
    pairs = [one.partition(":") for one in request.POST.getlist("number")[:1_000]]
    return {
        int(number): stamp
        for number, _colon, stamp in pairs
        if number.isascii() and number.isdecimal() and len(number) < 6
    }


def _form(
    request: HttpRequest, recommendation: Recommendation, draft: OfficialAnswer | None
) -> AnswerForm:
    """Return the form with what was typed, the draft, or what stands to go on from."""
    if request.method == "POST" and request.POST.get("act") == "save":
        return AnswerForm(request.POST, label_suffix="")
    published = recommendation.official_answers.published().order_by("-number", "pk").first()
    base = draft or published
    initial = {name: getattr(base, name) for name in FIELDS} if base else {}
    return AnswerForm(initial=initial | {"seen": draft.stamp if draft else ""}, label_suffix="")


def _keep(request: HttpRequest, recommendation: Recommendation, form: AnswerForm) -> str:
    """Do what the button says, and return what to say, "" where the form is not whole."""
    asked: Any = {"recommendation": recommendation, "by": rights.person(request)}
    seen, act = request.POST.get("seen", ""), request.POST.get("act", "")
    if act == "discard":
        official.discard(recommendation=recommendation, seen=seen)
        return _("The draft is thrown away.")
    if act == "review":
        official.review(seen=seen, at=database_now(), **asked)
        return _("Reviewed: it can be published.")
    if not form.is_bound or not form.is_valid():
        return ""
    texts = Texts(**{name: form.cleaned_data[name] for name in FIELDS})
    official.draft(texts=texts, seen=seen, at=database_now(), **asked)
    return _("Saved. A colleague reviews it before it is published.")


def _refused(form: AnswerForm, error: OfficialError, recommendation: Recommendation) -> str:
    """Say why beside its field, or return it; after a conflict, saving again replaces theirs."""
    if form.is_bound and error.field:
        form.add_error(error.field, str(error))
        return ""
    if form.is_bound:
        standing = recommendation.official_answers.filter(published_at__isnull=True).first()
        form.data = {**form.data.dict(), "seen": standing.stamp if standing else ""}  # type: ignore[attr-defined]
    return str(error)


def _rows(consultation: Consultation) -> list[_Row]:
    """Return each recommendation with its answers and the points that nobody answered."""
    rows = list(consultation.recommendations.select_related("current").order_by("number", "pk"))
    answers = OfficialAnswer.objects.filter(recommendation__consultation=consultation)
    drafts: dict[int, OfficialAnswer] = {}
    published: dict[int, OfficialAnswer] = {}
    people = answers.select_related("written_by", "reviewed_by", "published_by")
    for answer in people.order_by("number", "pk"):
        kept = published if answer.published_at else drafts
        kept[answer.recommendation_id] = answer
    listed = points.unanswered(rows, list((published | drafts).values()))
    return [
        _Row(row, published.get(row.pk), drafts.get(row.pk), tuple(listed[row.pk])) for row in rows
    ]


def _frame(
    model_admin: "PolicyAdmin[Consultation]",
    request: HttpRequest,
    consultation: Consultation,
    title: str,
) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": title,
        "consultation": consultation,
    }
