"""The page of a consultation's digests: preview, e-mail it to me, when they go out, hold, release.

The page of one edition is in `editions`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import closing, rights
from consultations.admin.editions import told
from consultations.admin.review import errors_of
from consultations.digests import due, editions, preview, render
from consultations.digests.preview import DigestError
from consultations.forms import TidyField
from consultations.models import Consultation, Edition, Job, Message, database_now
from consultations.models.clock import moment
from consultations.models.consultation import QUIET_HOURS
from consultations.models.edition_standing import UNSEEN

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

PREVIEWS = (Job.What.PREVIEW, Job.What.MAIL_PREVIEW)
NEWEST = 20
# The forms of the page beside the first, by what their buttons say.
FINAL = "final"
OTHERS = ("choose", FINAL)
UNFINISHED = {Job.State.ASKED, Job.State.RUNNING}


class DigestForm(forms.Form):
    """What an officer does with the digests."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("preview", "mail", "hold", "release")]
    )
    slot = forms.ChoiceField(
        label=gettext_lazy("Which digest"),
        required=False,
        help_text=gettext_lazy("A digest to come is shown with what is published by now."),
    )
    reason = TidyField(
        label=gettext_lazy("Reason for holding"),
        limit=500,
        required=False,
        help_text=gettext_lazy("Colleagues see it here."),
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, slots: Sequence[datetime], closed: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        final = [(FINAL, _("The final summary, as it would be now"))] if closed else []
        self.fields["slot"].choices = [  # type: ignore[attr-defined]
            ("", _("As it would be now")),
            *((slot.isoformat(), moment(slot)) for slot in slots),
            *final,
        ]


class ReleaseForm(forms.Form):
    """When digests go out."""

    release = forms.ChoiceField(
        label=gettext_lazy("A digest goes out"), choices=Consultation.Release.choices
    )
    quiet_hours = forms.IntegerField(
        label=gettext_lazy("Hours of quiet"),
        min_value=QUIET_HOURS[0],
        max_value=QUIET_HOURS[1],
        help_text=gettext_lazy(
            "From 1 to 72. Counts only where a digest goes out after a quiet time."
        ),
    )


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show how the digests stand; do what is asked and come back."""
    now = database_now()
    final = closing.standing(consultation, now)
    posted = request.POST if request.method == "POST" else None
    act = posted.get("act") if posted is not None else None
    form = DigestForm(
        None if act in OTHERS else posted,
        label_suffix="",
        slots=due.next_slots(consultation, now, preview.SLOTS),
        closed=final["may_preview_final"],
    )
    choice = ReleaseForm(
        posted if act == "choose" else None,
        label_suffix="",
        initial={"release": consultation.release, "quiet_hours": consultation.quiet_hours},
    )
    ending = closing.FinalForm(posted if act == FINAL else None, label_suffix="")
    verbs = {"choose": (choice, _choose), FINAL: (ending, _make_final)}
    filled, verb = verbs.get(act or "", (form, _do))
    if filled.is_valid():
        try:
            said = verb(request, consultation, filled.cleaned_data)
        except DigestError as error:
            why = "why" if final["may_make_final"] else None
            filled.add_error(why if act == FINAL else "reason", str(error))
        else:
            if said:
                messages.success(request, said)
            return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        **_standing(request, consultation),
        **final,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Digests"),
        "form": form,
        "choice": choice,
        "ending": ending,
        "errors": errors_of(filled),
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
            preview.ask_preview(mail=True, **_which(said), **asked)
            return _("The preview is on its way to %(to)s.") % {"to": asked["by"].email}
    preview.ask_preview(mail=False, **_which(said), **asked)
    return ""  # the page itself says how far the preview is


def _which(said: dict[str, Any]) -> dict[str, Any]:
    if said["slot"] == FINAL:
        return {"final": True}
    return {"slot": datetime.fromisoformat(said["slot"]) if said["slot"] else None}


def _make_final(request: HttpRequest, consultation: Consultation, said: dict[str, Any]) -> str:
    """Order the final summary, and return what to say."""
    by, at = rights.person(request), database_now()
    return closing.make_now(consultation, said, by=by, at=at)


def _choose(request: HttpRequest, consultation: Consultation, said: dict[str, Any]) -> str:
    """Choose when digests go out, and return what to say."""
    editions.choose_release(
        consultation=consultation, by=rights.person(request), at=database_now(), **said
    )
    return _("Your choice is saved.")


def _standing(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """Return what the page shows: the jobs asked for, the editions and the deliveries."""
    now = database_now()
    mine = Job.objects.filter(
        consultation=consultation, asked_by=rights.person(request), expires_at__gt=now
    )
    jobs = list(mine.filter(what__in=PREVIEWS).order_by("-asked_at", "-pk")[:10])
    shown = next((job for job in jobs if job.what == Job.What.PREVIEW), None)
    mailed = next((job for job in jobs if job.what == Job.What.MAIL_PREVIEW), None)
    rows = _editions(consultation)
    return {
        "upcoming": render.upcoming(due.next_edition_at(consultation, now), consultation, now),
        "shown": shown,
        "mailed": mailed,
        "unfinished": any(job and job.state in UNFINISHED for job in (shown, mailed)),
        "editions": rows,
        "waiting": next((row for row in rows if row["edition"].state in UNSEEN), None),
        "deliveries": _deliveries(consultation),
    }


def _editions(consultation: Consultation) -> list[dict[str, Any]]:
    """Return the newest editions, each with how it stands."""
    newest = Edition.objects.filter(consultation=consultation).select_related("consultation")
    newest = newest.defer("facts").order_by("-slot", "-pk")[:NEWEST]
    return [{"edition": edition, "standing": told(edition)} for edition in newest]


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
