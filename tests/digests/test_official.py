"""The mail that an official response is complete: once, also to respondents who never chose."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.digests import official
from consultations.mail import unsubscribe
from consultations.mail.delivery import drain
from consultations.models import Comment, Consultation, Message, Subscription, User
from tests.factories import (
    make_closed,
    make_comment,
    make_membership,
    make_official,
    make_organisation,
    make_response,
    make_subscription,
    make_user,
)
from tests.mail.sink import Sink, running

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)


def answered(consultation: Consultation, **texts: str) -> None:
    for row in consultation.recommendations.order_by("number"):
        make_official(row, **(texts if row.number == 1 else {}))


def told() -> list[str]:
    rows = Message.objects.filter(dedupe_key__startswith="milestone:official:")
    return sorted(rows.values_list("to", flat=True))


def respond(consultation: Consultation, state: str = "submitted", **fields: object) -> User:
    return make_response(consultation, make_user(), state=state, **fields).respondent


@pytest.mark.django_db
def test_it_goes_to_all_who_follow_and_to_every_respondent_who_did_not_choose_nothing() -> None:
    consultation = make_closed()
    every = make_subscription(None, consultation).user
    milestones = make_subscription(None, consultation, "milestones").user
    make_subscription(None, consultation, "nothing")
    silent, spoke = respond(consultation), respond(consultation)
    make_subscription(spoke, consultation, "nothing")
    respond(consultation, "draft")
    respond(consultation, "withdrawn")
    make_subscription(None, make_closed())
    council = make_organisation("Council")
    lead, colleague, former = (make_user() for _n in range(3))
    for person in (lead, colleague):
        make_membership(person, council, "confirmed")
    make_membership(former, council, "confirmed", ended_at=NOW)
    make_response(consultation, lead, organisation=council)
    answered(consultation)

    assert official.tell(LATER) == 5

    wanted = [person.email for person in (every, milestones, silent, lead, colleague)]
    assert told() == sorted(wanted)
    row = Subscription.objects.get(user=silent)
    assert (row.choice, len(row.token)) == ("unchosen", 22)
    assert unsubscribe.find(row.token) == row


@pytest.mark.django_db
def test_it_is_told_once_and_only_when_every_recommendation_is_answered(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    consultation = make_closed()
    make_subscription(None, consultation)
    first, second = consultation.recommendations.order_by("number")
    make_official(first)
    assert official.tell(LATER) == 0

    make_official(second)
    assert official.tell(LATER) == 1
    make_official(first, status="partly", progress="Begun.")
    make_subscription(None, consultation)

    with django_assert_num_queries(1):
        assert official.tell(LATER + timedelta(days=30)) == 0
    assert Message.objects.filter(dedupe_key__startswith="milestone:official:").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 40])
def test_it_is_planned_in_as_many_queries_for_one_as_for_many(
    django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    consultation = make_closed()
    for _n in range(many):
        respond(consultation)
    answered(consultation)

    # what is ready, savepoint, the mark, the answers, whose point, two statements, savepoint
    with django_assert_num_queries(8):
        assert official.tell(LATER) == many


@pytest.mark.django_db(transaction=True)
def test_the_mail_says_whose_point_is_answered_and_how_to_stop(settings) -> None:
    consultation = make_closed()
    recommendation = consultation.recommendations.get(number=1)
    cited = make_comment(recommendation, make_response(consultation), state=Comment.State.PUBLISHED)
    other = respond(consultation)
    answered(consultation, said=f"Many say what [[{cited.reference}]] says.")
    official.tell(LATER)

    with running() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        drain(streams=[Message.Stream.DIGEST], limit=9, at_clock=lambda: LATER)

    mails = mails_by_reader(sink)
    author = cited.response.respondent
    assert sorted(mails) == sorted([author.email, other.email])
    home = f"http://localhost:8000/consultations/{consultation.slug}/official-response/"
    for person, is_cited in ((author, True), (other, False)):
        for part in mails[person.email]:
            assert ("Your point is answered here" in part) == is_cited
            assert (f"{home}#recommendation-1" in part, home in part) == (is_cited, True)
            assert "Recommendation 1, Proposal 1: Accepted" in " ".join(part.split())
            assert Subscription.objects.get(user=person).token in part


@pytest.mark.django_db
def test_who_called_our_mail_spam_is_not_told_of_what_a_colleague_answered() -> None:
    consultation, council = make_closed(), make_organisation("Council")
    lead, complainer = make_user(), make_user()
    for person in (lead, complainer):
        make_membership(person, council, "confirmed")
    unsubscribe.complained(user_id=complainer.pk, consultation_id=make_closed().pk, at=NOW)
    make_response(consultation, lead, organisation=council)
    answered(consultation)

    official.tell(LATER)

    assert told() == [lead.email]
    assert not Subscription.objects.filter(user=complainer, consultation=consultation).exists()


@pytest.mark.django_db(transaction=True)
def test_who_stops_it_after_it_was_queued_gets_none(settings) -> None:
    consultation = make_closed()
    reader = respond(consultation)
    answered(consultation)
    official.tell(LATER)
    unsubscribe.stop(token=Subscription.objects.get(user=reader).token, at=LATER)

    with running() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        report = drain(streams=[Message.Stream.DIGEST], limit=9, at_clock=lambda: LATER)

    assert (report.suppressed, sink.mails) == (1, [])


def mails_by_reader(sink: Sink) -> dict[str, list[str]]:
    return {
        mail.recipient: [mail.parsed.get_body((kind,)).get_content() for kind in ("plain", "html")]
        for mail in sink.mails
    }
