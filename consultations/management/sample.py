"""What the sample holds beside comments: invitations, and answers to the owner's questions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from consultations import invitations, organisations, participation
from consultations.models import (
    Consultation,
    Invitation,
    OrganisationKind,
    Question,
    QuestionDraft,
    Region,
    User,
)

# They are invited two days after the opening, and say no a day later.
INVITED_AFTER, DECLINED_AFTER = timedelta(days=2), timedelta(days=3)


def invite(
    rows: Sequence[dict[str, Any]], *, consultation: Consultation, by: User, opened: datetime
) -> None:
    """Invite each organisation of these rows, and let those that are said to decline."""
    at = opened + INVITED_AFTER
    contacts = [_contact(row) for row in rows]
    invitations.invite(consultation=consultation, contacts=contacts, by=by, at=at)
    declining = [row["email"] for row in rows if row.get("declines")]
    for invitation in Invitation.objects.filter(email__in=declining).order_by("pk"):
        invitations.decline(invitation=invitation, at=opened + DECLINED_AFTER)


def _contact(row: dict[str, Any]) -> invitations.Contact:
    new = organisations.NewOrganisation(
        name=row["organisation"],
        kind=OrganisationKind.objects.get(code=row["organisation_kind"]),
        size_band=None,
        industry=None,
        region=Region.objects.get(code=row["region"]),
    )
    organisation = organisations.find_or_add(new=new)
    return invitations.Contact(organisation=organisation, name=row["name"], email=row["email"])


def answer(rows: Sequence[dict[str, Any]], *, consultation: Consultation, now: datetime) -> None:
    """Answer the owner's questions as these rows say, and send each person's answers together."""
    questions = {row.number: row for row in Question.objects.filter(consultation=consultation)}
    for row in rows:
        user = User.objects.get(email=row["email"])
        at = now - timedelta(days=row["days_ago"])
        for said in row["said"]:
            participation.save_answer(
                user=user,
                membership=organisations.standing(user),
                question=questions[said["question"]],
                said=participation.UnsentAnswer(
                    chosen=tuple(said["chosen"]),
                    text="",
                    why=said.get("why", ""),
                    based_on=0,
                    over=None,
                ),
                at=at,
            )
        _send(user, consultation, at)


def _send(user: User, consultation: Consultation, at: datetime) -> None:
    mine = QuestionDraft.objects.filter(
        written_by=user, response__consultation=consultation
    ).select_related("question")
    participation.submit(
        user=user,
        membership=organisations.standing(user),
        consultation=consultation,
        notices=consultation.notices(),
        read={},
        read_answers={draft.question.number: draft.stamp for draft in mine},
        at=at,
    )
