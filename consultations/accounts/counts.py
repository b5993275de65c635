"""What an erasure would do, in numbers, for the page that asks first."""

from dataclasses import dataclass

from django.db.models import Q

from consultations.accounts import ownership
from consultations.models import (
    Comment,
    Document,
    Draft,
    Membership,
    QuestionAnswer,
    QuestionDraft,
    Response,
    Role,
    Subscription,
    User,
)


@dataclass(frozen=True)
class Counts:
    """How many of each thing stay without a name, and how many go."""

    nameless: int
    erased: int
    answers: int
    drafts: int
    documents: int
    subscriptions: int
    organisations: int
    rights: int
    left: int  # responses that stay their organisations' own


def count(person: User) -> Counts:
    """Return what erasing the person would do now (a query for each number)."""
    own = ownership.own(person)
    comments = Comment.objects.filter(response__in=own)
    nameless = Q(state=Comment.State.PUBLISHED, listed=True)
    begun = {"response__in": own}
    return Counts(
        nameless=comments.filter(nameless).count(),
        erased=comments.exclude(nameless).count(),
        answers=QuestionAnswer.objects.filter(**begun).count(),
        drafts=Draft.objects.filter(**begun).count()
        + QuestionDraft.objects.filter(**begun).count(),
        documents=Document.objects.filter(erased_at__isnull=True, **begun).count(),
        subscriptions=Subscription.objects.filter(user=person).count(),
        organisations=Membership.objects.filter(user=person, ended_at__isnull=True).count(),
        rights=Role.objects.filter(user=person, ends_at__isnull=True).count(),
        left=Response.objects.filter(respondent=person).exclude(pk__in=own).count(),
    )
