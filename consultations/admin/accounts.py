"""Two pages about one person: a copy of all that is held about them, and their erasure.

Who may is asked of `policy` for each person anew; the person's own page is in `people`.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import accounts, policy
from consultations.admin import rights
from consultations.admin.review import errors_of
from consultations.forms import EraseForm
from consultations.models import User, database_now

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


def may_keep(request: HttpRequest, person: User) -> bool:
    """Whether the user may copy or delete what is held about this person."""
    if person.erased_at is not None:
        return False
    return policy.may_keep_account(rights.person(request), person, accounts.reach(person))


def copy_page(page: "PolicyAdmin[User]", request: HttpRequest, person: User) -> HttpResponse:
    """Offer a copy of what is held about a person; say how far it is."""
    _refuse(request, person)
    asked: dict[str, Any] = {"person": person, "by": rights.person(request), "at": database_now()}
    if request.method == "POST":
        accounts.ask_copy(**asked)
        return HttpResponseRedirect(request.path)
    context = _context(page, request, person) | {
        "title": _("Copy of what is held about a person"),
        "copy": accounts.copy_for(**asked),
    }
    return TemplateResponse(request, "admin/consultations/user/copy.html", context)


def fetch_page(page: "PolicyAdmin[User]", request: HttpRequest, person: User) -> HttpResponse:
    """Hand out the copy to the one who asked for it."""
    _refuse(request, person)
    by, at = rights.person(request), database_now()
    kept = accounts.copy_for(person=person, by=by, at=at)
    if kept is None or kept.content is None:
        raise Http404
    return HttpResponse(
        bytes(kept.content),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="person-{person.pk}.zip"'},
    )


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator] # allauth is not typed
def prove(request: HttpRequest) -> None:
    """Let nobody on who has not proved just now who they are."""


def erase_page(page: "PolicyAdmin[User]", request: HttpRequest, person: User) -> HttpResponse:
    """Say what goes and what stays, and erase the person once it is confirmed by typing."""
    _refuse(request, person)
    prove(request)
    form = EraseForm(
        request.POST if request.method == "POST" else None, address=person.email, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.erase(person=person, by=rights.person(request), at=database_now())
        except accounts.ErasureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Erased. Within the hour nothing says who it was."))
            return HttpResponseRedirect(reverse("admin:consultations_user_changelist"))
    context = _context(page, request, person) | {
        "title": _("Erase this person"),
        "counts": accounts.count(person),
        "refusals": accounts.refusals(person),
        "form": form,
        "errors": errors_of(form),
    }
    return TemplateResponse(request, "admin/consultations/user/erase.html", context)


def _refuse(request: HttpRequest, person: User) -> None:
    """Let on only who may; one's own account is kept on one's own account page."""
    if person.pk == rights.person(request).pk or not may_keep(request, person):
        raise PermissionDenied


def _context(page: "PolicyAdmin[User]", request: HttpRequest, person: User) -> dict[str, Any]:
    return {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "person": person,
        "back": reverse("admin:consultations_user_change", args=[person.pk]),
        "back_title": str(person),
    }
