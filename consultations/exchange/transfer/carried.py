"""What is carried of a consultation, model by model, and what is not and why.

Every installed model stands in one of the three tables: a test fails for one that does not.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, Q, QuerySet

# What belongs to one consultation, each with the path to it; in this order it is stored. What
# cites stands before what is published, and so fixed; what is made of a comment, after it.
OWN: Mapping[str, str] = {
    "consultations.Consultation": "pk",
    "consultations.Correction": "consultation",
    "consultations.Recommendation": "consultation",
    "consultations.RecommendationVersion": "recommendation__consultation",
    "consultations.Question": "consultation",
    "consultations.Role": "consultation",
    "consultations.TrustedOrganisation": "consultation",
    "consultations.ExpectedShare": "consultation",
    "consultations.Invitation": "consultation",
    "consultations.Subscription": "consultation",
    "consultations.Response": "consultation",
    "consultations.SignOff": "response__consultation",
    "consultations.ConfidentialityRequest": "response__consultation",
    "consultations.Draft": "response__consultation",
    "consultations.QuestionDraft": "response__consultation",
    "consultations.QuestionAnswer": "response__consultation",
    "consultations.QuestionAnswerVersion": "response__consultation",
    "consultations.AnswerSeal": "version__response__consultation",
    "consultations.Document": "consultation",
    "consultations.DocumentContent": "document__consultation",
    "consultations.Comment": "recommendation__consultation",
    "consultations.CommentVersion": "response__consultation",
    "consultations.Seal": "version__response__consultation",
    "consultations.Redaction": "version__response__consultation",
    "consultations.Campaign": "recommendation__consultation",
    "consultations.Likeness": "recommendation__consultation",
    "consultations.Fingerprint": "likeness__recommendation__consultation",
    "consultations.Report": "comment__recommendation__consultation",
    "consultations.Case": "consultation",
    "consultations.Decision": "case__consultation",
    "consultations.Appeal": "decision__case__consultation",
    "consultations.Reading": "consultation",
    "consultations.Edition": "consultation",
    "consultations.EditionAct": "edition__consultation",
    "consultations.Quote": "edition__consultation",
    "consultations.OfficialCitation": "answer__recommendation__consultation",
    "consultations.OfficialAnswer": "recommendation__consultation",
    "consultations.OfficialDelay": "consultation",
    "consultations.LedgerEntry": "consultation",
    "consultations.LedgerPayload": "entry__consultation",
    "consultations.LedgerOrigin": "consultation",
    "consultations.LedgerNumber": "origin__consultation",
    "consultations.Message": "consultation",
}
# Of reminders alone that have gone out: that nobody is reminded twice.
TOLD = ("milestone", "draft", "official-due")

# What belongs to the whole site, each with how a row is known again there. Carried are the rows
# that others name; and of claims to speak all those for an organisation that has a response here.
SHARED: Mapping[str, str] = {
    "consultations.Region": "its code and edition",
    "consultations.OrganisationKind": "its code and edition",
    "consultations.SizeBand": "its code and edition",
    "consultations.Industry": "its code and edition",
    "consultations.Reason": "its code",
    "consultations.Organisation": "its reference",
    "consultations.User": "an e-mail address",
    "account.EmailAddress": "the address; it comes with its person alone",
    "consultations.Membership": "the person and the organisation",
    "consultations.ColleagueInvitation": "its token",
}

_MACHINERY = "Django's own: the other site has its own rows"
_PASSING = "it is made for the moment and expires"
LEFT: Mapping[str, str] = {
    "auth.Permission": _MACHINERY,
    "auth.Group": _MACHINERY,
    "auth.Group_permissions": _MACHINERY,
    "contenttypes.ContentType": _MACHINERY,
    "sessions.Session": "whoever is logged in here is not logged in there",
    "admin.LogEntry": "Django's log of the whole admin; what counts is on the ledger",
    "account.EmailConfirmation": _PASSING,
    "mfa.Authenticator": "a secret of the person's, for this site alone",
    "consultations.User_groups": "who may open the admin is decided there",
    "consultations.User_user_permissions": "who may open the admin is decided there",
    "consultations.Tally": "the database counts the comments as they are stored",
    "consultations.ShownTally": "the database counts the comments as they are stored",
    "consultations.Results": "a worker counts them anew, from the same rows",
    "consultations.EditionWorkbook": "a worker builds it anew, from the same facts",
    "consultations.SharedWorkbook": "a worker builds it anew, from the same rows",
    "consultations.SharedWorkbookPart": "a worker builds it anew, from the same rows",
    "consultations.Note": "notes between colleagues never leave their desk",
    "consultations.PersonalCopy": _PASSING,
    "consultations.Job": _PASSING,
    "consultations.JobPart": _PASSING,
    "consultations.Upload": _PASSING,
    "consultations.Suppression": "it is the site's experience with an address, whatever was asked",
    "consultations.Rate": "counters that outlive no day",
}

# Columns that are not written to the file, and the SQL of what stands there instead.
WITHHELD: Mapping[str, Mapping[str, str]] = {
    "consultations.User": {
        "password": "'!' || replace(gen_random_uuid()::text, '-', '')",
        "last_login": "NULL",
        "is_superuser": "false",
        "is_staff": "false",
    },
    "consultations.Message": {
        "letter": "'{}'::jsonb",
        "state": "'suppressed'",
        "lease": "NULL",
        "lease_until": "NULL",
        "reply": "'told by the site that this consultation came from'",
    },
}


def model_of(label: str) -> type[Model]:
    """Return the model of a label."""
    found: type[Model] = apps.get_model(label)
    return found


def rows(label: str, consultation_id: int) -> QuerySet[Any]:
    """Return the rows of one of OWN that belong to a consultation, in no order."""
    found = model_of(label)._base_manager.filter(**{OWN[label]: consultation_id})
    if label == "consultations.Message":
        told = Q()
        for kind in TOLD:
            told |= Q(dedupe_key__startswith=f"{kind}:")
        found = found.filter(told)
    return found


def columns(label: str) -> list["Field[Any, Any]"]:
    """Return the columns of a model that go into the file."""
    withheld = WITHHELD.get(label, {})
    fields = model_of(label)._meta.concrete_fields
    return [field for field in fields if not field.generated and field.column not in withheld]


def leads_to(field: "Field[Any, Any]") -> str | None:
    """Return the label of the model whose numbers a column holds, None where it holds none.

    A row that has another's key for its own is known by that.
    """
    if not field.is_relation:
        return None
    target: Any = field.related_model
    return leads_to(target._meta.pk) or target._meta.label
