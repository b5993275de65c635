"""The one clock that decides, the database's; and its instants as people say them, in London."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _

# Consultations open, close and send their digests by this clock all year.
LONDON = ZoneInfo("Europe/London")


class StatementTimestamp(models.Func):
    """The instant at which the database began the present statement."""

    function = "statement_timestamp"
    arity = 0
    output_field = models.DateTimeField()


def database_now() -> datetime:
    """Return the database's present instant (UTC), which orders all that is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now


def clock_time(at: datetime) -> str:
    """Return an instant as "10:05am", for what is over in minutes."""
    local = at.astimezone(LONDON)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def moment(at: datetime) -> str:
    """Return an instant as "7am on Tuesday 10 November 2026"; noon and 12am are told apart."""
    local = at.astimezone(LONDON)
    minutes = f":{local:%M}" if local.minute else ""
    clock = f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
    if (local.hour, local.minute) == (12, 0):
        clock = _("noon")
    elif (local.hour, local.minute) == (0, 0):
        clock = _("12am, the start of the day,")
    return _("%(clock)s on %(day)s") % {"clock": clock, "day": in_words(local, "l j F Y")}


def day_of(at: datetime) -> str:
    """Return an instant's day as "10 November 2026"."""
    return str(in_words(at.astimezone(LONDON), "j F Y"))
