"""The page on which an officer imports responses: the file, what its columns mean, the report.

A worker reads the file (`exchange.imports`); the page asks, and shows how far it is. The forms are
in `importing_forms`.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.admin import importing_values, rights
from consultations.admin.base import PolicyAdmin, is_key
from consultations.admin.importing_forms import ColumnsForm, FileForm, OrderForm
from consultations.admin.review import errors_of
from consultations.exchange import imports, uploads
from consultations.models import Consultation, Job, Upload, database_now


def page(
    model_admin: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Take a file (POST), or show what became of one; a lost one leads to the empty page."""
    if "job" in request.GET:
        job = _job(request, consultation)
        if job is not None:
            return _of_job(model_admin, request, consultation, job)
        messages.info(request, _("That import is here no longer: a day has passed."))
        return HttpResponseRedirect(request.path)
    form = FileForm(
        request.POST if request.method == "POST" else None, request.FILES or None, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        file: Any = form.cleaned_data["file"]
        upload = uploads.keep(
            what=Upload.What.RESPONSES,
            name=file.name,
            content=file.read(),
            consultation=consultation,
            by=rights.person(request),
            at=database_now(),
        )
        return _ask(request, consultation, upload, form.order())
    context = {
        **_frame(model_admin, request, consultation, _("Import responses"), form),
        "form": form,
    }
    return TemplateResponse(request, "admin/consultations/consultation/import.html", context)


def _job(request: HttpRequest, consultation: Consultation) -> Job | None:
    """Return the import that the page is about, of the user's own; nobody else's exists."""
    named = request.GET["job"]
    if not is_key(named):
        return None
    mine = Job.objects.filter(
        what=Job.What.IMPORT,
        consultation=consultation,
        asked_by=rights.person(request),
        expires_at__gt=database_now(),
        upload__isnull=False,
    )
    return mine.select_related("upload").defer("upload__content").filter(pk=int(named)).first()


def _of_job(
    model_admin: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation, job: Job
) -> HttpResponse:
    """Show how far an import is; try it anew with other meanings, or take it in (POST)."""
    result: dict[str, Any] = job.result or {}
    act = request.POST.get("act", "")
    upload: Any = job.upload
    tried = job.state == Job.State.DONE and job.order["dry_run"]
    if act in {"all", "good"} and tried and "refused" not in result:
        order = job.order | {"dry_run": False, "skip_bad_rows": act == "good"}
        return _ask(request, consultation, upload, order)
    words = importing_values.words_of(job.order, result)
    rest = {name: job.order.get(name) for name in OrderForm.base_fields}
    form = ColumnsForm(
        request.POST if act == "try" else None,
        columns=result.get("columns", []),
        numbers=list(
            consultation.recommendations.order_by("number").values_list("number", flat=True)
        ),
        questions=list(consultation.questions.order_by("number", "pk")),
        words=words,
        initial={**rest, **importing_values.initial_of(job.order, words)},
        label_suffix="",
    )
    if act == "try" and tried and form.is_valid():
        return _ask(request, consultation, upload, form.order())
    context = {
        **_frame(model_admin, request, consultation, _("Import of responses"), form),
        "job": job,
        "result": result,
        "unfinished": job.state in imports.UNFINISHED,
        "tried": tried,
        "more_bad": result.get("bad", 0) - len(result.get("problems", [])),
        "form": form,
    }
    return TemplateResponse(request, "admin/consultations/consultation/imported.html", context)


def _ask(
    request: HttpRequest, consultation: Consultation, upload: Upload, order: dict[str, Any]
) -> HttpResponseRedirect:
    job = imports.ask(
        consultation=consultation,
        upload=upload,
        order=order,
        by=rights.person(request),
        at=database_now(),
    )
    return HttpResponseRedirect(f"{request.path}?job={job.pk}")


def _frame(
    model_admin: PolicyAdmin[Any],
    request: HttpRequest,
    consultation: Consultation,
    title: str,
    form: forms.Form,
) -> dict[str, Any]:
    problems = errors_of(form)
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: %(title)s") % {"title": title} if problems else title,
        "errors": problems,
        "consultation": consultation,
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
