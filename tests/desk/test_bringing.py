"""What a decision on a claim brings from one response into another: no word and no wish is lost."""

from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import desk, participation
from consultations.models import (
    ConfidentialityRequest,
    Consultation,
    Draft,
    Membership,
    QuestionDraft,
    Response,
    SignOff,
    User,
)
from consultations.moderation import claims, owning
from consultations.organisations import standing
from tests.desk.scene import bring, invite, make_council, make_person, seat
from tests.factories import (
    log_in,
    make_case,
    make_consultation,
    make_evidence,
    make_question,
    make_response,
    make_staff,
)
from tests.participation.scene import answer, recommendation_of, save
from tests.participation.test_submit import submit
from tests.together import started, wait_for_a_lock

pytestmark = pytest.mark.django_db


def lead_and_claimant() -> tuple[Membership, Membership, Consultation]:
    """Return a lead, who claims the council apart from whom, and a consultation."""
    council = make_council()
    lead = seat(make_person("Ann"), council, role="lead")
    return lead, seat(make_person("Bea"), council, claim="pending"), make_consultation()


def sign(user: User, consultation: Consultation, **said: Any) -> SignOff:
    membership = standing(user)
    assert membership is not None
    stated = {"represents": "", "consulted": "Everybody."} | said
    return participation.sign_off(
        user=user,
        membership=membership,
        consultation=consultation,
        said=participation.Statement(**stated),
        at=timezone.now(),
    )


def send(user: User, consultation: Consultation, draft: Draft) -> Response:
    return submit(user, consultation, read={1: draft.stamp})


def grant(lead: Membership, claimant: Membership) -> None:
    claims.grant(membership=claimant, by=lead.user, at=timezone.now())


def ask(draft: Draft, user: User, why: str) -> None:
    participation.ask_confidentiality(
        response=draft.response, reason=why, user=user, at=timezone.now()
    )


@pytest.mark.parametrize("both", [False, True])
def test_request_for_confidentiality_outlives_the_response_that_it_was_made_for(both: bool) -> None:
    lead, claimant, consultation = lead_and_claimant()
    ask(save(lead.user, recommendation_of(consultation)), lead.user, "Prices.")
    mine = save(claimant.user, recommendation_of(consultation))
    if both:
        ask(mine, claimant.user, "Names.")
    send(claimant.user, consultation, mine)

    grant(lead, claimant)

    kept = ConfidentialityRequest.objects.get()
    assert kept.response == Response.objects.get()
    assert kept.reason == ("Names.\n\nPrices." if both else "Prices.")


def test_choice_that_another_takes_the_place_of_is_told_at_the_desk() -> None:
    lead, claimant, consultation = lead_and_claimant()
    question = make_question(consultation)
    for member, stance, chosen in ((lead, "support", 1), (claimant, "oppose", 2)):
        save(member.user, recommendation_of(consultation), stance=stance)
        answer(member.user, question, chosen=[chosen])

    grant(lead, claimant)

    [note] = desk.notes(lead, consultation)
    lost = note.text.removeprefix("Two drafts were joined. Of these choices another stands now: ")
    stands = Draft.objects.get().stance, QuestionDraft.objects.get().chosen
    told = {
        ("support", (1,)): "Recommendation 1: Oppose; Ask 1? No.",
        ("oppose", (2,)): "Recommendation 1: Support; Ask 1? Yes.",
    }
    assert lost == told[stands[0], tuple(stands[1])]


def test_sign_off_of_a_claimant_never_stands_for_what_a_lead_sent() -> None:
    lead, claimant, consultation = lead_and_claimant()
    official = send(lead.user, consultation, save(lead.user, recommendation_of(consultation)))
    mine = save(claimant.user, recommendation_of(consultation))
    signed = sign(claimant.user, consultation, body="Cabinet", expected_on=timezone.localdate())
    aside = send(claimant.user, consultation, mine)

    grant(lead, claimant)

    official.refresh_from_db()
    signed.refresh_from_db()
    assert (official.sign_off, signed.response) == (None, aside)


