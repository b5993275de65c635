"""The stances, in the order in which every table and bar has them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stance(models.TextChoices):
    """The five points, and "no view"."""

    STRONGLY_SUPPORT = "strongly_support", _("Strongly support")
    SUPPORT = "support", _("Support")
    NEITHER = "neither", _("Neither support nor oppose")
    OPPOSE = "oppose", _("Oppose")
    STRONGLY_OPPOSE = "strongly_oppose", _("Strongly oppose")
    NO_VIEW = "no_view", _("No view")
