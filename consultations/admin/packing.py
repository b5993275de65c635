"""The page on which officers and auditors ask for a consultation's evidence pack, and fetch it.

What is in it, and that each is on the ledger, is `pack`.
"""

from typing import TYPE_CHECKING

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import files
from consultations.admin import rights
from consultations.exchange import exports
from consultations.models import Consultation, Job, database_now
from consultations.pack import asking
from consultations.pack.asking import PackError

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show the packs that the user asked for; ask for one (POST) and come back."""
    problem, by = "", rights.person(request)
    if request.method == "POST":
        try:
            asking.ask(consultation=consultation, by=by, at=database_now())
        except PackError as error:
            problem = str(error)
        else:
            return HttpResponseRedirect(request.path)
    jobs = asking.asked_for(consultation=consultation, by=by, at=database_now())
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Evidence pack"),
        "consultation": consultation,
        "opened": consultation.has_opened(database_now()),
        "errors": [("", problem)] if problem else [],
        "jobs": jobs,
        "unfinished": any(job.state in asking.UNFINISHED for job in jobs),
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
    return TemplateResponse(request, "admin/consultations/consultation/pack.html", context)


def fetch(request: HttpRequest, consultation: Consultation, job_id: int) -> HttpResponseBase:
    """Hand out a pack to the person who asked for it, and write that on the ledger."""
    at, by = database_now(), rights.person(request)
    if request.method != "POST":
        raise Http404
    done = Job.objects.filter(
        what=Job.What.PACK,
        consultation=consultation,
        asked_by=by,
        state=Job.State.DONE,
        expires_at__gt=at,
    )
    job = get_object_or_404(done.select_related("consultation"), pk=job_id)
    asking.note(job=job, by=by, at=at)
    answer = StreamingHttpResponse(exports.parts(job), content_type="application/zip")
    answer["Content-Disposition"] = files.disposition(asking.file_name(job))
    answer["Content-Length"] = str((job.result or {})["bytes"])
    return answer
