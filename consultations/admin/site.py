"""The door: allauth's log-in with its limits, the site's name, and what is not shown here."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from consultations.admin import looking_after, mail

admin.site.site_header = _("Consultations")
admin.site.site_title = _("Consultations")
admin.site.index_title = _("Staff")
admin.site.enable_nav_sidebar = False
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

_index = admin.site.index
_app_list = admin.site.get_app_list


def get_app_list(request: HttpRequest, app_label: str | None = None) -> list[Any]:
    """Return the list of pages, made only where a page shows it: it asks for the user's groups."""
    return cast(list[Any], SimpleLazyObject(lambda: _app_list(request, app_label)))


admin.site.get_app_list = get_app_list  # type: ignore[method-assign]


def index(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
    """Show the first page, with the mails and digests that somebody must look after."""
    shown = {"doubts": mail.doubts(request), "digests": looking_after.digests(request)}
    return _index(request, {**shown, **(extra_context or {})})


admin.site.index = index  # type: ignore[method-assign]

# Groups come from a migration and only open the door; secrets of log-in are nobody's to read.
for hidden in (Group, EmailAddress, Authenticator):
    try:
        admin.site.unregister(hidden)
    except NotRegistered:
        continue
