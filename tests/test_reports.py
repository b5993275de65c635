"""Readers report a comment: once, within bounds; a moderator decides, and the reader is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Decision,
    LedgerEntry,
    Message,
    Report,
    Role,
    database_now,
)
from consultations.moderation import bulk, claims, decide, reports, undo
from consultations.moderation.record import DecisionRefused
from consultations.participation.report import MOST_OPEN
from tests.browser.scene import say
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_report,
    make_staff,
    make_user,
)
from tests.moderation.scene import remove

pytestmark = pytest.mark.django_db
Published = Comment.State.PUBLISHED


def publish(text: str = "You are all thieves.", **fields: object) -> Comment:
    """Publish a comment."""
    return make_comment(state=Published, text=text, **fields)  # type: ignore[arg-type]


def address(comment: Comment, what: str = "make") -> str:
    """Return where a comment is reported, or its reader thanked."""
    recommendation = comment.recommendation
    where = [recommendation.consultation.slug, recommendation.number, comment.reference]
    return reverse(f"reports.{what}", args=where)


def acts(comment: Comment) -> list[str]:
    """Return what the ledger of a comment's consultation holds."""
    entries = LedgerEntry.objects.filter(consultation=comment.recommendation.consultation)
    return list(entries.order_by("sequence").values_list("act", flat=True))


def mails(report: Report) -> list[str]:
    """Return the words of the mails to whoever reported."""
    rows = Message.objects.filter(user=report.reporter).order_by("pk")
    return [str(row.letter) for row in rows]


def test_reader_reports_and_is_thanked(client: Client) -> None:
    comment, reader = publish(), make_user()
    client.force_login(reader)

    form = client.get(address(comment)).content.decode()
    sent = client.post(address(comment), {"why": "abusive", "words": "The last\r\nline. "})
    thanks = client.get(sent["Location"]).content.decode()

    (report,) = Report.objects.all()
    assert "You are all thieves." in form
    assert sent["Location"] == address(comment, "thanks")
    assert "A moderator reads it" in thanks
    assert (report.reporter, report.version, report.why, report.words) == (
        reader,
        comment.public_version,
        Report.Why.ABUSIVE,
        "The last\nline.",
    )
    (case,) = Case.objects.waiting()
    assert (case.report, case.comment, case.consultation) == (
        report,
        None,
        comment.recommendation.consultation,
    )
    assert acts(comment) == ["comment_reported"]


def test_a_comment_is_reported_once_by_each_person(client: Client) -> None:
    comment = publish()
    client.force_login(make_user())
    for why in ("abusive", "copied"):
        answer = client.post(address(comment), {"why": why})
        assert answer["Location"] == address(comment, "thanks")

    assert client.get(address(comment))["Location"] == address(comment, "thanks")
    assert Report.objects.get().why == Report.Why.ABUSIVE
    make_report(comment)
    assert Case.objects.waiting().count() == 2


def test_same_report_by_the_verb_makes_one() -> None:
    comment, reader = publish(), make_user()

    assert make_report(comment, reader) == make_report(comment, reader)
    assert (Report.objects.count(), Case.objects.count()) == (1, 1)


def test_whoever_is_not_logged_in_is_asked_to(client: Client) -> None:
    comment = publish()

    for answer in (client.get(address(comment)), client.post(address(comment), {"why": "other"})):
        assert answer["Location"].startswith(reverse("account_login"))
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"words": "Kept."}, "Choose what is wrong with the comment."),
        ({"why": "dislike", "words": "Kept."}, "Select a valid choice"),
        ({"why": "other", "words": f"Kept.{'x' * 1_000}"}, "Shorten this to 1,000 characters"),
        ({"why": "other", "words": "Kept.\u200b"}, "an invisible character"),
    ],
)
def test_report_that_is_not_well_formed_keeps_the_words(
    client: Client, said: dict[str, str], problem: str
) -> None:
    comment = publish()
    client.force_login(make_user())

    answer = client.post(address(comment), said)

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert "Kept." in answer.content.decode()
    assert Report.objects.count() == 0


def test_too_many_open_reports_in_a_day_are_refused_and_the_words_kept(client: Client) -> None:
    reader, consultation = make_user(), make_consultation()
    first = consultation.recommendations.get(number=1)
    made = [make_report(make_comment(first, state=Published), reader) for _n in range(MOST_OPEN)]
    comment = make_comment(first, state=Published)
    client.force_login(reader)
    said = {"why": "other", "words": "Kept words."}

    refused = client.post(address(comment), said)

    assert refused.status_code == 409
    assert "Many of your reports still wait" in refused.content.decode()
    assert "Kept words." in refused.content.decode()
    by = make_staff(consultation)
    reports.dismiss(case=made[0].cases.get(), by=by, at=database_now())
    assert client.post(address(comment), said).status_code == 302
    Report.objects.update(made_at=timezone.now() - timedelta(days=1, seconds=1))
    assert client.post(address(make_comment(first, state=Published)), said).status_code == 302


