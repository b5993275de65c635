"""Before or after publication, by consultation and by trusted organisation: what is public when."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, participation
from consultations.digests import composing
from consultations.models import (
    Case,
    Comment,
    Consultation,
    LedgerEntry,
    Recommendation,
    Role,
    TrustedOrganisation,
    User,
)
from consultations.moderation import decide, trust, undo
from consultations.moderation.trust import TrustRefused
from consultations.organisations import standing
from tests.admin.scene import act
from tests.factories import (
    NOTICES,
    log_in,
    make_consultation,
    make_organisation,
    make_reason,
    make_staff,
    make_user,
)
from tests.participation.scene import make_council, recommendation_of, save, submit_all

pytestmark = pytest.mark.django_db
State = Comment.State


def post(user: User, recommendation: Recommendation, **fields: Any) -> Comment:
    """Send an answer as the view does."""
    said = {
        "stance": "support",
        "text": "It would help firms like ours.",
        "permission": "named",
        "default_permission": "named",
        "key": uuid4(),
        "based_on": 0,
        "answering": 1,
        "notices": NOTICES,
    }
    return participation.post(
        user=user,
        membership=standing(user),
        recommendation=recommendation,
        answer=participation.Answer(**(said | fields)),
        at=timezone.now(),
    )


def trusted_council(consultation: Consultation) -> User:
    """Return the lead of a council that an officer trusts here."""
    (lead,) = make_council(1)
    officer = make_staff(consultation, Role.Right.OFFICER)
    assert lead.organisation is not None
    give = {"organisation": lead.organisation, "consultation": consultation, "by": officer}
    trust.give(**give, at=timezone.now())
    trust.give(**give, at=timezone.now())
    return lead


def moderate(comment: Comment, verb: str = "reject") -> None:
    case = Case.objects.waiting().get(comment=comment)
    decide.reject(
        case=case,
        version_number=comment.submitted_version.number if comment.submitted_version else 0,
        reason=make_reason(),
        note="",
        by=make_staff(case.consultation),
        at=timezone.now(),
    )


def states() -> list[tuple[str, bool, bool]]:
    rows = Comment.objects.order_by("recommendation__number")
    return list(rows.values_list("state", "listed", "reviewed"))


def test_post_and_submit_of_a_trusted_organisation_are_public_at_once_and_wait_to_be_read() -> None:
    consultation = make_consultation()
    lead = trusted_council(consultation)
    post(lead, recommendation_of(consultation, 1))
    save(lead, recommendation_of(consultation, 2))

    submit_all(lead, consultation)

    assert states() == [(State.PUBLISHED, True, False)] * 2
    assert Case.objects.waiting().filter(comment__state=State.PUBLISHED).count() == 2
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["organisation_trusted", "comment_submitted", "comment_submitted"]
    assert ledger.verify(consultation.pk) == []


def test_trust_holds_in_its_consultation_until_it_ends_and_for_nobody_else() -> None:
    here, elsewhere = make_consultation(), make_consultation()
    lead = trusted_council(here)
    post(lead, recommendation_of(elsewhere))
    post(make_user(), recommendation_of(here))
    given = TrustedOrganisation.objects.get()
    officer = given.given_by
    assert officer is not None
    trust.end(trust=given, by=officer, at=timezone.now())

    post(lead, recommendation_of(here))

    assert states() == [(State.SUBMITTED, False, False)] * 3
    with pytest.raises(TrustRefused, match="ended already"):
        trust.end(trust=given, by=officer, at=timezone.now())


def test_claim_that_waits_is_not_trusted() -> None:
    consultation = make_consultation()
    lead = trusted_council(consultation)
    body = lead.organisation
    pending = make_user(acting_for="organisation", organisation=body)
    pending.memberships.create(organisation=body, claimed_at=timezone.now())

    post(pending, recommendation_of(consultation))

    assert states() == [(State.SUBMITTED, False, False)]


def test_edit_of_a_trusted_organisation_is_public_at_once() -> None:
    consultation = make_consultation()
    lead = trusted_council(consultation)
    post(lead, recommendation_of(consultation))

    post(lead, recommendation_of(consultation), based_on=1, text="Better words.")

    assert Comment.objects.get().public_text == "Better words."


@pytest.mark.parametrize("trusts", [True, False])
def test_what_a_moderator_took_down_waits_when_it_is_sent_again(*, trusts: bool) -> None:
    consultation = make_consultation(moderation="before" if trusts else "after")
    author = trusted_council(consultation) if trusts else make_user()
    first = recommendation_of(consultation)
    comment = post(author, first)
    moderate(comment)

    post(author, first, based_on=1, text="Much the same.")
    post(author, first, based_on=2, text="The same once more.")
    assert states() == [(State.SUBMITTED, False, False)]

    comment.refresh_from_db()
    participation.withdraw(comment=comment, user=author, at=timezone.now())
    post(author, first, based_on=3, text="And once more.")
    assert states() == [(State.SUBMITTED, False, False)]
    case = Case.objects.waiting().get()
    decide.publish(case=case, version_number=4, by=make_user(), at=timezone.now())
    post(author, first, based_on=4, text="What was put right.")
    assert Comment.objects.get().public_text == "What was put right."


def test_sent_again_after_taking_it_back_is_public_at_once_where_nobody_reads_before() -> None:
    consultation, author = make_consultation(moderation="after"), make_user()
    first = recommendation_of(consultation)
    comment = post(author, first)
    participation.withdraw(comment=comment, user=author, at=timezone.now())

    post(author, first, based_on=1, text="On reflection, this.")

    assert states() == [(State.PUBLISHED, True, False)]


def test_undo_of_a_rejection_of_what_was_public_unread_shows_it_again() -> None:
    consultation = make_consultation(moderation="after")
    comment = post(make_user(), recommendation_of(consultation))
    moderator, now = make_staff(consultation), timezone.now()
    decision = decide.reject(
        case=Case.objects.get(),
        version_number=1,
        reason=make_reason(),
        note="",
        by=moderator,
        at=now,
    )

    undo.undo(decision=decision, by=moderator, at=now)

    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == (State.PUBLISHED, comment.public_text)
    assert Case.objects.before_publication().count() == 0
    assert Case.objects.waiting().count() == 1


def test_edition_quotes_a_trusted_organisation_only_once_it_was_read() -> None:
    consultation = make_consultation()
    lead = trusted_council(consultation)
    post(lead, recommendation_of(consultation), text="Our furnaces run on hope and cheap gas.")
    now = timezone.now() + timedelta(minutes=1)
    start = now - timedelta(days=1)

    unread = composing.compose(consultation, start=start, end=now, at=now)
    case = Case.objects.get()
    decide.publish(case=case, version_number=1, by=make_staff(consultation), at=now)
    read = composing.compose(consultation, start=start, end=now, at=now)

    assert (len(unread.news), len(unread.quotes), len(read.quotes)) == (1, 0, 1)


@pytest.mark.parametrize(("moderation", "waits"), [("before", True), ("after", False)])
def test_receipts_promise_a_moderator_only_where_one_comes_first(
    moderation: str, *, waits: bool
) -> None:
    consultation, author = make_consultation(moderation=moderation), make_user()
    post(author, recommendation_of(consultation))
    client = log_in(author)

    one = client.get(reverse("comments.receipt", args=[consultation.slug, 1])).content.decode()
    whole = client.get(reverse("responses.receipt", args=[consultation.slug])).content.decode()

    assert ("You are told by e-mail what is decided" in one) is waits
    assert ("A moderator reads each comment before it is published" in whole) is waits


def test_officer_names_a_trusted_organisation_in_the_admin_and_ends_it() -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation, Role.Right.OFFICER))
    body = make_organisation("Aldermoor Borough Council")
    add = reverse("admin:consultations_trustedorganisation_add")
    said = {"consultation": consultation.pk, "name": "aldermoor borough council"}

    assert client.post(add, said).status_code == 302
    given = TrustedOrganisation.objects.get()
    assert (given.organisation, given.ends_at) == (body, None)
    act(client, "end_trust", given)

    given.refresh_from_db()
    assert given.ends_at is not None
    acts = list(LedgerEntry.objects.order_by("sequence").values_list("act", flat=True))
    assert acts == ["organisation_trusted", "organisation_trust_ended"]


@pytest.mark.parametrize(
    ("names", "said", "sentence"),
    [
        ([], "Nobody", "No organisation here has this name or reference."),
        (["Twin", "Twin"], "twin", "Several organisations have this name."),
    ],
)
def test_name_that_leads_to_no_one_organisation_is_refused_in_a_sentence(
    client: Client, names: list[str], said: str, sentence: str
) -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation, Role.Right.OFFICER))
    for name in names:
        make_organisation(name)

    answer = client.post(
        reverse("admin:consultations_trustedorganisation_add"),
        {"consultation": consultation.pk, "name": said},
    )

    assert sentence in answer.content.decode()
    assert TrustedOrganisation.objects.count() == 0


def test_moderator_sees_trusted_organisations_and_changes_none() -> None:
    consultation = make_consultation()
    trusted_council(consultation)
    client = log_in(make_staff(consultation))
    page = reverse("admin:consultations_trustedorganisation_changelist")

    assert "Aldermoor" in client.get(page).content.decode()
    given = TrustedOrganisation.objects.get()
    act(client, "end_trust", given)
    given.refresh_from_db()
    assert given.ends_at is None
