"""Erasing a person: out of every table, and nothing of anybody else's."""

import hashlib
import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import accounts, ledger, policy
from consultations.digests import build
from consultations.mail import outbox
from consultations.mail.addresses import hashed
from consultations.mail.letter import Letter, Paragraph
from consultations.models import (
    Appeal,
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Document,
    Draft,
    Invitation,
    LedgerEntry,
    Membership,
    Message,
    Response,
    Role,
    Subscription,
    Suppression,
    User,
)
from consultations.moderation import decide
from tests.accounts.scene import EMAIL, NAME, PUBLIC, SECOND, Scene, marked, rows
from tests.desk.scene import bring, make_council, make_person, seat
from tests.factories import (
    give_role,
    make_comment,
    make_consultation,
    make_invitation,
    make_membership,
    make_organisation,
    make_reason,
    make_response,
    make_staff,
    make_user,
)
from tests.participation.scene import recommendation_of, save
from tests.screening.scene import LETTER, campaign_of, likeness, send
from tests.test_participation import post

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=6)
# What the portal keeps of all together, and what an erasure ends or drops by the way.
SHARED = {
    "case",  # of what is erased: it waits for nobody any more
    "colleagueinvitation",  # by the person, not answered yet: nobody stands behind it
    "django_session",
    "documentcontent",
    "ledgerpayload",  # those with the salt of erased words
    "message",  # that told a colleague, or leads, the name
    "suppression",  # turned into a hash
    "tally",
    "showntally",
}


def whole() -> dict[str, list[ledger.Fault]]:
    """Return what is wrong with each consultation's ledger."""
    return {
        one.slug: faults
        for one in Consultation.objects.order_by("pk")
        if (faults := ledger.verify(one.pk))
    }


def erase(person: User, by: User | None = None) -> None:
    """Erase a person, by their own hand unless said otherwise."""
    accounts.erase(person=person, by=by or person, at=timezone.now())


def finish() -> None:
    """Let the last letter be sent, and the worker come by a little later."""
    letters = Message.objects.filter(dedupe_key__startswith="erased:")
    letters.update(state=Message.State.SENT)
    accounts.finish(timezone.now() + LATER)


def tables(places: Any) -> set[str]:
    """Return the tables of these rows."""
    return {table for table, _key in places}


@pytest.mark.exhaustive
def test_scene_plants_the_person_in_every_kind_of_table() -> None:
    scene = Scene()

    assert tables(marked()) == {
        "account_emailaddress",
        "appeal",
        "case",
        "colleagueinvitation",
        "comment",
        "commentversion",
        "confidentialityrequest",
        "django_session",
        "document",
        "draft",
        "invitation",
        "membership",
        "message",
        "mfa_authenticator",
        "note",
        "questionanswerversion",
        "questiondraft",
        "report",
        "response",
        "suppression",
        "user",
    }
    assert whole() == {}
    assert scene.person.name == NAME


@pytest.mark.exhaustive
def test_erase_ends_an_appeal_that_waits_and_the_record_says_so() -> None:
    scene = Scene()
    appeal = Appeal.objects.get()

    erase(scene.person)

    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.words) == (Appeal.Outcome.VOID, "")
    acts = LedgerEntry.objects.filter(consultation=scene.own).order_by("pk")
    assert list(acts.values_list("act", flat=True))[-2:] == ["appeal_void", "person_erased"]
    [said] = [entry.payload.content for entry in acts.filter(act="appeal_void")]
    assert (said["appeal"], said["recommendation"]) == (appeal.pk, 3)
    assert whole() == {}


def test_erase_leaves_published_words_alone_and_nothing_that_says_whose() -> None:
    scene = Scene()

    erase(scene.person)
    at_once = tables(marked())
    letters = list(Message.objects.filter(to=EMAIL).values_list("dedupe_key", flat=True))
    finish()

    assert at_once == {"comment", "commentversion", "message", "django_session"}
    assert letters == [f"erased:{scene.person.pk}"]
    left = marked()
    assert sorted(table for table, _key in left) == ["comment"] * 2 + ["commentversion"] * 2
    assert all("zqzqpublic" in row for row in left.values())
    assert not any("zebedee" in row.lower() or "zqzq.example" in row for row in left.values())
    assert whole() == {}
    scene.person.refresh_from_db()
    assert scene.person.erasure_ended_at is not None


