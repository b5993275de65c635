"""The page on which an officer says which mix of respondents is expected."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import publishing
from consultations.admin import rights
from consultations.admin.base import PolicyAdmin
from consultations.admin.review import errors_of
from consultations.models import Consultation, ExpectedShare, Kind, Region, database_now
from consultations.models.reference import in_force


class SharesForm(forms.Form):
    """One share for each kind and each region, in whole per cent; none where nothing is said."""

    def __init__(self, consultation: Consultation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {f"region_{each.pk}": each for each in Region.objects.filter(in_force())}
        said = {
            f"region_{each.region_id}" if each.region_id else f"kind_{each.kind}": each.percent
            for each in ExpectedShare.objects.filter(consultation=consultation)
        }
        labels = {f"kind_{kind.value}": str(kind.label) for kind in Kind}
        labels |= {name: str(region) for name, region in self.regions.items()}
        for name, label in labels.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=100,
                initial=said.get(name),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "size": 4}),
            )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields as they stand on the page: those of kinds, and those of regions."""
        kinds = [self[f"kind_{kind.value}"] for kind in Kind]
        regions = [self[name] for name in self.regions]
        return [
            (_("Kinds of respondent, in per cent"), kinds),
            (_("Regions, in per cent"), regions),
        ]

    def kinds(self) -> dict[str, int]:
        """Return the share of each kind for which one is given."""
        found = {kind.value: self.cleaned_data[f"kind_{kind.value}"] for kind in Kind}
        return {kind: share for kind, share in found.items() if share}

    def shares_of_regions(self) -> dict[Region, int]:
        """Return the share of each region for which one is given."""
        found = {region: self.cleaned_data[name] for name, region in self.regions.items()}
        return {region: share for region, share in found.items() if share}


def page(
    model_admin: PolicyAdmin[Any], request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show the expected shares and store what the officer says."""
    back = reverse("admin:consultations_consultation_change", args=[consultation.pk])
    form = SharesForm(consultation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            publishing.expect(
                consultation=consultation,
                kinds=form.kinds(),
                regions=form.shares_of_regions(),
                by=rights.person(request),
                at=database_now(),
            )
        except publishing.PublishingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. The results say who is missing."))
            return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Expected respondents"),
        "form": form,
        "errors": errors_of(form),
        "back": back,
        "back_title": consultation.title,
    }
    template = "admin/consultations/consultation/expected.html"
    return TemplateResponse(request, template, context)
