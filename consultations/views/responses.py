"""My response: what is done, what is left, and sending it; its receipt, and a copy to print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import participation, policy
from consultations.forms import ConfidentialityForm, SendForm, SubscriptionForm, kept
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Document,
    Draft,
    Membership,
    Recommendation,
    Redaction,
    Response,
    Subscription,
    User,
    database_now,
)
from consultations.models.question import asks as are_asked
from consultations.moderation import appealable
from consultations.moderation.appealable import Contested
from consultations.organisations import memberships_of, standing, standing_among
from consultations.views import asked, people, recommendations, sign_off, versions
from consultations.views.official import answered


@dataclass(frozen=True)
class Row:
    """One recommendation, with what was sent, its earlier versions, and what is only saved."""

    recommendation: Recommendation
    comment: Comment | None
    draft: Draft | None
    earlier: tuple[CommentVersion, ...] = ()
    contested: Contested | None = None
    removed: tuple[Redaction, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether something was sent that stands, or waits to."""
        return self.comment is not None and self.comment.state != Comment.State.WITHDRAWN

    @property
    def missing(self) -> str:
        """What keeps the draft from being sent, in a sentence; "" where nothing does."""
        draft, current = self.draft, self.recommendation.current
        if draft is None:
            return ""
        if current is None or draft.answering != current.number:
            return _("The recommendation was corrected since. Read it again, and save once more.")
        if not draft.stance:
            return _("Choose your view, or “No view”.")
        return "" if draft.allowed else _("Choose whether we may publish this answer.")


@dataclass(frozen=True)
class Part:
    """One response (None where it is not begun), and what it says on each recommendation."""

    response: Response | None
    current: bool
    rows: tuple[Row, ...]
    questions: tuple[asked.Row, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def document(self) -> Document | None:
        """The document that is saved and is sent with the answers, if there is one."""
        saved = (each for each in self.documents if each.state == Document.State.DRAFT)
        return next(saved, None)

    @property
    def sent(self) -> int:
        """How many recommendations are answered."""
        return sum(row.answered for row in self.rows)

    @property
    def drafted(self) -> int:
        """How many answers are saved and not sent."""
        drafts = [row.draft for row in self.rows], [row.draft for row in self.questions]
        return sum(draft is not None for each in drafts for draft in each)

    @property
    def left(self) -> int:
        """How many recommendations have neither."""
        return sum(not row.answered and row.draft is None for row in self.rows)

    @property
    def owed(self) -> list[asked.Row]:
        """Which questions have to be answered before anything is sent."""
        return [row for row in self.questions if row.owed]

    @property
    def complete(self) -> bool:
        """Whether every saved answer says all that it must, and none is missing."""
        missing = [row.missing for row in self.rows] + [row.missing for row in self.questions]
        return not self.owed and not any(missing)

    @property
    def read(self) -> str:
        """Name the drafts that stand on a page, as `SendForm.read` takes them."""
        drafts = [(f"{row.recommendation.number}", row.draft) for row in self.rows]
        saved = [(f"q{row.question.number}", row.draft) for row in self.questions]
        return ",".join(f"{what}:{draft.stamp.hex}" for what, draft in (*drafts, *saved) if draft)


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the visitor, and their organisation, have said here and what is left to say."""
    user, consultation = visitor(request, slug)
    now = timezone.now()
    memberships = list(memberships_of(user))
    membership = standing_among(user, memberships)
    parts = _parts(user, consultation, membership, now)
    phase = consultation.phase(now)
    context = {
        "consultation": consultation,
        "phase": phase,
        "responses": parts,
        "answered": _answered(parts) if phase == Consultation.Phase.CLOSED else set(),
        **sign_off.context(membership, consultation, parts[0].response),
        "memberships": memberships,
        "subscription": Subscription.objects.filter(user=user, consultation=consultation).first(),
    }
    return render(request, "responses/mine.html", context)


def _answered(parts: Sequence[Part]) -> set[int]:
    """Return which of the visitor's comments the official response answers."""
    return answered(row.comment for part in parts for row in part.rows if row.comment)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every draft in full, and send them all."""
    user, consultation = visitor(request, slug)
    problem = ""
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        problem = _("The page was not complete. Check your answers again.")
    elif request.method == "POST":
        membership = standing(user)
        try:
            recommendations.refuse_other_name(
                user, membership, consultation, form.cleaned_data["whose"]
            )
            participation.submit(
                user=user,
                membership=membership,
                consultation=consultation,
                notices=form.cleaned_data["notices"],
                read=form.drafts(),
                read_answers=form.answers(),
                document=form.cleaned_data["document"],
                at=database_now(),
                address=people.address(request),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            return redirect("responses.receipt", slug=slug)
    membership = standing(user)
    part = _parts(user, consultation, membership)[0]
    if not part.drafted and not problem:
        return redirect("responses.mine", slug=slug)
    signing = sign_off.context(membership, consultation, part.response)
    known = {
        "notices": consultation.notices(),
        "read": part.read,
        "document": part.document.reference if part.document else "",
        "whose": signing["whose"],
    }
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "part": part,
        **signing,
        "form": SendForm(initial=known),
        "problem": problem,
    }
    return render(request, "responses/check.html", context, status=409 if problem else 200)


@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the response is here, with its reference, and what comes next."""
    user, consultation = visitor(request, slug)
    response = participation.response_of(user, consultation)
    if response is None or response.submitted_at is None:
        return redirect("responses.mine", slug=slug)
    chosen = Subscription.objects.filter(user=user, consultation=consultation).first()
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "response": response,
        "waits": Case.objects.before_publication().filter(comment__response=response).exists(),
        "subscription": chosen,
        "form": None if chosen else SubscriptionForm(),
    }
    return render(request, "responses/receipt.html", context)


