"""From what a form says to values that a verb takes; each refusal stands beside its field."""

from consultations.forms.accounts import EraseForm as EraseForm
from consultations.forms.answers import AnswerForm as AnswerForm
from consultations.forms.answers import ConfidentialityForm as ConfidentialityForm
from consultations.forms.answers import SendForm as SendForm
from consultations.forms.answers import new_key as new_key
from consultations.forms.desk import ApprovalForm as ApprovalForm
from consultations.forms.desk import InviteForm as InviteForm
from consultations.forms.desk import NoteForm as NoteForm
from consultations.forms.desk import SignOffForm as SignOffForm
from consultations.forms.documents import MOST_TITLE as MOST_TITLE
from consultations.forms.documents import DocumentField as DocumentField
from consultations.forms.documents import EvidenceForm as EvidenceForm
from consultations.forms.fields import TidyField as TidyField
from consultations.forms.fields import as_typed as as_typed
from consultations.forms.invitations import AnswerForForm as AnswerForForm
from consultations.forms.people import AboutYouForm as AboutYouForm
from consultations.forms.people import LogInForm as LogInForm
from consultations.forms.people import NewOrganisationForm as NewOrganisationForm
from consultations.forms.people import SignUpForm as SignUpForm
from consultations.forms.people import SubscriptionForm as SubscriptionForm
from consultations.forms.questions import QuestionForm as QuestionForm
from consultations.forms.questions import initial_of as initial_of
