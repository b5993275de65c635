"""The queue and the page of one case, as moderators use them in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case, Comment, Consultation, Decision
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_report,
    make_response,
    make_staff,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db
QUEUE = "admin:consultations_case_changelist"


def url(case: Case) -> str:
    return reverse("admin:consultations_case_change", args=[case.pk])


def waiting(consultation: Consultation, **fields: Any) -> Case:
    recommendation = consultation.recommendations.get(number=1)
    since = fields.pop("since", timezone.now())
    return make_case(
        make_comment(recommendation, make_response(consultation), **fields), since=since
    )


@pytest.mark.parametrize("many", [1, 3])
def test_queue_costs_at_most_ten_queries(
    many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation))
    for _n in range(many):
        waiting(consultation)
        make_case(membership=make_membership(), consultation=consultation)
    with django_assert_max_num_queries(10) as captured:
        page = client.get(reverse(QUEUE))
    assert page.status_code == 200
    assert len(captured) == 8


def test_queue_shows_what_waits_oldest_first() -> None:
    consultation, now = make_consultation(), timezone.now()
    young = waiting(consultation, text="Young <b>words</b>")
    old = waiting(consultation, text="Old words", since=now - timedelta(days=4))
    decided = waiting(consultation)
    Case.objects.filter(pk=decided.pk).update(closed_at=now)
    page = log_in(make_staff(consultation)).get(reverse(QUEUE))
    assert list(page.context["cl"].result_list) == [old, young]
    assert page.content.decode().count("Young &lt;b&gt;words&lt;/b&gt;") == 1
    assert page.content.decode().count("(late)") == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=turbines", 1),
        ("q=nothing-like-it", 0),
        ("kind=employer", 2),
        ("kind=nonsense", 2),
        ("state=held", 0),
        ("state=new", 2),
        ("state=decided", 0),
        ("age=7", 0),
        ("consultation=x", 2),
        ("recommendation=99999999999999999999", 2),
        ("region=%00", 2),
        ("q=%00", 2),
        ("p=99", 0),
    ],
)
def test_queue_filters_and_searches(query: str, found: int) -> None:
    consultation = make_consultation()
    waiting(consultation, text="We build turbines.")
    waiting(consultation)
    page = log_in(make_staff(consultation)).get(f"{reverse(QUEUE)}?{query}", follow=True)
    assert page.status_code == 200
    if query != "p=99":
        assert len(page.context["cl"].result_list) == found


def test_queue_of_another_consultation_does_not_exist() -> None:
    case, other = make_case(), make_consultation()
    client = log_in(make_staff(other))
    assert list(client.get(reverse(QUEUE)).context["cl"].result_list) == []
    assert client.get(url(case)).status_code == 404
    assert client.post(url(case), {"decision": "publish", "version": 1}).status_code == 404
    assert client.get(reverse("admin:consultations_case_change", args=[0])).status_code == 404


def test_queue_is_closed_to_auditors_and_to_superusers_without_a_right() -> None:
    consultation = make_consultation()
    auditor = log_in(make_staff(consultation, "auditor"))
    root = log_in(make_user(is_staff=True, is_superuser=True))
    assert [client.get(reverse(QUEUE)).status_code for client in (auditor, root)] == [403, 403]


def test_queue_asks_strangers_to_log_in_by_allauth() -> None:
    page = Client().get(reverse(QUEUE), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_review_shows_all_that_a_moderator_needs() -> None:
    consultation = make_consultation()
    case = waiting(consultation, text="First words")
    comment = case.comment
    assert comment is not None
    comment.submitted_version = make_version(comment, text="Second words")
    comment.save()
    page = log_in(make_staff(consultation)).get(url(case)).content.decode()
    changed = '<del><span class="visually-hidden">[removed: </span>First'
    for words in (changed, "Second words", "1. Proposal 1", comment.response.reference):
        assert words in page
    assert 'name="version" value="2"' in page


def test_review_publishes_and_goes_to_the_next() -> None:
    consultation, now = make_consultation(), timezone.now()
    first = waiting(consultation, since=now - timedelta(days=2))
    second = waiting(consultation, since=now - timedelta(days=1))
    client = log_in(make_staff(consultation))
    page = client.post(url(first), {"decision": "publish", "version": "1"})
    assert (page.status_code, page["Location"]) == (302, url(second))
    page = client.post(url(second), {"decision": "publish", "version": "1"})
    assert page["Location"] == reverse(QUEUE)
    assert Comment.objects.filter(state=Comment.State.PUBLISHED).count() == 2


def test_review_rejects_only_with_a_reason_and_keeps_the_note() -> None:
    consultation, reason = make_consultation(), make_reason()
    case = waiting(consultation)
    client = log_in(make_staff(consultation))
    said = {"decision": "reject", "version": "1", "note": "My <long> note"}
    page = client.post(url(case), said).content.decode()
    assert page.count("Choose the reason that the author is told.") == 2
    assert "My &lt;long&gt; note" in page
    assert Decision.objects.count() == 0
    assert client.post(url(case), said | {"reason": reason.pk}).status_code == 302
    assert Decision.objects.get().note == "My <long> note"


def test_review_of_what_was_changed_meanwhile_shows_the_sentence_and_keeps_the_note() -> None:
    consultation = make_consultation()
    case = waiting(consultation)
    comment = case.comment
    assert comment is not None
    comment.submitted_version = make_version(comment, text="Changed words")
    comment.save()
    client = log_in(make_staff(consultation))
    page = client.post(url(case), {"decision": "hold", "version": "1", "note": "typed note"})
    shown = page.content.decode()
    assert page.status_code == 200
    assert ("typed note" in shown, "Changed words" in shown) == (True, True)
    assert "The author changed this comment while you read it. Read version 2 below." in shown
    assert 'name="version" value="2"' in shown


def test_review_confirms_a_claim() -> None:
    consultation, membership = make_consultation(), make_membership()
    make_response(consultation, membership.user, membership=membership)
    case = make_case(membership=membership, consultation=consultation)
    client = log_in(make_staff(consultation))
    page = client.get(url(case)).content.decode()
    assert "no e-mail domain known for the organisation" in page
    assert client.post(url(case), {"decision": "confirm", "version": "0"}).status_code == 302
    membership.refresh_from_db()
    assert membership.current


@pytest.mark.parametrize("said", [{}, {"decision": "nonsense"}, {"decision": "publish"}])
def test_review_of_a_malformed_decision_decides_nothing(said: dict[str, str]) -> None:
    case = waiting(make_consultation())
    assert log_in(make_staff(case.consultation)).post(url(case), said).status_code == 200
    assert Decision.objects.count() == 0


def test_bulk_publish_asks_first_and_says_what_was_refused() -> None:
    consultation = make_consultation()
    cases = [waiting(consultation) for _n in range(2)]
    client = log_in(make_staff(consultation))
    picked = {"action": "publish", "_selected_action": [case.pk for case in cases]}
    page = client.post(reverse(QUEUE), picked | {"index": "0"}).content.decode()
    assert page.count('name="read"') == 2
    assert Decision.objects.count() == 0
    client.post(url(cases[0]), {"decision": "hold", "version": "1"})
    client.post(url(cases[0]), {"decision": "publish", "version": "1"})
    confirmed = {
        "decision": "publish",
        "count": "2",
        "read": [f"{case.pk}:1" for case in cases],
    }
    page = client.post(reverse(QUEUE), picked | confirmed, follow=True).content.decode()
    assert page.count("1 case decided.") == 1
    assert page.count("Already decided: published by") == 1


def test_bulk_page_shows_what_it_decides_on_where_reports_took_an_earlier_text() -> None:
    """A change of a public comment waits, reports take the comment down, the change is refused."""
    consultation = make_consultation(reports_to_hide=2)
    client = log_in(make_staff(consultation))
    comment = make_comment(
        consultation.recommendations.get(number=1), state="published", text="What was reported."
    )
    comment.submitted_version = make_version(comment, text="What was changed since.")
    comment.save()
    case = make_case(comment)
    for _n in range(2):
        make_report(Comment.objects.get())
    said = {"decision": "reject", "version": "2", "reason": str(make_reason().pk)}
    client.post(url(case), said)
    [left] = Case.objects.waiting().filter(comment=comment)

    picked = {"action": "publish", "_selected_action": [left.pk], "index": "0"}
    page = client.post(reverse(QUEUE), picked).content.decode()

    shown = page[page.index('class="picked"') :]
    assert f'name="read" value="{left.pk}:1"' in shown
    assert ("What was reported." in shown, "What was changed since." in shown) == (True, False)
    confirmed = {"decision": "publish", "count": "1", "read": f"{left.pk}:1"}
    client.post(reverse(QUEUE), picked | confirmed)
    comment.refresh_from_db()
    assert (comment.listed, comment.public_text) == (True, "What was reported.")


def test_bulk_reject_needs_a_reason_and_never_reaches_other_consultations() -> None:
    consultation = make_consultation()
    mine, other = waiting(consultation), make_case()
    client = log_in(make_staff(consultation))
    said = {
        "action": "reject",
        "decision": "reject",
        "_selected_action": [mine.pk, other.pk],
        "read": [f"{mine.pk}:1", f"{other.pk}:1", "nonsense", "9:9:9"],
        "count": "1",
    }
    page = client.post(reverse(QUEUE), said).content.decode()
    assert page.count("Choose the reason that the author is told.") == 2
    client.post(reverse(QUEUE), said | {"reason": make_reason().pk})
    assert [decision.case for decision in Decision.objects.all()] == [mine]


def test_bulk_for_a_moderator_of_two_keeps_each_right() -> None:
    one, other = make_case(), make_case()
    moderator = make_staff(one.consultation)
    give_role(moderator, other.consultation, "auditor")
    client = log_in(moderator)
    assert list(client.get(reverse(QUEUE)).context["cl"].result_list) == [one]


def test_note_typed_before_publishing_is_kept() -> None:
    consultation = make_consultation()
    alone, other = waiting(consultation), waiting(consultation)
    client = log_in(make_staff(consultation))
    client.post(url(alone), {"decision": "publish", "version": "1", "note": "checked"})
    picked = {"action": "publish", "_selected_action": [other.pk]}
    asked = client.post(reverse(QUEUE), picked | {"index": "0"}).content.decode()
    assert asked.count('name="note"') == 1
    said = {"decision": "publish", "read": [f"{other.pk}:1"], "note": "all fine", "count": 1}
    client.post(reverse(QUEUE), picked | said)
    notes = Decision.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["checked", "all fine"]


def test_note_typed_before_confirming_in_bulk_is_kept() -> None:
    consultation, membership = make_consultation(), make_membership()
    case = make_case(membership=membership, consultation=consultation)
    said = {"decision": "confirm", "read": [f"{case.pk}:0"], "note": "rang them", "count": 1}
    picked = {"action": "confirm_claim", "_selected_action": [case.pk]}
    log_in(make_staff(consultation)).post(reverse(QUEUE), picked | said)
    assert Decision.objects.get().note == "rang them"


def test_bulk_decides_each_at_its_own_instant() -> None:
    consultation = make_consultation()
    cases = [waiting(consultation) for _n in range(2)]
    said = {
        "action": "hold",
        "decision": "hold",
        "count": " 2 ",
        "_selected_action": [case.pk for case in cases],
        "read": [f"{case.pk}:1" for case in cases],
    }
    log_in(make_staff(consultation)).post(reverse(QUEUE), said)
    assert len(set(Decision.objects.values_list("decided_at", flat=True))) == 2


def test_queue_shows_what_is_published_and_not_yet_read() -> None:
    consultation = make_consultation(moderation="after")
    unread, new = waiting(consultation, state=Comment.State.PUBLISHED), waiting(consultation)
    edited = waiting(consultation, state=Comment.State.PUBLISHED)
    assert edited.comment is not None
    edited.comment.submitted_version = make_version(edited.comment)
    edited.comment.save()
    client = log_in(make_staff(consultation))
    shown = {
        state: list(client.get(f"{reverse(QUEUE)}?state={state}").context["cl"].result_list)
        for state in ("unread", "edit", "new")
    }
    assert shown == {"unread": [unread], "edit": [edited], "new": [new]}


def test_queue_shows_what_was_decided_newest_first() -> None:
    consultation, now = make_consultation(), timezone.now()
    cases = [waiting(consultation, since=now - timedelta(days=9 - n)) for n in range(3)]
    for number, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(closed_at=now - timedelta(hours=9 - number))
    client = log_in(make_staff(consultation))
    page = client.get(f"{reverse(QUEUE)}?state=decided")
    assert list(page.context["cl"].result_list) == cases[::-1]