@pytest.mark.exhaustive
def test_erase_changes_no_row_of_anybody_else() -> None:
    scene = Scene()
    mine = set(Response.objects.filter(respondent=scene.person).values_list("pk", flat=True))
    versions = set(CommentVersion.objects.filter(response__in=mine).values_list("pk", flat=True))
    before, known = rows(), set(marked())

    erase(scene.person)
    finish()

    after = rows()
    changed = {place for place, row in before.items() if after.get(place) != row} - known
    others = set()
    for table, key in changed:
        row = json.loads(before[table, key]) if table != "django_session" else {}
        hands = {row.get(name) for name in row if name.endswith(("_by_id", "user_id", "author_id"))}
        theirs = row.get("response_id") in mine or scene.person.pk in hands
        theirs = theirs or row.get("version_id") in versions
        if not theirs and not (table == "response" and int(key) in mine):
            others.add((table, key))
    assert tables(others) - SHARED == set()
    letters = [before[place] for place in others if place[0] == "message"]
    assert {json.loads(row)["to"] for row in letters} <= {
        "asked@example.org",
        "leads@example.org",
        EMAIL,
        SECOND,
    }


def test_published_comment_stays_on_its_page_without_a_name(client: Client) -> None:
    scene = Scene()
    page = reverse("recommendations.show", args=[scene.own.slug, 1])
    before = client.get(page).content.decode()

    erase(scene.person)

    after = client.get(page).content.decode()
    assert (NAME in before, PUBLIC in before) == (True, True)
    assert (NAME in after, PUBLIC in after) == (False, True)


def test_edition_goes_on_quoting_without_the_name(client: Client) -> None:
    now = timezone.now()
    consultation = make_consultation(opens_at=now - timedelta(days=20))
    person = make_user(name=NAME)
    response = make_response(consultation, person)
    text = "Our foundry trained forty people and kept every one of them."
    at = now - timedelta(days=15)
    make_comment(None, response, state=Comment.State.PUBLISHED, text=text, at=at)
    (edition,) = build.make_due(now)
    page = reverse("digests.show", args=[consultation.slug, edition.number])
    before = client.get(page).content.decode()

    erase(person)

    after = client.get(page).content.decode()
    assert (NAME in before, text in before) == (True, True)
    assert (NAME in after, text in after) == (False, True)


@pytest.mark.exhaustive
def test_states_of_comments_after_an_erasure() -> None:
    scene = Scene()
    own = scene.published.response_id

    erase(scene.person)

    stands = Comment.objects.filter(response=own).order_by("recommendation__number")
    assert [(row.state, row.signed, row.counted) for row in stands] == [
        ("published", False, True),
        ("published", False, True),
        *[("erased", False, False)] * 3,
        ("published", False, True),
    ]
    scene.redacted.refresh_from_db()
    assert scene.redacted.public_text == "This stands. [removed: personal data]"
    assert set(scene.redacted.versions.values_list("text", flat=True)) == {""}
    texts = CommentVersion.objects.filter(comment=scene.edited).order_by("number")
    assert [row.text for row in texts] == ["", "zqzqsecond, public: zqzqpublic", ""]
    scene.edited.refresh_from_db()
    assert scene.edited.submitted_version_id == scene.edited.public_version_id


def test_words_that_nobody_has_read_go_on_waiting_without_a_name() -> None:
    consultation, person = make_consultation(moderation="after"), make_user()
    mine = post(person, recommendation_of(consultation, 1), text="Public at once.")
    taken = post(person, recommendation_of(consultation, 2), text="Soon hidden.")
    moderator = make_staff(consultation)
    decide.hide(comment=taken, reason=make_reason(), note="", by=moderator, at=timezone.now())

    erase(person)
    case = Case.objects.waiting().get()
    decide.publish(case=case, version_number=1, by=moderator, at=timezone.now())

    mine.refresh_from_db()
    assert (case.comment, mine.listed, mine.signed, mine.reviewed) == (mine, True, False, True)
    assert not Case.objects.waiting().exists()


def test_public_words_that_were_read_wait_for_nobody_once_their_change_is_erased() -> None:
    consultation, person = make_consultation(), make_user()
    mine = post(person, recommendation_of(consultation), text="Read.")
    case = Case.objects.waiting().get()
    decide.publish(case=case, version_number=1, by=make_staff(consultation), at=timezone.now())
    post(person, recommendation_of(consultation), text="Not read.", based_on=1)

    erase(person)

    mine.refresh_from_db()
    assert (mine.public_text, mine.reviewed) == ("Read.", True)
    assert not Case.objects.waiting().exists()


def test_campaign_whose_commonest_text_is_erased_goes_on_with_a_members() -> None:
    consultation, first = make_consultation(), make_user()
    send(consultation, LETTER, first)
    second = send(consultation, LETTER)
    campaign = campaign_of(second)
    assert campaign is not None
    assert campaign.pattern.response.respondent == first

    erase(first)
    third = send(consultation, LETTER)

    campaign.refresh_from_db()
    assert campaign.pattern_id == second.submitted_version_id
    assert (campaign.size, campaign.own, likeness(third).own) == (2, 0, False)


