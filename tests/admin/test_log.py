"""The decision log: its filters, its pages by the last row seen, and whom it shows words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.admin.decisions import DecisionAdmin
from consultations.admin.places import PlacedList, place_of
from consultations.models import Case, Consultation, Decision, User
from consultations.moderation import appeals, claims, decide
from tests.admin.scene import listed, page_of
from tests.factories import (
    give_role,
    log_in,
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
LOG = "/admin/consultations/decision/"


def rejected(consultation: Consultation, by: User, at: datetime | None = None) -> Decision:
    """Reject a new comment."""
    comment = make_comment(consultation.recommendations.get(number=1), make_response(consultation))
    return decide.reject(
        case=make_case(comment),
        version_number=1,
        reason=make_reason(),
        note="",
        by=by,
        at=at or timezone.now(),
    )


def found(client: Client, query: str = "") -> list[int]:
    """Return the keys of the decisions that a page of the log shows."""
    return [row.pk for row in client.get(f"{LOG}{query}").context["cl"].result_list]


def test_log_filters_by_all_that_a_court_asks() -> None:
    here, there = make_consultation(title="Here"), make_consultation(title="There")
    one, two = make_staff(here), make_staff(here)
    for user in (one, two):
        give_role(user, there)
    first, second = rejected(here, one), rejected(there, two)
    case = make_case(membership=make_membership(), consultation=here)
    claims.refuse(case=case, note="No.", by=one, at=timezone.now())
    third = case.decisions.get()
    client = log_in(one)

    assert found(client) == [third.pk, second.pk, first.pk]
    assert found(client, f"?consultation={there.pk}") == [second.pk]
    assert found(client, f"?by={two.pk}") == [second.pk]
    assert found(client, "?verb__exact=refuse") == [third.pk]
    assert found(client, "?subject=comment") == [second.pk, first.pk]
    assert found(client, "?subject=claim") == [third.pk]
    assert first.reason is not None
    assert found(client, f"?reason__id__exact={first.reason.pk}") == [second.pk, first.pk]


def test_log_filters_by_days_as_they_are_in_london() -> None:
    consultation = make_consultation(opens_at=datetime(2026, 6, 1, tzinfo=UTC))
    by = make_staff(consultation)
    # 00:30 on 2 July in London is still 1 July in UTC.
    first, second = (
        rejected(consultation, by, datetime(2026, 7, 1, hour, 30, tzinfo=UTC)) for hour in (22, 23)
    )
    client = log_in(by)

    assert found(client, "?from=2026-07-02") == [second.pk]
    assert found(client, "?until=2026-07-01") == [first.pk]
    assert found(client, "?from=2026-07-01&until=2026-07-02") == [second.pk, first.pk]
    page = client.get(f"{LOG}?from=yesterday").content.decode()
    assert "Write a day as 2026-11-30." in page
    assert found(client, "?until=9999-12-31") == [second.pk, first.pk]


def test_log_is_found_by_any_reference() -> None:
    consultation = make_consultation()
    by = make_staff(consultation)
    first, second = rejected(consultation, by), rejected(consultation, by)
    comment = Case.objects.get(decisions=first).comment
    assert comment is not None
    client = log_in(by)

    assert found(client, f"?q={comment.reference.lower()}") == [first.pk]
    assert found(client, f"?q={comment.response.reference}") == [first.pk]
    other = Case.objects.get(decisions=second).comment
    assert other is not None
    assert found(client, f"?q={comment.reference} {other.reference}") == [second.pk, first.pk]
    assert found(client, "?q=nothing") == []


def test_log_goes_on_after_the_last_row_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DecisionAdmin, "list_per_page", 2)
    consultation, now = make_consultation(), timezone.now()
    by = make_staff(consultation)
    # Three share one instant: the key tells them apart.
    made = [rejected(consultation, by, now + timedelta(seconds=n // 3)) for n in range(5)]
    newest_first = sorted((row.pk for row in made), reverse=True)
    client, query, seen = log_in(by), "?subject=comment", []
    while query:
        shown = client.get(f"{LOG}{query}").context["cl"]
        seen += [row.pk for row in shown.result_list]
        query = shown.later

    assert seen == newest_first
    place = place_of(shown.queryset, made[0])
    page = client.get(f"{LOG}?subject=comment&before={place}").content.decode()
    assert ('rel="prev">Previous page' in page, 'rel="next">Next page' in page) == (True, True)
    assert 'href="?subject=comment">First page' in page


@pytest.mark.parametrize("place", ["x", "", "-1", "9" * 30, "1.2", "12345678"])
@pytest.mark.exhaustive
def test_nonsense_for_the_last_row_seen_does_no_harm(place: str) -> None:
    consultation = make_consultation()
    by = make_staff(consultation)
    rejected(consultation, by)

    assert log_in(by).get(f"{LOG}?after={place}").status_code == 200


def test_log_costs_the_same_at_any_number_and_counts_nothing() -> None:
    consultation = make_consultation()
    by = make_staff(consultation)
    client = log_in(by)
    costs = []
    for more in (1, 2):
        for _n in range(more):
            rejected(consultation, by)
        with CaptureQueriesContext(connection) as captured:
            client.get(LOG)
        costs.append([query["sql"] for query in captured])

    assert len(costs[0]) == len(costs[1]) <= 10
    assert not any("COUNT(" in sql for sql in costs[1])


@pytest.mark.parametrize(("right", "words"), [("moderator", True), ("auditor", False)])
def test_words_decided_on_are_for_those_who_decide(right: str, words: bool) -> None:
    consultation = make_consultation()
    decision = rejected(consultation, make_staff(consultation))

    page = log_in(make_staff(consultation, right)).get(page_of(decision)).content.decode()

    assert ("This would help firms" in page) is words


@pytest.mark.parametrize("model", ["ledgerentry", "reading"])
def test_other_long_lists_count_nothing(model: str) -> None:
    consultation = make_consultation()
    rejected(consultation, make_staff(consultation))
    client = log_in(make_staff(consultation, "auditor"))

    with CaptureQueriesContext(connection) as captured:
        page = client.get(listed(model))

    assert (page.status_code, page.context["cl"].__class__) == (200, PlacedList)
    assert not any("COUNT(" in query["sql"] for query in captured)


def test_log_filters_by_appeals() -> None:
    case = make_appeal()
    by = make_staff(case.consultation)
    appeals.rule(case=case, ruling=appeals.Ruling(False, "It does.", by, timezone.now()))

    assert found(log_in(by), "?subject=appeal") == [case.decisions.get().pk]
