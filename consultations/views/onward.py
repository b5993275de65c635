"""Where somebody goes who has saved an answer: to what is not answered yet, else to the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Comment, Question, Recommendation, User
from consultations.views import asked, recommendations

Place = tuple[tuple[int, int], str]


def saved(request: HttpRequest, user: User, here: Recommendation | Question) -> HttpResponse:
    """Say that it is saved, and go to the next recommendation or question with nothing yet."""
    messages.success(request, _("Saved as a draft. It counts once you have sent it."))
    stands = asked.place(here) if isinstance(here, Question) else (here.number, 0)
    left = sorted(_left(user, here))
    after = [path for place, path in left if place > stands]
    return redirect([*after, *(path for _place, path in left), _list(here)][0])


def _left(user: User, here: Recommendation | Question) -> list[Place]:
    """Return where nothing is sent or saved, by its place."""
    consultation = here.consultation
    said = recommendations.mine(user, consultation)
    sent = {pk for pk, one in said.comments.items() if one.state != Comment.State.WITHDRAWN}
    rows = consultation.recommendations.exclude(pk__in={*sent, *said.drafts})
    left = [
        ((number, 0), reverse("recommendations.show", args=[consultation.slug, number]))
        for number in rows.order_by("number", "pk").values_list("number", flat=True)
    ]
    if isinstance(here, Question) or recommendations.asks(here):
        left += [
            (
                asked.place(step.question),
                reverse("questions.answer", args=[consultation.slug, step.question.number]),
            )
            for step in asked.steps(consultation, said.response)
            if not step.done
        ]
    return left


def _list(here: Recommendation | Question) -> str:
    return reverse("responses.mine", args=[here.consultation.slug])
