"""The columns of a comment: what the public reads, and all that stands in it."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from consultations.models import Comment, Kind, Permission, Response, SignOff, Stance
from consultations.records.columns import Column, Day, Instant, shown_words, yes_or_no

# The rule of `Response.signature`, for a comment that is shown with a name.
SIGNATURE = Case(
    When(Q(signed=True, response__for_organisation=True), then="response__organisation_name"),
    When(signed=True, then="response__name"),
    default=Value(""),
    output_field=CharField(),
)
# The rule of `Response.awaits`, where the public is shown whose response it is.
AWAITS = Exists(
    SignOff.objects.filter(
        pk=OuterRef("response__sign_off"),
        outcome=SignOff.Outcome.SUBJECT,
    )
)

CONSULTATION = Column(
    "consultation",
    _("The consultation, by the name in its web address."),
    "recommendation__consultation__slug",
    made=True,
)
RECOMMENDATION = Column(
    "recommendation", _("The number of the recommendation."), "recommendation__number", made=True
)
TITLE = Column(
    "title",
    _("The title of the recommendation as it is now."),
    "recommendation__current__title",
)
REFERENCE = Column(
    "comment", _("The comment’s own reference, as in its web address."), "reference", made=True
)
RECEIVED = Column(
    "received_on",
    _("The day on which it came, where it did not come by this site."),
    Day("response__received_on"),
    made=True,
)
LATE = Column(
    "late",
    _("Whether it came after the close and was accepted all the same."),
    yes_or_no(~Q(response__late_reason="")),
    made=True,
)
PUBLISHED_AT = Column(
    "first_published_at",
    _("When it was first published (UTC)."),
    Instant("first_published_at"),
    made=True,
)
REGION = _("The region, shown where a name or five alike comments allow it.")

# What the public reads, and no more.
COMMENT = (
    CONSULTATION,
    RECOMMENDATION,
    TITLE,
    Column(
        "version_answered",
        _("Which version of the recommendation it answers."),
        "public_version__answered__number",
        made=True,
    ),
    REFERENCE,
    Column("view", _("What it thinks of the recommendation."), "stance", Stance.choices, made=True),
    Column("kind", _("The kind of respondent."), "kind", Kind.choices, made=True),
    Column(
        "organisation_kind",
        _("The kind of organisation, where its name is shown."),
        "shown_organisation_kind__name",
    ),
    Column(
        "region_code",
        _("The code of the region, where it is shown."),
        "shown_region__code",
        made=True,
    ),
    Column("region", REGION, "shown_region__name"),
    Column("name", _("The name under which it is published; empty where withheld."), SIGNATURE),
    Column("text", _("The words as the public reads them."), "public_text"),
    PUBLISHED_AT,
    RECEIVED,
    LATE,
    Column(
        "awaits_approval",
        _("Whether an organisation’s own body has still to approve what it sent."),
        yes_or_no(Q(signed=True, response__for_organisation=True) & Q(AWAITS)),
        made=True,
    ),
)

# All that stands in the comments, for those who may read it.
COMMENT_WHOLE = (
    CONSULTATION,
    RECOMMENDATION,
    TITLE,
    Column("response", _("The reference of the whole response."), "response__reference", made=True),
    REFERENCE,
    Column("state", _("Where the comment stands."), "state", Comment.State.choices, made=True),
    Column(
        "version",
        _("The number of the newest version sent."),
        "submitted_version__number",
        made=True,
    ),
    Column(
        "version_answered",
        _("Which version of the recommendation the newest answers."),
        "submitted_version__answered__number",
        made=True,
    ),
    Column(
        "view",
        _("What the newest version thinks of the recommendation."),
        "submitted_version__stance",
        Stance.choices,
        made=True,
    ),
    Column("kind", _("The kind of respondent."), "kind", Kind.choices, made=True),
    Column("name", _("The person’s name when they answered."), "response__name"),
    Column(
        "organisation",
        _("The organisation for which they answered."),
        "response__organisation_name",
    ),
    Column(
        "claim_confirmed",
        _("Whether a moderator confirmed that they speak for it."),
        yes_or_no(Q(response__organisation__isnull=False)),
        made=True,
    ),
    Column(
        "organisation_kind", _("The kind of organisation."), "response__organisation_kind__name"
    ),
    Column("size_band", _("The organisation’s size."), "response__size_band__name"),
    Column("region_code", _("The code of the respondent’s region."), "region__code", made=True),
    Column("region", _("The respondent’s region."), "region__name"),
    Column(
        "permission",
        _("What the newest version may be used for."),
        "submitted_version__permission",
        Permission.choices,
        made=True,
    ),
    Column(
        "text", _("The words of the newest version as they were sent."), "submitted_version__text"
    ),
    Column("listed", _("Whether the public is shown it."), yes_or_no(Q(listed=True)), made=True),
    Column(
        "public_version",
        _("The number of the version published."),
        "public_version__number",
        made=True,
    ),
    Column("public_name", _("The name under which the public is shown it."), SIGNATURE),
    Column("public_text", _("The words as the public reads them."), shown_words()),
    Column("counted", _("Whether the figures hold it."), yes_or_no(Q(counted=True)), made=True),
    Column("reason", _("The code of the reason why it is not shown."), "reason__code", made=True),
    Column(
        "channel",
        _("How it came."),
        "response__channel",
        Response.Channel.choices,
        made=True,
    ),
    Column(
        "external_reference",
        _("Its reference elsewhere, where it did not come by this site."),
        "response__external_reference",
    ),
    RECEIVED,
    Column("late_reason", _("Why it was accepted after the close."), "response__late_reason"),
    Column(
        "submitted_at",
        _("When the newest version was sent (UTC)."),
        Instant("submitted_at"),
        made=True,
    ),
    PUBLISHED_AT,
)
