"""The page of a consultation's digests: preview, e-mail it to me, hold, release, deliveries."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.review import errors_of
from consultations.digests import due, preview, render
from consultations.digests.preview import DigestError
from consultations.forms import TidyField
from consultations.models import Consultation, Edition, Job, Message, database_now

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

PREVIEWS = (Job.What.PREVIEW, Job.What.MAIL_PREVIEW)
UNFINISHED = {Job.State.ASKED, Job.State.RUNNING}


class DigestForm(forms.Form):
    """What an officer does with the digests."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("preview", "mail", "hold", "release")]
    )
    reason = TidyField(
        label=gettext_lazy("Reason for holding"),
        limit=500,
        required=False,
        help_text=gettext_lazy("Colleagues see it here."),
        widget=forms.TextInput,
    )


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show how the digests stand; do what is asked and come back."""
    form = DigestForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request, consultation, form.cleaned_data)
        except DigestError as error:
            form.add_error("reason", str(error))
        else:
            if said:
                messages.success(request, said)
            return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        **_standing(request, consultation),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Digests"),
        "form": form,
        "errors": errors_of(form),
        "consultation": consultation,
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
    return TemplateResponse(request, "admin/consultations/consultation/digests.html", context)


def _do(request: HttpRequest, consultation: Consultation, said: dict[str, Any]) -> str:
    """Call the verb, and return what to say; raises DigestError."""
    asked: Any = {"consultation": consultation, "by": rights.person(request), "at": database_now()}
    match said["act"]:
        case "hold":
            preview.hold(reason=said["reason"], **asked)
            return _("Held: no digest is made until you release them.")
        case "release":
            preview.release(**asked)
            return _("Released.")
        case "mail":
            preview.ask_preview(mail=True, **asked)
            return _("The preview is on its way to %(to)s.") % {"to": asked["by"].email}
    preview.ask_preview(mail=False, **asked)
    return ""  # the page itself says how far the preview is


def _standing(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """Return what the page shows: the jobs asked for, the editions and the deliveries."""
    now = database_now()
    mine = Job.objects.filter(
        consultation=consultation, asked_by=rights.person(request), expires_at__gt=now
    )
    jobs = list(mine.filter(what__in=PREVIEWS).order_by("-asked_at", "-pk")[:10])
    shown = next((job for job in jobs if job.what == Job.What.PREVIEW), None)
    mailed = next((job for job in jobs if job.what == Job.What.MAIL_PREVIEW), None)
    return {
        "upcoming": render.upcoming(due.next_edition_at(consultation, now), consultation),
        "shown": shown,
        "mailed": mailed,
        "unfinished": any(job and job.state in UNFINISHED for job in (shown, mailed)),
        "editions": _editions(consultation),
        "deliveries": _deliveries(consultation),
    }


def _editions(consultation: Consultation) -> list[Edition]:
    """Return the newest editions."""
    return list(Edition.objects.filter(consultation=consultation).order_by("-slot", "-pk")[:5])


def _deliveries(consultation: Consultation) -> list[tuple[str, int, str]]:
    """Return the digest mails by state, with the address of their list."""
    digests = Message.objects.filter(consultation=consultation, stream=Message.Stream.DIGEST)
    counted = dict(digests.order_by().values_list("state").annotate(n=Count("pk")))
    path = reverse("admin:consultations_message_changelist")
    query = f"stream__exact={Message.Stream.DIGEST.value}"
    return [
        (
            str(state.label),
            counted[state.value],
            f"{path}?{query}&state__exact={state.value}",
        )
        for state in Message.State
        if state.value in counted
    ]
