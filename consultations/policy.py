"""Who may do what: identity is checked here, at the door; state is checked in the verbs."""

from collections import defaultdict
from datetime import datetime

from consultations.models import Comment, Consultation, Response, Role, User

# Each right that a question asks for, and the rights that answer it.
DECIDES = {Role.Right.OFFICER, Role.Right.MODERATOR}
READS_ALL = DECIDES | {Role.Right.ANALYST}


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


def may_officiate(user: User, consultation_id: int) -> bool:
    """Whether the user may write, publish and correct the consultation, and hold its digests."""
    return Role.Right.OFFICER in rights(user, consultation_id)


def may_moderate(user: User, consultation_id: int) -> bool:
    """Whether the user may decide the consultation's cases."""
    return bool(rights(user, consultation_id) & DECIDES)


def may_read_unpublished(user: User, consultation_id: int) -> bool:
    """Whether the user may read comments that are not public, and editions before their time."""
    return bool(rights(user, consultation_id) & READS_ALL)


def may_audit(user: User, consultation_id: int) -> bool:
    """Whether the user may read the consultation's ledger."""
    return bool(rights(user, consultation_id) & {Role.Right.OFFICER, Role.Right.AUDITOR})


def speaks_for(user: User, response: Response) -> bool:
    """Whether the response is the user's own, or that of an organisation they speak for."""
    if response.organisation_id is None:
        return response.respondent_id == user.pk
    return user.memberships.filter(
        organisation_id=response.organisation_id, claim="confirmed", ended_at__isnull=True
    ).exists()


def may_see_comment(user: User, comment: Comment) -> bool:
    """Whether the user may read a comment that is not public: its author, or a moderator."""
    return speaks_for(user, comment.response) or may_read_unpublished(
        user, comment.recommendation.consultation_id
    )


def may_read_answers(user: User | None, consultation: Consultation, at: datetime) -> bool:
    """Whether the user may read published comments and editions at the instant `at`."""
    if consultation.shows_answers(at):
        return True
    return user is not None and user.pk is not None and may_read_unpublished(user, consultation.pk)
