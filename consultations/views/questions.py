"""One of the owner's questions on a page of its own: answered, thrown away, withdrawn."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations import participation, policy
from consultations.forms import QuestionForm, as_typed, initial_of
from consultations.models import (
    Consultation,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
    StatementTimestamp,
    User,
    database_now,
)
from consultations.models.clock import moment
from consultations.organisations import standing
from consultations.participation import Standing
from consultations.views import asked, drafts, onward, people, recommendations, typed


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a question; save what was answered, and go on to what is not answered yet.

    Whoever is not logged in is asked to, and finds the words again. A page that saves by itself
    asks for JSON, and is told the draft's stamp.
    """
    user = request.user if isinstance(request.user, User) else None
    question, now = visible(user, slug, number)
    if request.method != "POST":
        return page(request, question, now)
    if user is None or not user.profile_complete:
        return typed.ask_first(request, question)
    membership = standing(user)
    organisation = recommendations.for_organisation(request, user, membership, question)
    form = QuestionForm(request.POST, question=question, organisation=organisation)
    by_itself = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        if by_itself:
            return drafts.unsaved(form)
        return page(request, question, now, form=form, status=422)
    try:
        recommendations.refuse_other_name(
            user, membership, question.consultation, form.cleaned_data["whose"]
        )
        draft = participation.save_answer(
            user=user, membership=membership, question=question, said=form.unsent(), at=now
        )
    except participation.ParticipationError as error:
        if by_itself:
            problem = _("%(why)s Press “Save and go on” to see both.") % {"why": error}
            return drafts.told(HTTPStatus.CONFLICT, problem=problem)
        return _refused(request, question, form, error)
    typed.forget(request, question)
    if by_itself:
        said = _("Saved at %s.") % moment(draft.written_at)
        return drafts.told(draft=str(draft.stamp), said=said)
    return onward.saved(request, user, question)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask first, then throw the draft away."""
    user = people.person(request)
    question, _now = visible(user, slug, number)
    mine = recommendations.mine(user, question.consultation)
    _answer, draft = _said(mine.response, question)
    if draft is None:
        return redirect("responses.mine", slug=slug)
    problem = ""
    if request.method == "POST":
        try:
            over = drafts.stamp(request.POST.get("draft", ""))
            participation.discard(draft=draft, over=over)
        except participation.ConflictError as error:
            problem = str(error)
        else:
            messages.success(request, _("Your draft is thrown away. What you sent stays sent."))
            return redirect("responses.mine", slug=slug)
    context = _about(question) | {
        "draft": draft,
        "name": mine.organisation,
        "problem": problem,
    }
    return render(request, "questions/discard.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask first, then take the answer back."""
    user = people.person(request)
    question, _now = visible(user, slug, number)
    wanted = request.GET.get("response", "")
    response = participation.response_named(user, question.consultation, wanted)
    sent, _draft = _said(response, question)
    if response is None or sent is None or not policy.speaks_for(user, response):
        raise Http404
    if not policy.signs_off(user, response):
        raise PermissionDenied
    problem = ""
    if request.method == "POST":
        try:
            participation.withdraw_answer(answer=sent, user=user, at=database_now())
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            return redirect("responses.mine", slug=slug)
    context = _about(question) | {"answer": sent, "problem": problem}
    return render(request, "questions/withdraw.html", context, status=409 if problem else 200)


def visible(user: User | None, slug: str, number: int) -> tuple[Question, datetime]:
    """Return a question that the user may see, and the database's instant; else 404."""
    question = get_object_or_404(
        Question.objects.filter(
            consultation__in=Consultation.objects.visible_to(user).filter(slug=slug), number=number
        )
        .select_related("consultation", "recommendation__current")
        .annotate(now=StatementTimestamp())
    )
    return question, question.now  # type: ignore[attr-defined]


def page(
    request: HttpRequest,
    question: Question,
    now: datetime,
    *,
    form: QuestionForm | None = None,
    problem: str = "",
    other: Standing | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `problem` and `other` say why an answer was not taken, and what stands."""
    user = request.user if isinstance(request.user, User) else None
    consultation = question.consultation
    phase = consultation.phase(now)
    closed = phase == Consultation.Phase.CLOSED
    if closed and form is not None and form.errors:
        # What is put right now would not be taken either: the words are given back, unjudged.
        form = QuestionForm(
            initial=as_typed(form), question=question, organisation=form.organisation
        )
        problem, status = str(participation.TOO_LATE), 409
    mine = recommendations.mine(user, consultation)
    sent, draft = _said(mine.response, question)
    kept = typed.kept(request, question) if form is None else None
    shown = form or QuestionForm(
        initial=_initial(question, sent, draft, kept),
        question=question,
        organisation=mine.for_organisation,
    )
    shown.initial["whose"] = mine.whose
    context = _about(question) | {
        "phase": phase,
        "form": shown,
        "first": shown[shown.first],
        "kept": kept,
        "problem": problem,
        "other": other,
        "mine": mine,
        "answer": sent,
        "draft": draft,
        "saves_itself": bool(user and user.profile_complete) and other is None and not closed,
        "steps": asked.steps(consultation, mine.response),
    }
    return render(request, "questions/answer.html", context, status=status)


def _about(question: Question) -> dict[str, object]:
    return {"consultation": question.consultation, "question": question}


def _said(
    response: Response | None, question: Question
) -> tuple[QuestionAnswer | None, QuestionDraft | None]:
    """Return what a response says to a question: sent, and saved (two queries)."""
    if response is None:
        return None, None
    sent = QuestionAnswer.objects.filter(response=response, question=question)
    answer = sent.select_related("current", "question").first()
    saved = QuestionDraft.objects.filter(response=response, question=question)
    draft = saved.select_related("written_by").first()
    for row in (answer.current if answer else None, draft):
        if row is not None:
            row.question = question
    return answer, draft


def _initial(
    question: Question,
    answer: QuestionAnswer | None,
    draft: QuestionDraft | None,
    kept: dict[str, str] | None,
) -> dict[str, object]:
    latest = answer.current if answer else None
    known = {"based_on": latest.number if latest else 0, "draft": draft.stamp if draft else ""}
    if kept:
        # What was typed elsewhere never replaces a draft unseen: saving it shows both.
        chosen = kept.get("chosen", "").split(",")
        texts = {"text": kept.get("text", ""), "why": kept.get("why", "")}
        return known | {"draft": ""} | initial_of(question, chosen=chosen, **texts)
    stands: QuestionDraft | QuestionAnswerVersion | None = draft or latest
    if stands is None:
        return {**known}
    said = initial_of(question, chosen=stands.chosen, text=stands.text, why=stands.why)
    return known | said


def _refused(
    request: HttpRequest,
    question: Question,
    form: QuestionForm,
    error: participation.ParticipationError,
) -> HttpResponse:
    """Say why, with the words kept in a form that can be saved again.

    After a conflict both answers are shown, and saving again replaces what stands.
    """
    other = error.latest if isinstance(error, participation.ConflictError) else None
    said = dict(form.cleaned_data)
    if isinstance(error, participation.OtherNameError):
        said |= {"draft": None, "based_on": 0}  # of the response that it was opened on
    if isinstance(other, QuestionDraft):
        said["draft"] = other.stamp
    elif isinstance(other, QuestionAnswerVersion):
        said["based_on"] = other.number
    again = QuestionForm(initial=said, question=question, organisation=form.organisation)
    return page(
        request,
        question,
        timezone.now(),
        form=again,
        problem=str(error),
        other=other,
        status=409,
    )
