"""What the page of one case shows beside the decision: words, versions, the author, the likes."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from consultations import invitations
from consultations.admin import marking, rights
from consultations.admin.told import domain, read_at, who
from consultations.analysis.differences import differences
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    ConfidentialityRequest,
    Decision,
    Document,
    Invitation,
    Report,
    Response,
    User,
)
from consultations.models.clock import clock_time
from consultations.moderation import authors, queue, reports, turns

# Of so many earlier versions the page says what changed; older ones it shows as they were.
MOST_COMPARED = 3


def facts(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the page shows beside the form."""
    decisions = Decision.objects.filter(case=case)
    found: dict[str, Any] = {
        "case": case,
        "who": who(case),
        **_marked(case),
        "days": queue.days_waiting(case, read_at(case)),
        "is_late": queue.overdue(case, read_at(case)),
        "shortcuts": rights.person(request).shortcuts,
        **turn(request, case),
    }
    if case.comment_id is not None:
        decisions = Decision.objects.filter(case__comment_id=case.comment_id)
        response = case.comment.response if case.comment else None
        found |= _words(case, rights.where(request, rights.DECIDE))
        found["signed"] = response.sign_off if response else None
        found["claimed_domain"] = domain(response.membership if response else None)
    elif case.report is not None:
        found |= _reported(case.report)
    elif case.document is not None:
        found |= _attached(case.document)
    else:
        found |= {
            "domain": domain(case.membership),
            "refused_by": _refused_by(case),
            "responses": _claimed(case),
            "invitation": _invitation(case),
        }
    related = decisions.select_related("decided_by", "reason", "version")
    return found | {"decisions": related.order_by("-decided_at", "-pk")}


def _marked(case: Case) -> dict[str, Any]:
    """Return what was found by computer, in sentences, and where the campaign is shown."""
    campaign = marking.campaign_of(case)
    return {
        "marks": marking.sentences(case),
        "campaign": campaign,
        "how_many": marking.how_many(campaign) if campaign else "",
        "campaign_page": marking.page_of(campaign) if campaign else "",
    }


def turn(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return who has the case just now: `mine`, or `other`, and until when."""
    reader = turns.reader(case, read_at(case))
    until = clock_time(case.claimed_until) if reader and case.claimed_until else ""
    mine = reader is not None and reader.pk == rights.person(request).pk
    return {"mine": mine, "other": None if mine else reader, "until": until}


def _words(case: Case, mine: list[int]) -> dict[str, Any]:
    """Return the version that waits, what it answered, those before it, the author, the likes."""
    comment = case.comment
    if comment is None:
        return {}
    versions = CommentVersion.objects.filter(comment=comment).select_related("answered")
    newest_first = list(versions.order_by("-number", "-pk"))
    asked = comment.asked
    version = next((one for one in newest_first if asked and one.pk == asked.pk), None)
    if version is None:
        return {"earlier": []}
    return {
        "version": version,
        "words": comment.words_left(version),
        "earlier": _earlier(version, newest_first),
        "permission": version.get_permission_display(),
        "corrected": _corrected(comment, version),
        "record": authors.record_of(comment, mine),
        "alike": authors.with_the_same_words(version, mine),
    }


def _earlier(version: CommentVersion, newest_first: list[CommentVersion]) -> list[dict[str, Any]]:
    """Return the versions before the one that waits, with what its author changed since."""
    before = [one for one in newest_first if one.number < version.number]
    return [
        {
            "version": one,
            "pieces": differences(one.text, version.text) if place < MOST_COMPARED else [],
        }
        for place, one in enumerate(before)
    ]


def _corrected(comment: Comment, version: CommentVersion) -> list[Any]:
    """Return what was corrected in the recommendation since it was answered, if anything was."""
    current = comment.recommendation.current
    if current is None or current.pk == version.answered_id:
        return []
    return differences(version.answered.text, current.text)


def _refused_by(case: Case) -> User | None:
    """Return who refused the claim before its claimant appealed."""
    if case.membership is None or case.membership.appealed_at is None:
        return None
    before = Decision.objects.filter(case__membership=case.membership, verb=Decision.Verb.REFUSE)
    last = before.select_related("decided_by").order_by("-pk").first()
    return last.decided_by if last else None


def _reported(report: Report) -> dict[str, Any]:
    """Return what a reader reported, how many others did, and where the comment is hidden."""
    comment = report.comment
    others = Report.objects.filter(comment=comment).exclude(pk=report.pk)
    return {
        "report": report,
        "reported": comment,
        "others": others.count(),
        "changed": comment.listed and comment.public_version_id != report.version_id,
        "hide": reverse("admin:consultations_comment_hide", args=[comment.pk]),
        "instead": _instead(comment) if reports.took(comment) else "",
    }


def _instead(comment: Comment) -> str:
    """Return where a comment that reports took from view is decided, which answers them all."""
    case = Case.objects.waiting().filter(comment=comment).first()
    return reverse("admin:consultations_case_change", args=[case.pk]) if case else ""


def _attached(document: Document) -> dict[str, Any]:
    """Return what a respondent's document is, and the one that is public meanwhile."""
    standing = Document.objects.filter(
        response=document.response, state=Document.State.PUBLISHED
    ).exclude(pk=document.pk)
    response = document.response
    return {
        "permission": document.get_permission_display(),
        "claimed_domain": domain(response.membership if response else None),
        "standing": standing.first(),
        "gone": document.state in {Document.State.WITHDRAWN, Document.State.REPLACED},
        "confidential": ConfidentialityRequest.objects.filter(response=response).exclude(
            outcome=ConfidentialityRequest.Outcome.REFUSED
        ),
    }


def _invitation(case: Case) -> Invitation | None:
    """Return the invitation that an officer sent to the claimant for this organisation, if any."""
    claim = case.membership
    if claim is None:
        return None
    return invitations.sent_to(
        claim.user, organisation=claim.organisation, consultation_id=case.consultation_id
    )


def _claimed(case: Case) -> list[Response]:
    """Return the claimant's responses under this claim in this consultation, with comments."""
    found = Response.objects.filter(
        membership=case.membership, consultation_id=case.consultation_id
    )
    return list(
        found.prefetch_related("comments__submitted_version", "comments__recommendation__current")
    )
