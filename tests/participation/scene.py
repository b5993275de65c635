"""What the tests of drafts share: an employer, a council of two, and a saved answer."""

from typing import Any

from django.utils import timezone

from consultations import participation
from consultations.models import (
    Consultation,
    Draft,
    Question,
    QuestionDraft,
    Recommendation,
    Response,
    Stance,
    User,
)
from consultations.organisations import standing
from tests.factories import make_membership, make_organisation, make_user


def recommendation_of(consultation: Consultation, number: int = 1) -> Recommendation:
    """Return a recommendation as the views fetch it."""
    rows = consultation.recommendations.select_related("consultation", "current")
    return rows.get(number=number)


def save(user: User, recommendation: Recommendation, **fields: Any) -> Draft:
    """Save an answer as the view does."""
    said = {
        "stance": Stance.SUPPORT.value,
        "text": "It would help firms like ours.",
        "permission": "named",
        "based_on": 0,
        "answering": 1,
        "over": None,
    }
    return participation.save_draft(
        user=user,
        membership=standing(user),
        recommendation=recommendation,
        said=participation.Unsent(**(said | fields)),
        at=fields.pop("at", None) or timezone.now(),
    )


def answer(user: User, question: Question, **fields: Any) -> QuestionDraft:
    """Save an answer to a question as the view does: its first choice, unless said otherwise."""
    said = {"chosen": (1,), "text": "", "why": "", "based_on": 0, "over": None}
    return participation.save_answer(
        user=user,
        membership=standing(user),
        question=question,
        said=participation.UnsentAnswer(**(said | fields)),
        at=timezone.now(),
    )


def submit_all(user: User, consultation: Consultation, **fields: Any) -> Response:
    """Send everything that is saved, having read it all."""
    here = {"response__consultation": consultation}
    drafts = Draft.objects.filter(**here).select_related("recommendation")
    answers = QuestionDraft.objects.filter(**here).select_related("question")
    said = {
        "notices": consultation.notices(),
        "read": {row.recommendation.number: row.stamp for row in drafts},
        "read_answers": {row.question.number: row.stamp for row in answers},
    }
    return participation.submit(
        user=user,
        membership=standing(user),
        consultation=consultation,
        at=timezone.now(),
        **(said | fields),
    )


def make_council(people: int = 2, *, leads: int = 1) -> list[User]:
    """Make people who all speak for one council; the first ones are its leads."""
    council = make_organisation("Aldermoor Borough Council")
    made = [make_user(acting_for="organisation", organisation=council) for _n in range(people)]
    for place, person in enumerate(made):
        role = "lead" if place < leads else "contributor"
        make_membership(person, council, claim="confirmed", role=role)
    return made