@pytest.mark.parametrize("state", ["submitted", "held", "rejected", "hidden", "withdrawn"])
def test_comment_that_may_not_be_seen_cannot_be_reported(client: Client, state: str) -> None:
    comment = make_comment(state=state)
    client.force_login(make_user())

    assert client.get(address(comment)).status_code == 404
    assert client.post(address(comment), {"why": "other"}).status_code == 404
    with pytest.raises(participation.ParticipationError):
        make_report(comment)


def test_answers_not_shown_yet_cannot_be_reported(client: Client) -> None:
    comment = publish()
    Consultation.objects.update(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    client.force_login(make_user())

    assert client.get(address(comment)).status_code == 404


def test_thanks_are_for_whoever_reported(client: Client) -> None:
    report = make_report()
    client.force_login(make_user())

    assert client.get(address(report.comment, "thanks")).status_code == 404


def test_thanks_show_nothing_of_what_their_reader_may_no_longer_see(client: Client) -> None:
    report, reader = make_report(), make_user()
    Report.objects.filter(pk=report.pk).update(reporter=reader)
    client.force_login(reader)
    page = address(report.comment, "thanks")
    seen = client.get(page).status_code

    Consultation.objects.update(visibility="invited")

    assert (seen, client.get(page).status_code) == (200, 404)


def test_report_closed_with_nothing_to_do_is_on_record_and_told() -> None:
    report = make_report()
    moderator = make_staff(report.comment.recommendation.consultation)

    decision = reports.dismiss(
        case=report.cases.get(), by=moderator, at=database_now(), note="Rough, and fair."
    )

    report.comment.refresh_from_db()
    assert (decision.verb, decision.decided_by, decision.version) == (
        Decision.Verb.DISMISS,
        moderator,
        report.version,
    )
    assert report.comment.state == Published
    assert not Case.objects.waiting().exists()
    assert acts(report.comment) == ["comment_reported", "report_dismissed"]
    (mail,) = mails(report)
    assert "decided that the comment stays" in mail
    assert "Rough" not in mail
    assert report.comment.public_text not in mail
    assert ledger.verify(report.comment.recommendation.consultation_id) == []
    with pytest.raises(DecisionRefused, match="Already decided"):
        reports.dismiss(case=report.cases.get(), by=moderator, at=database_now())


def test_report_of_a_comment_that_its_author_took_back_is_told_so() -> None:
    report = make_report()
    report.comment.unpublish("withdrawn", None)
    report.comment.save()
    moderator = make_staff(report.comment.recommendation.consultation)

    reports.dismiss(case=report.cases.get(), by=moderator, at=database_now())

    assert "The comment is no longer shown." in mails(report)[0]


def test_hiding_a_comment_answers_its_reports_that_wait() -> None:
    comment = publish()
    first, second = make_report(comment), make_report(comment)
    elsewhere = make_report()
    moderator = make_staff(comment.recommendation.consultation)
    reports.dismiss(case=first.cases.get(), by=moderator, at=database_now())

    decide.hide(comment=comment, reason=make_reason(), note="", by=moderator, at=database_now())

    assert [case.report for case in Case.objects.waiting()] == [elsewhere]
    assert [decision.verb for decision in second.cases.get().decisions.all()] == ["uphold"]
    assert [len(mails(one)) for one in (first, second, elsewhere)] == [1, 1, 0]
    assert "taken the comment from public view" in mails(second)[0]
    assert acts(comment)[-2:] == ["comment_hidden", "report_upheld"]
    assert ledger.verify(comment.recommendation.consultation_id) == []


def test_rejecting_what_was_published_unread_answers_its_reports() -> None:
    comment = publish()
    report = make_report(comment)
    case = make_case(comment)
    moderator = make_staff(comment.recommendation.consultation)

    decide.reject(
        case=case,
        version_number=1,
        reason=make_reason(),
        note="",
        by=moderator,
        at=database_now(),
    )

    assert not Case.objects.waiting().exists()
    assert "taken the comment from public view" in mails(report)[0]


def test_verbs_of_comments_and_claims_leave_reports_alone() -> None:
    report = make_report()
    case = report.cases.get()
    by = make_staff(report.comment.recommendation.consultation)

    outcome = bulk.publish_many(read=[(case, 1)], by=by, clock=database_now)

    assert [why for _case, why in outcome.refused] == [
        "This is a reader’s report: hide the comment or close the report."
    ]
    with pytest.raises(DecisionRefused):
        claims.confirm(case=case, by=by, at=database_now())
    claim = make_case(membership=make_membership())
    with pytest.raises(DecisionRefused):
        reports.dismiss(case=claim, by=by, at=database_now())


def test_case_is_about_exactly_one_thing() -> None:
    report = make_report()
    case = report.cases.get()
    for subject in (
        {"comment": report.comment},
        {"membership": make_membership()},
        {"report": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(report=report, consultation=case.consultation, since=timezone.now())


def test_moderator_finds_reports_by_their_own_state_and_closes_one() -> None:
    report = make_report()
    make_case(make_comment(report.comment.recommendation))
    consultation = report.comment.recommendation.consultation
    browser = log_in(make_staff(consultation))
    queue = reverse("admin:consultations_case_changelist")
    case = report.cases.get()
    page = reverse("admin:consultations_case_change", args=[case.pk])

    listed = browser.get(queue, {"state": "report", "kind": "employer"}).content.decode()
    found = browser.get(queue, {"q": report.comment.reference}).context["cl"].result_list
    shown = browser.get(page).content.decode()
    decided = browser.post(page, {"decision": "dismiss", "note": "Fair."}, follow=True)

    assert "Report: It insults or threatens somebody" in listed
    assert [one.pk for one in found] == [case.pk]
    assert "Look at the last line." in shown
    assert reverse("admin:consultations_comment_hide", args=[report.comment_id]) in shown
    assert "Closed, with nothing to do" in decided.content.decode()
    assert Decision.objects.get().verb == Decision.Verb.DISMISS
    history = browser.get(reverse("admin:consultations_decision_changelist")).content.decode()
    assert f"response {report.comment.response.reference}" in history


def test_moderator_elsewhere_sees_no_report() -> None:
    report = make_report()
    browser = log_in(make_staff(make_consultation(), Role.Right.MODERATOR))
    page = reverse("admin:consultations_case_change", args=[report.cases.get().pk])

    assert browser.get(page).status_code == 404


def test_queue_of_reports_costs_the_same_with_one_and_with_three() -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    browser = log_in(make_staff(consultation))
    queue = reverse("admin:consultations_case_changelist")
    costs = []
    for times in (1, 2):
        for _n in range(times):
            make_report(make_comment(first, state=Published))
        with CaptureQueriesContext(connection) as queries:
            browser.get(queue, {"state": "report"})
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_report_says_nothing_of_its_reader_in_public(client: Client) -> None:
    report = make_report(reporter=make_user(name="Wilma Reader"))
    comment = report.comment
    where = [comment.recommendation.consultation.slug, 1, comment.reference]

    page = client.get(reverse("comments.show", args=where)).content.decode()

    assert "Wilma" not in page


def test_words_of_a_reader_who_was_logged_out_are_there_after_logging_in(client: Client) -> None:
    comment, reader = publish(), make_user()
    said = {"why": "other", "words": "It names my neighbour."}

    answer = client.post(address(comment), said)
    client.force_login(reader)

    assert answer["Location"].startswith(reverse("account_login"))
    page = client.get(address(comment))
    assert page.context["form"]["words"].value() == "It names my neighbour."
    assert page.context["form"]["why"].value() == "other"
    client.post(address(comment), said)
    assert Report.objects.get().words == "It names my neighbour."
    assert "kept" not in client.session


def test_words_kept_for_one_page_are_on_no_other(client: Client) -> None:
    one, other = publish(), publish()
    client.post(address(one), {"words": "It names my neighbour."})
    client.force_login(make_user())

    page = client.get(address(other))

    assert page.context["form"]["words"].value() is None


def reported(times: int, *, enough: int = 3) -> Comment:
    """Return a published comment of a consultation with a threshold, reported so often."""
    consultation = make_consultation(reports_to_hide=enough)
    comment = make_comment(consultation.recommendations.get(number=1), state=Published)
    for _n in range(times):
        make_report(comment)
    comment.refresh_from_db()
    return comment


def test_reports_under_the_threshold_hide_nothing() -> None:
    comment = reported(2)

    assert (comment.state, comment.listed) == (Published, True)
    assert make_report(comment, make_report(comment).reporter) is not None


def test_reports_are_never_enough_where_no_threshold_is_set() -> None:
    assert reported(5, enough=0).listed


def test_no_single_report_can_be_enough() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_consultation(reports_to_hide=1)


def test_reports_of_enough_people_take_a_comment_from_view_until_it_is_read() -> None:
    comment = reported(3)

    assert (comment.state, comment.listed, comment.counted) == ("hidden", False, True)
    assert (comment.reason and comment.reason.code, comment.reviewed) == ("reported", False)
    case = Case.objects.waiting().get(comment=comment)
    assert case.marks == [{"code": "reported", "count": 3}]
    assert acts(comment) == ["comment_reported"] * 3 + ["comment_held_for_reports"]
    letter = str(Message.objects.get(user=comment.response.respondent).letter)
    assert "3 readers have reported your comment" in letter
    assert "Nobody has decided against it" in letter
    assert ledger.verify(comment.recommendation.consultation_id) == []


def test_report_of_what_reports_took_from_view_is_answered_with_the_comment() -> None:
    comment = reported(3)
    moderator = make_staff(comment.recommendation.consultation)
    report, case = (
        Case.objects.waiting().filter(**where).first()
        for where in ({"report__comment": comment}, {"comment": comment})
    )
    page = log_in(moderator).get(reverse("admin:consultations_case_change", args=[report.pk]))

    with pytest.raises(DecisionRefused, match="decide on the comment"):
        reports.dismiss(case=report, by=moderator, at=database_now())

    instead = reverse("admin:consultations_case_change", args=[case.pk])
    assert (page.context["instead"], "Nothing to do" in page.content.decode()) == (instead, False)
    assert not any(mails(one) for one in Report.objects.all())


def test_restoring_answers_the_reports_and_begins_anew() -> None:
    comment = reported(3)
    by = make_staff(comment.recommendation.consultation)
    case = Case.objects.waiting().get(comment=comment)

    decide.publish(case=case, version_number=1, by=by, at=database_now())

    comment.refresh_from_db()
    assert (comment.state, comment.listed) == (Published, True)
    assert not Case.objects.waiting().exists()
    make_report(comment)
    make_report(comment)
    comment.refresh_from_db()
    assert comment.listed
    make_report(comment)
    comment.refresh_from_db()
    assert comment.state == "hidden"


def test_restoring_on_the_comments_page_answers_the_reports_too() -> None:
    comment = reported(3)
    by = make_staff(comment.recommendation.consultation)

    decide.restore(comment=comment, note="", by=by, at=database_now())

    assert not Case.objects.waiting().exists()
    assert Decision.objects.filter(verb=Decision.Verb.DISMISS).count() == 3


def test_moderator_who_agrees_hides_for_a_reason_and_upholds_the_reports() -> None:
    comment = reported(3)
    by = make_staff(comment.recommendation.consultation)
    case = Case.objects.waiting().get(comment=comment)

    decide.reject(
        case=case, version_number=1, reason=make_reason(), note="", by=by, at=database_now()
    )

    comment.refresh_from_db()
    assert (comment.state, comment.reason and comment.reason.code) == ("hidden", "abusive")
    assert Decision.objects.filter(verb=Decision.Verb.UPHOLD).count() == 3
    assert not Case.objects.waiting().exists()


def test_what_reports_took_down_is_not_public_at_once_when_it_is_sent_again() -> None:
    consultation = make_consultation(reports_to_hide=2, moderation=Consultation.Moderation.AFTER)
    author, recommendation = make_user(), consultation.recommendations.get(number=1)
    say(author, recommendation, "You are all thieves.")
    comment = Comment.objects.get()
    make_report(comment)
    make_report(comment)
    participation.withdraw(comment=comment, user=author, at=database_now())

    say(author, recommendation, "You are all thieves.", 1)

    comment.refresh_from_db()
    assert (comment.state, comment.listed) == (Comment.State.SUBMITTED, False)
    assert Case.objects.waiting().filter(comment=comment).count() == 1


def test_what_was_undone_leaves_the_reports_counted() -> None:
    comment = reported(2)
    by = make_staff(comment.recommendation.consultation)
    said = {"by": by, "at": database_now()}
    decision = decide.hide(comment=comment, reason=make_reason(), note="", **said)
    undo.undo(decision=decision, by=by, at=database_now())

    make_report(Comment.objects.get())

    comment.refresh_from_db()
    assert (comment.state, comment.reason and comment.reason.code) == ("hidden", "reported")


def test_words_that_are_removed_leave_the_reports_counted() -> None:
    comment = reported(2)
    remove(comment, "firms")

    make_report(Comment.objects.get())

    comment.refresh_from_db()
    assert (comment.state, comment.reason and comment.reason.code) == ("hidden", "reported")
