"""The desk's pages: what each person finds there, and what a removed colleague no longer does."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import desk
from consultations.models import (
    ColleagueInvitation,
    Comment,
    ConfidentialityRequest,
    Document,
    Draft,
    Membership,
    Note,
    Organisation,
    SignOff,
    User,
)
from consultations.moderation import memberships
from tests import samples
from tests.admin.scene import act
from tests.desk.scene import bring, invite, make_council, make_person, seat
from tests.factories import (
    log_in,
    make_consultation,
    make_organisation,
    make_question,
    make_staff,
    make_user,
)
from tests.participation.scene import answer, recommendation_of, save, submit_all
from tests.views.test_drafts import path, said

pytestmark = pytest.mark.django_db


def at(name: str, council: Organisation, *more: object) -> str:
    """Return the address of a page of the desk."""
    return reverse(name, args=[council.reference, *more])


def survey() -> SimpleUploadedFile:
    """Return a file that is taken as a document."""
    return SimpleUploadedFile("survey.pdf", samples.PDF)


def council_of_two() -> tuple[Organisation, Membership, Membership]:
    """Return a council, its lead and a contributor."""
    council = make_council()
    lead = seat(make_person("Ann"), council)
    return council, lead, bring(lead, make_person("Cal"))


def test_lead_invites_a_colleague_who_accepts_by_the_link() -> None:
    council = make_council()
    lead, bea = seat(make_person("Ann"), council), make_person("Bea")
    client = log_in(lead.user)

    asked = client.post(
        at("desk.invite", council), {"email": bea.email, "role": "lead"}, follow=True
    )
    assert "We have sent the invitation to bea@" in asked.content.decode()
    token = reverse("desk.join", args=[invite_again(lead, bea)])
    page = log_in(bea).get(token).content.decode()
    joined = log_in(bea).post(token, follow=True)

    assert "Ann invites you" in page
    assert joined.redirect_chain == [(at("desk.show", council), 302)]
    assert "You are a lead" in joined.content.decode()


def invite_again(lead: Membership, person: User) -> str:
    """Take the invitation back, and return the token of another one as lead."""
    desk.take_back(invitation=ColleagueInvitation.objects.get(), at=timezone.now())
    return invite(lead, person.email, "lead")


def test_link_asks_to_log_in_and_answers_strangers_as_if_it_did_not_exist(client) -> None:
    lead = seat(make_person("Ann"), make_council())
    token = reverse("desk.join", args=[invite(lead, "bea@aldermoor.gov.example")])

    assert client.get(token)["Location"].startswith(reverse("account_login"))
    mallory = log_in(make_person("Mallory", "evil.example"))
    real, made_up = (mallory.get(one) for one in (token, reverse("desk.join", args=["z" * 22])))
    assert real.status_code == made_up.status_code == 404
    assert "Aldermoor" not in real.content.decode()


def test_invite_says_what_is_wrong_beside_the_field() -> None:
    council, lead, colleague = council_of_two()
    client = log_in(lead.user)

    wrong = client.post(at("desk.invite", council), {"email": "bea", "role": "owner"})
    known = client.post(
        at("desk.invite", council), {"email": colleague.user.email, "role": "contributor"}
    )

    assert set(wrong.context["form"].errors) == {"email", "role"}
    assert (known.status_code, "member already" in known.content.decode()) == (409, True)


def test_removed_colleague_gets_what_a_stranger_gets_and_keeps_the_typed_text() -> None:
    council, lead, cal = council_of_two()
    consultation, client = make_consultation(), log_in(cal.user)
    save(lead.user, recommendation_of(consultation), text="The council's draft.")
    desk.note(membership=lead, consultation=consultation, text="Secret.", at=timezone.now())
    form = client.get(path("recommendations.show", consultation, 1)).context["form"].initial

    answer = log_in(lead.user).post(at("members.show", council, cal.pk), {"act": "end"})
    assert answer["Location"] == at("desk.show", council)

    late = client.post(
        path("drafts.save", consultation, 1), said(**form | {"text": "Typed for the council."})
    )
    words = late.content.decode()
    assert late.status_code == 409
    assert ("Typed for the council." in words, "The council&#x27;s draft." in words) == (
        True,
        False,
    )
    assert "no longer write in the name" in words
    sent = client.post(
        path("comments.post", consultation, 1), said(**form | {"text": "Sent for the council."})
    )
    assert sent.status_code == 409
    for address in (at("desk.show", council), path("desk.notes", consultation)):
        assert client.get(address).status_code == 404
    assert (Draft.objects.count(), Comment.objects.count()) == (1, 0)


def test_form_opened_for_oneself_is_not_taken_for_the_organisation() -> None:
    _council, lead, _cal = council_of_two()
    consultation, client = make_consultation(), log_in(lead.user)
    client.post(reverse("people.write_for"), {"organisation": ""})
    form = client.get(path("recommendations.show", consultation, 1)).context["form"].initial
    assert form["whose"] == "self"
    client.post(reverse("people.write_for"), {"organisation": lead.organisation.reference})

    late = client.post(path("drafts.save", consultation, 1), said(**form | {"text": "My own."}))

    assert late.status_code == 409
    kept = late.context["form"].initial
    assert (kept["whose"], kept["text"]) == (str(lead.organisation_id), "My own.")
    again = client.post(path("drafts.save", consultation, 1), said(**kept | {"draft": ""}))
    assert again.status_code == 302
    assert Draft.objects.get().response.organisation == lead.organisation


@pytest.mark.parametrize(
    ("page", "typed", "stored"),
    [
        ("desk.notes", {"text": "Between us."}, Note),
        ("sign_off.state", {"represents": "Between us.", "outcome": "final"}, SignOff),
        ("responses.confidentiality", {"reason": "Between us."}, ConfidentialityRequest),
        ("evidence.mine", {"title": "Between us.", "permission": "named"}, Document),
    ],
)
def test_what_was_typed_for_one_organisation_never_goes_to_another(
    page: str, typed: dict[str, object], stored: type[Model]
) -> None:
    _council, lead, _cal = council_of_two()
    other = seat(lead.user, make_organisation("Other Council"), role="lead")
    consultation, client = make_consultation(), log_in(lead.user)
    here = path(page, consultation)
    save(lead.user, recommendation_of(consultation))
    client.post(reverse("people.write_for"), {"organisation": lead.organisation.reference})
    lead.user.refresh_from_db()
    save(lead.user, recommendation_of(consultation))
    whose = client.get(here).context["whose"]
    client.post(reverse("people.write_for"), {"organisation": other.organisation.reference})

    late = client.post(here, typed | {"whose": whose, "file": survey()})
    nothing = stored._default_manager.count()
    taken = client.post(here, typed | {"whose": late.context["whose"], "file": survey()})

    words = late.content.decode()
    assert (whose, late.status_code, nothing) == (str(lead.organisation_id), 409, 0)
    assert ("no longer write in the name" in words, "Between us." in words) == (True, True)
    assert (taken.status_code, stored._default_manager.count()) == (302, 1)


def test_words_for_a_desk_that_one_left_wait_until_one_is_back() -> None:
    council, lead, _cal = council_of_two()
    consultation, client = make_consultation(), log_in(lead.user)
    pages = [path(name, consultation) for name in ("desk.notes", "sign_off.state")]
    client.post(reverse("people.write_for"), {"organisation": ""})

    for page, name in zip(pages, ("text", "consulted"), strict=True):
        away = client.post(page, {name: "Ask legal about this."}, follow=True)
        assert "you write in another name now" in away.content.decode()
        client.post(reverse("people.write_for"), {"organisation": council.reference})
        assert "Ask legal about this." in client.get(page).content.decode()
        client.post(reverse("people.write_for"), {"organisation": ""})

    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert (Note.objects.count(), SignOff.objects.count()) == (0, 0)


@pytest.mark.parametrize(("page", "name"), [("desk.notes", "text"), ("sign_off.state", "body")])
def test_words_of_a_desk_outlive_a_log_out(page: str, name: str) -> None:
    _council, lead, _cal = council_of_two()
    here, client = path(page, make_consultation()), log_in(lead.user)
    client.logout()

    asked = client.post(here, {name: "The cabinet of Aldermoor"})
    client.force_login(lead.user)
    page_again = client.get(here).content.decode()

    assert asked["Location"].startswith(reverse("account_login"))
    assert "The cabinet of Aldermoor" in page_again


def test_receipt_is_of_the_comment_in_whose_name_one_writes() -> None:
    consultation = make_consultation()
    host = seat(make_person("Ann"), make_council(), claim="pending")
    guest = bring(host, make_person("Cal"))
    save(guest.user, recommendation_of(consultation), text="For the council.")
    client = log_in(host.user)
    client.post(reverse("people.write_for"), {"organisation": ""})

    sent = said(text="For myself.")
    page = client.post(path("comments.post", consultation, 1), sent, follow=True)

    assert page.status_code == 200
    assert page.context["response"].for_organisation is False
    assert page.context["comment"] == Comment.objects.get()


def test_switch_keeps_both_drafts_apart_and_says_whose_each_is() -> None:
    council, lead, _cal = council_of_two()
    consultation, client = make_consultation(), log_in(lead.user)
    client.post(path("drafts.save", consultation, 1), said(text="For the council."))
    mine = path("responses.mine", consultation)

    away = client.post(
        reverse("people.write_for"), {"organisation": "", "next": mine}, follow=True
    ).content.decode()
    client.post(path("drafts.save", consultation, 1), said(text="For myself."))
    back = client.post(
        reverse("people.write_for"),
        {"organisation": council.reference, "next": mine},
        follow=True,
    ).content.decode()

    assert ("For the council." in away, "your own</strong> name" in away) == (False, True)
    assert ("For the council." in back, f"Write for {council} instead" in back) == (True, False)
    assert sorted(Draft.objects.values_list("text", "response__organisation")) == [
        ("For myself.", None),
        ("For the council.", council.pk),
    ]


def test_switch_to_an_organisation_that_one_does_not_claim_is_not_found() -> None:
    _council, _lead, cal = council_of_two()
    other = make_council()
    client = log_in(cal.user)

    for reference in (other.reference, "x", "\0"):
        answer = client.post(reverse("people.write_for"), {"organisation": reference})
        assert answer.status_code == 404


def test_lead_decides_on_a_request_at_the_desk() -> None:
    council, lead, _cal = council_of_two()
    bea = make_person("Bea")
    claim = desk.ask(user=bea, organisation=council, at=timezone.now())
    client = log_in(lead.user)
    page = client.get(at("desk.show", council)).content.decode()
    assert "People who ask to join" in page

    done = client.post(at("members.show", council, claim.pk), {"act": "grant"}, follow=True)

    assert "Bea now writes for the organisation." in done.content.decode()
    claim.refresh_from_db()
    assert claim.current
    again = client.post(at("members.show", council, claim.pk), {"act": "grant"})
    assert again.status_code == 404


def test_contributor_decides_on_nobody() -> None:
    council, lead, cal = council_of_two()
    client = log_in(cal.user)

    for wanted in ("end", "contributor", "grant", ""):
        answer = client.post(at("members.show", council, lead.pk), {"act": wanted})
        assert answer.status_code == 403
    assert client.post(at("desk.invite", council), {"email": "x@y.example"}).status_code == 403
    assert client.post(at("desk.take_back", council), {"invitation": "1"}).status_code == 403
    assert Membership.objects.filter(ended_at=None, claim="confirmed").count() == 2


def test_only_lead_who_gives_up_is_told_to_name_another_first() -> None:
    council, lead, _cal = council_of_two()

    page = log_in(lead.user).post(at("members.show", council, lead.pk), {"act": "contributor"})

    assert page.status_code == 409
    assert "keeps at least one lead" in page.content.decode()


def test_people_of_another_organisation_are_not_found_by_their_number() -> None:
    council, lead, _cal = council_of_two()
    stranger = seat(make_person("Zoe", "other.example"), make_council())

    answer = log_in(lead.user).get(at("members.show", council, stranger.pk))

    assert answer.status_code == 404


def test_claimant_who_waits_sees_only_themselves_at_the_desk() -> None:
    council, lead, _cal = council_of_two()
    sam = seat(make_person("Sam", "gmail.com"), council, claim="pending")

    page = log_in(sam.user).get(at("desk.show", council)).content.decode()

    assert ("Sam" in page, lead.user.email in page, "Cal" in page) == (True, False, False)
    assert "Your claim waits" in page


def test_notes_stay_between_colleagues_and_out_of_the_admin() -> None:
    _council, lead, cal = council_of_two()
    consultation = make_consultation()
    notes = path("desk.notes", consultation)
    log_in(lead.user).post(notes, {"text": "Ask legal about this."})
    officer = make_staff(consultation, "officer")

    assert "Ask legal about this." in log_in(cal.user).get(notes).content.decode()
    assert log_in(officer).get(notes).status_code == 404
    assert log_in(make_person("Zoe")).get(notes).status_code == 404
    hidden = {Note, SignOff, ColleagueInvitation}
    assert hidden & set(admin.site._registry) == set()
    permissions = apps.get_model("auth", "Permission").objects
    assert not permissions.filter(content_type__model="note").exists()
    memberships.end(membership=cal, by=lead.user, at=timezone.now())
    assert log_in(cal.user).get(notes).status_code == 404


def test_desk_names_who_wrote_answers_to_questions_too() -> None:
    council, lead, colleague = council_of_two()
    consultation = make_consultation()
    answer(colleague.user, make_question(consultation))

    page = " ".join(log_in(lead.user).get(at("desk.show", council)).content.decode().split())

    assert ("No draft waits here" in page, "Question 1: Cal" in page) == (False, True)


def test_answer_that_a_lead_sent_names_who_drafted_it_to_colleagues_alone() -> None:
    _council, lead, colleague = council_of_two()
    consultation = make_consultation(recommendations=2)
    question = make_question(consultation)
    save(colleague.user, recommendation_of(consultation))
    draft = save(lead.user, recommendation_of(consultation, 2))
    answer(colleague.user, question)
    submit_all(lead.user, consultation)

    mine = log_in(colleague.user).get(path("responses.mine", consultation)).content.decode()
    shown = log_in(make_user()).get(path("recommendations.show", consultation, 1))

    assert mine.count("Written by Cal. Sent by Ann at") == 2
    assert mine.count("Sent by Ann at") == 3
    assert draft.written_by == lead.user
    assert "Cal" not in shown.content.decode()


def test_empty_note_is_refused_beside_its_field() -> None:
    _council, lead, _cal = council_of_two()

    page = log_in(lead.user).post(path("desk.notes", make_consultation()), {"text": " \n"})

    assert (page.status_code, Note.objects.count()) == (422, 0)


def test_desk_and_notes_cost_the_same_queries_for_one_and_for_three() -> None:
    council = make_council()
    lead = seat(make_person("Ann"), council)
    client, costs = log_in(lead.user), []
    for amount in (1, 3):
        consultation = make_consultation()
        for number in range(amount):
            bring(lead, make_person(f"Member{amount}{number}"))
            invite(lead, f"guest{amount}{number}@aldermoor.gov.example")
            asks = make_person(f"Asks{amount}{number}")
            desk.ask(user=asks, organisation=council, at=timezone.now())
            desk.note(membership=lead, consultation=consultation, text="A.", at=timezone.now())
        save(lead.user, recommendation_of(consultation))
        costs.append([])
        for page in (at("desk.show", council), path("desk.notes", consultation)):
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            costs[-1].append(len(asked))

    assert costs[0] == costs[1]
    assert max(costs[0]) <= 13


def test_organisation_without_a_lead_is_seen_by_an_officer_who_names_one() -> None:
    _council, lead, cal = council_of_two()
    consultation = make_consultation()
    save(lead.user, recommendation_of(consultation))
    draft = Draft.objects.get().response
    draft.sent(timezone.now())
    draft.save()
    officer = make_staff(consultation, "officer")
    memberships.end(membership=lead, by=officer, at=timezone.now())
    client = log_in(officer)
    page = reverse("admin:consultations_membership_changelist")

    found = list(client.get(page, {"led": "no"}).context["cl"].result_list)
    act(client, "make_leads", cal)

    assert found == [cal]
    cal.refresh_from_db()
    assert cal.leads
    assert list(client.get(page, {"led": "no"}).context["cl"].result_list) == []
