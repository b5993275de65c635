"""Who is told of a decision, and of which words: whoever speaks for the response now."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import accounts
from consultations.models import Comment, Document, Message, Reason, User
from consultations.moderation import decide, documents, undo
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_reason,
    make_report,
    make_response,
    make_staff,
)
from tests.moderation.scene import TEXT, remove

pytestmark = pytest.mark.django_db


def of_an_organisation(**fields: int) -> tuple[Comment, User, User]:
    """Return an organisation's published comment, its author, who has left, and its lead."""
    consultation = make_consultation(**fields)
    lead = make_membership(claim="confirmed")
    member = make_membership(None, lead.organisation, "confirmed")
    response = make_response(
        consultation, member.user, membership=member, organisation=lead.organisation
    )
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    member.ended_at = timezone.now()
    member.save()
    return comment, member.user, lead.user


def hide(comment: Comment) -> None:
    by = make_staff(comment.recommendation.consultation)
    decide.hide(comment=comment, reason=make_reason(), note="", by=by, at=timezone.now())


def told() -> list[User | None]:
    return [message.user for message in Message.objects.select_related("user").order_by("pk")]


@pytest.mark.parametrize("erased", [False, True])
def test_lead_is_told_where_the_author_has_left_and_can_appeal(erased: bool) -> None:
    comment, author, lead = of_an_organisation()
    if erased:
        accounts.erase(person=author, by=author, at=timezone.now())
        comment.refresh_from_db()
    Message.objects.all().delete()

    hide(comment)

    decision = comment.cases.get().decisions.get()
    slug = comment.recommendation.consultation.slug
    where = reverse("appeals.make", args=[slug, decision.pk])
    assert told() == [lead]
    assert where in str(Message.objects.get().letter)
    assert log_in(lead).get(where).status_code == 200


def test_lead_is_told_of_documents_and_of_reports_where_the_author_has_left() -> None:
    comment, _author, lead = of_an_organisation(reports_to_hide=2)
    document = make_evidence(comment.response, Document.State.SUBMITTED)
    by = make_staff(comment.recommendation.consultation)
    documents.publish(case=make_case(document=document), by=by, at=timezone.now())

    for _reader in range(2):
        make_report(comment)

    subjects = [(row.user, row.letter["subject"]) for row in Message.objects.order_by("pk")]
    assert subjects == [
        (lead, "Your document is published"),
        (lead, "Your comment on recommendation 1 is out of view for now"),
    ]


def test_nobody_is_told_where_nobody_speaks_for_the_response() -> None:
    comment, _author, lead = of_an_organisation()
    lead.memberships.update(ended_at=timezone.now())

    hide(comment)

    assert told() == []


def test_author_reads_the_rule_that_a_removal_of_words_rests_on() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED, text=TEXT)
    Reason.objects.filter(pk=make_reason("personal_data").pk).update(rule="Name nobody.")
    remove(comment)
    slug = comment.recommendation.consultation.slug
    pages = [reverse(name, args=[slug]) for name in ("responses.mine", "responses.printed")]
    author: Client = log_in(comment.response.respondent)

    read = [author.get(page).content.decode() for page in pages]

    assert "The rule: Name nobody." in str(Message.objects.get().letter)
    assert ["The rule: Name nobody." in page for page in read] == [True, True]


def test_letter_of_a_publication_is_overtaken_by_hiding_and_comes_if_that_is_undone() -> None:
    case = make_case()
    by, at = make_staff(case.consultation), timezone.now()
    published = decide.publish(case=case, version_number=1, by=by, at=at)
    comment = Comment.objects.get()
    letter = Message.objects.filter(dedupe_key=published.letter_key)

    later = at + timedelta(minutes=5)
    said = {"reason": make_reason(), "note": "", "by": by, "at": later}
    hidden = decide.hide(comment=comment, **said)
    overtaken = letter.get().state
    from_then = Message.objects.filter(state=Message.State.QUEUED).get().dedupe_key
    undo.undo(decision=hidden, by=by, at=later)

    assert (overtaken, from_then) == (Message.State.SUPPRESSED, hidden.letter_key)
    assert (letter.get().state, letter.get().done_at) == (Message.State.QUEUED, None)
    assert letter.get().not_before == at + timedelta(minutes=10)
    assert Message.objects.get(dedupe_key=hidden.letter_key).state == Message.State.SUPPRESSED


def test_letter_of_a_publication_is_overtaken_by_reports() -> None:
    case = make_case(make_comment(make_consultation(reports_to_hide=2).recommendations.first()))
    by = make_staff(case.consultation)
    published = decide.publish(case=case, version_number=1, by=by, at=timezone.now())

    for _reader in range(2):
        make_report(Comment.objects.get())

    letter = Message.objects.get(dedupe_key=published.letter_key)
    assert letter.state == Message.State.SUPPRESSED


def test_comment_that_was_public_is_said_to_be_shown_no_longer() -> None:
    consultation = make_consultation()
    comment = make_comment(response=make_response(consultation), state=Comment.State.PUBLISHED)
    by, at = make_staff(consultation), timezone.now()

    case = make_case(comment)
    decide.reject(case=case, version_number=1, reason=make_reason(), note="", by=by, at=at)

    letter = Message.objects.get().letter
    assert "is no longer shown" in letter["subject"]
    assert "taken your comment from public view" in str(letter)


def test_letter_about_a_document_speaks_of_documents() -> None:
    document = make_evidence()
    said = {"reason": make_reason(), "note": "", "by": make_staff(document.consultation)}

    documents.hide(document=document, at=timezone.now(), **said)

    letter = str(Message.objects.get().letter)
    assert ("You can send another document" in letter, "change your comment" in letter) == (
        True,
        False,
    )
