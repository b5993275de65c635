"""The columns of an edition and of an official answer, as the public reads them."""

from django.db.models import DateTimeField, F, Func, Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Edition, OfficialAnswer
from consultations.records.columns import Column, Instant, yes_or_no

STATES = [(state.value, state.label) for state in (Edition.State.RELEASED, Edition.State.WITHDRAWN)]
START = Func(F("period"), function="lower", output_field=DateTimeField())
END = Func(F("period"), function="upper", output_field=DateTimeField())

EDITION = (
    Column("consultation", _("Whose it is."), "consultation__slug", made=True),
    Column("edition", _("Its number."), "number", made=True),
    Column("state", _("Whether it stands."), "state", STATES, made=True),
    Column(
        "final",
        _("Whether it sums up the whole consultation, over the periods of the others."),
        yes_or_no(Q(final=True)),
        [("yes", _("it does")), ("no", _("it covers one period"))],
        made=True,
    ),
    Column("from", _("Where its period begins (UTC)."), Instant(START), made=True),
    Column("to", _("Before when its period ends (UTC)."), Instant(END), made=True),
    Column("made_at", _("When it was made (UTC)."), Instant("built_at"), made=True),
    Column(
        "readers",
        _("For how many readers its mail was queued when it was published."),
        "readers",
        made=True,
    ),
    Column("method", _("The method and its version."), "method", made=True),
    Column("sha256", _("The hash of what it says."), "hash", made=True),
)

OFFICIAL_ANSWER = (
    Column("consultation", _("Whose it is."), "recommendation__consultation__slug", made=True),
    Column("recommendation", _("What it answers."), "recommendation__number", made=True),
    Column("version", _("The number of this version."), "number", made=True),
    Column(
        "status",
        _("What becomes of the recommendation."),
        "status",
        OfficialAnswer.Status.choices,
        made=True,
    ),
    Column("we_asked", _("What was asked (Markdown)."), "asked"),
    Column("you_said", _("What was said (Markdown)."), "said"),
    Column("we_will", _("What follows (Markdown)."), "will"),
    Column("progress", _("What has happened since (Markdown)."), "progress"),
    Column("published_at", _("When it was published (UTC)."), Instant("published_at"), made=True),
)
