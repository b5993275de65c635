"""A recommendation's page: its text, what others say, the form, and the published comments."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations import participation, policy, search
from consultations.forms import AnswerForm, as_typed, new_key
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Draft,
    Membership,
    Permission,
    Question,
    Recommendation,
    Response,
    StatementTimestamp,
    User,
)
from consultations.models.beside import beside_recommendation
from consultations.models.question import asks as are_asked
from consultations.organisations import standing, who_signs
from consultations.participation import MOST_CHARACTERS
from consultations.views import asked, documents, figures, reading, typed
from consultations.views.official import answers_on


@dataclass(frozen=True)
class Mine:
    """What the visitor has said so far in this consultation, and in whose name they write."""

    response: Response | None
    comments: dict[int, Comment]
    drafts: dict[int, Draft]
    organisation: str
    for_organisation: bool
    membership: Membership | None = None

    @property
    def whose(self) -> str:
        """Name those in whose name a form is, as its hidden field carries it."""
        return whose(self.membership if self.for_organisation else None)

    @property
    def may_send(self) -> bool:
        """Whether the visitor sends by themselves, and not through a lead."""
        return not self.for_organisation or self.membership is None or self.membership.signs_off

    @property
    def must_sign_off(self) -> bool:
        """Whether a representative body has still to say whom it represents."""
        if not self.for_organisation or self.membership is None:
            return False
        unsigned = self.response is None or self.response.sign_off_id is None
        return unsigned and self.membership.organisation.kind.is_representative


def visible(user: User | None, slug: str, number: int) -> tuple[Recommendation, datetime]:
    """Return a recommendation that the user may see, and the database's instant; else 404."""
    recommendation = get_object_or_404(
        Recommendation.objects.filter(
            consultation__in=Consultation.objects.visible_to(user).filter(slug=slug), number=number
        )
        .select_related("consultation", "current__correction")
        .annotate(now=StatementTimestamp(), asks=are_asked())
    )
    return recommendation, recommendation.now  # type: ignore[attr-defined]


def asks(recommendation: Recommendation) -> bool:
    """Whether the owner asks questions in the consultation of a recommendation from `visible`."""
    return bool(getattr(recommendation, "asks", True))


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the recommendation with an empty form, or with what the visitor sent or typed."""
    user = request.user if isinstance(request.user, User) else None
    recommendation, now = visible(user, slug, number)
    return page(request, recommendation, now)


def page(
    request: HttpRequest,
    recommendation: Recommendation,
    now: datetime,
    *,
    form: AnswerForm | None = None,
    problem: str = "",
    other: CommentVersion | Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `problem` and `other` say why a comment was not taken, and what stands."""
    user = request.user if isinstance(request.user, User) else None
    consultation = recommendation.consultation
    phase = consultation.phase(now)
    closed = phase == Consultation.Phase.CLOSED
    if closed and form is not None and form.errors:
        # What is put right now would not be taken either: the words are given back, unjudged.
        form = AnswerForm(
            initial=as_typed(form), organisation=form.organisation, saving=form.saving
        )
        problem, status = str(participation.TOO_LATE), 409
    said = mine(user, consultation)
    kept = typed.kept(request, recommendation) if form is None else None
    blank = _form(recommendation, said, kept)
    if form is not None and not form.is_bound:
        form.initial["whose"] = said.whose
    tallies = search.tallies(recommendation, user, now)
    read = reading.of(request, recommendation, user, now, tallies)
    answers_shown = policy.may_read_answers(user, consultation, now)
    steps = asked.steps(consultation, said.response) if asks(recommendation) else []
    beside = consultation.recommendations.annotate(beside=beside_recommendation())
    others = list(beside.order_by("number", "pk"))
    context = {
        "consultation": consultation,
        "recommendation": recommendation,
        "phase": phase,
        "official": answers_on([recommendation], user, now).get(recommendation.pk)
        if closed
        else None,
        "form": form or blank,
        "kept": kept,
        "problem": problem,
        "saving": form is not None and form.saving,
        "other": other,
        "mine": said,
        "leads": "" if said.may_send else who_signs(said.membership),
        "comment": said.comments.get(recommendation.pk),
        "draft": said.drafts.get(recommendation.pk),
        "saves_itself": bool(user and user.profile_complete) and other is None and not closed,
        "chosen": dict(Permission.choices).get(str((form or blank)["permission"].value()), ""),
        "others": others,
        "documents": documents.of(next(one for one in others if one.pk == recommendation.pk)),
        "questions": [step for step in steps if step.question.recommendation == recommendation],
        "owed": [step for step in steps if step.owed],
        "unanswered": [step for step in steps if step.owed and not step.saved],
        "answers_shown": answers_shown,
        "staff_only": answers_shown and not consultation.shows_answers(now),
        "figures": figures.of(tallies, closed=closed),
        "reading": read,
    }
    status = 422 if read.form.errors and status == 200 else status
    return render(request, "recommendations/show.html", context, status=status)


