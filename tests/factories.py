"""Plain functions that make rows for tests; every argument has a default that makes sense."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from consultations import documents, files, participation
from consultations.models import (
    Campaign,
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    Document,
    Draft,
    Invitation,
    Kind,
    Likeness,
    Membership,
    OfficialAnswer,
    Organisation,
    OrganisationKind,
    OwnerKind,
    Permission,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    Reason,
    Recommendation,
    RecommendationVersion,
    Region,
    Report,
    Response,
    Role,
    Stance,
    Subscription,
    User,
)
from consultations.moderation import appeals, decide, desks
from consultations.publishing import official
from tests import samples

_numbers = count(1)
CONFIDENTIALITY, LAWFUL_BASIS = "We cannot promise confidentiality.", "Legitimate interests."
# What names the notices of every consultation that is made here.
NOTICES = Consultation(confidentiality=CONFIDENTIALITY, lawful_basis=LAWFUL_BASIS).notices()
GROUPS = {
    Role.Right.OFFICER: "Officers",
    Role.Right.MODERATOR: "Moderators",
    Role.Right.ANALYST: "Analysts",
    Role.Right.AUDITOR: "Auditors",
}


def make_region(code: str = "TLC", name: str = "North East") -> Region:
    """Return the region with this code, made where it is missing."""
    region, _made = Region.objects.get_or_create(code=code, edition="2025", defaults={"name": name})
    return region


def make_organisation_kind(
    code: str = "employer", stakeholder_kind: str = Kind.EMPLOYER, **fields: Any
) -> OrganisationKind:
    """Return the kind of organisation with this code, made where it is missing."""
    kind, _made = OrganisationKind.objects.get_or_create(
        code=code,
        edition="2026",
        defaults={"name": code.capitalize(), "stakeholder_kind": stakeholder_kind, **fields},
    )
    return kind


def make_reason(code: str = "abusive", **fields: Any) -> Reason:
    """Return the reason with this code, made where it is missing."""
    text = f"It was {code}, which our rules do not allow."
    reason, _made = Reason.objects.get_or_create(
        code=code, defaults={"name": code.capitalize(), "text": text, **fields}
    )
    return reason


def make_user(email: str = "", **fields: Any) -> User:
    """Make a respondent, an employer acting for themselves unless said otherwise."""
    number = next(_numbers)
    defaults = {
        "name": f"Person {number}",
        "kind": Kind.EMPLOYER,
        "acting_for": User.ActingFor.SELF,
        "region": fields.pop("region", None) or make_region(),
    }
    return User.objects.create_user(email or f"person{number}@example.org", **(defaults | fields))


def make_organisation(name: str = "", **fields: Any) -> Organisation:
    """Make an organisation, an employer in the North East unless said otherwise."""
    defaults = {"name": name or f"Organisation {next(_numbers)}"}
    if "kind" not in fields:
        defaults |= {"kind": make_organisation_kind()}
    if "region" not in fields:
        defaults |= {"region": make_region()}
    return Organisation.objects.create(**(defaults | fields))


def make_membership(
    user: User | None = None,
    organisation: Organisation | None = None,
    claim: str = Membership.Claim.PENDING,
    **fields: Any,
) -> Membership:
    """Make a person's claim to speak for an organisation; the first confirmed one leads it."""
    decided: dict[str, object] = {}
    if claim != Membership.Claim.PENDING:
        decided["decided_at"] = timezone.now()
    organisation = organisation or make_organisation()
    if claim == Membership.Claim.CONFIRMED and not desks.led(organisation.pk):
        decided["role"] = Membership.Right.LEAD
    return Membership.objects.create(
        **{
            "user": user or make_user(),
            "organisation": organisation,
            "claim": claim,
            "claimed_at": timezone.now() - timedelta(days=1),
            **decided,
            **fields,
        }
    )


def make_consultation(slug: str = "", *, recommendations: int = 2, **fields: Any) -> Consultation:
    """Make a published consultation: opened a week ago, closes in seven, answers shown."""
    now = timezone.now()
    number = next(_numbers)
    defaults = {
        "title": f"Consultation {number}",
        "slug": slug or f"consultation-{number}",
        "introduction": "What we ask, and why.",
        "state": Consultation.State.PUBLISHED,
        "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=49),
        "published_at": now - timedelta(days=8),
        "owner": "The Commission",
        "owner_kind": OwnerKind.PRIVATE,
        "confidentiality": CONFIDENTIALITY,
        "lawful_basis": LAWFUL_BASIS,
        "contact_email": "contact@example.org",
    }
    consultation = Consultation.objects.create(**(defaults | fields))
    for place in range(1, recommendations + 1):
        make_recommendation(consultation, place)
    return consultation