@require_safe
def printed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the visitor's response on one page, drafts marked as such, to print or keep."""
    user, consultation = visitor(request, slug)
    context = {
        "consultation": consultation,
        "part": _parts(user, consultation, standing(user))[0],
        "now": timezone.now(),
    }
    return render(request, "responses/printed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confidentiality(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a request that the response be kept confidential, and show what became of others."""
    user, consultation = visitor(request, slug)
    said = recommendations.mine(user, consultation)
    response = said.response
    if response is None:
        return redirect("responses.mine", slug=slug)
    may_ask = policy.signs_off(user, response)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    problem = ""
    posted = request.POST if request.method == "POST" else None
    form = ConfidentialityForm(posted, initial=kept.restored(request))
    if request.method == "POST" and form.is_valid():
        try:
            participation.ask_confidentiality(
                response=response,
                reason=form.cleaned_data["reason"],
                user=user,
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            kept.forget(request)
            messages.success(request, _("We have your request. You are told what is decided."))
            return redirect("responses.confidentiality", slug=slug)
    requests = list(response.confidentiality_requests.all())
    waits = any(each.decided_at is None for each in requests)
    context = {
        "consultation": consultation,
        "requests": requests,
        "name": said.organisation,
        "may_ask": may_ask,
        "form": None if not may_ask or (waits and not problem) else form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "responses/confidentiality.html", context, status=status)


def visitor(request: HttpRequest, slug: str) -> tuple[User, Consultation]:
    """Return who asks, and the consultation, which they may see; else 404."""
    user = people.person(request)
    return user, get_object_or_404(Consultation.objects.visible_to(user), slug=slug)


def _parts(
    user: User,
    consultation: Consultation,
    membership: Membership | None,
    at: datetime | None = None,
) -> list[Part]:
    """Return the user's responses, the one that they write in first; that one may be empty.

    `membership` is the claim in whose name they write. With what may be appealed against at the
    instant `at`, where one is given.
    """
    recommended = list(
        consultation.recommendations.select_related("current")
        .annotate(asks=are_asked())
        .order_by("number", "pk")
    )
    asks = any(recommendations.asks(each) for each in recommended)
    found, takes = participation.own_and_written_in(user, consultation)
    current = named(takes, user, membership)
    others = [each for each in found if each != current]
    return [
        Part(
            each,
            place == 0,
            tuple(_rows(each, recommended, at)),
            tuple(asked.rows(consultation, each)) if asks else (),
            Document.objects.kept_in(each),
        )
        for place, each in enumerate([current, *others])
    ]


def named(response: Response | None, user: User, membership: Membership | None) -> Response | None:
    """Return a response; one that is only begun with the name that it would go out in now."""
    if response is None or response.submitted_at is not None or response.official:
        return response
    response.name, response.membership = user.name, membership
    response.for_organisation = membership is not None
    response.organisation_name = membership.organisation.name if membership else ""
    return response


def _rows(
    response: Response | None, recommended: Sequence[Recommendation], at: datetime | None
) -> Iterator[Row]:
    comments = recommendations.said_in(response) if response else {}
    drafts = recommendations.drafts_in(response) if response else {}
    earlier = versions.earlier(comments.values())
    contested = appealable.on_comments(comments.values(), at) if at else {}
    removed = versions.removed(comments.values())
    for each in recommended:
        comment = comments.get(each.pk)
        before = earlier.get(comment.pk, []) if comment else []
        contest = contested.get(comment.pk) if comment else None
        gone = removed.get(comment.pk, []) if comment else []
        yield Row(each, comment, drafts.get(each.pk), tuple(before), contest, tuple(gone))