def test_erasure_takes_its_locks_in_the_order_of_the_other_verbs() -> None:
    consultation, person = make_consultation(), make_user()
    post(person, recommendation_of(consultation))

    with CaptureQueriesContext(connection) as queries:
        erase(person)

    said = [query["sql"] for query in queries]
    response, regions, campaigns, comments, mails = (
        next(n for n, sql in enumerate(said) if words in sql)
        for words in (
            'UPDATE OF "consultations_response"',
            "hashtext",
            "AS held",
            'UPDATE "consultations_comment"',
            'UPDATE "consultations_message"',
        )
    )
    assert response < regions < campaigns < comments
    assert response < mails


@pytest.mark.exhaustive
def test_document_goes_and_its_row_says_nothing() -> None:
    scene = Scene()

    erase(scene.person)

    document = Document.objects.get(response=scene.published.response_id)
    assert (document.state, document.title, document.file_name, document.sha256) == (
        "withdrawn",
        "",
        "",
        "",
    )
    assert not hasattr(document, "bytes")


@pytest.mark.exhaustive
def test_words_of_an_organisation_stay_its_own_and_nobodys() -> None:
    scene = Scene()

    erase(scene.person)

    version = CommentVersion.objects.get(comment=scene.joint)
    draft = Draft.objects.get(response=scene.joint.response_id)
    response = Response.objects.get(pk=scene.joint.response_id)
    assert (version.text, version.written_by) == ("The council says so.", None)
    assert (draft.text, draft.written_by) == ("The council drafts so.", None)
    assert (response.name, response.respondent) == ("", None)
    assert response.organisation_name == "Aldermoor Borough Council"


@pytest.mark.exhaustive
def test_erasure_stands_on_the_ledger_of_each_consultation_concerned() -> None:
    scene = Scene()

    erase(scene.person)

    told = LedgerEntry.objects.filter(act="person_erased").select_related("payload")
    slugs = {entry.consultation.slug: entry.payload.content for entry in told}
    who = {"user": scene.person.pk, "by": scene.person.pk}
    assert slugs == {"own": who, "council": who}


def test_erased_address_signs_up_anew_as_somebody_else() -> None:
    person = make_user(EMAIL)

    erase(person)
    new = User.objects.create_user(EMAIL)

    person.refresh_from_db()
    assert new.pk != person.pk
    assert (person.is_active, person.has_usable_password(), str(person)) == (
        False,
        False,
        "a person whose account was deleted",
    )


@pytest.mark.exhaustive
def test_suppressed_address_stays_suppressed_as_a_hash() -> None:
    scene = Scene()
    erase(scene.person)
    letter = Letter("Hello", (Paragraph("Hello."),))
    at = timezone.now()

    with transaction.atomic():
        outbox.queue(stream=1, key="a", to=SECOND.upper(), letter=letter, at=at)
        mails = [outbox.Mail("b", SECOND, letter), outbox.Mail("c", "c@example.org", letter)]
        outbox.queue_all(mails, stream=3, at=at)

    states = Message.objects.filter(dedupe_key__in="abc").order_by("dedupe_key")
    assert list(states.values_list("state", flat=True)) == ["suppressed", "suppressed", "queued"]
    assert SECOND not in str(list(Suppression.objects.values()))


@pytest.mark.parametrize(("known", "state"), [(True, "suppressed"), (False, "queued")])
@pytest.mark.exhaustive
def test_suppressed_address_is_known_as_long_as_the_key_of_its_hash(
    known: bool, state: str, settings: Any
) -> None:
    scene = Scene()
    erase(scene.person)
    settings.SECRET_KEY_FALLBACKS = ["another", settings.SECRET_KEY] if known else []
    settings.SECRET_KEY = "of today " * 9

    with transaction.atomic():
        letter = Letter("Hello", (Paragraph("Hello."),))
        outbox.queue(stream=1, key="a", to=SECOND, letter=letter, at=timezone.now())

    assert Message.objects.get(dedupe_key="a").state == state


def test_hash_without_a_key_is_hashed_with_one() -> None:
    plain = hashlib.sha256(SECOND.encode()).hexdigest()
    row = Suppression.objects.create(address=f"sha256:{plain}", reason="", since=timezone.now())

    import_module("consultations.migrations.0019_rest").add_key(apps, None)

    row.refresh_from_db()
    assert row.address == hashed(SECOND)


@pytest.mark.exhaustive
def test_mail_that_waits_is_not_sent_and_says_nothing() -> None:
    scene = Scene()
    waiting = list(Message.objects.filter(user=scene.person).values_list("pk", flat=True))

    erase(scene.person)

    rest = Message.objects.filter(pk__in=waiting)
    assert len(waiting) > 5
    assert set(rest.values_list("state", "to", "user")) == {("suppressed", "", None)}
    assert [row.letter for row in rest] == [{}] * len(waiting)


