"""Typing in what came by e-mail, by post or at a meeting, in one transaction.

It waits for a second person, who compares it with the original (`retype.check`), and for a
moderator, whatever the consultation's own rule. Nobody is mailed: nobody has an account.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations.models import Consultation, Response, User
from consultations.participation import paper as papers
from consultations.participation import questions, storing
from consultations.participation import replies as answering
from consultations.participation.paper import Paper, PaperError, Said
from consultations.participation.replies import Reply


def enter(
    *,
    consultation: Consultation,
    paper: Paper,
    said: Sequence[Said],
    key: UUID,
    by: User,
    at: datetime,
    replies: Sequence[Reply] = (),
) -> Response:
    """Store a response that came otherwise: what it says on each recommendation and question.

    The same form sent twice makes one. Raises PaperError for a day on which it cannot have come,
    a response that says nothing, an organisation or a reference that is there already.
    """
    refused = papers.days(consultation, at).refusal(paper.received_on, paper.late_reason)
    if refused:
        raise PaperError(refused)
    papers.refuse_empty(said, replies)
    try:
        with transaction.atomic():
            return _enter(consultation, paper, said, replies, key, by, at)
    except IntegrityError as error:
        # The form was sent twice at once, or its reference or organisation is there already.
        there = _there(consultation, paper, key)
        if there is None:
            raise
        if papers.made_by(there, key, said, replies):
            return there
        raise PaperError(_standing(there, paper)) from error


def _enter(
    consultation: Consultation,
    paper: Paper,
    said: Sequence[Said],
    replies: Sequence[Reply],
    key: UUID,
    by: User,
    at: datetime,
) -> Response:
    response = Response(consultation=consultation, notices="", started_at=at)
    papers.describe(response, paper)
    response.external_reference = paper.external_reference or f"typed-{key}"
    response.typed_by, response.typed_at = by, at
    response.sent(at)
    response.save()
    pairs = [(papers.new_comment(response, one), one) for one in said]
    storing.store(pairs, key, by, at)
    answers = answering.write(replies, response, {}, key=key, by=by, at=at)
    storing.record(pairs, by, at)
    questions.record(answers, at)
    storing.note(
        response,
        "response_entered",
        by,
        at,
        channel=paper.channel,
        received=paper.received_on.isoformat(),
        late=int(response.late),
    )
    return response


def _there(consultation: Consultation, paper: Paper, key: UUID) -> Response | None:
    """Return what stands in the way: the organisation's response, or one of this reference."""
    here = Response.objects.filter(consultation=consultation)
    if paper.organisation is not None:
        theirs = here.filter(organisation=paper.organisation).first()
        if theirs is not None:
            return theirs
    return here.filter(
        channel=paper.channel, external_reference=paper.external_reference or f"typed-{key}"
    ).first()


def _standing(there: Response, paper: Paper) -> str:
    values = {"reference": there.reference}
    if paper.organisation is not None and there.organisation_id == paper.organisation.pk:
        return _("This organisation has responded already: %(reference)s.") % values
    return _("Your own reference is used already, by response %(reference)s.") % values
