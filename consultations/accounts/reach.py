"""Where a person takes part: the consultations that hold something about them."""

from allauth.account.models import EmailAddress

from consultations.models import (
    Case,
    Invitation,
    Membership,
    Note,
    Report,
    Response,
    Role,
    Subscription,
    User,
)
from consultations.moderation import claims


def reach(person: User) -> set[int]:
    """Return the consultations that hold anything about the person, drafts and choices included."""
    mine = (
        Response.objects.filter(respondent=person),
        Subscription.objects.filter(user=person),
        Note.objects.filter(author=person),
        Invitation.objects.filter(accepted_by=person),
        Invitation.objects.filter(email__in=addresses(person)),
    )
    found = {
        number
        for rows in mine
        for number in rows.order_by().values_list("consultation_id", flat=True)
    }
    return found | concerned(person)


def concerned(person: User) -> set[int]:
    """Return the consultations whose ledger tells of the person's erasure.

    What was only begun is nobody's business: no ledger names it.
    """
    sent = Response.objects.filter(respondent=person, submitted_at__isnull=False)
    rights = Role.objects.filter(user=person)
    cases = Case.objects.filter(membership__user=person)
    reported = Report.objects.filter(reporter=person)
    found = {
        number
        for rows in (sent, rights, cases)
        for number in rows.order_by().values_list("consultation_id", flat=True)
    }
    where = "comment__recommendation__consultation_id"
    found |= set(reported.order_by().values_list(where, flat=True))
    for membership in Membership.objects.filter(user=person).order_by("pk"):
        found |= claims.reach(membership)
    return found


def addresses(person: User) -> set[str]:
    """Return every address of the person's, in small letters."""
    others = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return {email.lower() for email in (person.email, *others)}
