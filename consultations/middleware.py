"""What holds for every page: private pages stay private, and staff prove a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from consultations.forms import kept

Next = Callable[[HttpRequest], HttpResponse]


class LoginKeepsWords(LoginRequiredMiddleware):
    """Asks for a log-in; what was typed on a page whose reader was logged out is kept for it."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Keep the words of a form, then ask."""
        if request.method == "POST":
            kept.keep(request)
        return super().handle_no_permission(request, view_func)


def private_pages(get_response: Next) -> Next:
    """Keep whatever a logged-in person sees out of every cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # An error page holds what was typed; and with the database away nobody can be asked for.
        if response.status_code >= 500 or request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware


def second_factor(get_response: Next) -> Next:
    """Send staff without a second factor from the admin's door to where they set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        door = reverse("admin:index")
        wanted = settings.STAFF_SECOND_FACTOR and request.path.startswith(door)
        # Whoever is not staff is answered by the admin itself, as if there were no such door.
        if wanted and request.user.is_staff and not is_mfa_enabled(request.user):
            messages.warning(request, _("Set up a second factor to open the admin."))
            return redirect("mfa_index")
        return get_response(request)

    return middleware
