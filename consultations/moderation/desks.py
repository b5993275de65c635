"""What a decision on a claim does to the desk: who leads it, and whom the claimant had invited."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from consultations.models import (
    ConfidentialityRequest,
    Document,
    Draft,
    Membership,
    Note,
    Organisation,
    Question,
    QuestionDraft,
    Response,
    SignOff,
    User,
)
from consultations.models.draft import joined


def led(organisation_id: int) -> bool:
    """Whether a current, confirmed member leads the organisation."""
    return Membership.objects.filter(
        organisation_id=organisation_id,
        claim=Membership.Claim.CONFIRMED,
        role=Membership.Right.LEAD,
        ended_at__isnull=True,
    ).exists()


def settle(
    membership: Membership, claim: Membership.Claim, by: User, at: datetime
) -> list[Membership]:
    """Write what became of a claim, its organisation being locked; return whom it brings along.

    The first member who is confirmed leads; whom they had invited are then theirs to confirm. Of
    any other claimant the guests are left as claimants of their own.
    """
    guests = list(membership.guests.select_for_update(of=("self",), no_key=True).order_by("pk"))
    membership.claim, membership.decided_by, membership.decided_at = claim, by, at
    if claim == Membership.Claim.CONFIRMED and not led(membership.organisation_id):
        membership.role = Membership.Right.LEAD
    membership.host, membership.shares = None, False
    membership.save()
    for guest in guests:
        guest.host = None
        guest.save(update_fields=["host"])
    if claim == Membership.Claim.CONFIRMED:
        Note.objects.filter(host=membership).update(host=None)
    else:
        _unshare(membership)
        living = membership.invitations.filter(accepted_at=None, withdrawn_at=None)
        living.update(withdrawn_at=at)
    return [guest for guest in guests if membership.leads and guest.ended_at is None]


def bring(response: Response, to: Response, organisation: Organisation) -> None:
    """Bring what colleagues of an organisation began in one response into another.

    Where nothing of it was sent, what was signed and asked for it comes along; what was signed
    for one that was sent, or by who did not lead, never speaks for another that was sent.
    """
    if lost := _chosen_otherwise(response, to):
        said = _("Two drafts were joined. Of these choices another stands now: %(choices)s.")
        Note.objects.create(
            consultation_id=to.consultation_id,
            organisation=organisation,
            text=said % {"choices": "; ".join(lost)},
            written_at=Now(),
        )
    Draft.objects.all().move(response, to=to)
    QuestionDraft.objects.all().move(response, to=to)
    Document.objects.all().move(response, to=to)
    if response.submitted_at is None:
        _bring_sign_offs(response, to)
        _bring_requests(response, to)


def _chosen_otherwise(response: Response, to: Response) -> list[str]:
    """Name the choices in drafts of one response that those of another take the place of.

    Texts are joined, and a reason has room for a choice; where there is none, it would be lost.
    """
    views = dict(Draft.objects.filter(response=to).values_list("recommendation", "stance"))
    drafts = Draft.objects.filter(response=response).select_related("recommendation")
    choices = dict(QuestionDraft.objects.filter(response=to).values_list("question", "chosen"))
    answers = QuestionDraft.objects.filter(response=response, question__asks_why=False)
    answers = answers.exclude(question__kind=Question.Kind.SEVERAL).select_related("question")
    return [
        *(
            f"{each.recommendation}: {each.get_stance_display()}"
            for each in drafts.order_by("recommendation__number", "pk")
            if each.stance and views.get(each.recommendation_id, "") not in {"", each.stance}
        ),
        *(
            f"{each.question.words} {', '.join(each.labels())}"
            for each in answers.order_by("question__number", "pk")
            if each.chosen and choices.get(each.question_id, []) not in ([], each.chosen)
        ),
    ]


def _bring_sign_offs(response: Response, to: Response) -> None:
    SignOff.objects.filter(response=response).update(response=to)
    unsigned, unsent = to.sign_off_id is None, to.submitted_at is None
    by_a_lead = response.official and (unsigned or unsent)
    if response.sign_off_id is not None and (by_a_lead or (unsigned and unsent)):
        to.sign_off_id = response.sign_off_id
        to.save(update_fields=["sign_off"])


def _bring_requests(response: Response, to: Response) -> None:
    waits = ConfidentialityRequest.objects.filter(outcome=ConfidentialityRequest.Outcome.PENDING)
    mine, there = waits.filter(response=response).first(), waits.filter(response=to).first()
    if mine is not None and there is not None:
        there.reason = joined(there.reason, mine.reason)
        there.save(update_fields=["reason"])
    elif mine is not None:
        mine.response = to
        mine.save(update_fields=["response"])


def _unshare(membership: Membership) -> None:
    """Leave the claimant's responses to them alone, to go on with in their own name.

    Where they have one of their own there, what was saved and not sent comes into that; what was
    sent under the claim they read, and take back, beside it.
    """
    for response in membership.responses.filter(shared=True).order_by("pk"):
        response.shared = False
        try:
            with transaction.atomic():
                response.save(update_fields=["shared"])
        except IntegrityError:
            response.shared = True
            _bring_home(response)


def _bring_home(response: Response) -> None:
    """Bring what is unsent in a shared response into the one that its respondent has alone."""
    alone = Response.objects.filter(
        consultation_id=response.consultation_id,
        respondent=response.respondent_id,
        organisation__isnull=True,
        shared=False,
    )
    own = alone.select_for_update(of=("self",), no_key=True).get()
    Draft.objects.all().move(response, to=own)
    QuestionDraft.objects.all().move(response, to=own)
    Document.objects.all().move(response, to=own)
    if response.submitted_at is None:
        _bring_requests(response, own)
        response.delete()
