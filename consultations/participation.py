"""Responding: send, amend and withdraw a comment, each in one transaction.

Who the respondent is comes from `organisations`; what becomes of a comment, in `moderation`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.mail import outbox
from consultations.mail.blocks import Action, Heading, Letter, Paragraph, Quotation, Rows
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Membership,
    Message,
    Recommendation,
    Response,
    Stance,
    StatementTimestamp,
    User,
)

# An organisation's considered answer is longer than a person's; limits in code points.
MOST_CHARACTERS = {False: 5_000, True: 20_000}


class ParticipationError(Exception):
    """A comment that is not taken, with the sentence that its author reads."""


class ClosedError(ParticipationError):
    """The consultation is not open by the database's clock."""


class ConflictError(ParticipationError):
    """Somebody changed the comment since the form was opened; `latest` is what stands now."""

    def __init__(self, message: str, latest: CommentVersion) -> None:
        super().__init__(message)
        self.latest = latest


@dataclass(frozen=True)
class Answer:
    """What a form says about one recommendation.

    `based_on` is the number of the version that the form was opened on, 0 for none; `key` the
    form's own, made by the server; `text` tidied; `default_permission` holds for a new response.
    """

    stance: str
    text: str
    permission: str
    default_permission: str
    key: UUID
    based_on: int

    def same_as(self, version: CommentVersion) -> bool:
        """Whether a version says exactly this."""
        mine = (self.stance, self.text, self.permission)
        return mine == (version.stance, version.text, version.permission)


OPEN_NOW = ExpressionWrapper(
    Q(
        consultation__state=Consultation.State.PUBLISHED,
        consultation__opens_at__lte=StatementTimestamp(),
        consultation__closes_at__gt=StatementTimestamp(),
    ),
    output_field=BooleanField(),
)


def response_of(user: User, consultation: Consultation) -> Response | None:
    """Return the response that the user writes in: their organisation's, or their own."""
    return _responses(user, consultation).first()


def post(
    *,
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    answer: Answer,
    at: datetime,
) -> Comment:
    """Send or amend the user's comment on a recommendation, and queue the receipt.

    `membership` is the user's standing claim, if they answer for an organisation. The same form
    sent twice makes one comment. Raises ClosedError after the deadline, ConflictError where the
    comment has changed since, ParticipationError where the form was used for other words.
    """
    arguments = (user, membership, recommendation, answer, at)
    try:
        return _post(*arguments)
    except IntegrityError:
        # Two first posts at once: the other made the response or the comment; now it is there.
        pass
    try:
        return _post(*arguments)
    except IntegrityError as error:
        raise ParticipationError(
            _("This form was already used for another comment. Open the page again and resend.")
        ) from error


@transaction.atomic
def _post(
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    answer: Answer,
    at: datetime,
) -> Comment:
    response = _open_response(user, membership, recommendation.consultation, answer, at)
    comment = (
        Comment.objects.select_related("submitted_version", "public_version")
        .filter(response=response, recommendation=recommendation)
        .first()
    )
    if comment is None:
        comment = _new_comment(response, recommendation, answer)
    latest = comment.submitted_version
    if latest is not None and latest.number != answer.based_on:
        _refuse_other_words(comment, latest, answer)
        return comment
    comment.response = response
    version = _add_version(comment, recommendation, answer, user, at)
    _submit(comment, version, recommendation, at)
    _record(comment, version, recommendation, at)
    _send_receipt(comment, version, recommendation, user, at)
    return comment


@transaction.atomic
def withdraw(*, comment: Comment, user: User, at: datetime) -> None:
    """Take a comment back before the close; its versions stay with its author."""
    response = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW)
        .get(pk=comment.response_id)
    )
    if not response.open_now:
        raise ClosedError(_("This consultation has closed: comments can no longer be withdrawn."))
    comment.refresh_from_db()
    if comment.state in {Comment.State.WITHDRAWN, Comment.State.ERASED, Comment.State.DRAFT}:
        return
    comment.unpublish(Comment.State.WITHDRAWN, None)
    comment.save()
    Case.objects.waiting().filter(comment=comment).update(closed_at=at)
    _share_regions(comment)
    recommendation = Recommendation.objects.get(pk=comment.recommendation_id)
    ledger.append(
        consultation_id=recommendation.consultation_id,
        act="comment_withdrawn",
        at=at,
        payload={
            "recommendation": recommendation.number,
            "response": response.reference,
            "by": user.pk,
        },
    )


def _responses(user: User, consultation: Consultation) -> QuerySet[Response]:
    mine = Q(respondent=user, organisation__isnull=True)
    if user.acting_for == User.ActingFor.ORGANISATION and user.organisation_id:
        mine |= Q(
            organisation_id=user.organisation_id,
            organisation__memberships__user=user,
            organisation__memberships__claim=Membership.Claim.CONFIRMED,
            organisation__memberships__ended_at__isnull=True,
        )
    # The organisation's own response comes before one that was begun under a waiting claim.
    return Response.objects.filter(mine, consultation=consultation).order_by(
        "organisation_id", "pk"
    )


def _open_response(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    answer: Answer,
    at: datetime,
) -> Response:
    response = (
        _responses(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW)
        .first()
    )
    if response is None:
        if not _is_open(consultation):
            raise ClosedError(_("This consultation is not open for comments."))
        return _new_response(user, membership, consultation, answer, at)
    if not response.open_now:
        raise ClosedError(_("This consultation has closed, so your comment was not sent."))
    if response.state != Response.State.SUBMITTED:
        response.sent(at)
        response.save(update_fields=["state", "submitted_at"])
    return response


