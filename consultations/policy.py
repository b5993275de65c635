"""Who may do what: identity is checked here, at the door; state is checked in the verbs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from consultations.models import (
    Appeal,
    Case,
    Consultation,
    Decision,
    Document,
    Membership,
    Response,
    Role,
    User,
)
from consultations.models.people import READS_ALL as READS_ALL

# Each right that a question asks for, and the rights that answer it.
DECIDES = {Role.Right.OFFICER, Role.Right.MODERATOR}
# The group of those who keep what belongs to the whole site, made by migration.
ADMINISTRATORS = "Site administrators"


def rights(user: User, consultation_id: int) -> set[str]:
    """Return the user's current rights in one consultation (one query)."""
    if not user.is_active:
        return set()
    held = Role.objects.filter(user=user, consultation_id=consultation_id, ends_at__isnull=True)
    return set(held.values_list("right", flat=True))


def held(user: User) -> dict[int, set[str]]:
    """Return the user's current rights by consultation (one query)."""
    found: dict[int, set[str]] = defaultdict(set)
    if user.is_active:
        roles = Role.objects.filter(user=user, ends_at__isnull=True)
        for consultation_id, right in roles.values_list("consultation_id", "right"):
            found[consultation_id].add(right)
    return found


def consultations_where(user: User, *wanted: str) -> list[int]:
    """Return the ids of the consultations where the user has one of the `wanted` rights."""
    if not user.is_active:
        return []
    held = Role.objects.filter(user=user, ends_at__isnull=True, right__in=wanted)
    return list(held.values_list("consultation_id", flat=True).distinct())


def administers(user: User) -> bool:
    """Whether the user keeps what belongs to the whole site: reasons, organisations, accounts."""
    if not user.is_active:
        return False
    return user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists()


def may_decide_claim(user: User, consultation_ids: Collection[int]) -> bool:
    """Whether the user may decide a claim that opens responses to all these consultations.

    Who decides in some of them alone may not, unless they keep the whole site.
    """
    missing = set(consultation_ids) - set(consultations_where(user, *DECIDES))
    return not missing or administers(user)


def may_end_membership(user: User, consultation_ids: Collection[int]) -> bool:
    """Whether the user may end a membership that reaches into these consultations.

    It only ever takes access away, so the officer of any of them may.
    """
    officiates = consultations_where(user, Role.Right.OFFICER)
    return bool(set(officiates) & set(consultation_ids)) or administers(user)


def may_keep_account(user: User, person: User, reaches: Collection[int]) -> bool:
    """Whether the user may copy or delete what the site holds about another person.

    `reaches` are the consultations where that person takes part. Site administrators may; an
    officer only where all of it lies in consultations of theirs, and not of colleagues among the
    staff. What superusers have is other superusers' to touch.
    """
    if person.is_superuser and not user.is_superuser:
        return False
    officiates = set(consultations_where(user, Role.Right.OFFICER))
    theirs = bool(reaches) and not person.is_staff and officiates.issuperset(reaches)
    return theirs or administers(user)


def may_read_unpublished(user: User, consultation_id: int) -> bool:
    """Whether the user may read comments that are not public, and answers before their time."""
    return bool(rights(user, consultation_id) & READS_ALL)


def may_read_editions_early(user: User, consultation_id: int) -> bool:
    """Whether the user may read editions that wait for their release: who decides there."""
    return bool(rights(user, consultation_id) & DECIDES)


def reads_on_record(user: User, consultation_id: int) -> bool:
    """Whether the user may read what is not public, and each such reading is written down."""
    held = rights(user, consultation_id)
    return bool(held & READS_ALL) and not held & DECIDES


def speaks_for(user: User, response: Response) -> bool:
    """Whether the response is the user's own, or that of an organisation they speak for."""
    if response.organisation_id is None:
        return response.respondent_id == user.pk
    return user.memberships.filter(
        organisation_id=response.organisation_id, claim="confirmed", ended_at__isnull=True
    ).exists()


def addressee(response: Response, *people: User | None) -> User | None:
    """Return who is told of what befalls a response: the first of these people who speaks for it.

    Else its respondent, else who has led its organisation longest; nobody where all are gone.
    """
    if (found := next((each for each in people if _is_told(each, response)), None)) is not None:
        return found
    if _is_told(response.respondent, response):
        return response.respondent
    leads = Membership.objects.filter(
        organisation=response.organisation_id,
        organisation__isnull=False,
        claim=Membership.Claim.CONFIRMED,
        role=Membership.Right.LEAD,
        ended_at__isnull=True,
        user__is_active=True,
    )
    longest = leads.select_related("user").order_by("decided_at", "pk").first()
    return longest.user if longest else None


def _is_told(person: User | None, response: Response) -> bool:
    return person is not None and person.is_active and speaks_for(person, response)


def signs_off(user: User, response: Response) -> bool:
    """Whether the user may send and take back what stands in the response: its own, or a lead's."""
    if response.organisation_id is None:
        return response.respondent_id == user.pk
    return leads(user, response.organisation_id)


def leads(user: User, organisation_id: int) -> bool:
    """Whether the user is a lead of the organisation, confirmed and current."""
    return user.is_active and (
        user.memberships.filter(
            organisation_id=organisation_id,
            claim="confirmed",
            role="lead",
            ended_at__isnull=True,
        ).exists()
    )


