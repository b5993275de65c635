"""How often something was done from one place within an hour: counters that outlive no day."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rate(models.Model):
    """A counter of one hour. Its key is a salted hash: no address, person or body stands here."""

    key = models.CharField(_("key"), max_length=32)
    hour = models.DateTimeField(_("hour"), db_index=True)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="rate_once_an_hour")]
