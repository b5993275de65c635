"""What several said and no answer cites: letters, quotations, and what is worded like them."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from consultations.models import Comment, Edition, OfficialAnswer, Recommendation
from consultations.publishing import points
from tests.digests.scene import DUE, fill, hide, make_edition, make_scene, overwrite, say
from tests.factories import make_campaign, make_closed, make_comment, make_official, make_response

pytestmark = pytest.mark.django_db


def letters(recommendation: Recommendation, many: int = 3) -> list[Comment]:
    made = [
        make_comment(recommendation, make_response(recommendation.consultation), state="published")
        for _n in range(many)
    ]
    make_campaign(*made)
    return made


def answer(recommendation: Recommendation, *marks: str) -> OfficialAnswer:
    said = " ".join(f"[[{mark}]]" for mark in marks)
    return make_official(recommendation, published=False, said=said)


def listed(recommendation: Recommendation, *answers: OfficialAnswer) -> list[str]:
    found = points.unanswered([recommendation], answers)[recommendation.pk]
    return [point.reference for point in found]


def quoted(edition: Edition) -> list[dict[str, Any]]:
    return edition.facts["recommendations"][0]["summary"]["quotes"]


def scene(each: int = 4) -> Recommendation:
    consultation = make_scene(recommendations=1)
    fill(consultation, each=each)
    return consultation.recommendations.get()


def test_a_letter_comes_first_and_is_answered_by_citing_any_of_it() -> None:
    recommendation = scene()
    small, large = letters(recommendation, 2), letters(recommendation, 3)
    make_edition()

    found = points.unanswered([recommendation], [])[recommendation.pk]

    assert [(one.reference, one.said_by) for one in found[:2]] == [
        (large[0].reference, 3),
        (small[0].reference, 2),
    ]
    rest = [one.reference for one in found[1:]]
    assert listed(recommendation, answer(recommendation, large[2].reference)) == rest


def test_a_letter_of_which_nothing_is_shown_is_not_listed() -> None:
    recommendation = scene(each=0)
    for letter in letters(recommendation, 2):
        hide(letter)

    assert listed(recommendation) == []


def test_a_quotation_is_listed_until_it_is_cited() -> None:
    recommendation = scene()
    names = [each["comment"] for each in quoted(make_edition())]

    assert listed(recommendation) == names
    assert listed(recommendation, answer(recommendation, names[1])) == [names[0], *names[2:]]


def test_what_is_worded_like_a_quotation_is_one_point_with_it() -> None:
    recommendation = scene()
    buses = [
        say(recommendation, n, text=f"No bus runs before seven, so {who} cannot reach the factory.")
        for n, who in ((11, "young apprentices"), (17, "night shift welders"), (23, "new starters"))
    ]
    edition = make_edition()
    alike = {each["comment"]: each["related"] for each in quoted(edition) if each["related"]}
    assert alike

    [first, *_rest] = points.unanswered([recommendation], [])[recommendation.pk]

    assert {first.reference, *alike[first.reference]} <= {one.reference for one in buses}
    assert first.said_by == 1 + len(alike[first.reference]) > 1
    other = alike[first.reference][0]
    assert first.reference not in listed(recommendation, answer(recommendation, other))


def test_citing_a_sentence_answers_the_quotations_behind_it() -> None:
    recommendation = scene()
    edition = make_edition()
    statements = edition.facts["recommendations"][0]["summary"]["statements"]
    statements[1]["sources"].append("quote:2")
    overwrite(edition)
    names = [each["comment"] for each in quoted(edition)]

    assert listed(recommendation, answer(recommendation, "digest 1.2")) == [*names[:2], *names[3:]]
    OfficialAnswer.objects.all().delete()
    assert listed(recommendation, answer(recommendation, "digest 1.1")) == names


def test_what_is_shown_no_longer_is_not_listed() -> None:
    recommendation = scene()
    [first, *others] = [each["comment"] for each in quoted(make_edition())]

    hide(Comment.objects.get(reference=first), DUE)

    assert listed(recommendation) == others


def test_points_cost_as_many_queries_for_one_as_for_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    consultation = make_closed(recommendations=3)
    rows = list(consultation.recommendations.order_by("number"))
    for row in rows:
        letters(row, 2)
    nothing = make_official(rows[0], published=False)

    for several in (rows[:1], rows):
        # the digests, the citations, the letters and which of each is shown, the quotes, the words
        with django_assert_num_queries(6):
            found = points.unanswered(several, [nothing])
        assert [len(each) for each in found.values()] == [1] * len(several)
