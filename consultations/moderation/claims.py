"""The verbs on claims to speak for an organisation: confirm and refuse, each one transaction.

A claim is one person's to one organisation, so a decision closes its case in every consultation;
and a confirmed member reads and writes the organisation's response in each. So whoever decides
must decide in all of them. What ends a membership is in `memberships`.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import ledger, policy
from consultations.models import (
    Case,
    Comment,
    Decision,
    Document,
    Draft,
    Membership,
    Organisation,
    QuestionAnswer,
    QuestionDraft,
    Response,
    User,
)
from consultations.moderation import documents, letters, record
from consultations.moderation.record import DecisionRefused, Verdict

ACTS = {Decision.Verb.CONFIRM: "claim_confirmed", Decision.Verb.REFUSE: "claim_refused"}
SENT = [Comment.State.SUBMITTED, Comment.State.HELD, Comment.State.PUBLISHED]


@transaction.atomic
def confirm(*, case: Case, by: User, at: datetime, note: str = "") -> list[Decision]:
    """Confirm the claim: the member's responses become the organisation's own.

    An organisation counts once in a consultation: where it has a response already, the member's
    is set aside, neither shown nor counted, and they are told. Raises DecisionRefused where the
    claim no longer waits, or `by` does not decide in every consultation that it reaches.
    """
    membership, cases = _take(case, by)
    _settle(membership, Membership.Claim.CONFIRMED, by, at)
    given: list[Response] = []
    kept: list[Response] = []
    for response in _responses(membership):
        if _give(response, membership.organisation):
            given.append(response)
        elif response.submitted_at is None:
            response.delete()
        else:
            _set_aside(response, at)
            kept.append(response)
    verdict = Verdict(Decision.Verb.CONFIRM, by, at, None, note)
    decisions = _note(verdict, membership, cases, given, kept)
    letters.tell_confirmed(decisions[0], membership, kept)
    return decisions


@transaction.atomic
def refuse(*, case: Case, note: str, by: User, at: datetime) -> list[Decision]:
    """Refuse the claim: responses stay the person's, and never carry the organisation's name."""
    membership, cases = _take(case, by)
    _settle(membership, Membership.Claim.REFUSED, by, at)
    verdict = Verdict(Decision.Verb.REFUSE, by, at, None, note)
    decisions = _note(verdict, membership, cases, [], [])
    letters.tell_refused(decisions[0], membership)
    return decisions


def _take(case: Case, by: User) -> tuple[Membership, list[Case]]:
    """Lock the organisation, the claim and its cases, this one first; raise where it is decided."""
    if case.report_id is not None:
        raise DecisionRefused(_("This is a reader’s report: hide the comment or close the report."))
    if case.document_id is not None:
        raise DecisionRefused(_("This is a document: publish or reject it."))
    if case.membership_id is None:
        raise DecisionRefused(_("This is a comment: publish, reject or hold it."))
    membership = Membership.objects.select_related("user").get(pk=case.membership_id)
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.organisation_id
    )
    waiting = Case.objects.waiting().filter(membership=membership)
    cases = list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk"))
    membership.refresh_from_db(fields=["claim", "ended_at"])
    membership.organisation = organisation
    fresh = Case.objects.get(pk=case.pk)
    record.refuse_decided(fresh)
    if membership.claim != Membership.Claim.PENDING or membership.ended_at is not None:
        raise DecisionRefused(_("This claim has ended or was decided already."))
    if not policy.may_decide_claim(by, reach(membership)):
        raise DecisionRefused(
            _(
                "This claim reaches into other consultations, where you do not decide. It needs "
                "somebody who decides in all of them, or a site administrator."
            )
        )
    return membership, sorted(cases, key=lambda one: one.pk != case.pk)


def reach(membership: Membership) -> set[int]:
    """Return the consultations where the organisation answered, or the member in its name."""
    answered = Response.objects.filter(
        Q(organisation_id=membership.organisation_id)
        | Q(membership=membership, for_organisation=True),
        submitted_at__isnull=False,
    )
    waiting = Case.objects.filter(membership=membership)
    return {
        *answered.order_by().values_list("consultation_id", flat=True),
        *waiting.order_by().values_list("consultation_id", flat=True),
    }


def _settle(membership: Membership, claim: Membership.Claim, by: User, at: datetime) -> None:
    """Write what became of the claim."""
    membership.claim, membership.decided_by, membership.decided_at = claim, by, at
    membership.save(update_fields=["claim", "decided_by", "decided_at"])


def _responses(membership: Membership) -> list[Response]:
    """Return the member's responses under this claim that are not yet the organisation's."""
    found = Response.objects.filter(
        respondent=membership.user,
        membership=membership,
        for_organisation=True,
        organisation__isnull=True,
    )
    return list(
        found.select_for_update(of=("self",), no_key=True).order_by("consultation_id", "pk")
    )


def _give(response: Response, organisation: Organisation) -> bool:
    """Make the response the organisation's own and sign its comments, unless it has another.

    Only what was sent counts as another: what colleagues have begun is brought into this one, and
    what this member had begun goes to theirs.
    """
    others = Response.objects.filter(
        consultation_id=response.consultation_id, organisation=organisation
    ).select_for_update(of=("self",), no_key=True)
    for other in others:
        if other.submitted_at is not None:
            move_unsent(response, to=other)
            return False
        move_unsent(other, to=response)
        other.delete()
    response.organisation = organisation
    try:
        with transaction.atomic():
            response.save(update_fields=["organisation"])
    except IntegrityError:  # a colleague's response came in between
        response.organisation = None
        return False
    sign_again(response)
    return True


def move_unsent(response: Response, to: Response) -> None:
    """Bring all that is begun in one response into another."""
    Draft.objects.all().move(response, to=to)
    QuestionDraft.objects.all().move(response, to=to)
    Document.objects.all().move(response, to=to)


def sign_again(response: Response) -> None:
    """Show or withhold the name on the public comments of a response whose owner changed."""
    listed = Comment.objects.filter(response=response, listed=True)
    for comment in listed.select_related("public_version").order_by("recommendation", "pk"):
        Comment.objects.hold_regions(comment)
        comment.response = response
        comment.sign()
        comment.save(update_fields=["signed", "shown_region", "shown_organisation_kind"])
        _share_regions(comment)


def _set_aside(response: Response, at: datetime) -> None:
    """Neither show nor count what a colleague's response says for the organisation already.

    Only the author still reads it. What neither waits, stands nor counts is left as it is.
    """
    theirs = Comment.objects.filter(Q(counted=True) | Q(state__in=SENT), response=response)
    for comment in theirs.order_by("recommendation", "pk"):
        Comment.objects.hold_regions(comment)
        told = Comment.objects.told(comment)
        comment.unpublish(Comment.State.HIDDEN, None, told=told, at=at)
        comment.save()
        _share_regions(comment)
    Case.objects.waiting().filter(comment__response=response).update(closed_at=at)
    answers = response.question_answers.filter(state=QuestionAnswer.State.SUBMITTED)
    answers.update(state=QuestionAnswer.State.SET_ASIDE)
    documents.set_aside(response, at)


def _share_regions(comment: Comment) -> None:
    """Show or withhold the regions that a comment shares with others."""
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )


def _note(
    verdict: Verdict,
    membership: Membership,
    cases: list[Case],
    given: list[Response],
    kept: list[Response],
) -> list[Decision]:
    """Write a decision on every case, and on every ledger that is touched, in order."""
    decisions = [
        record.write(
            verdict,
            case=case,
            version=None,
            before=Membership.Claim.PENDING,
            after=membership.claim,
        )
        for case in cases
    ]
    touched = {case.consultation_id for case in cases}
    # What is only begun is nobody's business: no ledger names it.
    given = [response for response in given if response.submitted_at is not None]
    touched |= {response.consultation_id for response in (*given, *kept)}
    who: dict[str, ledger.JSON] = {
        "membership": membership.pk,
        "organisation": membership.organisation_id,
        "user": membership.user_id,
        "by": verdict.by.pk,
    }
    for number in sorted(touched):
        mine = [one.reference for one in given if one.consultation_id == number]
        _append(verdict, number, ACTS[verdict.verb], {**who, "responses": mine})
        for one in kept:
            if one.consultation_id == number:
                _append(verdict, number, "response_set_aside", {**who, "response": one.reference})
    return decisions


def _append(
    verdict: Verdict, consultation_id: int, act: str, payload: dict[str, ledger.JSON]
) -> None:
    ledger.append(consultation_id=consultation_id, act=act, at=verdict.at, payload=payload)
