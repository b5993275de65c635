"""Finding cases by words, names and references, in the order of the list."""

import pytest

from consultations.models import Case
from consultations.moderation import finding, queue
from tests.factories import (
    make_case,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_organisation,
    make_report,
    make_response,
    make_user,
)

pytestmark = pytest.mark.django_db


def found(words: str) -> set[str]:
    """Return what is found, each case by the sort of its subject."""
    cases = queue.in_consultations(Case.objects.values_list("consultation_id", flat=True))
    sorts = ("comment_id", "membership_id", "report_id", "document_id")
    return {
        sort.removesuffix("_id")
        for case in finding.find(cases, words, most=50)
        for sort in sorts
        if getattr(case, sort)
    }


@pytest.mark.parametrize(
    ("words", "sorts"),
    [
        ("turbine", {"comment"}),
        ("turbines -buses", {"comment"}),
        ('"turbines we build"', set()),
        ("byron", {"comment"}),
        ("Forge", {"membership"}),
        ("look", {"report"}),
        ("survey", {"document"}),
        ("lovelace", {"document"}),
        ("nothing-like-it", set()),
        ("%", set()),
        ("'", set()),
    ],
)
@pytest.mark.exhaustive
def test_each_sort_of_case_is_found_by_its_words(words: str, sorts: set[str]) -> None:
    consultation = make_consultation()
    response = make_response(consultation, make_user(name="Ada Byron"))
    recommendation = consultation.recommendations.get(number=1)
    make_case(make_comment(recommendation, response, text="We build turbines."))
    claim = make_membership(None, make_organisation("Forge & Sons"))
    make_case(membership=claim, consultation=consultation)
    make_report(make_comment(recommendation, state="published"))
    sent = make_response(consultation, make_user(name="A. Lovelace"))
    make_case(document=make_evidence(sent, "submitted", title="Survey of members"))

    assert found(words) == sorts


def test_references_find_the_comment_and_its_response() -> None:
    comment = make_comment()
    case = make_case(comment)
    make_case()

    mine = queue.in_consultations([case.consultation_id])
    shown = [
        list(finding.find(mine, reference, most=50))
        for reference in (comment.reference, f" {comment.response.reference} ")
    ]

    assert shown == [[case], [case]]


def test_narrowed_cases_stay_narrowed() -> None:
    one, other = make_case(), make_case()

    shown = finding.find(queue.in_consultations([other.consultation_id]), "firms", most=50)

    assert (list(shown), one.consultation_id == other.consultation_id) == ([other], False)


def test_so_many_are_found_the_first_of_the_list() -> None:
    consultation = make_consultation()
    recommendation = consultation.recommendations.get(number=1)
    cases = [make_case(make_comment(recommendation)) for _n in range(3)]
    mine = queue.in_consultations([consultation.pk])

    first = finding.find(mine, "firms", most=2)
    last = finding.find(mine.reverse(), "firms", most=2)

    assert (list(first), list(last)) == (cases[:2], cases[:0:-1])
