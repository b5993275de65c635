"""What each author chose holds at every door that gives data away: results, card, API and feeds."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations.models import Comment, Consultation, Membership, Permission, database_now
from consultations.results import keep
from tests import factories
from tests.digests.scene import OPENS, hide, make_edition, say
from tests.results.scene import make_answered

pytestmark = pytest.mark.django_db
SITE, API = "/consultations/report/", "/api/v1/consultations/report/"
COMMENTS = f"{API}recommendations/1/comments/?limit=100"
# Which quotes words, by the same choice; the others show nobody's.
QUOTING = f"{API}editions/1/"
SILENT = (
    f"{SITE}results/",
    f"{SITE}results/card/",
    f"{SITE}digests/feed/",
    f"{SITE}official-response/feed/",
    f"{API}results/",
    f"{API}editions/",
    f"{API}official-response/",
)


def made() -> Consultation:
    """Everybody answered, a claim waits, a comment is hidden; an edition and results are out."""
    consultation = make_answered("report", opens_at=OPENS, closes_at=OPENS + timedelta(days=70))
    claimant = factories.make_membership(
        None, factories.make_organisation("Claimed Works"), claim=Membership.Claim.PENDING
    ).user
    say(consultation.recommendations.get(), 3, user=claimant)
    hide(say(consultation.recommendations.get(), 4), at=OPENS + timedelta(days=2))
    make_edition()
    now = timezone.now()
    Consultation.objects.update(
        opens_at=now - timedelta(days=90), closes_at=now + timedelta(days=9)
    )
    keep.refresh(database_now())
    return consultation


@pytest.mark.parametrize("closed", [False, True])
def test_each_door_shows_what_each_author_chose(client: Client, closed: bool) -> None:
    made()
    if closed:
        Consultation.objects.update(closes_at=database_now())
        keep.refresh(database_now() + timedelta(hours=1))
    pages = {path: client.get(path).content.decode() for path in (COMMENTS, QUOTING, *SILENT)}

    rows = {row["comment"]: row for row in client.get(COMMENTS).json()["comments"]}
    for comment in Comment.objects.select_related("response", "submitted_version"):
        text, response = comment.submitted_version.text, comment.response
        name = response.organisation_name or response.name
        permission = comment.submitted_version.permission
        hidden = comment.state == Comment.State.HIDDEN
        listed = permission != Permission.UNPUBLISHED and not hidden
        named = permission == Permission.NAMED and not hidden
        assert (comment.reference in rows) is listed
        if listed:
            row = rows[comment.reference]
            assert (row["text"], row["name"]) == (text, name if named else "")
            assert bool(row["organisation_kind"]) <= named
        alone = client.get(f"{API}recommendations/1/comments/{comment.reference}/")
        assert alone.status_code == (200 if listed else 404)
        for path, page in pages.items():
            assert not (name in page and (path in SILENT or not named)), path
            assert not (text in page and (path in SILENT or not listed)), path
    assert not any("Claimed Works" in page for page in pages.values())
    counted = client.get(f"{API}results/").json()["recommendations"][0]
    assert counted["facts"]["total"] + counted["apart"] == Comment.objects.counted().count()
    assert (counted["apart"] == 0) is closed
