"""How far each invitation has come: invited, opened, drafting, submitted; or declined, taken back.

Only the fact is told, never a word of what is not sent.
"""

from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from consultations.models import Consultation, Invitation, Response

Standing = Invitation.Standing


def with_standing(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Return the invitations with `standing` on each, in the same query."""
    return invitations.annotate(
        standing=Case(
            When(withdrawn_at__isnull=False, then=Value(Standing.WITHDRAWN.value)),
            When(_led_to(Response.State.SUBMITTED), then=Value(Standing.SUBMITTED.value)),
            When(_led_to(Response.State.DRAFT), then=Value(Standing.DRAFTING.value)),
            When(declined_at__isnull=False, then=Value(Standing.DECLINED.value)),
            When(opened_at__isnull=False, then=Value(Standing.OPENED.value)),
            default=Value(Standing.INVITED.value),
            output_field=CharField(),
        )
    )


def counts(consultation: Consultation) -> dict[str, int]:
    """Return how many invitations of a consultation have come how far, by standing (one query)."""
    rows: Any = with_standing(Invitation.objects.filter(consultation=consultation)).order_by()
    return dict(rows.values_list("standing").annotate(n=Count("pk")))


def _led_to(state: Response.State) -> Q:
    """Return the condition that an invitation led to a response in this state.

    It is the organisation's own, or the invited person's; not what others claim to say for the
    organisation. Each way is asked by itself, so that an index answers it.
    """
    ways = {
        "organisation": "organisation",
        "organisation_id": "organisation__merged_into",
        "respondent": "accepted_by",
        "respondent__email": "email",
    }
    found = Q()
    for of_response, of_invitation in ways.items():
        responses = Response.objects.filter(
            **{of_response: OuterRef(of_invitation)},
            consultation=OuterRef("consultation"),
            state=state,
        )
        found |= Q(Exists(responses))
    return found
