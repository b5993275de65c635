"""The page of the ledgers' chains: the head of each to note down, and verifying it now."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.review import errors_of
from consultations.exchange import verifying
from consultations.exchange.verifying import VerifyError
from consultations.models import Consultation, Job, LedgerEntry, database_now

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


class VerifyForm(forms.Form):
    """Which chain is verified, and against which head."""

    consultation = forms.ModelChoiceField(
        Consultation.objects.none(),
        label=gettext_lazy("Consultation"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the consultation.")},
    )
    head = forms.CharField(
        label=gettext_lazy("A head that you noted earlier"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "If you have one: it finds an end that was cut off. Editions name theirs."
        ),
    )


def page(model_admin: "PolicyAdmin[LedgerEntry]", request: HttpRequest) -> HttpResponse:
    """Show the chains that the user may audit; ask for a verification and come back."""
    mine = Consultation.objects.filter(pk__in=rights.where(request, rights.AUDIT))
    if not mine:
        raise Http404
    form = VerifyForm(request.POST if request.method == "POST" else None, label_suffix="")
    chosen: Any = form.fields["consultation"]
    chosen.queryset = mine.order_by("title", "pk")
    if request.method == "POST" and form.is_valid():
        try:
            verifying.ask(
                consultation=form.cleaned_data["consultation"],
                known_head=form.cleaned_data["head"],
                by=rights.person(request),
                at=database_now(),
            )
        except VerifyError as error:
            form.add_error("head", str(error))
        else:
            return HttpResponseRedirect(request.path)
    chains = _chains([one.pk for one in mine])
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Verify the ledger"),
        "form": form,
        "errors": errors_of(form),
        "chains": chains,
        "unfinished": any(job and job.state in verifying.UNFINISHED for _one, job in chains),
    }
    return TemplateResponse(request, "admin/consultations/ledgerentry/chains.html", context)


def _chains(mine: list[int]) -> list[tuple[Consultation, Job | None]]:
    """Return each consultation with its chain's length and head, and its last verification."""
    last = LedgerEntry.objects.filter(consultation=OuterRef("pk")).order_by("-sequence", "pk")
    rows = Consultation.objects.filter(pk__in=mine).annotate(
        entries=Subquery(last.values("sequence")[:1]), head=Subquery(last.values("hash")[:1])
    )
    jobs = Job.objects.filter(what=Job.What.VERIFY, consultation__in=mine).order_by(
        "consultation_id", "-asked_at", "-pk"
    )
    newest = {job.consultation_id: job for job in jobs.distinct("consultation_id")}
    return [(one, newest.get(one.pk)) for one in rows.order_by("title", "pk")]