def mine(user: User | None, consultation: Consultation) -> Mine:
    """Return the visitor's response, its comments and drafts (two or three queries)."""
    if user is None:
        return Mine(None, {}, {}, "", for_organisation=False)
    response, membership = participation.response_of(user, consultation), standing(user)
    if response is None or (response.submitted_at is None and not response.official):
        # In whose name it goes is settled when it is sent.
        name = membership.organisation.name if membership else ""
        drafts = drafts_in(response) if response else {}
        return Mine(response, {}, drafts, name, bool(membership), membership)
    return Mine(
        response,
        said_in(response),
        drafts_in(response),
        response.organisation_name,
        response.for_organisation,
        membership,
    )


def whose(membership: Membership | None) -> str:
    """Name those in whose name somebody with this standing claim writes."""
    return str(membership.organisation_id) if membership else "self"


def refuse_other_name(
    user: User, membership: Membership | None, consultation: Consultation, said: str
) -> None:
    """Raise OtherNameError where a form was opened in one name, and would be taken in another."""
    if said in {"", whose(membership)} or said == mine(user, consultation).whose:
        return
    raise participation.OtherNameError(
        _(
            "You no longer write in the name in which you opened this page. See below in whose "
            "name it would go now."
        )
    )


def other_name(
    request: HttpRequest, user: User, membership: Membership | None, consultation: Consultation
) -> str:
    """Return the sentence that a posted form was opened in another name, else ""."""
    try:
        refuse_other_name(user, membership, consultation, request.POST.get("whose", ""))
    except participation.OtherNameError as error:
        return str(error)
    return ""


def for_organisation(
    request: HttpRequest, user: User, membership: Membership | None, on: Recommendation | Question
) -> bool:
    """Whether a form is an organisation's; asked anew only where its length depends on it."""
    if membership is not None or len(request.POST.get("text", "")) <= MOST_CHARACTERS[False]:
        return membership is not None
    response = participation.response_of(user, on.consultation)
    return response is not None and response.for_organisation


def said_in(response: Response) -> dict[int, Comment]:
    """Return a response's comments by recommendation, with whether a change of each waits."""
    waiting = Case.objects.waiting().filter(comment=OuterRef("pk"))
    rows = response.comments.select_related(
        "submitted_version__written_by",
        "submitted_version__drafted_by",
        "public_version",
        "reason",
    ).annotate(change_waits=Exists(waiting))
    return {row.recommendation_id: row for row in rows}


def drafts_in(response: Response) -> dict[int, Draft]:
    """Return a response's drafts by recommendation, with who wrote each (one query)."""
    rows = response.drafts.select_related("written_by").order_by("pk")
    return {row.recommendation_id: row for row in rows}


def refused(
    request: HttpRequest,
    recommendation: Recommendation,
    form: AnswerForm,
    error: participation.ParticipationError,
) -> HttpResponse:
    """Say why, with the words kept in a form that can be sent or saved again.

    After a conflict both texts are shown, and sending again replaces what stands.
    """
    latest = error.latest if isinstance(error, participation.ConflictError) else None
    other = latest if isinstance(latest, (CommentVersion, Draft)) else None
    current = recommendation.current
    said = form.cleaned_data | {
        "key": new_key(),
        "answering": current.number if current else 0,
        "notices": recommendation.consultation.notices(),
    }
    if isinstance(error, participation.OtherNameError):
        said |= {"draft": None, "based_on": 0}  # of the response that it was opened on
    if other is not None:
        known = {"draft": other.stamp} if isinstance(other, Draft) else {"based_on": other.number}
        said |= known
    return page(
        request,
        recommendation,
        timezone.now(),
        form=AnswerForm(initial=said, organisation=form.organisation, saving=form.saving),
        problem=str(error),
        other=other,
        status=409,
    )


def _form(recommendation: Recommendation, said: Mine, kept: dict[str, str] | None) -> AnswerForm:
    comment, draft = said.comments.get(recommendation.pk), said.drafts.get(recommendation.pk)
    latest = comment.submitted_version if comment else None
    current = recommendation.current
    initial: dict[str, object] = {
        "key": new_key(),
        "based_on": latest.number if latest else 0,
        "answering": current.number if current else 0,
        "draft": draft.stamp if draft else "",
        "notices": recommendation.consultation.notices(),
        "whose": said.whose,
    }
    if draft:
        initial |= {"stance": draft.stance, "text": draft.text, "permission": draft.allowed}
    elif latest:
        initial |= {"stance": latest.stance, "text": latest.text, "permission": latest.permission}
    elif said.response:
        initial["permission"] = said.response.permission
    if kept:
        # What was typed elsewhere never replaces a draft unseen: saving it shows both.
        initial |= kept | ({"draft": ""} if draft else {})
    return AnswerForm(initial=initial, organisation=said.for_organisation)
