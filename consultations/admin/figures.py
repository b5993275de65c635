"""The page of a consultation's moderation in figures, every reason named."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Consultation
from consultations.moderation import figures

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show how many decisions and appeals there were, why, and how long they took."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Moderation figures"),
        "consultation": consultation,
        "told": figures.so_far(consultation.pk),
        "claims": figures.claim_appeals(consultation.pk),
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
    return TemplateResponse(request, "admin/consultations/consultation/figures.html", context)
