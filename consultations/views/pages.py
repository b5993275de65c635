"""The pages behind every footer, and the one that says what the columns of files mean."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations import records
from consultations.analysis.options import Options
from consultations.digests.render import CAUTION
from consultations.models import Consultation, Results, User


def _published(request: HttpRequest) -> dict[str, object]:
    user = request.user if isinstance(request.user, User) else None
    rows = Consultation.objects.visible_to(user).filter(state=Consultation.State.PUBLISHED)
    return {"consultations": list(rows.order_by("-opens_at", "pk"))}


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "pages/accessibility.html", _published(request))


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy notice, with each consultation's lawful basis."""
    return render(request, "pages/privacy.html", _published(request))


@login_not_required
@require_safe
def formats(request: HttpRequest) -> HttpResponse:
    """Show the other formats and ways to respond."""
    return render(request, "pages/formats.html", _published(request))


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Show whom to write to."""
    return render(request, "pages/contact.html", _published(request))


@login_not_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what can be taken from here: by programs, as feeds and as files, whose and how."""
    found = Consultation.objects.visible_to(None).filter(state=Consultation.State.PUBLISHED)
    counted = Results.objects.readable().filter(consultation=OuterRef("pk"))
    now = timezone.now()
    rows = [
        (row, row.shows_answers(now))
        for row in found.annotate(counted=Exists(counted)).order_by("-opens_at", "pk")
    ]
    return render(request, "pages/data.html", {"consultations": rows})


@login_not_required
@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """Say what each column of each file means."""
    return render(request, "pages/columns.html", {"dictionaries": records.DICTIONARIES})


@login_not_required
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Say how digests are made, with every threshold as the program has it."""
    return render(request, "pages/method.html", {"options": Options(), "caution": CAUTION})