def make_recommendation(
    consultation: Consultation | None = None, number: int = 1, **fields: Any
) -> Recommendation:
    """Make a recommendation with its first version (fields: title, text, what_changed)."""
    recommendation = Recommendation.objects.create(
        consultation=consultation or make_consultation(recommendations=0), number=number
    )
    defaults = {"title": f"Proposal {number}", "text": "Do **this**.", "made_at": timezone.now()}
    recommendation.current = RecommendationVersion.objects.create(
        recommendation=recommendation, number=1, **(defaults | fields)
    )
    recommendation.save(update_fields=["current"])
    return recommendation


def make_question(consultation: Consultation | None = None, **fields: Any) -> Question:
    """Make an optional question with two choices, after those that are there."""
    consultation = consultation or make_consultation()
    number = consultation.questions.count() + 1
    defaults = {"number": number, "kind": Question.Kind.SINGLE, "words": f"Ask {number}?"}
    if fields.get("kind", Question.Kind.SINGLE) in {Question.Kind.SINGLE, Question.Kind.SEVERAL}:
        defaults |= {"options": ["Yes", "No"]}
    return Question.objects.create(consultation=consultation, **(defaults | fields))


def make_answer(question: Question, response: Response, **fields: Any) -> QuestionAnswer:
    """Make an answer that was sent, the first choice unless said otherwise."""
    now = timezone.now()
    answer = QuestionAnswer.objects.create(question=question, response=response, submitted_at=now)
    defaults = {"chosen": [1], "number": 1, "written_at": now, "key": uuid4()}
    answer.current = QuestionAnswerVersion.objects.create(
        answer=answer,
        response=response,
        question=question,
        written_by=response.respondent,
        **(defaults | fields),
    )
    answer.save(update_fields=["current"])
    return answer


def make_response(
    consultation: Consultation | None = None, respondent: User | None = None, **fields: Any
) -> Response:
    """Make a submitted response, with a snapshot of its respondent."""
    consultation = consultation or make_consultation()
    respondent = respondent or make_user()
    now = timezone.now()
    defaults = {
        "name": respondent.name,
        "kind": respondent.kind,
        "region": respondent.region,
        "permission": Permission.NAMED,
        "notices": NOTICES,
        "state": Response.State.SUBMITTED,
        "started_at": now,
        "submitted_at": now,
    }
    if membership := fields.get("membership"):
        defaults |= {
            "for_organisation": True,
            "organisation_name": membership.organisation.name,
            "organisation_kind": membership.organisation.kind,
        }
    return Response.objects.create(
        consultation=consultation, respondent=respondent, **(defaults | fields)
    )


def make_comment(
    recommendation: Recommendation | None = None,
    response: Response | None = None,
    *,
    state: str = Comment.State.SUBMITTED,
    text: str = "This would help firms like ours.",
    stance: str = Stance.SUPPORT,
    permission: str = "",
    at: datetime | None = None,
    reason: Reason | None = None,
) -> Comment:
    """Make a comment with one version, in any state, as the verbs would leave it.

    `at` is when it was sent and, where it is published, published. No case is made.
    """
    if recommendation is None:
        consultation = response.consultation if response else make_consultation()
        recommendation = consultation.recommendations.order_by("number")[0]
    response = response or make_response(recommendation.consultation)
    at = at or timezone.now()
    comment = Comment.objects.create(
        response=response,
        recommendation=recommendation,
        kind=response.kind,
        region=response.region,
        stance=stance,
        submitted_at=at,
    )
    version = make_version(comment, text=text, stance=stance, permission=permission, at=at)
    _bring_to(comment, version, state, at, reason)
    if state == Comment.State.HIDDEN:  # from there alone the database lets it be
        Comment.objects.filter(pk=comment.pk).update(state=Comment.State.PUBLISHED)
    comment.save()
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )
    comment.refresh_from_db()
    return comment


