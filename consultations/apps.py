"""Names the app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """The one app of the portal."""

    name = "consultations"
    verbose_name = _("Consultations")
