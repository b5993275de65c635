"""The section of published comments: the form that finds them, its pages, its states."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.models import Comment, Consultation, Permission
from tests.factories import (
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_region,
    make_response,
    make_user,
)

pytestmark = pytest.mark.django_db
Published = Comment.State.PUBLISHED


def address(consultation: Consultation, number: int = 1) -> str:
    """Return a recommendation's address."""
    return reverse("recommendations.show", args=[consultation.slug, number])


def speak(consultation: Consultation, number: int = 1, **fields: object) -> Comment:
    """Publish what a confirmed organisation says on one recommendation."""
    person = make_user()
    membership = make_membership(person, make_organisation("Firth Works"), claim="confirmed")
    response = make_response(
        consultation, person, membership=membership, organisation=membership.organisation
    )
    recommendation = consultation.recommendations.get(number=number)
    return make_comment(recommendation, response, state=Published, **fields)  # type: ignore[arg-type]


def found(client: Client, consultation: Consultation, **asked: str) -> list[str]:
    """Return the texts that a page shows."""
    page = client.get(address(consultation), asked)
    return [comment.public_text for comment in page.context["reading"].comments]


def test_each_choice_and_the_words_narrow_the_list(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    speak(consultation, text="Gantries.", stance="oppose")
    north = make_user(region=make_region("TLD", "North West"), kind="other")
    make_comment(first, make_response(consultation, north), state=Published, text="Ladders.")

    asked = [
        {"kind": "employer"},
        {"kind": "other"},
        {"organisation": "employer"},
        {"region": "TLD"},
        {"stance": "oppose"},
        {"words": "ladder"},
        {"words": "ladder", "kind": "employer"},
        {"order": "oldest"},
    ]

    assert [found(client, consultation, **each) for each in asked] == [
        ["Gantries."],
        ["Ladders."],
        ["Gantries."],
        ["Ladders."],
        ["Gantries."],
        ["Ladders."],
        [],
        ["Gantries.", "Ladders."],
    ]


def test_choices_say_how_many_show_them_and_stay_chosen(client: Client) -> None:
    consultation = make_consultation()
    speak(consultation)
    make_region("TLM", "Scotland")

    page = client.get(address(consultation), {"region": "TLM", "kind": "employer"})

    options = {one.name: (one.options, one.chosen) for one in page.context["reading"].selects}
    assert options["region"] == (
        [("", "Every region"), ("TLC", "North East (1)"), ("TLM", "Scotland (0)")],
        "TLM",
    )
    assert options["kind"] == ([("", "Everybody"), ("employer", "Employer (1)")], "employer")
    assert "No comment is of that kind." in page.content.decode()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"kind": "employer' OR 1=1"},
        {"kind": "kind"},
        {"stance": "\x00"},
        {"region": "\x00"},
        {"region": "TLZ"},
        {"region": "1"},
        {"organisation": "é" * 300},
        {"order": "first_published_at"},
        {"order": "?"},
        {"older": "1 OR 1=1"},
        {"order": "oldest", "newer": "ABCDEFGH"},
        {"words": "gantry", "older": "ABCDEFGH"},
    ],
)
def test_choice_or_place_that_is_none_is_not_found(
    client: Client, nonsense: dict[str, str]
) -> None:
    consultation = make_consultation()
    speak(consultation)

    assert client.get(address(consultation), nonsense).status_code == 404


@pytest.mark.parametrize(
    "unknown",
    [{"public_text__contains": "x"}, {"state": "hidden"}, {"listed": "0"}, {"newer": "nonsense"}],
)
def test_parameter_that_nobody_reads_changes_nothing(
    client: Client, unknown: dict[str, str]
) -> None:
    consultation = make_consultation()
    comment = speak(consultation)

    assert found(client, consultation, **unknown) == [comment.public_text]


@pytest.mark.parametrize(
    "words", ["a\x00b", "zero\u200bwidth", "x" * 201, "turn\u202ed", "two\nlines"]
)
def test_words_that_cannot_be_looked_for_are_refused_beside_the_field(
    client: Client, words: str
) -> None:
    consultation = make_consultation()
    comment = speak(consultation)

    page = client.get(address(consultation), {"words": words})

    assert page.status_code == 422
    assert page.content.decode().count("errorlist") == 1
    assert "<title>Error:" in page.content.decode()
    assert [one.pk for one in page.context["reading"].comments] == [comment.pk]