def _bring_to(
    comment: Comment, version: CommentVersion, state: str, at: datetime, reason: Reason | None
) -> None:
    """Set the comment's state and what follows from it (not saved)."""
    comment.submitted_version = version
    comment.state = state
    comment.waiting = state in {Comment.State.SUBMITTED, Comment.State.HELD}
    if state == Comment.State.PUBLISHED:
        comment.publish(version, at)
        consultation = comment.recommendation.consultation
        comment.reviewed = consultation.moderation == Consultation.Moderation.BEFORE
    if state in {Comment.State.REJECTED, Comment.State.HIDDEN}:
        comment.unpublish(state, reason or make_reason(), at=at)
        comment.reviewed = True


def make_draft(recommendation: Recommendation, response: Response, user: User) -> Draft:
    """Return an answer that the person has saved and not sent."""
    now = timezone.now()
    return Draft.objects.create(
        response=response,
        recommendation=recommendation,
        stance=Stance.SUPPORT,
        text="Not sent yet.",
        answering=1,
        written_by=user,
        written_at=now,
        begun_at=now,
    )


def make_version(
    comment: Comment,
    *,
    text: str = "On reflection, it would help us more.",
    stance: str = Stance.SUPPORT,
    permission: str = "",
    at: datetime | None = None,
) -> CommentVersion:
    """Make the comment's next version; the comment's own pointers are left alone."""
    return CommentVersion.objects.create(
        comment=comment,
        response=comment.response,
        number=comment.versions.count() + 1,
        answered=comment.recommendation.current,
        stance=stance,
        text=text,
        permission=permission or comment.response.permission,
        written_by=comment.response.respondent,
        written_at=at or timezone.now(),
        key=uuid4(),
    )


def make_campaign(*comments: Comment) -> Campaign:
    """Make a campaign of the newest versions of comments on one recommendation."""
    versions = [comment.submitted_version for comment in comments if comment.submitted_version]
    recommendation = comments[0].recommendation
    campaign = Campaign.objects.create(
        recommendation=recommendation,
        number=recommendation.campaigns.count() + 1,
        pattern=versions[0],
        size=len(versions),
        made_at=timezone.now(),
    )
    for version in versions:
        Likeness.objects.create(
            version=version, recommendation=recommendation, exact=0, campaign=campaign
        )
    return campaign


def make_report(comment: Comment | None = None, reporter: User | None = None) -> Report:
    """Let a reader report a published comment; a case waits for it."""
    return participation.report(
        comment=comment or make_comment(state=Comment.State.PUBLISHED),
        user=reporter or make_user(),
        why=Report.Why.ABUSIVE,
        words="Look at the last line.",
        at=timezone.now(),
    )


def make_document(
    consultation: Consultation | None = None,
    *,
    content: bytes = samples.PDF,
    name: str = "report.pdf",
    title: str = "The whole report",
    recommendation: Recommendation | None = None,
    at: datetime | None = None,
) -> Document:
    """Add one of the owner's documents to a consultation, as an officer does."""
    return documents.add(
        consultation=consultation or make_consultation(),
        recommendation=recommendation,
        title=title,
        file=files.checked(content, name),
        by=make_user(),
        at=at or timezone.now(),
    )


def make_evidence(
    response: Response | None = None,
    state: str = Document.State.PUBLISHED,
    *,
    content: bytes = samples.PDF,
    name: str = "evidence.pdf",
    title: str = "What our members told us",
    permission: str = Permission.NAMED,
) -> Document:
    """Make a response's document in any state, as the verbs would leave it. No case is made."""
    response, now = response or make_response(), timezone.now()
    unsent = state in {Document.State.DRAFT, Document.State.ASIDE}
    return Document.objects.store(
        files.checked(content, name),
        consultation=response.consultation,
        response=response,
        title=title,
        permission=permission,
        state=state,
        uploaded_by=response.respondent,
        uploaded_at=now,
        sent_at=None if unsent else now,
        published_at=now if state == Document.State.PUBLISHED else None,
        withdrawn_at=now if state == Document.State.WITHDRAWN else None,
    )


def make_case(
    comment: Comment | None = None,
    *,
    membership: Membership | None = None,
    document: Document | None = None,
    consultation: Consultation | None = None,
    **fields: Any,
) -> Case:
    """Make a case that waits: for a comment or a document, or for a claim in a consultation."""
    if document is not None:
        consultation = document.consultation
    elif membership is None:
        comment = comment or make_comment()
        consultation = comment.recommendation.consultation
    return Case.objects.create(
        **{
            "consultation": consultation or make_consultation(),
            "comment": comment,
            "membership": membership,
            "document": document,
            "since": timezone.now(),
            **fields,
        }
    )


