"""Figures of moderation: counted in three statements, counted again, told so that none is named."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.analysis.moderated import named, verify
from consultations.models import Appeal, Comment, Consultation
from consultations.moderation import appeals, decide, figures, undo
from consultations.moderation.appeals import Ruling
from consultations.moderation.figures import EVER, span
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 1, 9, tzinfo=timezone.get_default_timezone())


def wait(consultation: Consultation, since: datetime) -> Any:
    recommendation = consultation.recommendations.get(number=1)
    return make_case(make_comment(recommendation, make_response(consultation)), since=since)


def busy(consultation: Consultation) -> list[Appeal]:
    """Publish two after 1 and 3 hours, reject three after 5, hold one, hide one; appeal twice."""
    one, other = make_staff(consultation), make_staff(consultation)
    for hours in (1, 3):
        case = wait(consultation, START)
        decide.publish(case=case, version_number=1, by=one, at=START + hours * HOUR)
    decide.hold(case=wait(consultation, START), version_number=1, note="", by=one, at=START + HOUR)
    refused = [
        decide.reject(
            case=wait(consultation, START),
            version_number=1,
            reason=make_reason("abusive" if number else "off-topic"),
            note="",
            by=one,
            at=START + 5 * HOUR,
        )
        for number in range(3)
    ]
    published = Comment.objects.filter(state="published", recommendation__consultation=consultation)
    decide.hide(
        comment=published.order_by("pk")[0],
        reason=make_reason("abusive"),
        note="",
        by=one,
        at=START + 6 * HOUR,
    )
    make_case(membership=make_membership(), consultation=consultation)
    found = [make_appeal(decision, at=START + 7 * HOUR) for decision in refused]
    for case, upheld, hours in zip(found, (True, False), (8, 11), strict=False):
        ruling = Ruling(upheld=upheld, answer="So.", by=other, at=START + hours * HOUR)
        appeals.rule(case=case, ruling=ruling)
    return [case.appeal for case in found]


def test_figures_count_decisions_reasons_appeals_and_medians() -> None:
    consultation = make_consultation()
    busy(consultation)
    busy(make_consultation())

    told = figures.read(consultation.pk)

    facts = told.facts
    assert (facts.published, facts.rejected, facts.hidden, facts.restored) == (2, 3, 1, 1)
    assert facts.reasons == {"abusive": 3, "off-topic": 1}
    assert facts.seconds == 5 * 3600
    assert (facts.appeals, facts.upheld, facts.dismissed, facts.waiting) == (3, 1, 1, 1)
    assert (facts.void, facts.dependent, facts.appeal_seconds) == (0, 0, 3600)
    assert told.reasons == [("Abusive", 3), ("Off-topic", 1)]
    assert (told.public_reasons, told.other_reasons) == ([], 4)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 100), (2, 3, 3, 1, 1, 1)),
        ((2, 6), (1, 3, 0, 0, 0, 0)),
        ((6, 8), (0, 0, 3, 0, 0, 3)),
        ((8, 9), (0, 0, 0, 1, 0, 2)),
        ((9, 100), (0, 0, 0, 0, 1, 1)),
    ],
)
@pytest.mark.exhaustive
def test_figures_of_a_period_hold_what_fell_in_it(
    hours: tuple[int, int], expected: tuple[int, ...]
) -> None:
    consultation = make_consultation()
    busy(consultation)
    period = [START + number * HOUR for number in hours]

    facts = figures.read(consultation.pk, *period).facts

    names = ("published", "rejected", "appeals", "upheld", "dismissed", "waiting")
    assert tuple(getattr(facts, name) for name in names) == expected
    assert verify(facts, *figures.rows(consultation.pk, period[0], period[1])) == []


@pytest.mark.parametrize(
    "wrong",
    [{"published": 9}, {"reasons": {}}, {"seconds": 1}, {"upheld": 2}, {"appeal_seconds": None}],
)
@pytest.mark.exhaustive
def test_figures_that_differ_from_the_decisions_are_found(wrong: dict[str, Any]) -> None:
    consultation = make_consultation()
    busy(consultation)
    facts = replace(figures.read(consultation.pk).facts, **wrong)

    found = verify(facts, *figures.rows(consultation.pk, *EVER))

    assert [each.where for each in found] == [f"moderation/{next(iter(wrong))}"]


def test_figures_of_nothing_are_nothing() -> None:
    facts = figures.read(make_consultation().pk).facts

    assert (facts.published, facts.seconds, facts.appeals, facts.appeal_seconds) == (
        0,
        None,
        0,
        None,
    )


def test_appeal_decided_by_the_same_person_is_counted_as_such() -> None:
    case = make_appeal()
    by = case.appeal.decision.decided_by
    ruling = Ruling(upheld=False, answer="So.", by=by, at=timezone.now())
    appeals.rule(case=case, ruling=ruling)

    assert figures.read(case.consultation_id).facts.dependent == 1


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.exhaustive
def test_figures_cost_three_statements(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    for _n in range(many):
        busy(consultation)

    with django_assert_num_queries(3):
        figures.read(consultation.pk)


def test_figures_so_far_are_counted_again_only_once_something_was_decided(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    consultation = make_consultation()
    busy(consultation)
    first = figures.so_far(consultation.pk)

    with django_assert_num_queries(1):
        assert figures.so_far(consultation.pk) is first
    case = wait(consultation, START)
    by = make_staff(consultation)
    decide.publish(case=case, version_number=1, by=by, at=START + HOUR)

    assert figures.so_far(consultation.pk).facts.published == first.facts.published + 1


def test_reasons_given_seldom_are_one_number_without_names() -> None:
    assert named({"a": 9, "b": 4, "c": 1, "d": 12}) == ([("d", 12), ("a", 9)], 5)
    assert named({"a": 1}) == ([], 1)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 minute"),
        (150, "2 minutes"),
        (3600, "1 hour"),
        (47 * 3600, "47 hours"),
        (5 * 86400, "5 days"),
    ],
)
def test_span_is_said_in_the_fitting_unit(seconds: int, said: str) -> None:
    assert span(seconds) == said


def test_public_page_names_a_reason_only_where_it_was_given_five_times(client: Any) -> None:
    consultation = make_consultation()
    by = make_staff(consultation)
    for code, times in (("abusive", 5), ("off-topic", 1)):
        for _n in range(times):
            case = wait(consultation, START)
            said = {"reason": make_reason(code), "note": "Private.", "by": by}
            decide.reject(case=case, version_number=1, at=START + HOUR, **said)

    page = client.get(f"/consultations/{consultation.slug}/moderation/").content.decode()

    rows = page.partition("<caption>Reasons")[2].partition("</table>")[0]
    assert "Abusive" in rows
    assert "Off-topic" not in rows
    assert "Reasons given fewer than five times" in rows
    assert "Private." not in page
    assert by.name not in page


def test_public_page_holds_figures_back_as_long_as_the_answers(client: Any) -> None:
    hidden = Consultation.AnswersShown.AFTER_CLOSE
    consultation = make_consultation(answers_shown=hidden)
    busy(consultation)
    address = f"/consultations/{consultation.slug}/moderation/"

    public, staff = client.get(address), log_in(make_staff(consultation)).get(address)

    assert "Not published</th>" not in public.content.decode()
    assert "is shown here together with the answers" in public.content.decode()
    assert "Not published</th>" in staff.content.decode()
    assert "only staff see the figures" in staff.content.decode()


def test_public_page_of_a_draft_does_not_exist(client: Any) -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)

    assert client.get(f"/consultations/{draft.slug}/moderation/").status_code == 404


def test_admin_page_names_every_reason_to_those_with_a_right_there() -> None:
    consultation = make_consultation()
    busy(consultation)
    address = f"/admin/consultations/consultation/{consultation.pk}/figures/"

    page = log_in(make_staff(consultation, "auditor")).get(address).content.decode()

    assert "Off-topic" in page
    assert "5 hours" in page
    elsewhere = log_in(make_staff(make_consultation(), "officer"))
    assert elsewhere.get(address).status_code == 404
    assert log_in(make_user()).get(address).status_code != 200


def test_decision_that_was_undone_is_not_counted() -> None:
    consultation, at = make_consultation(), timezone.now()
    moderator = make_staff(consultation)
    case = wait(consultation, at - HOUR)
    rejection = decide.reject(
        case=case, version_number=1, reason=make_reason(), note="", by=moderator, at=at
    )
    undo.undo(decision=rejection, by=moderator, at=at)

    facts = figures.read(consultation.pk).facts

    assert (facts.rejected, facts.reasons, facts.seconds) == (0, {}, None)
    assert verify(facts, *figures.rows(consultation.pk, *EVER)) == []
