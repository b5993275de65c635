"""Who answered on paper, by e-mail or in a file has no account: their response is all there is.

An officer of its consultation hands them a copy of it, or erases them from it, when they ask.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.accounts import export, posts, words
from consultations.accounts.erase import ErasureRefused
from consultations.accounts.holdings import Me
from consultations.models import Response, User


def is_one_of_theirs(response: Response) -> bool:
    """Whether a person without an account answered for themselves here.

    What an organisation answered is the organisation's, as anywhere.
    """
    came = response.channel != Response.Channel.WEB and response.respondent_id is None
    return came and response.organisation_id is None and bool(response.name)


@transaction.atomic
def copy(*, response: Response, by: User, at: datetime) -> bytes:
    """Return a ZIP with all that is held of such a response; the ledger says who took it."""
    _record(response, "person_copied", by, at)
    return export.build(Me(0, frozenset(), (response.reference,)), at)


@transaction.atomic
def erase_from(*, response: Response, by: User, at: datetime) -> None:
    """Take the person out of the response for good: what is public stays, without a name.

    Raises ErasureRefused where no name stands there, or it is an account's or an organisation's.
    """
    rows = Response.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.get(pk=response.pk)
    if not is_one_of_theirs(locked):
        raise ErasureRefused(_("No person without an account stands here, or no longer."))
    ended = words.erase_words([locked], at)
    posts.record_ended(ended, by, at)
    _record(locked, "person_erased", by, at)


def _record(response: Response, act: str, by: User, at: datetime) -> None:
    payload: dict[str, ledger.JSON] = {"response": response.reference, "by": by.pk}
    ledger.append(consultation_id=response.consultation_id, act=act, at=at, payload=payload)
