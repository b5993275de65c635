"""The page that removes words: found, looked at in both readings, removed, and put back."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case, Comment, Decision, Reason, Redaction
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_reason,
    make_response,
    make_staff,
    make_version,
)
from tests.moderation.scene import HIDDEN, TEXT, put_back, remove

pytestmark = pytest.mark.django_db
NUMBER = "0161 496 0000"
PLACE = f"{TEXT.index(NUMBER)}-{TEXT.index(NUMBER) + len(NUMBER)}"


def scene(state: str = "published", text: str = TEXT) -> tuple[Comment, Client, Reason]:
    """Make a comment, a moderator who is logged in, and a reason."""
    comment = make_comment(state=state, text=text)
    if state == "submitted":
        make_case(comment)
    client = log_in(make_staff(comment.recommendation.consultation))
    return comment, client, make_reason("personal_data", name="Private details")


def url(comment: Comment, query: str = "") -> str:
    return reverse("admin:consultations_comment_redact", args=[comment.pk]) + query


def send(client: Client, comment: Comment, why: Reason, **fields: Any) -> HttpResponse:
    said = {"version": "1", "words": NUMBER, "reason": why.pk, "note": "", "act": "find"}
    return client.post(url(comment, fields.pop("query", "")), said | fields)


def problems(page: Any) -> list[str]:
    return [sentence for _target, sentence in page.context["errors"]]


def offered(page: Any) -> list[tuple[str, bool]]:
    return [(each.words, each.ticked) for each in page.context["passages"]]


def test_page_shows_what_was_sent_and_removes_nothing() -> None:
    comment, client, _reason = scene()

    page = client.get(url(comment))

    assert page.status_code == 200
    assert page.context["version"] == comment.public_version
    assert offered(page) == []
    assert TEXT in page.content.decode()


def test_find_offers_every_place_and_shows_both_readings_before_anything_is_saved() -> None:
    comment, client, reason = scene()

    page = send(client, comment, reason, words="bob")

    assert offered(page) == [("Bob", True), ("Bob", True)]
    assert page.context["public"] == TEXT.replace("Bob", HIDDEN)
    chosen = [piece.text for piece in page.context["original"] if piece.kind == "chosen"]
    assert chosen == ["Bob", "Bob"]
    assert Redaction.objects.count() == 0


def test_what_is_ticked_is_removed_and_what_is_not_stays() -> None:
    comment, client, reason = scene()
    page = send(client, comment, reason, words="bob")
    places = [each.value for each in page.context["passages"]]

    answer = send(client, comment, reason, words="bob", offered=places, span=places[:1], act="save")

    comment.refresh_from_db()
    assert answer["Location"] == reverse("admin:consultations_comment_change", args=[comment.pk])
    assert comment.public_text == TEXT.replace("Bob", HIDDEN, 1)


def test_passages_of_several_finds_are_removed_together() -> None:
    comment, client, reason = scene()
    page = send(client, comment, reason, words="agrees", offered=[PLACE], span=[PLACE])
    places = [each.value for each in page.context["passages"]]

    send(client, comment, reason, words="", offered=places, span=places, act="save")

    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace(NUMBER, HIDDEN).replace("agrees", HIDDEN)
    assert Decision.objects.filter(verb="redact").count() == 1


def test_words_typed_after_the_find_are_looked_at_before_they_are_removed() -> None:
    comment, client, reason = scene()

    page = send(client, comment, reason, words="Bob", offered=[PLACE], span=[PLACE], act="save")

    assert offered(page) == [("Bob", True), (NUMBER, True), ("Bob", True)]
    assert Redaction.objects.count() == 0


def test_words_pasted_with_other_spaces_letters_and_line_breaks_are_found() -> None:
    comment, client, reason = scene(text="Café Bob,\n12 High Street: “ring”. We would gain.")

    page = send(client, comment, reason, words='CAFE\u0301 bob,\r\n12  High Street: "RING"')

    assert offered(page) == [("Café Bob,\n12 High Street: “ring”", True)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": ""}, "Type or paste the words to remove."),
        ({"words": "nowhere"}, "These words are not in version 1. Copy them from the text."),
        ({"reason": ""}, "Choose why the words are removed."),
        ({"act": "save", "offered": [PLACE]}, "Choose at least one passage to remove."),
        (
            {"words": "Bob on 0161", "offered": [PLACE], "span": [PLACE], "act": "save"},
            None,
        ),
        ({"words": "\x00"}, "Line 1 has a control character that cannot be shown"),
        ({"version": "x", "act": "save"}, "Enter a whole number."),
        ({"offered": ["9999-99999", "nonsense"], "words": ""}, "Type or paste the words"),
    ],
)
def test_what_cannot_be_removed_is_said_and_what_was_typed_is_kept(
    fields: dict[str, Any], said: str | None
) -> None:
    comment, client, reason = scene()

    page = send(client, comment, reason, **({"note": "My note"} | fields))

    assert page.status_code == 200
    assert "My note" in page.content.decode()
    assert said is None or any(sentence.startswith(said) for sentence in problems(page))
    assert Redaction.objects.count() == 0


def test_problems_stand_in_the_order_of_the_page() -> None:
    comment, client, _reason = scene()

    page = client.post(url(comment), {"version": "1", "act": "find"})

    assert problems(page) == [
        "Type or paste the words to remove.",
        "Choose why the words are removed.",
    ]


def test_overlapping_passages_are_refused_with_what_was_typed() -> None:
    comment, client, reason = scene()
    places = [PLACE, "5-18"]

    page = send(
        client, comment, reason, words="", note="Mine", offered=places, span=places, act="save"
    )

    assert problems(page) == [
        "Two passages overlap. Untick one of them, or find both as one passage."
    ]
    assert "Mine" in page.content.decode()


def test_words_that_are_removed_already_are_said_to_be() -> None:
    comment, client, reason = scene()
    remove(comment)

    page = send(client, comment, reason)

    assert problems(page) == ["These words are removed already. Find others, or put these back."]


def test_comment_that_was_changed_meanwhile_keeps_the_words_and_finds_them_anew() -> None:
    comment, client, reason = scene("submitted")
    comment.submitted_version = make_version(comment, text=f"Now. {TEXT}")
    comment.save()

    page = send(client, comment, reason, offered=[PLACE], span=[PLACE], act="save", note="Mine")

    assert problems(page) == [
        "The author changed this comment while you read it. Below is version 2."
    ]
    assert offered(page) == [(NUMBER, True)]
    html = page.content.decode()
    assert ('name="version" value="2"' in html, "Mine" in html) == (True, True)


def test_comment_that_was_taken_back_says_so() -> None:
    comment, client, reason = scene("submitted")
    comment.unpublish(Comment.State.WITHDRAWN, None)
    comment.save()

    pages = [client.get(url(comment)), send(client, comment, reason)]

    assert ["nothing can be removed" in page.content.decode() for page in pages] == [True, True]


def test_version_that_waits_is_redacted_and_published_at_once() -> None:
    comment, client, reason = scene("submitted")
    case = Case.objects.get()
    following = make_case(
        make_comment(comment.recommendation, make_response(case.consultation)),
        since=timezone.now(),
    )

    answer = send(
        client,
        comment,
        reason,
        offered=[PLACE],
        span=[PLACE],
        act="publish",
        query=f"?case={case.pk}",
    )

    comment.refresh_from_db()
    assert answer["Location"] == reverse("admin:consultations_case_change", args=[following.pk])
    assert "you can take your last decision back" in client.get(answer["Location"]).content.decode()
    assert comment.public_text == TEXT.replace(NUMBER, HIDDEN)


def test_reported_version_is_redacted_and_published_where_a_change_was_refused() -> None:
    comment, client, reason = scene("hidden")
    make_version(comment, text="A change.")
    comment.reason, comment.reviewed = make_reason(Reason.REPORTED, still_counts=True), True
    comment.public_version, comment.submitted_version = comment.versions.order_by("number")
    comment.save()
    case = make_case(comment)

    offer = send(client, comment, reason).content.decode()
    send(client, comment, reason, offered=[PLACE], span=[PLACE], act="publish")

    assert "Remove it, and publish the rest" in offer
    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == ("published", TEXT.replace(NUMBER, HIDDEN))
    assert set(case.decisions.values_list("verb", flat=True)) == {"redact", "publish"}


def test_redaction_alone_leads_back_to_the_case() -> None:
    comment, client, reason = scene("submitted")
    case = Case.objects.get()

    answer = send(
        client, comment, reason, offered=[PLACE], span=[PLACE], act="save", query=f"?case={case.pk}"
    )

    assert answer["Location"] == reverse("admin:consultations_case_change", args=[case.pk])
    assert Case.objects.waiting().get() == case


def test_each_version_that_is_read_can_be_chosen() -> None:
    comment, client, _reason = scene()
    comment.submitted_version = make_version(comment, text="Another.")
    comment.save()

    pages = [client.get(url(comment, query)) for query in ("", "?version=2", "?version=x")]

    assert [page.context["version"].number for page in pages] == [1, 2, 1]


def test_words_are_put_back_from_the_page_after_a_look() -> None:
    comment, client, _reason = scene()
    remove(comment)
    row = Redaction.objects.get()
    query = f"?put_back={row.pk}"
    assert query in client.get(url(comment)).content.decode()

    looked = client.get(url(comment, query))
    answer = client.post(url(comment, query), {"note": "A mistake."})

    comment.refresh_from_db()
    assert (looked.context["words"], comment.public_text) == (TEXT, TEXT)
    assert answer.status_code == 302
    assert Decision.objects.get(verb="unredact").note == "A mistake."


def test_words_that_a_colleague_put_back_meanwhile_are_said_to_be() -> None:
    comment, client, _reason = scene()
    remove(comment)
    row = Redaction.objects.get()
    put_back(comment)

    page = client.post(url(comment, f"?put_back={row.pk}"), {"note": "Mine"})

    assert "put these words back already" in problems(page)[0]
    assert "Mine" in page.content.decode()


@pytest.mark.parametrize("asked", ["0", "x", "99999999999999999999"])
def test_redaction_of_another_comment_is_not_found(asked: str) -> None:
    comment, client, _reason = scene()

    assert client.get(url(comment, f"?put_back={asked}")).status_code == 404


@pytest.mark.parametrize("right", ["analyst", "auditor"])
def test_page_is_for_those_who_decide(right: str) -> None:
    comment, _client, _reason = scene()
    client = log_in(make_staff(comment.recommendation.consultation, right))
    elsewhere = log_in(make_staff(make_comment().recommendation.consultation))

    answers = [one.get(url(comment)).status_code for one in (client, elsewhere)]

    assert {403, 404} >= set(answers)


@pytest.mark.parametrize("many", [1, 3])
def test_page_costs_the_same_for_many_removals(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    comment, client, _reason = scene()
    for words in ("Bob", NUMBER, "agrees")[:many]:
        remove(comment, words)
    client.get(url(comment))

    with django_assert_num_queries(13):
        client.get(url(comment))


def test_comment_and_review_lead_to_the_page() -> None:
    comment, client, _reason = scene("submitted")
    case = Case.objects.get()
    addresses = [
        reverse("admin:consultations_comment_change", args=[comment.pk]),
        reverse("admin:consultations_case_change", args=[case.pk]),
    ]

    found = [url(comment) in client.get(address).content.decode() for address in addresses]

    assert found == [True, True]


def test_last_decision_that_undo_takes_back_is_the_one_on_this_page() -> None:
    comment, client, reason = scene("submitted")
    case = Case.objects.get()
    other = make_comment(comment.recommendation, make_response(case.consultation))
    first = reverse("admin:consultations_case_change", args=[make_case(other).pk])
    client.post(first, {"decision": "publish", "version": "1"})

    send(client, comment, reason, offered=[PLACE], span=[PLACE], act="publish")
    published = client.session["last_decision"]["decision"]
    put_back(comment)
    places = ["5-8", "58-61"]
    again = {"words": "Bob", "offered": places, "span": places}
    send(client, comment, reason, act="save", **again)

    assert published == Decision.objects.get(case=case, verb="publish").pk
    assert Decision.objects.filter(verb="redact").count() == 2
    assert "last_decision" not in client.session
