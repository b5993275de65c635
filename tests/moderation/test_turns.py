"""Whose turn a case is: taken, kept, taken over, passed on; never given to two at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from consultations import policy
from consultations.models import Appeal, Case, Consultation, User, database_now
from consultations.moderation import turns
from tests.factories import (
    give_role,
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_rejection,
    make_response,
    make_staff,
    make_user,
)

NOW = timezone.now()
LATER = NOW + turns.TURN


def waiting(consultation: Consultation, days: int = 0) -> Case:
    recommendation = consultation.recommendations.get(number=1)
    comment = make_comment(recommendation, make_response(consultation))
    return make_case(comment, since=NOW - timedelta(days=days))


def readers() -> list[User | None]:
    return [case.claimed_by for case in Case.objects.order_by("pk")]


@pytest.mark.django_db
def test_take_keeps_a_case_for_ten_minutes_and_again_for_ten_more() -> None:
    case, moderator = make_case(), make_user()

    turns.take(case=case, by=moderator, at=NOW)
    turns.take(case=case, by=moderator, at=NOW + timedelta(minutes=5))

    case.refresh_from_db()
    assert (case.claimed_by, case.claimed_until) == (moderator, LATER + timedelta(minutes=5))


@pytest.mark.django_db
def test_take_of_what_another_reads_says_who_and_until_when() -> None:
    case, one, other = make_case(), make_user(name="Ada Byron"), make_user()
    turns.take(case=case, by=one, at=NOW)

    with pytest.raises(turns.TurnRefused, match="Ada Byron is reading this one until"):
        turns.take(case=case, by=other, at=LATER - timedelta(seconds=1))

    assert readers() == [one]


@pytest.mark.django_db
def test_turn_runs_out_by_itself_and_can_be_taken_over() -> None:
    case, one, other, third = make_case(), make_user(), make_user(), make_user()
    turns.take(case=case, by=one, at=NOW)

    turns.take(case=case, by=other, at=LATER)
    turns.take(case=case, by=third, at=LATER, over=True)

    assert readers() == [third]


@pytest.mark.django_db
def test_take_of_a_decided_case_leaves_it_be() -> None:
    case = make_case(closed_at=NOW)

    turns.take(case=case, by=make_user(), at=NOW)

    assert readers() == [None]


@pytest.mark.django_db
def test_next_skips_what_another_reads_and_gives_back_the_one_before() -> None:
    consultation = make_consultation()
    cases = [waiting(consultation, days) for days in (3, 2, 1)]
    one, other = make_staff(consultation), make_staff(consultation)
    ids = [consultation.pk]

    first = turns.take_next(consultations=ids, by=one, at=NOW)
    second = turns.take_next(consultations=ids, by=other, at=NOW)
    third = turns.take_next(consultations=ids, by=one, at=NOW, after=first)
    none_left = turns.take_next(consultations=ids, by=make_user(), at=NOW)

    assert [first, second, third] == cases
    assert none_left == cases[0]
    assert turns.take_next(consultations=[0], by=one, at=NOW) is None


@pytest.mark.django_db
def test_next_stays_in_its_consultation_and_then_goes_where_the_oldest_waits() -> None:
    here, there = make_consultation(), make_consultation()
    first, oldest, second = waiting(here, 2), waiting(there, 9), waiting(here, 1)
    moderator = make_user()
    ids = [here.pk, there.pk]

    found = turns.take_next(consultations=ids, by=moderator, at=NOW, after=first)
    Case.objects.filter(consultation=here).update(closed_at=NOW)
    last = turns.take_next(consultations=ids, by=moderator, at=NOW, after=second)

    assert (found, last) == (second, oldest)


@pytest.mark.django_db
def test_next_gives_claims_as_well_and_nothing_where_only_this_waits() -> None:
    consultation = make_consultation()
    claim = make_case(membership=make_membership(), consultation=consultation)

    found = turns.take_next(consultations=[consultation.pk], by=make_user(), at=NOW)
    other = turns.take_next(consultations=[consultation.pk], by=make_user(), at=LATER, after=claim)

    assert (found, other) == (claim, None)


@pytest.mark.django_db
def test_reader_is_nobody_once_the_time_is_over_or_the_case_decided() -> None:
    case, moderator = make_case(), make_user()
    turns.take(case=case, by=moderator, at=NOW)
    case.refresh_from_db()

    shown = [turns.reader(case, at) for at in (NOW, LATER)]
    case.closed_at = NOW

    assert [*shown, turns.reader(case, NOW)] == [moderator, None, None]


@pytest.mark.django_db(transaction=True)
def test_moderators_who_ask_at_once_never_get_the_same_case() -> None:
    consultation = make_consultation()
    for days in range(12):
        waiting(consultation, days)
    moderators = [make_staff(consultation) for _n in range(4)]
    barrier, given, ids = Barrier(len(moderators)), [], [consultation.pk]

    def ask(moderator: User) -> None:
        barrier.wait()
        try:
            for _n in range(3):
                found = turns.take_next(consultations=ids, by=moderator, at=database_now())
                given.append((moderator.pk, found.pk if found else None))
                if found:  # decided, so that the next is another
                    Case.objects.filter(pk=found.pk).update(closed_at=database_now())
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[one]) for one in moderators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(pk for _who, pk in given) == sorted(Case.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_next_passes_over_an_appeal_that_others_decide() -> None:
    decision = make_rejection()
    other = make_staff(decision.case.consultation)
    appeal = make_appeal(decision)
    behind = make_case(make_comment(decision.case.consultation.recommendations.get(number=2)))
    asked = {"consultations": [appeal.consultation_id], "at": NOW}

    mine = turns.take_next(by=decision.decided_by, **asked)
    theirs = turns.take_next(by=other, **asked)

    assert (mine, theirs) == (behind, appeal)


@pytest.mark.django_db
@pytest.mark.parametrize("rights", [[], ["officer"], ["moderator"], ["officer", "moderator"]])
@pytest.mark.parametrize("who", ["decided", "made", "erased"])
@pytest.mark.exhaustive
def test_appeals_for_others_are_those_that_policy_keeps_from_a_person(
    rights: list[str], who: str
) -> None:
    decision = make_rejection()
    consultation = decision.case.consultation
    case = make_appeal(decision)
    if who == "made":
        give_role(case.appeal.made_by, consultation)
    if who == "erased":
        Appeal.objects.update(made_by=None)
    for right in rights:
        make_staff(consultation, right)
    appeal = Appeal.objects.get()
    allowed = policy.appeal_deciders(appeal).people
    everybody = User.objects.filter(roles__consultation=consultation)

    kept = {user.pk for user in everybody if appeal in policy.appeals_for_others(user)}

    assert kept == {user.pk for user in everybody} - allowed
