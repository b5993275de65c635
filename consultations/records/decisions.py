"""The columns of a decision: who decided what, when, why, and on which version."""

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consultations.models import Decision
from consultations.records.columns import Column, Instant, shown_words

SUBJECTS = (
    ("comment", _("a comment")),
    ("report", _("a reader’s report of a comment")),
    ("document", _("a respondent’s document")),
    ("claim", _("a claim to speak for an organisation")),
    ("appeal", _("an author’s appeal against a decision")),
)
_SUBJECT = Case(
    When(case__comment__isnull=False, then=Value("comment")),
    When(case__report__isnull=False, then=Value("report")),
    When(case__document__isnull=False, then=Value("document")),
    When(case__appeal__isnull=False, then=Value("appeal")),
    default=Value("claim"),
    output_field=CharField(),
)
# Where a decision leads to what it is about; one on an appeal, to what was decided before.
_APPEALED = "case__appeal__decision__case__"
_ON = ("case__comment__", "case__report__comment__", f"{_APPEALED}comment__")
_DOCUMENTS = ("case__document__", f"{_APPEALED}document__")

# Who decided what, when, why, and on which version.
DECISION = (
    Column("decision", _("The number of the decision, in the order of writing."), "pk", made=True),
    Column("decided_at", _("When it was taken (UTC)."), Instant("decided_at"), made=True),
    Column("decided_by", _("Who took it."), "decided_by__name"),
    Column("decided_by_email", _("Their e-mail address."), "decided_by__email"),
    Column("decided", _("What was decided."), "verb", Decision.Verb.choices, made=True),
    Column("reason", _("The code of the reason given."), "reason__code", made=True),
    Column("reason_name", _("The reason given, in words."), "reason__name"),
    Column("note", _("A note for colleagues."), "note"),
    Column("subject", _("On what it was taken."), _SUBJECT, SUBJECTS, made=True),
    Column(
        "consultation",
        _("The consultation, by the name in its web address."),
        "case__consultation__slug",
        made=True,
    ),
    Column(
        "recommendation",
        _("The number of the recommendation."),
        Coalesce(*(f"{path}recommendation__number" for path in _ON)),
        made=True,
    ),
    Column(
        "response",
        _("The reference of the response."),
        Coalesce(*(f"{path}response__reference" for path in (*_ON, *_DOCUMENTS))),
    ),
    Column(
        "comment",
        _("The reference of the comment."),
        Coalesce(*(f"{path}reference" for path in _ON)),
        made=True,
    ),
    Column(
        "version", _("The version of the comment that was decided."), "version__number", made=True
    ),
    Column(
        "document",
        _("The reference of the document."),
        Coalesce(*(f"{path}reference" for path in _DOCUMENTS)),
        made=True,
    ),
    Column(
        "organisation",
        _("The organisation for which somebody claimed to speak."),
        "case__membership__organisation__name",
    ),
    Column(
        "appealed",
        _("The number of the decision that the appeal is against."),
        "case__appeal__decision_id",
        made=True,
    ),
    Column(
        "undoes",
        _("The number of the decision that this one took back."),
        "undoes_id",
        made=True,
    ),
    Column("state_before", _("How the subject stood before."), "state_before", made=True),
    Column("state_after", _("How the subject stood afterwards."), "state_after", made=True),
)
# The words too, for those who may read what is not public.
DECISION_WHOLE = (
    *DECISION,
    Column(
        "version_text",
        _("The words of that version as they were sent; empty once erased."),
        "version__text",
    ),
    Column(
        "public_text",
        _("What the public reads of the comment now."),
        Coalesce(*map(shown_words, _ON)),
    ),
)
