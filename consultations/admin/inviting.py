"""The pages on which an officer invites: how far all have come, and the file that is tried first.

The list is in `invitations`; reading the file and inviting, in `exchange`.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import invitations
from consultations.admin import rights
from consultations.admin.base import PolicyAdmin, is_key
from consultations.admin.invitations import remind_and_tell
from consultations.admin.review import errors_of
from consultations.exchange import contacts, inviting, uploads
from consultations.exchange.contacts import Checked
from consultations.exchange.sheets import SheetError
from consultations.invitations import InvitationError
from consultations.models import (
    Consultation,
    Invitation,
    OrganisationKind,
    Region,
    Upload,
    database_now,
)
from consultations.models.reference import in_force

# More problems than these are not read: the file needs mending first.
MOST_SHOWN = 200
LISTED = "admin:consultations_invitation_changelist"


class FileForm(forms.Form):
    """A file of organisations and contacts."""

    file = forms.FileField(
        label=gettext_lazy("File of organisations and contacts"),
        help_text=gettext_lazy("CSV or XLSX, at most 2,000 rows. You see first what it would do."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file larger than any list of contacts."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > contacts.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB: part it."))
        return file


class ConfirmForm(forms.Form):
    """What is left to say once the file was tried."""

    leave_out_bad = forms.BooleanField(
        label=gettext_lazy("Leave out the bad rows, and invite the others"), required=False
    )
    trust_domains = forms.BooleanField(
        label=gettext_lazy("These contacts use their organisations’ own e-mail domains"),
        required=False,
        help_text=gettext_lazy(
            "A person with an address of the same domain is then shown to moderators as matching. "
            "It holds for organisations that are added now, and never for free mail."
        ),
    )


def overview(
    page: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show how far the invitations have come; remind everybody who has not answered (POST)."""
    if request.method == "POST":
        remind_and_tell(request, consultation)
        return HttpResponseRedirect(request.path)
    counted = invitations.counts(consultation)
    listed = f"{reverse(LISTED)}?consultation={consultation.pk}"
    context = {
        **_frame(page, request, consultation, _("Invitations")),
        "total": sum(counted.values()),
        "listed": listed,
        "standings": [
            (label, counted.get(value, 0), f"{listed}&standing={value}")
            for value, label in Invitation.Standing.choices
        ],
        "open": consultation.phase(database_now()) == Consultation.Phase.OPEN,
    }
    return TemplateResponse(request, "admin/consultations/consultation/invitations.html", context)


def invite(
    page: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Take a file, show what it would do, and invite once that is confirmed."""
    if "upload" in request.GET:
        upload = _upload(request, consultation)
        if upload is not None:
            return _tried(page, request, consultation, upload)
        messages.info(request, _("That file is here no longer: it was used, or a day has passed."))
        return HttpResponseRedirect(_overview(consultation))
    form = FileForm(
        request.POST if request.method == "POST" else None, request.FILES or None, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, consultation, form)
        if kept is not None:
            return HttpResponseRedirect(f"{request.path}?upload={kept.pk}")
    context = {
        **_frame(page, request, consultation, _("Invite organisations"), form),
        "form": form,
        "kinds": OrganisationKind.objects.filter(in_force()).order_by("order", "pk"),
        "regions": Region.objects.filter(in_force()).order_by("order", "pk"),
    }
    return TemplateResponse(request, "admin/consultations/consultation/invite.html", context)


def _upload(request: HttpRequest, consultation: Consultation) -> Upload | None:
    """Return the file that the page is about, of the user's own; nobody else's exists."""
    named = request.GET["upload"]
    if not is_key(named):
        return None
    mine = Upload.objects.filter(
        what=Upload.What.CONTACTS,
        consultation=consultation,
        uploaded_by=rights.person(request),
        expires_at__gt=database_now(),
    )
    return mine.filter(pk=int(named)).first()


def _kept(request: HttpRequest, consultation: Consultation, form: FileForm) -> Upload | None:
    """Store a file that can be read; else say why not, beside its field."""
    file: Any = form.cleaned_data["file"]
    upload = uploads.keep(
        what=Upload.What.CONTACTS,
        name=file.name,
        content=file.read(),
        consultation=consultation,
        by=rights.person(request),
        at=database_now(),
    )
    try:
        with uploads.opened(upload) as path:
            contacts.check(path, consultation)
    except SheetError as error:
        form.add_error("file", str(error))
        upload.delete()
        return None
    return upload


def _tried(
    page: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation, upload: Upload
) -> HttpResponse:
    """Show what the file would do; do it (POST)."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label_suffix="")
    with uploads.opened(upload) as path:
        if request.method == "POST" and form.is_valid():
            try:
                done = inviting.run(
                    consultation=consultation,
                    file=path,
                    by=rights.person(request),
                    at=database_now(),
                    **form.cleaned_data,
                )
            except (InvitationError, SheetError) as error:
                form.add_error(None, str(error))
            else:
                upload.delete()
                messages.success(request, _told(done))
                return HttpResponseRedirect(_overview(consultation))
        checked = contacts.check(path, consultation)
    context = {
        **_frame(page, request, consultation, _("Try the file"), form),
        **_shown(checked),
        "form": form,
        "upload": upload,
        "again": request.path,
    }
    return TemplateResponse(request, "admin/consultations/consultation/tried.html", context)


def _shown(checked: Checked) -> dict[str, Any]:
    """Return what the page says of a file that was tried."""
    names = {line.organisation.lower() for line in checked.good}
    return {
        "checked": checked,
        "organisations": len(names),
        "bad": checked.bad[:MOST_SHOWN],
        "more_bad": max(len(checked.bad) - MOST_SHOWN, 0),
        "untaken": "”, “".join(checked.untaken),
        "first": checked.good[:5],
    }


def _told(done: inviting.Invited) -> str:
    said = ngettext(
        "%(n)s invitation is on its way.", "%(n)s invitations are on their way.", done.invitations
    ) % {"n": done.invitations}
    if not done.organisations:
        return said
    added = ngettext(
        "%(n)s organisation was added.", "%(n)s organisations were added.", done.organisations
    )
    return f"{said} {added % {'n': done.organisations}}"


def _overview(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_invitations", args=[consultation.pk])


def _frame(
    page: PolicyAdmin[Any],
    request: HttpRequest,
    consultation: Consultation,
    title: str,
    form: forms.Form | None = None,
) -> dict[str, Any]:
    """Return what each of these pages needs around it."""
    problems = errors_of(form) if form else []
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": _("Error: %(title)s") % {"title": title} if problems else title,
        "errors": problems,
        "consultation": consultation,
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
