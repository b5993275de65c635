"""What stands beside a comment: its author's record, and others with the very same words."""

import pytest
from pytest_django import DjangoAssertNumQueries

from consultations.models import Comment
from consultations.moderation import authors
from tests.factories import (
    make_comment,
    make_consultation,
    make_reason,
    make_recommendation,
    make_response,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_record_counts_what_became_of_the_authors_other_comments() -> None:
    author, here = make_user(), make_consultation(recommendations=3)
    there, hidden_from_me = make_consultation(), make_consultation()
    response = make_response(here, author)
    first, second, third = here.recommendations.order_by("number")
    comment = make_comment(first, response)
    shown = make_comment(second, response, state="published")
    refused = make_comment(third, response, state="rejected", reason=make_reason("off_topic"))
    make_comment(there.recommendations.get(number=1), make_response(there, author), state="hidden")
    unseen = make_response(hidden_from_me, author)
    make_comment(hidden_from_me.recommendations.get(number=1), unseen, state="published")
    make_comment(first, make_response(here))

    record = authors.record_of(comment, [here.pk, there.pk])

    assert record.here == [("not published (Off_topic)", 1), ("published", 1)]
    assert record.elsewhere == [("hidden (Abusive)", 1)]
    assert record.beside == [shown, refused]


def test_record_of_a_paper_response_holds_its_own_comments_alone() -> None:
    consultation = make_consultation()
    response = make_response(consultation)
    comment = make_comment(consultation.recommendations.get(number=1), response)
    beside = make_comment(consultation.recommendations.get(number=2), response)
    type(response).objects.update(respondent=None)
    make_comment(consultation.recommendations.get(number=1))
    comment = Comment.objects.get(pk=comment.pk)

    assert authors.record_of(comment, [consultation.pk]).beside == [beside]


@pytest.mark.parametrize("many", [1, 3])
def test_record_and_likes_cost_two_queries(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation(recommendations=0)
    response = make_response(consultation)
    comment = make_comment(make_recommendation(consultation), response)
    for number in range(2, many + 2):
        recommendation = make_recommendation(consultation, number)
        make_comment(recommendation, response)
        make_comment(recommendation)

    comment = Comment.objects.select_related("response", "submitted_version").get(pk=comment.pk)
    assert comment.submitted_version is not None

    with django_assert_num_queries(2):
        record = authors.record_of(comment, [consultation.pk])
        alike = authors.with_the_same_words(comment.submitted_version, [consultation.pk])
        shown = [str(one.recommendation.current) for one in (*record.beside, *alike)]

    assert len(shown) == 2 * many


def test_same_words_are_found_in_other_responses_where_the_moderator_decides() -> None:
    consultation, other = make_consultation(), make_consultation()
    recommendation = consultation.recommendations.get(number=1)
    comment = make_comment(recommendation, text="Build it here.")
    same = make_comment(recommendation, text="Build it here.", state="rejected")
    make_comment(recommendation, text="Build it there.")
    make_comment(other.recommendations.get(number=1), text="Build it here.")
    blank = make_comment(recommendation, text="")
    make_comment(recommendation, text="")
    assert comment.submitted_version is not None
    assert blank.submitted_version is not None

    found = authors.with_the_same_words(comment.submitted_version, [consultation.pk])

    assert found == [same]
    assert authors.with_the_same_words(blank.submitted_version, [consultation.pk]) == []
