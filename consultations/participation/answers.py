"""What a form says, and the sentences that refuse it."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy

from consultations.models import CommentVersion, Draft, QuestionAnswerVersion, QuestionDraft

# What may stand where a form is opened on something older.
Standing = CommentVersion | Draft | QuestionAnswerVersion | QuestionDraft

# An organisation's considered answer is longer than a person's; limits in code points.
MOST_CHARACTERS = {False: 5_000, True: 20_000}


class ParticipationError(Exception):
    """A comment that is not taken, with the sentence that its author reads."""


class ClosedError(ParticipationError):
    """The consultation is not open by the database's clock."""


# Said of what comes after the close, whatever else is wrong with it.
TOO_LATE = gettext_lazy("This consultation has closed, so nothing was sent or saved.")


class ConflictError(ParticipationError):
    """Somebody sent the comment, or saved the draft, since the form was opened.

    `latest` is what stands now: the version that was sent, or the draft.
    """

    def __init__(self, message: str, latest: Standing) -> None:
        super().__init__(message)
        self.latest = latest


class OtherNameError(ParticipationError):
    """A form that was opened in one name, and would now be taken in another."""


class CorrectedError(ParticipationError):
    """The recommendation or the notices changed between the form's opening and its sending."""


class UnreadyError(ParticipationError):
    """A response that cannot be sent as it stands: something is missing, or has changed."""


@dataclass(frozen=True)
class Answer:
    """What a form says about one recommendation.

    `based_on` is the number of the comment's version that the form was opened on, 0 for none,
    `answering` that of the recommendation's, `over` the stamp of the draft, None for none, and
    `notices` names the notices that stood beside it; `key` is the form's own, made by the server;
    `text` is tidied; `default_permission` holds for a new response.
    """

    stance: str
    text: str
    permission: str
    default_permission: str
    key: UUID
    based_on: int
    answering: int
    notices: str
    over: UUID | None = None

    def same_as(self, version: CommentVersion) -> bool:
        """Whether a version says exactly this."""
        mine = (self.stance, self.text, self.permission)
        return mine == (version.stance, version.text, version.permission)


@dataclass(frozen=True)
class Unsent:
    """What a form says that is saved and not sent: `stance` and `permission` may be missing yet.

    `over` is the stamp of the draft that the form was opened on, None for none; the rest as in
    `Answer`.
    """

    stance: str
    text: str
    permission: str
    based_on: int
    answering: int
    over: UUID | None

    def same_as(self, draft: Draft) -> bool:
        """Whether a draft says exactly this, on the same words."""
        mine = (self.stance, self.text, self.permission, self.based_on, self.answering)
        theirs = (draft.stance, draft.text, draft.permission, draft.based_on, draft.answering)
        return mine == theirs
