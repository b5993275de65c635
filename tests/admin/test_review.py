"""The page of one case: whose turn it is, what stands beside the words, and the keys' switch."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case, Comment, Decision, User
from consultations.moderation import decide, turns
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_report,
    make_response,
    make_staff,
    make_version,
)

pytestmark = pytest.mark.django_db
UNDO = "/admin/consultations/case/undo/"


def url(case: Case) -> str:
    return reverse("admin:consultations_case_change", args=[case.pk])


def scene(many: int = 1) -> tuple[Client, list[Case]]:
    """Return a moderator, and cases of one consultation in the queue's order."""
    consultation, now = make_consultation(), timezone.now()
    recommendation = consultation.recommendations.get(number=1)
    cases = [
        make_case(
            make_comment(recommendation, make_response(consultation)),
            since=now - timedelta(days=many - place),
        )
        for place in range(many)
    ]
    return log_in(make_staff(consultation)), cases


def colleague(case: Case) -> User:
    user = make_staff(case.consultation)
    User.objects.filter(pk=user.pk).update(name="Ada Byron")
    user.refresh_from_db()
    return user


@pytest.mark.parametrize("many", [1, 3])
def test_review_costs_ten_queries_whatever_stands_beside_it(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, [case] = scene()
    comment = case.comment
    assert comment is not None
    for _n in range(many):
        comment.submitted_version = make_version(comment)
        comment.save()
        make_comment(comment.recommendation, text="On reflection, it would help us more.")
        Decision.objects.create(
            case=case, verb="hold", decided_by=colleague(case), decided_at=case.since
        )
    make_comment(case.consultation.recommendations.get(number=2), comment.response)

    with django_assert_num_queries(10):
        page = client.get(url(case))

    assert len(page.context["alike"]) == many


def test_opening_a_case_takes_nothing() -> None:
    client, [case] = scene()

    page = client.get(url(case)).content.decode()

    case.refresh_from_db()
    assert case.claimed_by is None
    assert "Nobody is reading this one." in page


def test_case_is_kept_by_post_and_shown_as_read_to_a_colleague() -> None:
    client, [case] = scene()
    other = log_in(colleague(case))

    kept = client.post(url(case), {"turn": "take"}, follow=True).content.decode()
    seen = other.get(url(case)).content.decode()
    listed = other.get(reverse("admin:consultations_case_changelist")).content.decode()

    who = User.objects.get(pk=client.session["_auth_user_id"])
    assert "It is yours for ten minutes." in kept
    assert f"{who} is reading this one until" in seen
    assert 'name="decision"' not in seen
    assert f"{who} is reading it until" in listed


def test_decision_on_what_another_reads_is_refused_until_it_is_taken_over() -> None:
    client, [case] = scene()
    turns.take(case=case, by=colleague(case), at=timezone.now())
    said = {"decision": "publish", "version": "1", "note": "Words for colleagues."}

    refused = client.post(url(case), said).content.decode()
    assert Decision.objects.count() == 0
    assert "Words for colleagues." in refused
    client.post(url(case), {"turn": "over"})
    done = client.post(url(case), said, follow=True).content.decode()

    assert "Ada Byron is reading this one until" in refused
    assert "Published." in done
    assert Decision.objects.count() == 1


def test_take_of_what_another_reads_is_refused_in_a_sentence() -> None:
    client, [case] = scene()
    turns.take(case=case, by=colleague(case), at=timezone.now())

    page = client.post(url(case), {"turn": "take"}, follow=True).content.decode()

    assert page.count("Ada Byron is reading this one until") == 2


def test_decision_takes_the_next_and_never_what_another_reads() -> None:
    client, cases = scene(3)
    turns.take(case=cases[1], by=colleague(cases[1]), at=timezone.now())

    page = client.post(url(cases[0]), {"decision": "hold", "version": "1"})

    cases[2].refresh_from_db()
    assert page["Location"] == url(cases[2])
    assert cases[2].claimed_by_id == int(client.session["_auth_user_id"])


def test_error_keeps_the_case_for_who_made_it() -> None:
    client, [case] = scene()

    page = client.post(url(case), {"decision": "publish", "version": "7"}).content.decode()

    assert "The author changed this comment while you read it." in page
    assert "Yours until" in page


def test_skipping_gives_the_case_back_and_ends_where_nothing_else_waits() -> None:
    client, cases = scene(2)
    client.post(url(cases[0]), {"turn": "take"})

    onward = client.post(url(cases[0]), {"turn": "next"})
    Case.objects.filter(pk=cases[0].pk).update(closed_at=timezone.now())
    page = client.post(url(cases[1]), {"turn": "next"}, follow=True).content.decode()

    cases[0].refresh_from_db()
    assert onward["Location"] == url(cases[1])
    assert cases[0].claimed_by is None
    assert "Nothing else waits that nobody is reading." in page


def test_keys_are_off_once_they_are_switched_off() -> None:
    client, [case] = scene()
    shown = client.get(url(case)).content.decode()

    off = client.post(url(case), {"shortcuts": "off"}, follow=True).content.decode()
    on = client.post(url(case), {"shortcuts": "on"}, follow=True).content.decode()

    found = [
        (page.count("data-key="), page.count("aria-keyshortcuts=")) for page in (shown, off, on)
    ]
    assert found == [(6, 5), (0, 0), (6, 5)]
    assert 'data-shortcuts="off"' in off


def test_review_shows_the_author_and_the_likes() -> None:
    client, [case] = scene()
    comment = case.comment
    assert comment is not None
    second = case.consultation.recommendations.get(number=2)
    make_comment(second, comment.response, text="Beside <b>it</b>", state="published")
    same = make_comment(comment.recommendation, state="rejected", reason=make_reason())

    page = client.get(url(case)).content.decode()

    for words in (
        "Beside &lt;b&gt;it&lt;/b&gt;",
        "1 published",
        reverse("admin:consultations_comment_change", args=[same.pk]),
        "since " + timezone.localtime(timezone.now()).strftime("%-d %B %Y"),
    ):
        assert words in page


def test_review_marks_what_was_corrected_since() -> None:
    client, [case] = scene()
    comment = case.comment
    assert comment is not None
    recommendation = comment.recommendation
    old = recommendation.current
    assert old is not None
    recommendation.current = type(old).objects.create(
        recommendation=recommendation,
        number=2,
        title="New",
        text="Do **that**.",
        made_at=timezone.now(),
    )
    recommendation.save()

    page = client.get(url(case)).content.decode()

    assert "<strong>this</strong>" in page
    assert "It has been corrected since." in page
    assert "[removed: </span>this<" in page


@pytest.mark.parametrize("kind", ["report", "decided"])
def test_other_pages_have_the_keys_that_they_need(kind: str) -> None:
    client, [case] = scene()
    if kind == "report":
        recommendation = case.consultation.recommendations.get(number=1)
        case = make_report(make_comment(recommendation, state="published")).cases.get()
    else:
        Case.objects.update(closed_at=timezone.now())

    page = client.get(url(case)).content.decode()

    keys: dict[str, Any] = {"report": ["n", "t", "d"], "decided": []}
    assert sorted(key for key in "pnthdcf" if f'aria-keyshortcuts="{key}"' in page) == sorted(
        keys[kind]
    )


def test_bulk_preview_counts_what_it_will_do_and_is_confirmed_by_the_count() -> None:
    client, cases = scene(3)
    Case.objects.filter(pk=cases[2].pk).update(closed_at=timezone.now())
    address = reverse("admin:consultations_case_changelist")
    picked = {"action": "publish", "_selected_action": [case.pk for case in cases]}

    asked = client.post(f"{address}?state=decided", picked | {"index": "0"}).content.decode()
    preview = client.post(address, picked | {"index": "0"}).content.decode()
    said = picked | {"decision": "publish", "read": [f"{case.pk}:1" for case in cases[:2]]}
    untyped = client.post(address, said).content.decode()
    wrong = client.post(address, said | {"count": "3"}).content.decode()
    assert Decision.objects.count() == 0
    client.post(address, said | {"count": "2"})

    assert "<strong>1</strong> left as it is: already decided" in asked
    assert "None of these can be decided this way." in asked
    assert "<strong>2</strong>: will be published" in preview
    assert "Type 2 to confirm." in preview
    assert untyped.count("Type how many this decides.") == 2
    assert wrong.count("This decides 2, and you typed 3. Type 2 to confirm.") == 2
    assert 'id="id_count_error"' in wrong
    assert Comment.objects.filter(state="published").count() == 2


def test_last_decision_is_undone_by_a_button_and_its_case_opened_again() -> None:
    client, cases = scene(2)
    said = {"decision": "publish", "version": "1"}
    page = client.post(url(cases[0]), said, follow=True).content.decode()
    decision = Decision.objects.get()

    undone = client.post(UNDO, {"decision": decision.pk}, follow=True)
    again = client.post(UNDO, {"decision": decision.pk}, follow=True).content.decode()

    assert "you can take your last decision back." in page
    assert page.count('aria-keyshortcuts="u"') == 1
    assert undone.redirect_chain[-1][0] == url(cases[0])
    assert "Undone. It is as it was, and nobody was told." in undone.content.decode()
    assert "take your last decision back" not in undone.content.decode()
    assert "Undone." not in again
    cases[0].refresh_from_db()
    assert (cases[0].closed_at, cases[0].claimed_by is None) == (None, False)
    assert Comment.objects.get(pk=cases[0].comment_id).state == Comment.State.SUBMITTED


def test_undo_of_another_moderators_decision_is_refused_and_elsewhere_does_not_exist() -> None:
    client, [case] = scene()
    log_in(colleague(case)).post(url(case), {"decision": "publish", "version": "1"})
    decision = Decision.objects.get()
    stranger = log_in(make_staff(make_consultation()))

    refused = client.post(UNDO, {"decision": decision.pk}, follow=True).content.decode()
    hidden = stranger.post(UNDO, {"decision": decision.pk})
    malformed = client.post(UNDO, {"decision": "x"})

    assert "Only who took the decision can undo it." in refused
    assert (hidden.status_code, malformed.status_code) == (404, 404)
    assert client.get(UNDO).status_code == 405


def test_undo_is_offered_for_ten_minutes_on_the_queue_as_well() -> None:
    client, [case] = scene()
    page = client.post(url(case), {"decision": "publish", "version": "1"}, follow=True)
    session = client.session
    session["last_decision"] = session["last_decision"] | {"until": case.since.isoformat()}
    session.save()

    later = client.get(page.redirect_chain[-1][0]).content.decode()

    assert "you can take your last decision back." in page.content.decode()
    assert "you can take your last decision back." not in later


def test_claim_once_decided_is_what_undo_takes_back() -> None:
    client, [case] = scene()
    client.post(url(case), {"decision": "publish", "version": "1"})
    membership = make_membership()
    make_response(case.consultation, membership.user, membership=membership)
    claim = make_case(membership=membership, consultation=case.consultation)

    page = client.post(url(claim), {"decision": "confirm"}, follow=True).content.decode()

    assert "take your last decision back" in page
    assert last(client) == Decision.objects.get(verb="confirm").pk


def last(client: Client) -> Any:
    """Return the key of the decision that is offered to be undone, None where none is."""
    return client.session.get("last_decision", {}).get("decision")


def test_hiding_on_the_comments_page_is_what_undo_takes_back() -> None:
    client, [case] = scene()
    client.post(url(case), {"decision": "publish", "version": "1"})
    hide = reverse("admin:consultations_comment_hide", args=[case.comment_id])
    restore = reverse("admin:consultations_comment_restore", args=[case.comment_id])

    client.post(hide, {"reason": make_reason().pk, "note": ""})
    hidden = last(client)
    client.post(restore, {"note": ""})

    _published, hiding, restoring = Decision.objects.order_by("pk").values_list("pk", flat=True)
    assert (hidden, last(client)) == (hiding, restoring)


def test_hiding_what_was_changed_meanwhile_shows_the_new_words_and_keeps_the_note() -> None:
    client, [case] = scene()
    client.post(url(case), {"decision": "publish", "version": "1"})
    hide = reverse("admin:consultations_comment_hide", args=[case.comment_id])
    read = client.get(hide).context["version"]
    comment = Comment.objects.get(pk=case.comment_id)
    comment.public_version = make_version(comment, text="Harmless words.")
    comment.save()
    said = {"reason": make_reason().pk, "note": "It names somebody."}

    page = client.post(hide, {**said, "version": read})
    comment.refresh_from_db()

    words = page.content.decode()
    assert (read, page.context["version"], comment.state) == (1, 2, "published")
    assert ("Harmless words." in words, "It names somebody." in words) == (True, True)
    client.post(hide, {**said, "version": page.context["version"]})
    assert Comment.objects.get().state == "hidden"


def decide_all(client: Client, cases: list[Case]) -> None:
    """Publish these on the page of the bulk action."""
    client.post(
        reverse("admin:consultations_case_changelist"),
        {
            "action": "publish",
            "_selected_action": [case.pk for case in cases],
            "decision": "publish",
            "read": [f"{case.pk}:1" for case in cases],
            "count": str(len(cases)),
        },
    )


def test_batch_is_undone_together_but_for_what_has_changed_since() -> None:
    client, cases = scene(3)
    decide_all(client, cases)
    queue = client.get(reverse("admin:consultations_case_changelist")).content.decode()
    by = colleague(cases[0])
    comment = Comment.objects.get(pk=cases[0].comment_id)
    decide.hide(comment=comment, reason=make_reason(), note="", by=by, at=timezone.now())
    offered = last(client)

    said = {"decision": offered, "count": "3"}
    page = client.post(UNDO, said, follow=True).content.decode()

    assert "you can take your last 3 decisions back, all together." in queue
    assert "2 decisions undone. All is as it was, and nobody was told." in page
    assert "1 not undone: The comment was changed since" in page
    assert last(client) is None
    states = Comment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["hidden", "submitted", "submitted"]


def test_batch_that_is_no_longer_the_last_is_not_undone_by_an_old_page() -> None:
    client, [first, *cases] = scene(3)
    decide_all(client, cases)
    old = last(client)
    client.post(url(first), {"decision": "publish", "version": "1"})

    page = client.post(UNDO, {"decision": old, "count": "2"}, follow=True).content.decode()

    assert "You have decided something else since." in page
    assert Decision.objects.filter(verb="undo").count() == 0
    assert last(client) == Decision.objects.get(case=first).pk
