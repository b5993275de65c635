"""Editions: built once whatever races, nothing told twice or missed, nobody's words stored."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations import ledger, screening
from consultations.analysis.summary import Entry, Snapshot, summarise
from consultations.digests import build, composing, snapshots
from consultations.digests.due import Due, newest_slot
from consultations.digests.quoting import content_hash, quotes_of
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    Kind,
    LedgerEntry,
    Likeness,
    Message,
    Permission,
    Quote,
    Stance,
)
from consultations.moderation import decide
from tests import factories
from tests.digests.scene import DUE, OPENS, REASONS, SLOT, due, fill, make_edition, make_scene, say
from tests.trying import tried

FEW = settings(
    max_examples=tried(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.django_db
def test_edition_counts_each_recommendation_and_quotes_it() -> None:
    consultation = make_scene()
    fill(consultation)

    edition = make_edition()

    told = edition.facts["recommendations"]
    assert [(each["number"], each["title"]) for each in told] == [
        (1, "Proposal 1"),
        (2, "Proposal 2"),
    ]
    facts = told[0]["summary"]["facts"]
    assert (facts["total"], facts["new"]) == (8, 8)
    assert facts["stances"]["strongly_support"] == 2
    assert (edition.number, edition.slot) == (1, SLOT)
    assert (edition.period.lower, edition.period.upper) == (OPENS, SLOT)
    assert {quote.recommendation.number for quote in edition.quotes.all()} == {1, 2}
    assert edition.quotes.count() <= 16


@pytest.mark.django_db
def test_edition_holds_nobodys_words_or_names_but_region_names() -> None:
    consultation = make_scene(recommendations=1)
    comments = fill(consultation)

    edition = make_edition()

    written = json.dumps(edition.facts)
    assert [c for c in comments if c.public_text[:30] in written] == []
    assert [c for c in comments if c.response.name in written] == []
    assert edition.facts["regions"] == {"TLC": "North East"}


@pytest.mark.django_db
def test_edition_with_nothing_new_takes_no_number() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    first = make_edition()

    found = Due(consultation.pk, SLOT, SLOT + timedelta(days=7))
    assert build.make_due(DUE + timedelta(days=7)) == []
    assert build.make(found, at=DUE + timedelta(days=7)) is None

    say(consultation.recommendations.first(), 5, at=SLOT + timedelta(days=8))
    second = make_edition(DUE + timedelta(days=14))
    assert (first.number, second.number) == (1, 2)
    assert (second.period.lower, second.period.upper) == (SLOT, SLOT + timedelta(days=14))


@pytest.mark.django_db
def test_comment_published_at_the_slot_waits_for_the_next_edition() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    say(recommendation, 0, at=SLOT - timedelta(microseconds=1))
    say(recommendation, 1, at=SLOT)

    first = make_edition()
    second = make_edition(DUE + timedelta(days=7))

    assert [totals(each) for each in (first, second)] == [(1, 1), (2, 1)]


@pytest.mark.django_db
def test_unpublished_answer_counts_and_is_never_quoted() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    say(recommendation, 0, permission=Permission.UNPUBLISHED, stance=Stance.OPPOSE)
    for number in range(1, 5):
        say(recommendation, number, stance=Stance.SUPPORT)

    edition = make_edition()

    facts = edition.facts["recommendations"][0]["summary"]["facts"]
    assert (facts["total"], facts["unpublished"]) == (5, 1)
    assert facts["stances"]["oppose"] == 1
    quoted = Comment.objects.filter(versions__quotes__edition=edition)
    assert set(quoted.values_list("listed", flat=True)) == {True}


@pytest.mark.django_db
def test_comment_published_unread_is_counted_and_not_quoted_until_it_is_read() -> None:
    consultation = make_scene(recommendations=1, moderation=Consultation.Moderation.AFTER)
    say(consultation.recommendations.get(), 0)

    edition = make_edition()

    assert (totals(edition), edition.quotes.count()) == ((1, 1), 0)


@pytest.mark.django_db
def test_words_published_unread_are_not_quoted_while_a_change_of_them_waits() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0)
    comment.submitted_version = factories.make_version(comment, text="Something else, which waits.")
    comment.reviewed = False
    comment.save()

    edition = make_edition()

    assert (totals(edition), edition.quotes.count()) == ((1, 1), 0)


@pytest.mark.django_db
def test_words_that_were_read_are_quoted_while_a_change_of_them_waits() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0)
    case = factories.make_case(comment)
    decide.publish(case=case, version_number=1, by=factories.make_staff(consultation), at=DUE)
    comment.submitted_version = factories.make_version(comment, text="Something else, which waits.")
    comment.reviewed = False
    comment.save()

    edition = make_edition()

    assert edition.quotes.count() == 1


@pytest.mark.django_db
def test_rejected_comment_that_still_counts_is_counted_once_and_is_not_news() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    reason = factories.make_reason("personal", still_counts=True)
    say(recommendation, 0, state=Comment.State.REJECTED, reason=reason)
    assert build.make_due(DUE) == []

    say(recommendation, 1)

    assert totals(make_edition()) == (2, 1)


@pytest.mark.django_db
def test_edition_is_on_the_ledger_with_its_hash() -> None:
    consultation = make_scene()
    fill(consultation, each=2)

    edition = make_edition()

    entries = LedgerEntry.objects.filter(consultation=consultation).order_by("sequence")
    assert [(entry.act, entry.payload.content["hash"]) for entry in entries] == [
        ("edition_made", edition.hash),
        ("edition_released", edition.hash),
    ]
    assert ledger.verify(consultation.pk) == []


@pytest.mark.django_db
def test_hash_of_an_edition_holds_when_it_is_read_again() -> None:
    fill(make_scene())
    made = make_edition()

    edition = Edition.objects.get(pk=made.pk)

    assert content_hash(edition.number, edition.facts, quotes_of(edition.pk)) == made.hash
    edition.facts["recommendations"][0]["summary"]["facts"]["total"] += 1
    assert content_hash(edition.number, edition.facts, quotes_of(edition.pk)) != made.hash


def test_summary_that_miscounts_is_not_let_through() -> None:
    entry = Entry("A", REASONS[0], "support", "employer", "TLC", "", True, True, True)
    snapshot = Snapshot(1, (entry,))
    honest = summarise(snapshot)
    lying = replace(honest, facts=replace(honest.facts, total=honest.facts.total + 1))

    assert composing.checked(honest, snapshot, None) == honest
    with pytest.raises(composing.UnfaithfulSummaryError):
        composing.checked(lying, snapshot, None)


@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_make_one_edition() -> None:
    consultation = make_scene()
    fill(consultation, each=3)
    factories.make_subscription(consultation=consultation)
    found, start, made = due(), Barrier(3), []

    def build_one() -> None:
        try:
            start.wait()
            made.append(build.make(found, at=DUE))
        finally:
            connection.close()

    threads = [Thread(target=build_one) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([edition for edition in made if edition is not None]) == 1
    assert (Edition.objects.count(), Message.objects.count()) == (1, 1)
    assert LedgerEntry.objects.filter(act="edition_made").count() == 1


@pytest.mark.django_db
def test_builder_that_was_overtaken_makes_nothing() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    found = due()
    make_edition()

    assert build.make(found, at=DUE) is None
    assert Quote.objects.values("edition").distinct().count() == 1


@FEW
@given(
    published=st.lists(st.integers(0, 28 * 24), min_size=1, max_size=12),
    runs=st.lists(st.integers(1, 42 * 24), min_size=1, max_size=10),
    cadence=st.sampled_from(Consultation.Cadence.values),
)
@pytest.mark.django_db
@pytest.mark.exhaustive
def test_every_comment_is_new_in_exactly_one_edition(
    published: list[int], runs: list[int], cadence: str
) -> None:
    consultation = make_scene(recommendations=1, cadence=cadence)
    recommendation = consultation.recommendations.get()
    user = factories.make_user()
    times = sorted(OPENS + timedelta(hours=hour) for hour in published)
    waiting = list(times)
    # Runs at any hours; the last, when all is over, so that what is left is told.
    for at in [*sorted(OPENS + timedelta(hours=hour) for hour in runs), OPENS + timedelta(days=50)]:
        while waiting and waiting[0] <= at:
            response = factories.make_response(consultation, None, kind=user.kind)
            factories.make_comment(
                recommendation, response, state=Comment.State.PUBLISHED, at=waiting.pop(0)
            )
        build.make_due(at)
        assert build.make_due(at) == []

    editions = list(consultation.editions.order_by("number"))
    assert [edition.number for edition in editions] == list(range(1, len(editions) + 1))
    assert sum(totals(edition)[1] for edition in editions) == len(times)
    for edition in editions:
        inside = [t for t in times if edition.period.lower <= t < edition.period.upper]
        before = [t for t in times if t < edition.period.upper]
        assert totals(edition) == (len(before), len(inside))
        assert edition.slot == newest_slot(cadence, edition.slot, consultation.closes_at)


@pytest.mark.django_db
def test_building_costs_the_same_queries_for_many_comments(django_assert_max_num_queries) -> None:
    consultation = make_scene(recommendations=3)
    fill(consultation, each=10)
    found = due()

    # five of them count moderation, twice, one reads the end of the record, one asks what was
    # withdrawn, one whether a final summary is to come, one reads its quotes again before it is
    # released, three write its release, to the ledger too, and one holds what officers chose
    with django_assert_max_num_queries(30):
        assert build.make(found, at=DUE) is not None


@pytest.mark.django_db
def test_movement_is_told_where_five_are_new() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    for number in range(6):
        say(recommendation, number, kind=Kind.EMPLOYER, stance=Stance.SUPPORT)
    first = make_edition()
    for number in range(6, 11):
        at = SLOT + timedelta(hours=number)
        say(recommendation, number, kind=Kind.EMPLOYER, stance=Stance.OPPOSE, at=at)

    second = make_edition(DUE + timedelta(days=7))

    moved = [e.facts["recommendations"][0]["summary"]["facts"]["movement"] for e in (first, second)]
    assert moved[0] is None
    assert (moved[1]["oppose"], moved[1]["support"]) == (5, 0)


def totals(edition: Edition) -> tuple[int, int]:
    """How many the edition's one recommendation has in all, and new."""
    facts = edition.facts["recommendations"][0]["summary"]["facts"]
    return facts["total"], facts["new"]


@pytest.mark.django_db
def test_campaign_of_the_moderators_is_the_voice_of_the_edition() -> None:
    consultation = make_scene(recommendations=1)
    first = consultation.recommendations.get()
    comments = [say(first, number) for number in range(3)]
    screening.catch_up(DUE)
    campaign = factories.make_campaign(factories.make_comment(first))
    Likeness.objects.filter(version__in=[c.public_version_id for c in comments[:2]]).update(
        campaign=campaign
    )

    reading = snapshots.read([first], OPENS, SLOT)

    clusters = {entry.comment: entry.cluster for entry in reading.snapshots[first.pk].entries}
    assert clusters == {
        comments[0].reference: f"campaign:{campaign.pk}",
        comments[1].reference: f"campaign:{campaign.pk}",
        comments[2].reference: f"comment:{comments[2].reference}",
    }
