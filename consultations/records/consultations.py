"""The columns of a consultation and of a recommendation, as the public reads them."""

from django.db.models import Case, CharField, Value, When
from django.utils.translation import gettext_lazy as _

from consultations.models import StatementTimestamp
from consultations.records.columns import Column, Instant

PHASES = (
    ("upcoming", _("It opens later.")),
    ("open", _("It can be answered.")),
    ("closed", _("It can be answered no more.")),
)
PHASE = Case(
    When(opens_at__gt=StatementTimestamp(), then=Value("upcoming")),
    When(closes_at__gt=StatementTimestamp(), then=Value("open")),
    default=Value("closed"),
    output_field=CharField(),
)

CONSULTATION = (
    Column("consultation", _("Its name in its web address."), "slug", made=True),
    Column("title", _("Its title."), "title"),
    Column("owner", _("The body that runs it."), "owner"),
    Column("phase", _("Where in its life it is."), PHASE, PHASES, made=True),
    Column("opens_at", _("When it opens (UTC)."), Instant("opens_at"), made=True),
    Column("closes_at", _("When it closes (UTC)."), Instant("closes_at"), made=True),
    Column("introduction", _("What it is about (Markdown)."), "introduction"),
)

RECOMMENDATION = (
    Column("consultation", _("Whose it is."), "consultation__slug", made=True),
    Column("recommendation", _("Its number."), "number", made=True),
    Column("version", _("The number of its present words."), "current__number", made=True),
    Column("title", _("Its title."), "current__title"),
    Column("text", _("Its words (Markdown)."), "current__text"),
    Column(
        "what_changed",
        _("What has changed since it was published (Markdown)."),
        "current__what_changed",
    ),
)