def _is_open(consultation: Consultation) -> bool:
    return Consultation.objects.filter(
        pk=consultation.pk,
        state=Consultation.State.PUBLISHED,
        opens_at__lte=StatementTimestamp(),
        closes_at__gt=StatementTimestamp(),
    ).exists()


def _new_response(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    answer: Answer,
    at: datetime,
) -> Response:
    organisation = membership.organisation if membership else None
    response = Response(
        consultation=consultation,
        respondent=user,
        organisation=organisation if membership and membership.current else None,
        membership=membership,
        name=user.name,
        kind=user.kind,
        for_organisation=organisation is not None,
        organisation_name=organisation.name if organisation else "",
        organisation_kind=organisation.kind if organisation else None,
        size_band=organisation.size_band if organisation else None,
        region=(organisation.region if organisation else None) or user.region,
        permission=answer.default_permission,
        privacy_version=consultation.privacy_version,
        started_at=at,
    )
    response.sent(at)
    response.save()
    if membership and membership.claim == Membership.Claim.PENDING:
        Case.objects.create(consultation=consultation, membership=membership, since=at)
    return response


def _new_comment(response: Response, recommendation: Recommendation, answer: Answer) -> Comment:
    return Comment(
        response=response,
        recommendation=recommendation,
        stance=Stance(answer.stance),
        kind=response.kind,
        region_id=response.region_id,
    )


def _refuse_other_words(comment: Comment, latest: CommentVersion, answer: Answer) -> None:
    """Raise ConflictError unless this very form was taken before, with these very words."""
    taken = CommentVersion.objects.filter(response_id=comment.response_id, key=answer.key).first()
    if taken is None:
        raise ConflictError(_("This comment was changed since you opened this page."), latest)
    if not answer.same_as(taken):
        raise ConflictError(_("This form was already sent once, with other words."), latest)


def _add_version(
    comment: Comment, recommendation: Recommendation, answer: Answer, user: User, at: datetime
) -> CommentVersion:
    latest = comment.submitted_version
    if recommendation.current is None:
        raise ParticipationError(_("This recommendation has no text yet."))
    if comment.pk is None:
        comment.save()
    return CommentVersion.objects.create(
        comment=comment,
        response_id=comment.response_id,
        number=latest.number + 1 if latest else 1,
        answered=recommendation.current,
        stance=answer.stance,
        text=answer.text,
        permission=answer.permission,
        written_by=user,
        written_at=at,
        key=answer.key,
    )


def _submit(
    comment: Comment, version: CommentVersion, recommendation: Recommendation, at: datetime
) -> None:
    """Put the version before a moderator, or before the public where that needs none."""
    shown = comment.public_version if comment.state == Comment.State.PUBLISHED else None
    comment.submitted_version = version
    comment.submitted_at = at
    after = recommendation.consultation.moderation == Consultation.Moderation.AFTER
    only_permission = shown is not None and (
        (shown.stance, shown.text) == (version.stance, version.text)
    )
    if after or only_permission:
        # The words were seen already, or are looked at afterwards: the choice holds at once.
        comment.publish(version, at)
    elif shown is None:
        comment.unpublish(Comment.State.SUBMITTED, None)
        comment.stance, comment.waiting = version.stance, True
    if not only_permission:
        comment.reviewed, comment.reason = False, None
    comment.save()
    if after or only_permission:
        _share_regions(comment)
    if not only_permission:
        # A case may wait already: the moderator then finds the newer version in it.
        case = Case(
            comment=comment, consultation_id=recommendation.consultation_id, since=at, marks=[]
        )
        Case.objects.bulk_create([case], ignore_conflicts=True)


def _share_regions(comment: Comment) -> None:
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id,
        kind=comment.kind,
        region_id=comment.region_id,
    )


def _record(
    comment: Comment, version: CommentVersion, recommendation: Recommendation, at: datetime
) -> None:
    ledger.append(
        consultation_id=recommendation.consultation_id,
        act="comment_submitted",
        at=at,
        payload={
            "recommendation": recommendation.number,
            "response": comment.response.reference,
            "version": version.number,
            "permission": version.permission,
            "by": version.written_by_id,
        },
    )


def _send_receipt(
    comment: Comment,
    version: CommentVersion,
    recommendation: Recommendation,
    user: User,
    at: datetime,
) -> None:
    consultation = recommendation.consultation
    mine = reverse("responses.mine", args=[consultation.slug])
    said = [Quotation(version.text)] if version.text else []
    letter = Letter(
        subject=_("We have your comment on recommendation %(number)s")
        % {"number": recommendation.number},
        blocks=(
            Paragraph(_("Thank you. This is what you sent us about “%s”.") % consultation.title),
            Heading(f"{recommendation.number}. {recommendation.current}"),
            Rows(
                (
                    (_("Your view"), str(version.get_stance_display())),
                    (_("Publication"), str(version.get_permission_display())),
                    (_("Your reference"), comment.response.reference),
                )
            ),
            *said,
            Paragraph(
                _("You can change or withdraw it until the consultation closes.")
                if comment.state == Comment.State.PUBLISHED
                else _(
                    "A moderator reads every comment before it is published. You can change "
                    "or withdraw yours until the consultation closes."
                )
            ),
            Action(_("See my response"), f"{settings.SITE_URL}{mine}"),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"receipt:{version.pk}",
        to=user.email,
        letter=letter,
        at=at,
        user=user,
        consultation=consultation,
    )