def give_role(
    user: User, consultation: Consultation, right: str = Role.Right.MODERATOR, **fields: Any
) -> Role:
    """Give a right in a consultation, and open the admin's door."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(Group.objects.get(name=GROUPS[Role.Right(right)]))
    return Role.objects.create(user=user, consultation=consultation, right=right, **fields)


def make_staff(
    consultation: Consultation, right: str = Role.Right.MODERATOR, email: str = ""
) -> User:
    """Make a member of staff with one right in the consultation."""
    user = make_user(email)
    give_role(user, consultation, right)
    return user


def make_invitation(
    consultation: Consultation | None = None,
    organisation: Organisation | None = None,
    email: str = "",
    **fields: Any,
) -> Invitation:
    """Make an invitation, sent yesterday; no mail is queued."""
    return Invitation.objects.create(
        **{
            "consultation": consultation or make_consultation(),
            "organisation": organisation or make_organisation(),
            "email": email or f"contact{next(_numbers)}@example.org",
            "invited_at": timezone.now() - timedelta(days=1),
            **fields,
        }
    )


def confirm_address(user: User, email: str = "", *, verified: bool = True) -> User:
    """Give a person an address as a sign-up leaves it, confirmed unless said otherwise."""
    primary = email in {"", user.email}
    EmailAddress.objects.create(
        user=user, email=email or user.email, verified=verified, primary=primary
    )
    return user


def make_subscription(
    user: User | None = None,
    consultation: Consultation | None = None,
    choice: str = Subscription.Choice.EVERY,
) -> Subscription:
    """Make a reader's choice about one consultation."""
    return Subscription.objects.create(
        user=user or make_user(),
        consultation=consultation or make_consultation(),
        choice=choice,
        chosen_at=timezone.now(),
    )


def log_in(user: User) -> Client:
    """Return a browser in which the person is logged in; staff have a second factor."""
    if user.is_staff and not Authenticator.objects.filter(user=user).exists():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def make_rejection(
    comment: Comment | None = None, by: User | None = None, at: datetime | None = None
) -> Decision:
    """Reject a comment that waits, by the verb; return the decision."""
    case = make_case(comment)
    return decide.reject(
        case=case,
        version_number=case.comment.submitted_version.number,
        reason=make_reason(),
        note="",
        by=by or make_staff(case.consultation),
        at=at or timezone.now(),
    )


def make_appeal(decision: Decision | None = None, **fields: Any) -> Case:
    """Let an author appeal against a decision; return the case that waits."""
    decision = decision or make_rejection()
    subject = decision.case.comment or decision.case.document
    said = {"words": "It insults nobody.", "by": subject.response.respondent}
    appeal = appeals.make(decision=decision, **{**said, "at": timezone.now(), **fields})
    return Case.objects.get(appeal=appeal)


def make_closed(slug: str = "", **fields: Any) -> Consultation:
    """Make a consultation that closed yesterday."""
    now = timezone.now()
    times = {"opens_at": now - timedelta(days=30), "closes_at": now - timedelta(days=1)}
    return make_consultation(slug, **(times | fields))


def make_official(
    recommendation: Recommendation,
    *,
    published: bool = True,
    at: datetime | None = None,
    **texts: str,
) -> OfficialAnswer:
    """Draft an official answer and, unless said otherwise, have it reviewed and published."""
    consultation, now = recommendation.consultation, at or timezone.now()
    writer, reviewer = (make_staff(consultation, Role.Right.OFFICER) for _n in range(2))
    said = {
        "status": OfficialAnswer.Status.ACCEPTED.value,
        "asked": "We asked about **this**.",
        "said": "You said much.",
        "will": "We will do it.",
    }
    standing = recommendation.official_answers.filter(published_at__isnull=True).first()
    answer = official.draft(
        recommendation=recommendation,
        texts=official.Texts(**(said | texts)),
        seen=standing.stamp if standing else "",
        by=writer,
        at=now,
    )
    if published:
        seen = answer.stamp
        official.review(recommendation=recommendation, seen=seen, by=reviewer, at=now)
        numbers = [recommendation.number]
        [answer] = official.publish(consultation=consultation, numbers=numbers, by=writer, at=now)
    return answer
