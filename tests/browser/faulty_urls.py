"""The site's addresses, where sending a comment goes wrong in a different way on each number."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls
from portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
FAULTS = {
    1: OperationalError("the database is away"),
    2: RuntimeError("our fault"),
    3: SuspiciousOperation("malformed"),
    4: PermissionDenied("not yours"),
}


@login_not_required
def fail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Go wrong, inside the view, as the number says."""
    raise FAULTS[number]


urlpatterns = [
    path(
        "consultations/<slug:slug>/recommendations/<int:number>/comment/",
        fail,
        name="comments.post",
    ),
    *urls.urlpatterns,
]
