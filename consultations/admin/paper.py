"""The pages on which officers type what came otherwise, put it right, and a second one checks it.

The forms are in `paper_forms` and `paper_questions`; `participation` stores. Thousands at once:
`import_comments`.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import participation
from consultations.admin import paper_forms, paper_questions, rights
from consultations.admin.base import PolicyAdmin
from consultations.admin.paper_forms import PaperForm, SaidForm
from consultations.admin.paper_questions import ReplyForm
from consultations.admin.review import errors_of
from consultations.models import Comment, Consultation, Response, database_now
from consultations.participation import PaperError, ParticipationError


def entry(
    page: PolicyAdmin[Any],
    request: HttpRequest,
    consultation: Consultation,
    response: Response | None = None,
) -> HttpResponse:
    """Show the form; store a new response, or put `response` right."""
    form, rows, asked = _forms(request, consultation, response)
    if request.method == "POST" and _all_valid(form, *rows, *asked):
        try:
            stored = _store(request, consultation, response, form, rows, asked)
        except ParticipationError as error:
            form.add_error(None, str(error))
        else:
            done = _("Saved as %(reference)s. A second person now checks it.")
            messages.success(request, done % {"reference": stored.reference})
            return HttpResponseRedirect(_page_of(stored))
    title = _("Type it anew") if response else _("Enter a response")
    problems = [problem for each in (form, *rows, *asked) for problem in errors_of(each)]
    context = {
        **_frame(page, request, consultation, response, title),
        "title": _("Error: %(title)s") % {"title": title} if problems else title,
        "form": form,
        "rows": rows,
        "asked": asked,
        "errors": problems,
    }
    return TemplateResponse(request, "admin/consultations/response/entry.html", context)


def check(page: PolicyAdmin[Any], request: HttpRequest, response: Response) -> HttpResponse:
    """Show what was typed, beside the original that the reader holds, and confirm it."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        seen = paper_forms.instant(request.POST.get("seen", ""))
        person = rights.person(request)
        try:
            participation.check(response=response, seen=seen, by=person, at=database_now())
        except PaperError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Checked. A moderator decides next."))
            return HttpResponseRedirect(_page_of(response))
    comments = Comment.objects.filter(response=response).exclude(state=Comment.State.WITHDRAWN)
    related = comments.select_related("submitted_version", "recommendation__current")
    context = {
        **_frame(page, request, response.consultation, response, _("Check it")),
        "errors": errors_of(form),
        "response": response,
        "seen": response.typed_at.isoformat() if response.typed_at else "",
        "comments": related.order_by("recommendation__number", "pk"),
        "answers": paper_questions.said_in(response),
        "mine": response.typed_by_id == rights.person(request).pk,
    }
    return TemplateResponse(request, "admin/consultations/response/check.html", context)


def _forms(
    request: HttpRequest, consultation: Consultation, response: Response | None
) -> tuple[PaperForm, list[SaidForm], list[ReplyForm]]:
    """Return the forms as they are sent, or as they begin (four queries at most)."""
    sent = request.POST if request.method == "POST" else None
    comments = Comment.objects.filter(response=response).exclude(state=Comment.State.WITHDRAWN)
    typed = {
        comment.recommendation_id: comment.submitted_version
        for comment in (comments.select_related("submitted_version") if response else ())
    }
    about = consultation.recommendations.select_related("current", "consultation")
    rows = [
        SaidForm(
            sent,
            recommendation=one,
            initial=paper_forms.words_of(typed.get(one.pk), response),
        )
        for one in about.order_by("number", "pk")
    ]
    facts = paper_forms.facts_of(response)
    asked = paper_questions.forms_for(sent, consultation, response)
    return PaperForm(sent, initial=facts, label_suffix=""), rows, asked


def _all_valid(*sent: forms.Form) -> bool:
    """Whether all are; each is asked, so that every error is shown at once."""
    valid = [form.is_valid() for form in sent]
    return all(valid)


@transaction.atomic
def _store(
    request: HttpRequest,
    consultation: Consultation,
    response: Response | None,
    form: PaperForm,
    rows: list[SaidForm],
    asked: list[ReplyForm],
) -> Response:
    """Call the verb; an organisation that it adds stays only if all does."""
    given = form.cleaned_data
    common: Any = {
        "paper": form.paper(),
        "said": paper_forms.said_in(rows, given["permission"]),
        "replies": paper_questions.replies_in(asked),
        "key": given["key"],
        "by": rights.person(request),
        "at": database_now(),
    }
    if response is None:
        return participation.enter(consultation=consultation, **common)
    seen = paper_forms.instant(given["seen"])
    return participation.retype(response=response, seen=seen, **common)


def _frame(
    page: PolicyAdmin[Any],
    request: HttpRequest,
    consultation: Consultation,
    response: Response | None,
    title: str,
) -> dict[str, Any]:
    """Return what each of these pages needs around it."""
    back = reverse("admin:consultations_consultation_change", args=[consultation.pk])
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": title,
        "consultation": consultation,
        "back": _page_of(response) if response else back,
        "back_title": response.reference if response else consultation.title,
    }


def _page_of(response: Response) -> str:
    return reverse("admin:consultations_response_change", args=[response.pk])
