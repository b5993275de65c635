"""Organisations that ended count as their successors, once; their responses stay theirs."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.models import Comment, Organisation
from consultations.models.succession import successors
from consultations.moderation import upkeep
from tests.digests.scene import DUE, OPENS, make_edition, make_scene
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def test_chain_leads_to_the_last_body_that_has_begun() -> None:
    authority = make_organisation("Combined authority", starts=TODAY)
    later = make_organisation("Greater authority", starts=TODAY + timedelta(days=1))
    partnership = make_organisation("LEP", successor=authority)
    double = make_organisation("L.E.P.", merged_into=partnership)
    Organisation.objects.filter(pk=authority.pk).update(successor=later)

    assert successors(TODAY) == {partnership.pk: authority.pk, double.pk: authority.pk}
    assert successors(TODAY + timedelta(days=1)) == dict.fromkeys(
        (partnership.pk, double.pk, authority.pk), later.pk
    )


def test_edition_counts_a_body_and_its_successor_once_and_the_response_stays_its_own() -> None:
    consultation = make_scene(recommendations=1)
    authority = make_organisation("Combined authority")
    bodies = [make_organisation("LEP", successor=authority), authority, make_organisation()]
    for body in bodies:
        member = make_membership(None, body, claim="confirmed")
        response = make_response(consultation, member.user, membership=member, organisation=body)
        comment = make_comment(
            response=response, state=Comment.State.PUBLISHED, at=OPENS + timedelta(hours=1)
        )
        Comment.objects.filter(pk=comment.pk).update(counted_since=OPENS + timedelta(hours=1))

    facts = make_edition(DUE).facts["recommendations"][0]["summary"]["facts"]

    assert (facts["total"], facts["organisations"]) == (3, 2)
    names = consultation.responses.order_by("pk").values_list("organisation_name", flat=True)
    assert list(names) == [body.name for body in bodies]


def test_loop_is_refused_by_the_verb_and_beside_the_form() -> None:
    first = make_organisation("First")
    second = make_organisation("Second", successor=first)
    officer = make_staff(make_consultation(), "officer")
    officer.is_superuser = True
    officer.save()
    first.merged_into = second

    with pytest.raises(upkeep.LoopError, match="lead back"):
        upkeep.keep_organisation(
            organisation=first, changed=["merged_into"], by=officer, at=timezone.now()
        )
    page = log_in(officer).post(
        reverse("admin:consultations_organisation_change", args=[first.pk]),
        {"name": "First", "kind": first.kind_id, "successor": second.pk},
    )

    assert page.status_code == 200
    assert "must not lead back" in page.content.decode()
    first.refresh_from_db()
    assert (first.successor, first.merged_into) == (None, None)