def test_sign_offs_of_both_are_kept() -> None:
    lead, claimant, consultation = lead_and_claimant()
    save(lead.user, recommendation_of(consultation))
    sign(lead.user, consultation, consulted="The lead asked all.")
    mine = save(claimant.user, recommendation_of(consultation))
    stands = sign(claimant.user, consultation)
    send(claimant.user, consultation, mine)

    grant(lead, claimant)

    official = Response.objects.get()
    assert official.sign_off == stands
    assert official.sign_offs.count() == 2


@pytest.mark.parametrize(
    ("lead_says", "claimant_says"), [("named", "unpublished"), ("unpublished", "named")]
)
def test_joined_drafts_are_shown_no_more_than_either_author_chose(
    lead_says: str, claimant_says: str
) -> None:
    lead, claimant, consultation = lead_and_claimant()
    save(lead.user, recommendation_of(consultation), permission=lead_says, text="Ours.")
    save(claimant.user, recommendation_of(consultation), permission=claimant_says, text="Mine.")

    grant(lead, claimant)

    draft = Draft.objects.get()
    assert {*draft.text.split("\n\n")} == {"Ours.", "Mine."}
    assert draft.allowed == "unpublished"


@pytest.mark.django_db(transaction=True)
def test_response_of_a_colleague_that_comes_in_between_takes_the_claimants_drafts() -> None:
    lead, claimant, consultation = lead_and_claimant()
    mine = save(claimant.user, recommendation_of(consultation), text="Mine.")
    response, begun, done = Response.objects.get(pk=mine.response_id), Event(), Event()

    def colleague() -> None:
        """Send the organisation's response, and commit only once the claimant's waits for it."""
        with transaction.atomic():
            make_response(consultation, lead.user, membership=lead, organisation=lead.organisation)
            begun.set()
            wait_for_a_lock()
        done.set()

    thread = started(colleague)
    assert begun.wait(60)
    with transaction.atomic():
        given = owning.give(response, lead.organisation)
    thread.join()

    assert (given, done.is_set()) == (False, True)
    official = Response.objects.get(organisation=lead.organisation)
    assert Draft.objects.get().response == official


def test_seating_a_guest_locks_the_claim_before_the_responses_as_who_sends_does() -> None:
    host, consultation = (
        seat(make_person("Ann"), make_council(), claim="pending"),
        make_consultation(),
    )
    save(host.user, recommendation_of(consultation))

    with CaptureQueriesContext(connection) as statements:
        bring(host, make_person("Bea"))

    writes = [row["sql"] for row in statements if row["sql"].startswith("UPDATE")]
    shares = next(place for place, sql in enumerate(writes) if '"shares"' in sql)
    shared = next(place for place, sql in enumerate(writes) if '"shared"' in sql)
    assert shares < shared


def test_invitations_of_a_refused_claimant_stand_in_nobodys_way() -> None:
    council, consultation = make_council(), make_consultation()
    host = seat(make_person("Mallory"), council, claim="pending")
    invite(host, "bea@aldermoor.gov.example")
    case = make_case(membership=host, consultation=consultation)

    claims.refuse(case=case, note="", by=make_staff(consultation), at=timezone.now())

    lead = seat(make_person("Ann"), council, role="lead")
    invite(lead, "bea@aldermoor.gov.example")
    assert [row.by for row in desk.invitations(lead)] == [lead]


def test_guest_reads_the_desks_document_and_asks_for_nothing_in_its_name() -> None:
    host, consultation = (
        seat(make_person("Ann"), make_council(), claim="pending"),
        make_consultation(),
    )
    response = save(host.user, recommendation_of(consultation)).response
    guest = make_person("Bea")
    bring(host, guest)
    document = make_evidence(response, "draft")
    file = reverse("documents.fetch", args=[consultation.slug, document.reference])
    page = reverse("responses.confidentiality", args=[consultation.slug])

    assert log_in(guest).get(file).status_code == 200
    assert log_in(make_person("Cal")).get(file).status_code == 404
    assert log_in(guest).post(page, {"reason": "Because."}).status_code == 403
    assert log_in(host.user).post(page, {"reason": "Because."}).status_code == 302