def test_letter_that_never_gets_out_is_forgotten_within_the_hour() -> None:
    person = make_user(EMAIL)
    erase(person)

    early = accounts.finish(timezone.now() + LATER)
    late = accounts.finish(timezone.now() + timedelta(minutes=51))

    assert (early, late) == (0, 1)
    message = Message.objects.get()
    assert (message.state, message.to, message.letter) == ("suppressed", "", {})


def test_what_a_late_request_wrote_is_taken_out_by_the_worker() -> None:
    consultation, person = make_consultation(), make_user(EMAIL, name=NAME)
    stale = User.objects.get(pk=person.pk)
    erase(person)
    save(stale, recommendation_of(consultation), text="zqzq, written too late")
    make_response(make_consultation(), stale)

    finish()

    assert marked() == {}
    assert Draft.objects.count() == 0


def test_erased_twice_is_refused() -> None:
    person = make_user()
    erase(person)

    with pytest.raises(accounts.ErasureRefused, match="deleted already"):
        erase(person)


def test_last_officer_is_refused_until_somebody_else_is_one() -> None:
    consultation = make_consultation(title="Level up")
    officer = make_staff(consultation, Role.Right.OFFICER)

    with pytest.raises(accounts.ErasureRefused, match="“Level up” would be left without an"):
        erase(officer)
    make_staff(consultation, Role.Right.OFFICER)
    erase(officer)

    officer.refresh_from_db()
    assert (officer.is_staff, officer.groups.count()) == (False, 0)
    assert not Role.objects.filter(user=officer, ends_at=None).exists()


def test_last_lead_is_refused_while_others_write_and_goes_when_alone() -> None:
    body = make_organisation("Pennine Castings")
    lead = make_membership(organisation=body, claim="confirmed")
    other = make_membership(organisation=body, claim="confirmed")

    with pytest.raises(accounts.ErasureRefused, match="Others write for Pennine Castings"):
        erase(lead.user)
    erase(other.user)
    erase(lead.user)

    assert Membership.objects.filter(ended_at=None).count() == 0


def test_last_administrator_is_refused() -> None:
    keeper = make_user(is_staff=True)
    keeper.groups.add(Group.objects.get_or_create(name=policy.ADMINISTRATORS)[0])

    with pytest.raises(accounts.ErasureRefused, match="Nobody else keeps this site"):
        erase(keeper)


def test_desk_of_a_claim_that_waits_passes_to_the_first_guest() -> None:
    council, consultation = make_council(), make_consultation()
    host, guest = make_person("Hal"), make_person("Gwen")
    first = seat(host, council, claim="pending")
    invited = bring(first, guest)
    save(host, recommendation_of(consultation), text="We began it together.")

    erase(host)

    invited.refresh_from_db()
    response = Response.objects.get()
    assert (invited.host, invited.shares) == (None, True)
    assert (response.respondent, response.membership, response.name) == (guest, invited, "")
    draft = save(
        guest,
        recommendation_of(consultation, 2),
        text="And I go on.",
    )
    assert draft.response == response
    assert Draft.objects.get(recommendation__number=1).text == "We began it together."


def test_rights_end_on_the_ledger_and_decisions_stay() -> None:
    consultation = make_consultation()
    moderator = make_staff(consultation)
    give_role(moderator, consultation, Role.Right.ANALYST)
    Subscription.objects.create(
        user=moderator, consultation=consultation, choice="every", chosen_at=timezone.now()
    )

    erase(moderator)

    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["role_ended", "role_ended", "person_erased"]
    assert Subscription.objects.count() == 0
    assert whole() == {}


def test_invitation_of_somebody_else_that_one_answered_stays_theirs() -> None:
    bob, consultation = make_user("bob@example.org", name="Bob"), make_consultation()
    theirs = make_invitation(consultation, email="ann@example.org", name="Ann", accepted_by=bob)
    mine = make_invitation(consultation, email="bob@example.org", name="Bob", accepted_by=bob)
    past = make_invitation(consultation, email="bob@before.example", name="Bob", accepted_by=bob)

    accounts.erase(person=bob, by=bob, at=timezone.now())

    for one in (theirs, mine, past):
        one.refresh_from_db()
    assert (theirs.email, theirs.name, theirs.withdrawn_at) == ("ann@example.org", "Ann", None)
    assert [(one.name, one.withdrawn_at is None) for one in (mine, past)] == [("", False)] * 2
    assert not Invitation.objects.filter(accepted_by=bob).exists()
