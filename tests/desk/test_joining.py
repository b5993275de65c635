"""Joining a desk: who may invite, whose link opens what, and what a pending claim never opens."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations import desk, ledger, participation
from consultations.desk.joining import MOST_INVITED
from consultations.models import (
    ColleagueInvitation,
    Comment,
    Draft,
    LedgerEntry,
    Membership,
    Message,
    Note,
    Response,
    User,
)
from consultations.moderation import claims, memberships
from consultations.moderation.record import DecisionRefused
from consultations.organisations import standing, write_for
from tests.desk.scene import bring, invite, make_council, make_person, seat
from tests.factories import make_case, make_consultation, make_staff, make_user
from tests.participation.scene import recommendation_of, save
from tests.participation.test_submit import submit

pytestmark = pytest.mark.django_db


def test_lead_invites_and_whoever_accepts_speaks_for_the_organisation_at_once() -> None:
    lead = seat(make_person("Ann"), make_council())

    member = bring(lead, make_person("Bea", "elsewhere.example"))

    assert (member.claim, member.role, member.decided_by) == ("confirmed", "contributor", lead.user)
    assert member.user.organisation == lead.organisation
    assert ColleagueInvitation.objects.get().accepted_at is not None


def test_lead_may_invite_another_lead_and_a_contributor_nobody() -> None:
    lead = seat(make_person("Ann"), make_council())
    other = bring(lead, make_person("Bea"), role="lead")
    contributor = bring(other, make_person("Cal"))

    assert (other.role, contributor.role) == ("lead", "contributor")
    with pytest.raises(desk.DeskError, match="Only a lead"):
        invite(contributor, "dee@aldermoor.gov.example")


def test_link_opens_nothing_to_anybody_but_the_holder_of_the_address() -> None:
    lead = seat(make_person("Ann"), make_council())
    token = invite(lead, "bea@aldermoor.gov.example")
    unverified = make_user("bea@aldermoor.gov.example")

    assert desk.found(token, make_person("Mallory", "evil.example")) is None
    assert desk.found(token, unverified) is None
    assert desk.found(token[:-1] + ("A" if token[-1] != "A" else "B"), unverified) is None
    assert token not in str(list(ColleagueInvitation.objects.values()))


def test_invitation_is_used_once_and_one_that_is_taken_back_not_at_all() -> None:
    lead, bea, cal = (
        seat(make_person("Ann"), make_council()),
        make_person("Bea"),
        make_person("Cal"),
    )
    first = desk.found(invite(lead, bea.email), bea)
    second = desk.found(token := invite(lead, cal.email), cal)
    assert first is not None
    assert second is not None

    desk.accept(invitation=first, user=bea, at=timezone.now())
    desk.take_back(invitation=second, at=timezone.now())

    for invitation, user in ((first, bea), (second, cal)):
        with pytest.raises(desk.DeskError, match="used or taken back"):
            desk.accept(invitation=invitation, user=user, at=timezone.now())
    assert desk.found(token, cal) is None
    assert not Membership.objects.filter(user=cal).exists()


def test_invitation_of_who_no_longer_leads_opens_nothing() -> None:
    council, bea = make_council(), make_person("Bea")
    lead = seat(make_person("Ann"), council)
    token = invite(lead, bea.email)

    Membership.objects.filter(pk=lead.pk).update(ended_at=timezone.now())

    assert desk.found(token, bea) is None


def test_address_is_invited_once_at_a_time_and_nobody_twice() -> None:
    lead = seat(make_person("Ann"), make_council())
    invite(lead, "bea@aldermoor.gov.example")

    with pytest.raises(desk.DeskError, match="invited already"):
        invite(lead, "BEA@aldermoor.gov.example")
    with pytest.raises(desk.DeskError, match="member already"):
        invite(lead, lead.user.email)
    with pytest.raises(IntegrityError), transaction.atomic():
        ColleagueInvitation.objects.create(
            organisation=lead.organisation,
            by=lead,
            email="Bea@aldermoor.gov.example",
            token_hash="x",
            invited_at=timezone.now(),
        )


def test_invitations_that_wait_are_limited() -> None:
    lead = seat(make_person("Ann"), make_council())
    for number in range(MOST_INVITED):
        invite(lead, f"colleague{number}@aldermoor.gov.example")

    with pytest.raises(desk.DeskError, match="Too many"):
        invite(lead, "cal@aldermoor.gov.example")


def test_first_claimant_whose_domain_matches_invites_at_once() -> None:
    council = make_council()
    stranger = seat(make_person("Sam", "gmail.com"), council, claim="pending")
    first = seat(make_person("Ann"), council, claim="pending", claimed_at=timezone.now())
    later = seat(make_person("Bea"), council, claim="pending", claimed_at=timezone.now())

    assert [desk.may_invite(one) for one in (stranger, first, later)] == [False, True, False]
    guest = bring(first, make_person("Cal"), role="lead")
    assert (guest.claim, guest.role, guest.host) == ("pending", "contributor", first)


@pytest.mark.parametrize("flaw", ["free mail", "unverified", "somebody is confirmed", "ended"])
def test_claimant_does_not_invite(flaw: str) -> None:
    council, ann = make_council(), make_person("Ann")
    claim = seat(ann, council, claim="pending")
    if flaw == "free mail":
        council.domains = ["gmail.com"]
        council.save()
        ann.emailaddress_set.update(email="ann@gmail.com")
    if flaw == "unverified":
        ann.emailaddress_set.update(verified=False)
    if flaw == "somebody is confirmed":
        seat(make_person("Bea"), council)
    if flaw == "ended":
        claim.ended_at = timezone.now()
        claim.save()

    assert not desk.may_invite(claim)


def test_guests_share_the_first_claimants_response_and_strangers_open_nothing() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    stranger = seat(make_person("Sam"), council, claim="pending", claimed_at=timezone.now())
    begun = save(host.user, recommendation_of(consultation, 1), text="Begun by the first.")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation, 2), text="Added by the guest.")
    save(stranger.user, recommendation_of(consultation, 1), text="The stranger's own.")

    shared = participation.response_of(guest.user, consultation)

    assert shared == begun.response == participation.response_of(host.user, consultation)
    assert sorted(Draft.objects.filter(response=shared).values_list("text", flat=True)) == [
        "Added by the guest.",
        "Begun by the first.",
    ]
    assert participation.response_of(stranger.user, consultation) != shared
    with pytest.raises(participation.NotLeadError):
        submit(guest.user, consultation)


def test_guest_who_begins_does_so_in_the_first_claimants_response() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    save(host.user, recommendation_of(make_consultation()), text="Elsewhere.")
    guest = bring(host, make_person("Cal"))

    draft = save(guest.user, recommendation_of(consultation))

    assert (draft.response.respondent, draft.response.shared) == (host.user, True)
    assert draft.written_by == guest.user
    assert participation.response_of(host.user, consultation) == draft.response


def test_claimant_with_guests_keeps_what_is_their_own_apart() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation), text="For the council.")

    write_for(user=host.user, membership=None)
    own = save(host.user, recommendation_of(consultation), text="For myself.")
    submit(host.user, consultation, read={1: own.stamp})

    assert Comment.objects.get().response.for_organisation is False
    assert Draft.objects.get().text == "For the council."
    write_for(user=host.user, membership=host)
    response = participation.response_of(host.user, consultation)
    assert response == Draft.objects.get().response


def test_moderators_word_makes_the_first_one_lead_and_their_guests_members() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation))
    note = desk.note(
        membership=guest, consultation=consultation, text="Ask legal.", at=timezone.now()
    )
    submit(host.user, consultation)

    case = consultation.cases.get(membership=host)
    claims.confirm(case=case, by=make_staff(consultation), at=timezone.now())

    host, guest = (Membership.objects.get(pk=one.pk) for one in (host, guest))
    assert [(one.claim, one.role) for one in (host, guest)] == [
        ("confirmed", "lead"),
        ("confirmed", "contributor"),
    ]
    assert (guest.decided_by, guest.host, host.shares) == (host.user, None, False)
    response = Response.objects.get()
    assert (response.organisation, response.shared) == (council, False)
    assert participation.response_of(guest.user, consultation) == response
    assert list(desk.notes(guest, consultation)) == [note]
    assert ledger.verify(consultation.pk) == []


def test_refused_first_claimant_keeps_their_response_and_guests_lose_it() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation))
    submit(host.user, consultation)

    case = consultation.cases.get(membership=host)
    claims.refuse(case=case, note="", by=make_staff(consultation), at=timezone.now())

    guest.refresh_from_db()
    assert (guest.claim, guest.host) == ("pending", None)
    assert participation.response_of(guest.user, consultation) is None
    response = Response.objects.get()
    assert (response.shared, participation.response_of(host.user, consultation)) == (
        False,
        response,
    )


def test_refused_claimant_goes_on_with_what_was_shared_in_their_own_name() -> None:
    council, consultation = make_council(), make_consultation(recommendations=3)
    host = seat(make_person("Ann"), council, claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation), text="For the council.")
    shared = save(guest.user, recommendation_of(consultation, 2), text="For the council, too.")
    participation.ask_confidentiality(
        response=shared.response, reason="Prices.", user=host.user, at=timezone.now()
    )
    write_for(user=host.user, membership=None)
    save(host.user, recommendation_of(consultation), text="For myself.")
    own = participation.response_of(host.user, consultation)

    case = make_case(membership=host, consultation=consultation)
    claims.refuse(case=case, note="", by=make_staff(consultation), at=timezone.now())

    assert participation.response_of(host.user, consultation) == own == Response.objects.get()
    assert own.confidentiality_requests.get().reason == "Prices."
    assert list(own.drafts.order_by("recommendation__number").values_list("text", flat=True)) == [
        "For myself.\n\nFor the council.",
        "For the council, too.",
    ]
    later = save(
        host.user,
        recommendation_of(consultation, 2),
        text="For myself, too.",
        over=own.drafts.get(recommendation__number=2).stamp,
    )
    assert (later.response, later.response.for_organisation) == (own, False)


def test_request_is_told_to_leads_and_granted_or_turned_down_by_them_alone() -> None:
    council, consultation = make_council(), make_consultation()
    lead = seat(make_person("Ann"), council)
    contributor = bring(lead, make_person("Cal"))
    bea, sam = make_person("Bea"), make_person("Sam", "gmail.com")

    asked = desk.ask(user=bea, organisation=council, at=timezone.now())
    stranger = desk.ask(user=sam, organisation=council, at=timezone.now())

    told = Message.objects.filter(dedupe_key__startswith="request:").order_by("pk")
    assert list(told.values_list("to", flat=True)) == [lead.user.email] * 2
    assert list(desk.requests(lead)) == [asked, stranger]
    assert list(desk.requests(contributor)) == []
    with pytest.raises(DecisionRefused, match="Only a lead"):
        claims.grant(membership=asked, by=contributor.user, at=timezone.now())
    claims.grant(membership=asked, by=lead.user, at=timezone.now())
    claims.turn_down(membership=stranger, by=lead.user, at=timezone.now())
    asked.refresh_from_db()
    stranger.refresh_from_db()
    assert (asked.claim, asked.role, stranger.claim) == ("confirmed", "contributor", "refused")
    subjects = [
        Message.objects.filter(to=one.email).latest("pk").letter["subject"] for one in (bea, sam)
    ]
    assert subjects == [
        "Your claim to speak for an organisation is confirmed",
        "Your claim to speak for an organisation is not confirmed",
    ]
    assert not consultation.ledger_entries.exists()


def test_grant_closes_the_case_and_brings_what_was_sent_under_the_claim() -> None:
    council, consultation = make_council(), make_consultation()
    lead = seat(make_person("Ann"), council)
    bea = make_person("Bea")
    claim = seat(bea, council, claim="pending")
    save(bea, recommendation_of(consultation))
    response = submit(bea, consultation)

    claims.grant(membership=claim, by=lead.user, at=timezone.now())

    response.refresh_from_db()
    assert response.organisation == council
    assert not consultation.cases.waiting().filter(membership=claim).exists()
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["comment_submitted", "claim_confirmed"]


def test_moderators_case_of_a_claim_that_a_lead_granted_is_decided_already() -> None:
    council = make_council()
    lead = seat(make_person("Ann"), council)
    claim = seat(make_person("Bea"), council, claim="pending")
    case = make_case(membership=claim)

    claims.grant(membership=claim, by=lead.user, at=timezone.now())

    with pytest.raises(DecisionRefused, match="Already decided"):
        claims.refuse(case=case, note="", by=make_staff(case.consultation), at=timezone.now())


def test_lead_ends_a_colleagues_access_at_once_but_never_the_last_leads() -> None:
    council, consultation = make_council(), make_consultation()
    lead = seat(make_person("Ann"), council)
    cal = bring(lead, make_person("Cal"))
    save(cal.user, recommendation_of(consultation))
    with pytest.raises(DecisionRefused, match="at least one lead"):
        memberships.end(membership=lead, by=lead.user, at=timezone.now())
    with pytest.raises(DecisionRefused, match="Only an officer"):
        memberships.end(membership=lead, by=cal.user, at=timezone.now())

    memberships.end(membership=cal, by=lead.user, at=timezone.now())

    assert standing(cal.user) is None
    assert participation.response_of(cal.user, consultation) is None
    assert Draft.objects.get().response.organisation == council


def test_lead_passes_the_role_on_and_the_only_one_keeps_it() -> None:
    council = make_council()
    lead = seat(make_person("Ann"), council)
    cal = bring(lead, make_person("Cal"))
    with pytest.raises(DecisionRefused, match="at least one lead"):
        memberships.appoint(membership=lead, role="contributor", by=lead.user, at=timezone.now())

    memberships.appoint(membership=cal, role="lead", by=lead.user, at=timezone.now())
    memberships.appoint(membership=lead, role="contributor", by=lead.user, at=timezone.now())

    roles = Membership.objects.order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["contributor", "lead"]
    with pytest.raises(DecisionRefused):
        memberships.appoint(membership=cal, role="contributor", by=lead.user, at=timezone.now())


def test_host_dismisses_a_guest_who_then_opens_nothing() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Ann"), council, claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation))
    note = desk.note(membership=host, consultation=consultation, text="Ours.", at=timezone.now())

    desk.dismiss(guest=guest, by=host, at=timezone.now())

    assert participation.response_of(guest.user, consultation) is None
    assert list(desk.notes(host, consultation)) == [note]
    with pytest.raises(desk.DeskError):
        desk.dismiss(guest=guest, by=host, at=timezone.now())


def test_notes_of_one_desk_are_read_at_no_other() -> None:
    council, consultation = make_council(), make_consultation()
    lead = seat(make_person("Ann"), council)
    claimant = seat(make_person("Bea"), council, claim="pending")
    at = timezone.now() - timedelta(minutes=1)
    ours = desk.note(membership=lead, consultation=consultation, text="Ours.", at=at)
    theirs = desk.note(membership=claimant, consultation=consultation, text="Mine.", at=at)

    assert list(desk.notes(lead, consultation)) == [ours]
    assert list(desk.notes(claimant, consultation)) == [theirs]
    assert list(desk.notes(lead, make_consultation())) == []
    assert Note.objects.count() == 2


def test_person_who_was_unknown_becomes_a_member_without_a_profile() -> None:
    lead = seat(make_person("Ann"), make_council())
    bea = User.objects.create_user("bea@aldermoor.gov.example")
    bea.emailaddress_set.create(email=bea.email, verified=True, primary=True)

    bring(lead, bea)

    assert (bea.acting_for, bea.kind, bea.profile_complete) == ("organisation", "employer", False)
