"""Typing in what came otherwise: stored once, waiting, checked by a second person, put right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    LedgerEntry,
    Message,
    Response,
    Stance,
    Tally,
    User,
)
from consultations.models.clock import LONDON
from consultations.moderation import decide
from consultations.moderation.record import DecisionRefused
from consultations.participation import Paper, PaperError, Said
from tests.factories import make_consultation, make_organisation, make_region, make_staff
from tests.participation.scene import make_council
from tests.test_participation import post

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.now().astimezone(LONDON).date()


def paper(**fields: Any) -> Paper:
    """Return who wrote a letter that came yesterday."""
    known = {
        "channel": "post",
        "received_on": today() - timedelta(days=1),
        "late_reason": "",
        "external_reference": "",
        "name": "Ann Smith",
        "organisation": None,
        "kind": "employer",
        "size_band": None,
        "region": make_region(),
        "permission": "named",
    }
    return Paper(**(known | fields))


def said(consultation: Consultation, number: int = 1, **fields: str) -> Said:
    recommendation = consultation.recommendations.select_related("current").get(number=number)
    words = {"stance": "support", "text": "We wrote this by hand.", "permission": "named"}
    return Said(recommendation, **(words | fields))


def enter(consultation: Consultation, by: User, **fields: Any) -> Response:
    words = fields.pop("said", None) or [said(consultation)]
    return participation.enter(
        consultation=consultation,
        paper=paper(**fields),
        said=words,
        key=fields.pop("key", uuid4()),
        by=by,
        at=timezone.now(),
    )


def retype(response: Response, by: User, words: list[Said], **fields: Any) -> Response:
    return participation.retype(
        response=response,
        paper=paper(**fields),
        said=words,
        key=uuid4(),
        seen=response.typed_at or timezone.now(),
        by=by,
        at=timezone.now(),
    )


def check(response: Response, by: User) -> Response:
    seen = response.typed_at or timezone.now()
    return participation.check(response=response, seen=seen, by=by, at=timezone.now())


def acts(consultation: Consultation) -> list[str]:
    entries = LedgerEntry.objects.filter(consultation=consultation).order_by("sequence")
    return list(entries.values_list("act", flat=True))


def scene(**fields: Any) -> tuple[Consultation, User, User]:
    """Return a consultation, the officer who types, and the one who checks."""
    consultation = make_consultation(**fields)
    return consultation, make_staff(consultation, "officer"), make_staff(consultation, "officer")


def test_letter_is_stored_whole_and_waits_for_a_moderator() -> None:
    consultation, typist, _checker = scene()
    words = [said(consultation), said(consultation, 2, stance="oppose", permission="unpublished")]
    response = enter(consultation, typist, said=words)
    assert (response.channel, response.received_on) == ("post", today() - timedelta(days=1))
    assert (response.typed_by, response.checked_by, response.late) == (typist, None, False)
    assert response.respondent is None
    comments = Comment.objects.order_by("recommendation__number")
    assert [(one.stance, one.state, one.waiting) for one in comments] == [
        ("support", "submitted", True),
        ("oppose", "submitted", True),
    ]
    assert [one.written_by for one in CommentVersion.objects.all()] == [typist, typist]
    assert Case.objects.waiting().filter(consultation=consultation).count() == 2
    assert acts(consultation) == ["comment_submitted"] * 2 + ["response_entered"]
    assert ledger.verify(consultation.pk) == []
    assert not Message.objects.exists()


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3)])
def test_letter_costs_one_statement_more_for_each_recommendation(
    numbers: tuple[int, ...], django_assert_num_queries: Callable[[int], Any]
) -> None:
    consultation, typist, _checker = scene(recommendations=3)
    words, known = [said(consultation, number) for number in numbers], paper()
    with django_assert_num_queries(9 + len(numbers)):
        participation.enter(
            consultation=consultation,
            paper=known,
            said=words,
            key=uuid4(),
            by=typist,
            at=timezone.now(),
        )


def test_letter_waits_even_where_comments_are_published_first() -> None:
    consultation, typist, _checker = scene(moderation="after")
    enter(consultation, typist)
    assert not Comment.objects.filter(listed=True).exists()


@pytest.mark.parametrize(
    ("received", "reason", "refusal"),
    [
        (timedelta(days=1), "", "in the future"),
        (timedelta(days=-30), "", "had not opened"),
        (timedelta(0), "", "closed: say why"),
        (timedelta(days=-2), "The post was slow.", "in time, so no reason"),
    ],
)
def test_day_on_which_it_cannot_have_come_is_refused(
    received: timedelta, reason: str, refusal: str
) -> None:
    consultation, typist, _checker = scene(closes_at=timezone.now() - timedelta(days=1))
    with pytest.raises(PaperError, match=refusal):
        enter(consultation, typist, received_on=today() + received, late_reason=reason)
    assert not Response.objects.exists()


def test_after_the_close_what_came_in_time_is_taken_and_what_came_late_is_marked() -> None:
    consultation, typist, _checker = scene(closes_at=timezone.now() - timedelta(days=1))
    in_time = enter(consultation, typist, received_on=today() - timedelta(days=1))
    late = enter(consultation, typist, received_on=today(), late_reason="The post was slow.")
    assert (in_time.late, late.late) == (False, True)


def test_before_the_opening_nothing_is_taken() -> None:
    consultation, typist, _checker = scene(opens_at=timezone.now() + timedelta(days=1))
    with pytest.raises(PaperError, match="has not opened"):
        enter(consultation, typist)


def test_letter_that_says_nothing_is_refused() -> None:
    consultation, typist, _checker = scene()
    with pytest.raises(PaperError, match="says nothing yet"):
        participation.enter(
            consultation=consultation,
            paper=paper(),
            said=[],
            key=uuid4(),
            by=typist,
            at=timezone.now(),
        )


def test_form_sent_twice_makes_one_response() -> None:
    consultation, typist, _checker = scene()
    key = uuid4()
    first, second = (_send(consultation, typist, key) for _n in range(2))
    assert first == second
    assert Response.objects.count() == Comment.objects.count() == 1


def _send(consultation: Consultation, by: User, key: UUID) -> Response:
    return participation.enter(
        consultation=consultation,
        paper=paper(),
        said=[said(consultation)],
        key=key,
        by=by,
        at=timezone.now(),
    )


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_makes_one_response() -> None:
    consultation, typist, _checker = scene()
    key, barrier, made = uuid4(), Barrier(2), []

    def send() -> None:
        barrier.wait()
        made.append(_send(consultation, typist, key).pk)
        connection.close()

    threads = [Thread(target=send) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == Response.objects.count() == 1


def test_reference_is_used_once_a_channel() -> None:
    consultation, typist, _checker = scene()
    enter(consultation, typist, external_reference="L 17")
    enter(consultation, typist, external_reference="L 17", channel="email")
    with pytest.raises(PaperError, match="used already, by response"):
        enter(consultation, typist, external_reference="L 17")


def test_organisation_responds_once_and_is_named_without_an_account() -> None:
    consultation, typist, _checker = scene()
    body = make_organisation("Forge & Sons")
    response = enter(consultation, typist, organisation=body)
    assert (response.official, response.signature("named")) == (True, "Forge & Sons")
    with pytest.raises(PaperError, match=f"responded already: {response.reference}"):
        enter(consultation, typist, organisation=body)


def test_nothing_is_published_before_a_second_person_has_checked_it() -> None:
    consultation, typist, checker = scene()
    response = enter(consultation, typist)
    case = Case.objects.get()
    publish: Any = {"case": case, "version_number": 1, "by": checker, "at": timezone.now()}
    with pytest.raises(DecisionRefused, match="second person first checks"):
        decide.publish(**publish)
    with pytest.raises(PaperError, match="You typed it"):
        check(response, typist)
    checked = check(response, checker)
    assert (checked.checked_by, checked.unchecked) == (checker, False)
    with pytest.raises(PaperError, match="checked already"):
        check(response, checker)
    decide.publish(**publish)
    comment = Comment.objects.get()
    assert (comment.state, comment.listed, comment.signature()) == ("published", True, "Ann Smith")
    assert comment.first_published_at is not None
    assert comment.first_published_at.date() > response.received_on  # by the clock, as all news
    assert acts(consultation)[-2:] == ["response_checked", "comment_published"]
    assert not Message.objects.exists()


def test_database_refuses_a_check_by_who_typed_it() -> None:
    consultation, typist, _checker = scene()
    response = enter(consultation, typist)
    with pytest.raises(Exception, match="response_checked_by_another"):
        Response.objects.filter(pk=response.pk).update(checked_by=typist, checked_at=timezone.now())


def test_mistake_is_put_right_by_a_new_version_and_the_old_one_is_kept() -> None:
    consultation, typist, checker = scene()
    response = check(enter(consultation, typist), checker)
    words = [said(consultation, text="We wrote that by hand.", stance="oppose")]
    again = retype(response, checker, words, kind="local_leader")
    versions = CommentVersion.objects.order_by("number")
    assert [(one.number, one.text, one.written_by) for one in versions] == [
        (1, "We wrote this by hand.", typist),
        (2, "We wrote that by hand.", checker),
    ]
    assert (again.typed_by, again.checked_by, again.unchecked) == (checker, None, True)
    comment = Comment.objects.get()
    assert (comment.kind, comment.stance, comment.state) == ("local_leader", "oppose", "submitted")
    tallies = Tally.objects.filter(waiting__gt=0).values_list("kind", "stance", "waiting")
    assert list(tallies) == [("local_leader", "oppose", 1)]
    assert Case.objects.waiting().count() == 1
    assert acts(consultation)[-2:] == ["comment_submitted", "response_retyped"]
    assert ledger.verify(consultation.pk) == []


def test_retyping_the_same_changes_nothing() -> None:
    consultation, typist, checker = scene()
    response = check(enter(consultation, typist), checker)
    again = retype(response, checker, [said(consultation)])
    assert (again.checked_by, CommentVersion.objects.count()) == (checker, 1)


def test_recommendation_typed_by_mistake_is_taken_back_and_another_added() -> None:
    consultation, typist, checker = scene()
    response = retype(enter(consultation, typist), checker, [said(consultation, 2)])
    states = Comment.objects.order_by("recommendation__number").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "submitted"]
    assert Case.objects.waiting().count() == 1
    retype(response, checker, [said(consultation, 1, stance=Stance.OPPOSE)])
    states = Comment.objects.order_by("recommendation__number").values_list("state", flat=True)
    assert list(states) == ["submitted", "withdrawn"]
    assert CommentVersion.objects.filter(comment__recommendation__number=1).count() == 2


def test_comments_that_are_taken_back_are_locked_by_one_statement() -> None:
    consultation, typist, _checker = scene(recommendations=3)
    words = [said(consultation, number) for number in (1, 2, 3)]
    response = enter(consultation, typist, said=words)

    with CaptureQueriesContext(connection) as queries:
        retype(response, typist, words[:1])

    held = [each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"]]
    assert len([sql for sql in held if 'FROM "consultations_comment"' in sql]) == 1
    assert response.comments.filter(state=Comment.State.WITHDRAWN).count() == 2


def test_what_a_moderator_has_decided_is_not_retyped() -> None:
    consultation, typist, checker = scene()
    response = check(enter(consultation, typist), checker)
    decide.publish(case=Case.objects.get(), version_number=1, by=checker, at=timezone.now())
    for words, facts in (
        ([said(consultation, text="Other words.")], {}),
        ([said(consultation, 2)], {}),
        ([said(consultation)], {"kind": "other"}),
    ):
        with pytest.raises(PaperError, match="recommendation 1 was decided"):
            retype(response, typist, words, **facts)
    retype(response, typist, [said(consultation), said(consultation, 2)])
    assert Comment.objects.filter(state="submitted").count() == 1


@pytest.mark.parametrize("verb", ["change", "withdraw"])
def test_what_its_organisation_changed_online_meanwhile_is_not_retyped(verb: str) -> None:
    lead, _colleague = make_council()
    consultation, typist, checker = scene()
    names = {"name": "", "organisation": lead.organisation}
    words = [said(consultation), said(consultation, 2)]
    response = enter(consultation, typist, said=words, **names)
    comment = response.comments.get(recommendation__number=1)
    if verb == "change":
        post(lead, comment.recommendation, text="We say it online.", based_on=1)
    else:
        participation.withdraw(comment=comment, user=lead, at=timezone.now())

    for again in ([said(consultation, text="From the letter."), words[1]], words[1:]):
        if verb == "withdraw" and len(again) == 1:
            continue  # it is gone, as the officer would have it
        with pytest.raises(PaperError, match="on recommendation 1 after it was typed"):
            retype(response, checker, again, **names)
    comment.refresh_from_db()
    now = comment.submitted_version
    theirs = said(consultation, stance=now.stance, text=now.text, permission=now.permission)
    rest = [said(consultation, 2, text="Other words.")]
    retype(response, checker, [theirs, *rest] if verb == "change" else rest, **names)
    assert response.comments.get(recommendation__number=2).submitted_version.number == 2


def test_colleague_who_typed_it_anew_is_not_overwritten() -> None:
    consultation, typist, checker = scene()
    response = enter(consultation, typist)
    retype(response, checker, [said(consultation, text="Once.")])
    with pytest.raises(PaperError, match="anew since you opened"):
        retype(response, typist, [said(consultation, text="Twice.")])
    with pytest.raises(PaperError, match="anew since you opened"):
        check(response, typist)


def test_retyped_form_sent_twice_makes_one_version() -> None:
    consultation, typist, checker = scene()
    response = enter(consultation, typist)
    form: Any = {
        "response": response,
        "paper": replace(paper(), name="Ann Smythe"),
        "said": [said(consultation, text="Once.")],
        "key": uuid4(),
        "seen": response.typed_at,
        "by": checker,
    }
    for _n in range(2):
        participation.retype(**form, at=timezone.now())
    assert CommentVersion.objects.count() == 2


def test_response_of_an_account_is_neither_checked_nor_retyped() -> None:
    consultation, typist, _checker = scene()
    response = Response.objects.create(
        consultation=consultation,
        kind="other",
        permission="named",
        notices="",
        started_at=timezone.now(),
    )
    with pytest.raises(PaperError, match="Nobody typed"):
        check(response, typist)
    with pytest.raises(PaperError, match="Nobody typed"):
        retype(response, typist, [said(consultation)])
