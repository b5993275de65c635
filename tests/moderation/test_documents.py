"""The verbs on respondents' documents: what is public, who is told, what claims bring along."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations import ledger
from consultations.models import (
    Case,
    Decision,
    Document,
    DocumentContent,
    LedgerEntry,
    Message,
    Response,
)
from consultations.moderation import bulk, claims, decide, documents, memberships
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    make_case,
    make_consultation,
    make_document,
    make_evidence,
    make_membership,
    make_organisation,
    make_reason,
    make_response,
    make_staff,
)
from tests.participation.scene import make_council

pytestmark = pytest.mark.django_db
State = Document.State


def waiting(**fields: Any) -> Case:
    document = make_evidence(fields.pop("response", None), State.SUBMITTED, **fields)
    return make_case(document=document)


def publish(case: Case) -> Decision:
    return documents.publish(case=case, by=make_staff(case.consultation), at=timezone.now())


def reject(case: Case) -> Decision:
    by, reason = make_staff(case.consultation), make_reason()
    return documents.reject(case=case, reason=reason, note="", by=by, at=timezone.now())


def state_of(case: Case) -> str:
    assert case.document is not None
    return Document.objects.get(pk=case.document.pk).state


def letters() -> list[str]:
    return [row.letter["subject"] for row in Message.objects.order_by("pk")]


def acts() -> list[str]:
    return list(LedgerEntry.objects.order_by("sequence").values_list("act", flat=True))


def test_publish_makes_it_public_and_tells_who_sent_it() -> None:
    case = waiting()

    decision = publish(case)

    case.refresh_from_db()
    assert list(Document.objects.public()) == [case.document]
    assert case.closed_at is not None
    assert (decision.state_before, decision.state_after) == ("submitted", "published")
    assert letters() == ["Your document is published"]
    assert acts() == ["document_published"]
    assert ledger.verify(case.consultation_id) == []


def test_publish_of_what_may_not_be_shown_says_so() -> None:
    case = waiting(permission="unpublished")

    publish(case)

    assert state_of(case) == "published"
    assert list(Document.objects.public()) == []
    assert letters() == ["Your document is accepted"]


def test_publish_takes_the_place_of_the_one_before() -> None:
    response = make_response()
    before = make_evidence(response)

    publish(waiting(response=response))

    before.refresh_from_db()
    assert before.state == "replaced"
    assert DocumentContent.objects.count() == 1


def test_reject_gives_the_reason_and_leaves_the_one_before() -> None:
    response = make_response()
    before = make_evidence(response)
    case = waiting(response=response)

    reject(case)

    before.refresh_from_db()
    assert (state_of(case), before.state) == ("rejected", "published")
    letter = Message.objects.get().letter
    assert letter["subject"] == "Your document is not published"
    assert "It was abusive, which our rules do not allow." in str(letter)
    assert acts() == ["document_rejected"]


def test_hold_keeps_it_in_the_queue_and_tells_nobody() -> None:
    case = waiting()

    documents.hold(case=case, note="Ask.", by=make_staff(case.consultation), at=timezone.now())

    assert Case.objects.waiting().count() == 1
    assert (state_of(case), letters(), acts()) == ("submitted", [], ["document_held"])


def test_hide_takes_it_from_the_public_and_says_why() -> None:
    document = make_evidence()
    said = {"reason": make_reason(), "note": "", "by": make_staff(document.consultation)}

    documents.hide(document=document, at=timezone.now(), **said)

    assert list(Document.objects.public()) == []
    assert (letters(), acts()) == (["Your document is no longer shown"], ["document_hidden"])
    with pytest.raises(DecisionRefused, match="nothing to hide"):
        documents.hide(document=document, at=timezone.now(), **said)


def test_restore_shows_again_what_a_moderator_hid() -> None:
    document = make_evidence()
    by, at = make_staff(document.consultation), timezone.now()
    documents.hide(document=document, reason=make_reason(), note="", by=by, at=at)

    documents.restore(document=document, note="By mistake.", by=by, at=at)

    assert list(Document.objects.public()) == [document]
    assert letters() == ["Your document is no longer shown", "Your document is published"]
    assert acts() == ["document_hidden", "document_published"]


def test_restore_is_refused_where_it_was_not_hidden_or_another_is_public() -> None:
    response = make_response()
    aside, by = make_evidence(response, State.HIDDEN), make_staff(response.consultation)
    said = {"note": "", "by": by, "at": timezone.now()}

    with pytest.raises(DecisionRefused, match="No moderator hid"):
        documents.restore(document=aside, **said)
    Document.objects.update(reason=make_reason())
    make_evidence(response)
    with pytest.raises(DecisionRefused, match="Another document"):
        documents.restore(document=aside, **said)


def test_hide_of_the_owners_is_refused() -> None:
    document = make_document()
    said = {"reason": make_reason(), "note": "", "by": make_staff(document.consultation)}

    with pytest.raises(DecisionRefused, match="owner"):
        documents.hide(document=document, at=timezone.now(), **said)


def test_second_decision_is_refused_and_says_who_was_first() -> None:
    case = waiting()
    publish(case)

    with pytest.raises(DecisionRefused, match="Already decided: published"):
        reject(case)


def test_decision_on_what_was_taken_back_is_refused() -> None:
    case = waiting()
    assert case.document is not None
    case.document.withdraw(timezone.now())

    with pytest.raises(DecisionRefused, match="taken this back"):
        publish(case)


def test_verbs_on_comments_and_claims_refuse_a_document_and_it_theirs() -> None:
    case, by = waiting(), make_staff(make_consultation())
    at = timezone.now()

    with pytest.raises(DecisionRefused, match="This is a document"):
        decide.publish(case=case, version_number=0, by=by, at=at)
    with pytest.raises(DecisionRefused, match="This is a document"):
        claims.confirm(case=case, by=by, at=at)
    with pytest.raises(DecisionRefused, match="no document"):
        documents.publish(case=make_case(), by=by, at=at)


def test_document_is_never_published_among_many_unread() -> None:
    case = waiting()

    outcome = bulk.publish_many(
        read=[(case, 0)], by=make_staff(case.consultation), clock=timezone.now
    )

    assert [why for _case, why in outcome.refused] == [
        "This is a document: download it, then decide on its own page."
    ]
    assert state_of(case) == "submitted"


def test_document_waits_once() -> None:
    case = waiting()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_case(document=case.document)


def confirm(response: Response) -> None:
    """Confirm the claim under which a response was written."""
    case = make_case(membership=response.membership, consultation=response.consultation)
    claims.confirm(case=case, by=make_staff(response.consultation), at=timezone.now())


def test_confirmed_claim_signs_the_document_with_the_organisations_name() -> None:
    member = make_membership()
    response = make_response(respondent=member.user, membership=member)
    make_evidence(response)
    before = Document.objects.public().get().signature

    confirm(response)

    after = Document.objects.public().get().signature
    assert (before, after) == ("", member.organisation.name)


def test_confirmed_claim_brings_what_was_saved_into_the_colleagues_response() -> None:
    consultation, council = make_consultation(), make_organisation()
    colleague = make_membership(organisation=council, claim="confirmed")
    theirs = make_response(consultation, colleague.user, membership=colleague, organisation=council)
    make_evidence(theirs, State.DRAFT)
    member = make_membership(organisation=council)
    mine = make_response(
        consultation, member.user, membership=member, state="draft", submitted_at=None
    )
    make_evidence(mine, State.DRAFT)

    confirm(mine)

    assert list(Response.objects.all()) == [theirs]
    assert sorted(theirs.documents.values_list("state", flat=True)) == ["aside", "draft"]


def test_response_set_aside_shows_its_document_no_more() -> None:
    consultation, council = make_consultation(), make_organisation()
    colleague = make_membership(organisation=council, claim="confirmed")
    make_response(consultation, colleague.user, membership=colleague, organisation=council)
    member = make_membership(organisation=council)
    mine = make_response(consultation, member.user, membership=member)
    published, case = make_evidence(mine), waiting(response=mine)

    confirm(mine)

    published.refresh_from_db()
    case.refresh_from_db()
    assert (published.state, state_of(case)) == ("hidden", "hidden")
    assert case.closed_at is not None
    Document.objects.update(reason=make_reason())
    with pytest.raises(DecisionRefused, match="colleague’s response speaks"):
        documents.restore(
            document=published, note="", by=make_staff(consultation), at=timezone.now()
        )


def test_revoked_membership_leaves_what_colleagues_saved_with_the_organisation() -> None:
    lead, colleague = make_council()
    member = lead.memberships.get()
    response = make_response(respondent=lead, membership=member, organisation=member.organisation)
    document = make_evidence(response, State.DRAFT)
    Document.objects.update(uploaded_by=colleague)
    officer = make_staff(response.consultation, "officer")

    memberships.revoke(membership=member, by=officer, at=timezone.now())

    document.refresh_from_db()
    assert document.response is not None
    assert document.response != response
    assert document.response.organisation == member.organisation
