"""The nouns: fields, constraints, QuerySets and one-row facts. Verbs live next door."""

from consultations.models.appeal import Appeal
from consultations.models.campaigns import Campaign, Fingerprint, Likeness
from consultations.models.cases import Case, Decision
from consultations.models.clock import StatementTimestamp, database_now
from consultations.models.comment import Comment
from consultations.models.confidentiality import ConfidentialityRequest
from consultations.models.consultation import Consultation, OwnerKind
from consultations.models.copies import PersonalCopy
from consultations.models.desk import ColleagueInvitation, Note, SignOff
from consultations.models.digest import Edition, Quote, Subscription
from consultations.models.documents import Document, DocumentContent
from consultations.models.draft import Draft
from consultations.models.edition_act import EditionAct
from consultations.models.edition_workbook import EditionWorkbook
from consultations.models.invitation import Invitation
from consultations.models.jobs import Job, JobPart
from consultations.models.ledger import LedgerEntry, LedgerPayload
from consultations.models.mail import Message, Suppression
from consultations.models.official import OfficialAnswer, OfficialCitation, OfficialDelay
from consultations.models.organisations import Membership, Organisation
from consultations.models.origin import LedgerNumber, LedgerOrigin
from consultations.models.people import Role, User
from consultations.models.question import Question
from consultations.models.question_answer import (
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
)
from consultations.models.rates import Rate
from consultations.models.readings import Reading
from consultations.models.recommendation import (
    Correction,
    Recommendation,
    RecommendationVersion,
)
from consultations.models.redaction import Redaction
from consultations.models.reference import (
    Industry,
    Kind,
    OrganisationKind,
    Reason,
    Region,
    SizeBand,
)
from consultations.models.reports import Report
from consultations.models.response import Permission, Response
from consultations.models.results import ExpectedShare, Results
from consultations.models.seals import AnswerSeal, Seal
from consultations.models.shared_workbook import SharedWorkbook, SharedWorkbookPart
from consultations.models.stance import Stance
from consultations.models.tally import ShownTally, Tally
from consultations.models.trust import TrustedOrganisation
from consultations.models.uploads import Upload
from consultations.models.version import CommentVersion

__all__ = [
    "AnswerSeal",
    "Appeal",
    "Campaign",
    "Case",
    "ColleagueInvitation",
    "Comment",
    "CommentVersion",
    "ConfidentialityRequest",
    "Consultation",
    "Correction",
    "Decision",
    "Document",
    "DocumentContent",
    "Draft",
    "Edition",
    "EditionAct",
    "EditionWorkbook",
    "ExpectedShare",
    "Fingerprint",
    "Industry",
    "Invitation",
    "Job",
    "JobPart",
    "Kind",
    "LedgerEntry",
    "LedgerNumber",
    "LedgerOrigin",
    "LedgerPayload",
    "Likeness",
    "Membership",
    "Message",
    "Note",
    "OfficialAnswer",
    "OfficialCitation",
    "OfficialDelay",
    "Organisation",
    "OrganisationKind",
    "OwnerKind",
    "Permission",
    "PersonalCopy",
    "Question",
    "QuestionAnswer",
    "QuestionAnswerVersion",
    "QuestionDraft",
    "Quote",
    "Rate",
    "Reading",
    "Reason",
    "Recommendation",
    "RecommendationVersion",
    "Redaction",
    "Region",
    "Report",
    "Response",
    "Results",
    "Role",
    "Seal",
    "SharedWorkbook",
    "SharedWorkbookPart",
    "ShownTally",
    "SignOff",
    "SizeBand",
    "Stance",
    "StatementTimestamp",
    "Subscription",
    "Suppression",
    "Tally",
    "TrustedOrganisation",
    "Upload",
    "User",
    "database_now",
]
