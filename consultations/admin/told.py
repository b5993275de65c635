"""What the queue and a case's page say in a line: who wrote or claims, and which words wait."""

from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import Case, Comment, CommentVersion, Membership, Response
from consultations.models.clock import clock_time
from consultations.moderation import turns


def who(case: Case) -> list[str]:
    """Return the facts that say who wrote or claims, in a fixed order, without empty ones."""
    if case.membership is not None:
        person, organisation = case.membership.user, case.membership.organisation
        named = _("%(name)s for %(organisation)s") % {
            "name": person.name or person.email,
            "organisation": organisation.name,
        }
        facts = [
            named,
            str(organisation.kind),
            str(organisation.region or ""),
            domain(case.membership),
        ]
        return [fact for fact in facts if fact]
    comment = commented(case)
    if comment is not None:
        kind, region = comment.get_kind_display(), comment.region
        return _respondent(comment.response, str(kind), str(region or ""))
    document = case.appeal.decision.case.document if case.appeal else case.document
    response = document.response if document else None
    if response is None:
        return []
    return _respondent(response, str(response.get_kind_display()), str(response.region or ""))


def _respondent(response: Response, kind: str, region: str) -> list[str]:
    facts = [
        response.name or _("no name"),
        response.organisation_name if response.for_organisation else "",
        claim(response),
        kind,
        region,
    ]
    return [fact for fact in facts if fact]


def commented(case: Case) -> Comment | None:
    """Return the comment that waits, that a reader reported, or that an appeal is about."""
    if case.appeal:
        return case.appeal.decision.case.comment
    return case.report.comment if case.report else case.comment


def version(case: Case) -> CommentVersion | None:
    """Return the version that waits, that was reported, or that an appeal is about."""
    if case.appeal:
        return case.appeal.decision.version
    if case.report:
        return case.report.version
    return case.comment.asked if case.comment else None


def claim(response: Response) -> str:
    """Say how far the organisation's claim has come, or nothing for a person."""
    if not response.for_organisation or response.typed_at is not None:
        return ""
    if response.official:
        return _("claim confirmed")
    refused = response.membership and response.membership.claim == Membership.Claim.REFUSED
    return _("claim refused") if refused else _("claim not confirmed")


def domain(membership: Membership | None) -> str:
    """Say whether the claimant's e-mail address is one of the organisation's."""
    if membership is None:
        return ""
    if not membership.organisation.domains:
        return _("no e-mail domain known for the organisation")
    if membership.domain_matches():
        return _("e-mail domain matches")
    return _("e-mail domain does not match")


def read_at(case: Case) -> datetime:
    """Return the database's instant at which the queue read the case."""
    at: datetime = case.read_at  # type: ignore[attr-defined]
    return at


def reading(case: Case) -> str:
    """Say who reads the case just now and until when, or nothing."""
    reader = turns.reader(case, read_at(case))
    if reader is None or case.claimed_until is None:
        return ""
    until = clock_time(case.claimed_until)
    return _("%(who)s is reading it until %(until)s") % {"who": reader, "until": until}