def test_words_are_marked_and_nothing_in_them_is_markup(client: Client) -> None:
    consultation = make_consultation()
    speak(consultation, text="<script>alert('gantry')</script> Gantries & more.")

    words = "gantry or script or alert or '><script>alert(1)</script>"
    page = client.get(address(consultation), {"words": words})

    text = page.content.decode()
    assert "<mark>Gantries</mark> &amp; more." in text
    assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>(&#x27;<mark>gantry</mark>" in text
    assert "<script>alert" not in text


def test_pager_keeps_what_was_chosen(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    now = timezone.now()
    for n in range(54):
        said = ("Gantries.", "Ladders.")[n % 2]
        make_comment(first, state=Published, text=said, at=now - timedelta(hours=n))
    asked = {"words": "gantry", "kind": "employer", "order": "oldest"}

    page = client.get(address(consultation), asked)
    reading = page.context["reading"]
    onward = urlsplit(reading.onward)
    last = client.get(reading.onward).context["reading"]

    assert reading.sentence == "27 comments match."
    assert dict(parse_qsl(onward.query)) == {**asked, "newer": reading.following}
    assert onward.fragment == "comments"
    assert (len(last.comments), last.sentence) == (2, "27 comments match.")
    assert dict(parse_qsl(urlsplit(last.start).query)) == asked


@pytest.mark.parametrize(
    ("asked", "opened"), [({}, False), ({"words": "x"}, True), ({"order": "oldest"}, True)]
)
def test_form_is_folded_where_nothing_is_chosen(
    client: Client, asked: dict[str, str], opened: bool
) -> None:
    consultation = make_consultation()
    speak(consultation)

    text = client.get(address(consultation), asked).content.decode()

    assert ('<details class="find" open>' in text) == opened
    assert ("Clear</a>" in text) == opened


def test_nothing_found_says_so_and_leads_back(client: Client) -> None:
    consultation = make_consultation()
    speak(consultation)

    text = client.get(address(consultation), {"words": "unheard-of"}).content.decode()

    clear = f'<a href="{address(consultation)}#comments">Clear the search</a>'
    assert f"No comment says that. {clear}." in text


def test_no_form_where_there_is_nothing_to_find(client: Client) -> None:
    consultation = make_consultation()
    hidden = make_consultation(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    make_comment(hidden.recommendations.get(number=1), state=Published)

    pages = [client.get(address(one)).content.decode() for one in (consultation, hidden)]

    assert ["Find comments" in page for page in pages] == [False, False]


def test_what_is_posted_is_never_lost_to_an_address(client: Client) -> None:
    consultation = make_consultation()
    user = make_user()
    client.force_login(user)
    path = reverse("comments.post", args=[consultation.slug, 1])

    answer = client.post(f"{path}?kind=nonsense", {"text": "My words."})

    assert answer.status_code == 422
    assert "My words." in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "most"),
    [({}, 10), ({"kind": "employer"}, 10), ({"words": "firm", "stance": "support"}, 11)],
)
def test_finding_costs_the_same_queries_with_one_comment_and_with_three(
    client: Client, asked: dict[str, str], most: int
) -> None:
    consultation = make_consultation()
    client.force_login(make_user())
    costs = []
    for times in (1, 2):
        for _n in range(times):
            speak(consultation)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(consultation), asked)
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert costs[0] <= most


def test_organisation_has_a_page_of_what_it_says_in_its_name(client: Client) -> None:
    consultation = make_consultation()
    comment = speak(consultation, text="Gantries.")
    response = comment.response
    second = consultation.recommendations.get(number=2)
    make_comment(
        second, response, state=Published, text="Said without a name.", permission="unnamed"
    )
    link = reverse("organisations.show", args=[consultation.slug, response.organisation.reference])

    listed = client.get(address(consultation)).content.decode()
    nameless = client.get(address(consultation, 2)).content.decode()
    page = client.get(link)

    assert (f'<a href="{link}">Firth Works</a>' in listed, link in nameless) == (True, False)
    assert [one.public_text for one in page.context["comments"]] == ["Gantries."]
    assert "Said without a name." not in page.content.decode()


def test_organisation_without_a_visible_comment_is_not_found(client: Client) -> None:
    consultation, other = make_consultation(), make_consultation()
    comment = speak(consultation)
    reference = comment.response.organisation.reference
    pages = [
        reverse("organisations.show", args=[slug, name])
        for slug, name in (
            (consultation.slug, reference),
            (other.slug, reference),
            (consultation.slug, "22222222"),
        )
    ]

    def answers() -> list[int]:
        return [client.get(page).status_code for page in pages]

    assert answers() == [200, 404, 404]
    Consultation.objects.update(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    assert answers() == [404, 404, 404]
    Consultation.objects.update(answers_shown=Consultation.AnswersShown.WHILE_OPEN)
    comment.unpublish("hidden", None)
    comment.save()
    assert answers() == [404, 404, 404]


@pytest.mark.parametrize("permission", [Permission.UNNAMED, Permission.UNPUBLISHED])
def test_organisation_that_is_not_named_has_no_page(client: Client, permission: str) -> None:
    consultation = make_consultation()
    comment = speak(consultation, permission=permission)
    reference = comment.response.organisation.reference

    page = client.get(reverse("organisations.show", args=[consultation.slug, reference]))

    assert page.status_code == 404


def test_organisations_page_costs_the_same_with_one_comment_and_with_three(client: Client) -> None:
    consultation = make_consultation(recommendations=3)
    response = speak(consultation).response
    link = reverse("organisations.show", args=[consultation.slug, response.organisation.reference])
    costs = []
    for numbers in ([], [2, 3]):
        for number in numbers:
            recommendation = consultation.recommendations.get(number=number)
            make_comment(recommendation, response, state=Published)
        with CaptureQueriesContext(connection) as queries:
            client.get(link)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_words_in_another_language_are_marked_so_on_their_element(client: Client) -> None:
    consultation = make_consultation()
    welsh = "Mae angen mwy o amser ar y busnesau bach yng Nghymru er mwyn iddyn nhw fod yn barod"
    speak(consultation, text=welsh)
    speak(consultation, text="It would help firms like ours to keep the people that we train.")

    page = client.get(address(consultation)).content.decode()

    assert page.count('<p class="text" lang="cy">') == 1
    assert page.count('<p class="text">') == 1
