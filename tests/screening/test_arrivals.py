"""Marks and campaigns as comments arrive: through the same verb as everybody's comment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import limits, participation, screening
from consultations.models import Campaign, Case, CommentVersion, Fingerprint, Likeness, Rate
from consultations.models.campaigns import LOCK_CLASS
from portal.bench import letters
from tests import factories
from tests.factories import make_comment, make_consultation, make_user
from tests.screening.scene import (
    EDITED,
    LETTER,
    OTHER,
    WITH_OWN,
    campaign_of,
    likeness,
    marks_of,
    send,
)

# As catching up takes them: the campaigns' lock, then the versions.
LOCKS = ("AS held", 'UPDATE OF "consultations_commentversion"')
pytestmark = pytest.mark.django_db


def test_marks_stand_on_the_case_that_waits() -> None:
    comment = send(
        make_consultation(), "Ring me on 020 7946 0958, or see www.example.com now!!!!!!!"
    )

    assert marks_of(comment) == {"phone": 1, "links": 1, "repeated_characters": 1}


def test_text_of_its_own_joins_nothing() -> None:
    consultation = make_consultation()
    first, second = send(consultation, LETTER), send(consultation, OTHER)

    assert (campaign_of(first), campaign_of(second)) == (None, None)
    assert not Campaign.objects.exists()


def test_copies_stand_in_one_campaign_and_what_they_add_is_told() -> None:
    consultation = make_consultation()
    sent = [send(consultation, text) for text in (LETTER, LETTER.upper(), EDITED, WITH_OWN)]
    send(consultation, OTHER)

    (campaign,) = Campaign.objects.all()
    assert {campaign_of(comment) for comment in sent} == {campaign}
    assert (campaign.number, campaign.size, campaign.own) == (1, 4, 1)
    assert [likeness(comment).own for comment in sent] == [False, False, False, True]
    assert campaign.pattern.text == LETTER


def test_same_letter_on_another_recommendation_is_another_campaign_and_repeated() -> None:
    consultation, author = make_consultation(), make_user()
    first = send(consultation, LETTER, author)
    second = send(consultation, LETTER, author, number=2)

    assert campaign_of(first) is campaign_of(second) is None
    assert (marks_of(first), marks_of(second)) == ({}, {"repeated_text": 1})


def test_two_campaigns_become_one_where_a_text_is_like_both() -> None:
    consultation = make_consultation()
    words = LETTER.split()
    half = len(words) // 2
    front = " ".join(["really" if n % 3 == 1 and n < half else w for n, w in enumerate(words)])
    back = " ".join(["surely" if n % 3 == 1 and n >= half else w for n, w in enumerate(words)])
    both = " ".join(
        [("really" if n < half else "surely") if n % 3 == 1 else w for n, w in enumerate(words)]
    )
    apart = [send(consultation, text) for text in (both, both, LETTER, LETTER)]
    assert campaign_of(apart[0]) != campaign_of(apart[3])

    between = [send(consultation, text) for text in (front, back)]

    (campaign,) = Campaign.objects.all()
    assert {campaign_of(comment) for comment in [*apart, *between]} == {campaign}
    assert campaign.size == 6


def test_edit_moves_a_comment_to_where_its_new_words_belong() -> None:
    consultation, author = make_consultation(), make_user()
    send(consultation, LETTER)
    send(consultation, OTHER)
    mine = send(consultation, LETTER, author)
    first = campaign_of(mine)
    assert first is not None

    send(consultation, f"{OTHER} Ring 020 7946 0958.", author, based_on=1)

    first.refresh_from_db()
    second = campaign_of(mine)
    assert second is not None
    assert (first.size, second.size) == (1, 2)
    assert marks_of(mine) == {"phone": 1}
    assert Likeness.objects.filter(version__comment=mine, latest=True).count() == 1


def test_withdrawn_comment_leaves_its_campaign_and_nothing_of_its_words_is_kept() -> None:
    consultation, author = make_consultation(), make_user()
    send(consultation, LETTER)
    mine = send(consultation, LETTER, author)

    participation.withdraw(comment=mine, user=author, at=timezone.now())

    assert Campaign.objects.get().size == 1
    assert not Likeness.objects.filter(version__comment=mine).exists()
    assert not Fingerprint.objects.filter(likeness__version__comment=mine).exists()
    back = send(consultation, LETTER, author, based_on=1)
    assert Campaign.objects.get().size == 2
    assert campaign_of(back) == Campaign.objects.get()


def test_withdrawal_leaves_a_campaign_under_the_lock_of_arrivals() -> None:
    comment = make_comment()
    author = comment.response.respondent
    assert author is not None

    participation.withdraw(comment=comment, user=author, at=timezone.now())

    with connection.cursor() as cursor:
        mine = "pid = pg_backend_pid() AND classid = %s"
        cursor.execute(f"SELECT objid FROM pg_locks WHERE {mine}", [LOCK_CLASS])  # noqa: S608
        assert cursor.fetchall() == [(comment.recommendation_id,)]


def test_worker_holds_campaigns_before_the_versions_that_an_erasure_empties() -> None:
    make_comment(text=LETTER)

    with CaptureQueriesContext(connection) as queries:
        screening.catch_up(timezone.now())

    said = [query["sql"] for query in queries]
    first = [next(n for n, sql in enumerate(said) if lock in sql) for lock in LOCKS]
    assert first == sorted(first)


def test_erased_words_are_forgotten() -> None:
    consultation = make_consultation()
    send(consultation, LETTER)
    mine = send(consultation, LETTER)

    version = CommentVersion.objects.filter(pk=mine.submitted_version_id)
    version.update(text="", erased_at=timezone.now())

    assert Campaign.objects.get().size == 1
    assert not Fingerprint.objects.filter(likeness__in=version.values("pk")).exists()


@pytest.mark.exhaustive
def test_unusual_rates_are_marked_and_hold_nothing_back() -> None:
    consultation = make_consultation()
    last, at = None, timezone.now()  # of one hour, though another begins meanwhile
    for number in range(31):
        text = f"Number {number} says something of their own here."
        last = send(consultation, text, address="203.0.113.7", at=at)
    far = send(consultation, "From a place that is far away.", address="198.51.100.1")

    assert last is not None
    assert marks_of(last) == {"rate_address": 31}
    assert marks_of(far) == {}
    assert last.state == "submitted"


def test_no_address_is_stored_and_counters_end_with_their_hour() -> None:
    send(make_consultation(), LETTER, address="2001:db8:1:2::7")

    rows = list(Rate.objects.values_list("key", flat=True))
    assert len(rows) == 2
    assert all(len(key) == 32 and "2001" not in key for key in rows)
    assert limits.forget(timezone.now()) == 0
    assert limits.forget(timezone.now() + timedelta(hours=2)) == 2


def test_addresses_of_one_range_share_a_counter() -> None:
    at = timezone.now()
    keys = [
        limits.keys_of(limits.Sender(1, None, address), at).get("address")
        for address in ("203.0.113.7", "203.0.113.200", "203.0.114.7", "no address", "")
    ]

    assert keys[0] == keys[1] != keys[2]
    assert keys[3:] == [None, None]


def test_what_came_in_bulk_is_looked_at_by_a_worker() -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    bulk = [make_comment(first, text=text) for text in (LETTER, EDITED, "Ring 020 7946 0958.", "")]
    cases = [factories.make_case(comment) for comment in bulk]

    assert screening.catch_up(timezone.now()) == 4
    assert screening.catch_up(timezone.now()) == 0
    assert campaign_of(bulk[0]) == campaign_of(bulk[1]) == Campaign.objects.get()
    assert Campaign.objects.get().size == 2
    cases[2].refresh_from_db()
    assert cases[2].marks == [{"code": "phone", "count": 1}]


def test_bulk_costs_the_same_queries_for_many() -> None:
    costs = []
    for times in (1, 8):
        first = make_consultation().recommendations.get(number=1)
        for n in range(times):
            factories.make_case(make_comment(first, text=f"{letters.SENTENCES[n]}"))
        with CaptureQueriesContext(connection) as queries:
            screening.catch_up(timezone.now())
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_earlier_version_is_remembered_while_it_is_public() -> None:
    consultation, author = make_consultation(moderation="after"), make_user()
    mine = send(consultation, LETTER, author)
    send(consultation, OTHER, author, based_on=1)

    with CaptureQueriesContext(connection) as queries:
        assert screening.forget_earlier() > 0

    statements = [each["sql"] for each in queries]
    held = next(place for place, sql in enumerate(statements) if "pg_advisory_xact_lock" in sql)
    assert held < next(place for place, sql in enumerate(statements) if sql.startswith("DELETE"))
    assert list(Likeness.objects.values_list("version__number", flat=True)) == [2]
    assert Case.objects.get(comment=mine)


@pytest.mark.django_db(transaction=True)
def test_two_copies_at_once_end_in_one_campaign() -> None:
    consultation = make_consultation()
    authors = [make_user() for _n in range(4)]
    start = threading.Barrier(len(authors))

    def go(author) -> None:  # type: ignore[no-untyped-def]
        start.wait()
        try:
            send(consultation, LETTER, author)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[author]) for author in authors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Campaign.objects.get().size == 4
    assert Likeness.objects.filter(campaign__isnull=False).count() == 4


@pytest.mark.exhaustive
def test_campaigns_are_the_voices_of_the_rule_whatever_the_order() -> None:
    planted = list(letters.copies(1))
    texts = [*letters.letters()[:3], *(copy for place, _kind, copy in planted if place < 3)]
    found = []
    for order in (texts, texts[::-1]):
        consultation = make_consultation()
        sent = {text: send(consultation, text) for text in order}
        groups: dict[object, set[str]] = {}
        for text, comment in sent.items():
            campaign = campaign_of(comment)
            groups.setdefault(campaign.pk if campaign else text, set()).add(text)
        found.append({frozenset(group) for group in groups.values()})

    assert found[0] == found[1]