@dataclass(frozen=True)
class Deciders:
    """Who may decide on an appeal, by id, and whether they did not make the decision."""

    people: frozenset[int]
    independent: bool


def appeal_deciders(appeal: Appeal) -> Deciders:
    """Return who decides on an appeal, its decision and case at hand (one query).

    Another moderator than the one who decided; where there is none, an officer; else whoever
    decides at all, which is then not independent. Nobody decides on an appeal of their own, unless
    nobody else is there.
    """
    decision = appeal.decision
    roles = Role.objects.filter(
        consultation=decision.case.consultation_id,
        right__in=DECIDES,
        ends_at__isnull=True,
        user__is_active=True,
    )
    found = list(roles.values_list("user_id", "right"))
    others = [row for row in found if row[0] not in {decision.decided_by_id, appeal.made_by_id}]
    for right in (Role.Right.MODERATOR, Role.Right.OFFICER):
        able = frozenset(person for person, held in others if held == right)
        if able:
            return Deciders(able, independent=True)
    everybody = frozenset(person for person, _right in found)
    return Deciders(everybody - {appeal.made_by_id} or everybody, independent=False)


def appeals_for_others(user: User) -> QuerySet[Appeal]:
    """Return the appeals that others than the user decide, as `appeal_deciders` says.

    Of consultations where the user decides nothing it says nothing of use.
    """
    deciders = Role.objects.filter(
        consultation=OuterRef("decision__case__consultation"),
        right__in=DECIDES,
        ends_at__isnull=True,
        user__is_active=True,
    )
    # An author whose account is deleted is nobody.
    author = Coalesce(OuterRef("made_by"), 0)
    others = deciders.exclude(user=OuterRef("decision__decided_by")).exclude(user=author)
    moderators = others.filter(right=Role.Right.MODERATOR)
    return Appeal.objects.filter(
        (Exists(others) & ~Exists(others.filter(user=user)))
        | (Exists(moderators) & ~Exists(moderators.filter(user=user)))
        | (Q(made_by=user) & Exists(deciders.exclude(user=user)))
    )


def refused_before(user: User) -> Q:
    """Return the condition on a case that it is of a claim which the user has refused, whose
    claimant appeals, and on which somebody else decides wherever it waits.
    """
    claimant = Membership.objects.filter(pk=OuterRef(OuterRef("membership"))).values("user")
    held = _deciding().filter(
        user=OuterRef(OuterRef("user")), consultation=OuterRef("consultation")
    )
    waiting = Case.objects.waiting().filter(membership=OuterRef(OuterRef("membership")))
    able = _deciding().filter(~Exists(waiting.filter(~Exists(held))))
    others = able.filter(consultation=OuterRef("consultation"))
    others = others.exclude(user=user).exclude(user__in=claimant)
    appealed = Membership.objects.filter(pk=OuterRef("membership"), appealed_at__isnull=False)
    refused = _refusals(user).filter(case__membership=OuterRef("membership"))
    return Q(Exists(appealed), Exists(refused), Exists(others))


def has_refused(user: User, membership: Membership) -> bool:
    """Whether the user has refused this claim before, and did not take that back."""
    return _refusals(user).filter(case__membership=membership).exists()


def others_decide_claim(
    user: User, membership: Membership, consultation_ids: Collection[int]
) -> bool:
    """Whether somebody but the user and the claimant may decide a claim that reaches these.

    That is who decides in all of them; where they are several, and nobody does, a site
    administrator.
    """
    others = _deciding().exclude(user__in=[user.pk, membership.user_id])
    held = others.filter(consultation__in=consultation_ids).order_by("user")
    able = held.values("user").annotate(n=Count("consultation", distinct=True))
    if able.filter(n=len(consultation_ids)).exists():
        return True
    keepers = User.objects.filter(
        Q(is_superuser=True) | Q(groups__name=ADMINISTRATORS), is_active=True
    ).exclude(pk__in=[user.pk, membership.user_id])
    return len(consultation_ids) > 1 and keepers.exists()


def _deciding() -> QuerySet[Role]:
    """Return the rights to decide that are held now."""
    return Role.objects.filter(right__in=DECIDES, ends_at__isnull=True, user__is_active=True)


def _refusals(user: User) -> QuerySet[Decision]:
    return Decision.objects.filter(
        verb=Decision.Verb.REFUSE, decided_by=user, undone_by__isnull=True
    )


def may_read_answers(user: User | None, consultation: Consultation, at: datetime) -> bool:
    """Whether the user may read published comments and editions at the instant `at`."""
    if consultation.shows_answers(at):
        return True
    return user is not None and user.pk is not None and may_read_unpublished(user, consultation.pk)


def may_fetch(user: User | None, document: Document, at: datetime) -> bool:
    """Whether the user may have a document's bytes at the instant `at`.

    The owner's stand with the consultation, which the user may see; a respondent's is for those
    who speak for its response, for staff once it was sent, and for all once it is published.
    """
    if document.response is None and document.state == Document.State.PUBLISHED:
        return True
    if document.response is not None:
        public = Document.objects.public().filter(pk=document.pk).exists()
        if public and may_read_answers(user, document.consultation, at):
            return True
        if user is not None and speaks_for(user, document.response):
            return True
    known = document.response is None or document.sent_at is not None
    return known and user is not None and may_read_unpublished(user, document.consultation_id)
