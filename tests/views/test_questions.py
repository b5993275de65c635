"""The pages of the owner's questions: answering, the lists that show them, and the way onward."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.models import (
    Comment,
    Consultation,
    Draft,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Recommendation,
    User,
)
from tests.factories import (
    log_in,
    make_answer,
    make_consultation,
    make_question,
    make_recommendation,
    make_response,
    make_staff,
    make_user,
)
from tests.participation.scene import answer, make_council, recommendation_of, save, submit_all
from tests.views.test_drafts import JSON
from tests.views.test_drafts import said as commented

pytestmark = pytest.mark.django_db


def path(name: str, consultation: Consultation, number: int | None = None) -> str:
    """Return a page's address."""
    return reverse(name, args=[consultation.slug, *([number] if number else [])])


def said(**fields: object) -> dict[str, object]:
    """Return a filled form."""
    return {"chosen": "1", "based_on": 0, "draft": ""} | fields


def enter(client: Client) -> User:
    """Log an employer in."""
    user = make_user()
    client.force_login(user)
    return user


def text(client: Client, address: str) -> str:
    """Return what a page says."""
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("kind", "control"),
    [
        ("single", 'type="radio" name="chosen" value="2"'),
        ("several", 'type="checkbox" name="chosen" value="2"'),
        ("scale", "5: very much"),
        ("short", 'type="text" name="text"'),
        ("long", '<textarea name="text"'),
    ],
)
def test_question_of_each_kind_is_shown_before_log_in(
    client: Client, kind: str, control: str
) -> None:
    ends = {"lowest": "not at all", "highest": "very much"} if kind == "scale" else {}
    question = make_question(kind=kind, hint="For the last year.", **ends)

    page = text(client, path("questions.answer", question.consultation, 1))

    for words in ("Ask 1?", "For the last year.", control, "Log in and save"):
        assert words in page
    assert "What you write here is read by The Commission; it is not published." in page


def test_answer_typed_before_log_in_waits_in_the_session(client: Client) -> None:
    question = make_question(kind="several", options=["Cost", "Skills", "Time"], asks_why=True)
    here = path("questions.answer", question.consultation, 1)

    asked = client.post(here, said(chosen=["1", "3"], why="Both."))
    enter(client)
    page = text(client, here)

    assert asked["Location"].startswith("/accounts/login/")
    assert QuestionDraft.objects.count() == 0
    assert page.count(" checked>") == 2
    assert ("We kept your answer" in page, "Both." in page) == (True, True)
    client.post(here, said(chosen=["1", "3"], why="Both."))
    assert QuestionDraft.objects.get().chosen == [1, 3]
    assert "We kept your answer" not in text(client, here)


def test_save_goes_on_through_recommendations_and_questions_in_their_order(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    second = consultation.recommendations.get(number=2)
    make_question(consultation)
    make_question(consultation, recommendation=second)

    onward = [
        client.post(path("drafts.save", consultation, 1), commented())["Location"],
        client.post(path("drafts.save", consultation, 2), commented())["Location"],
        client.post(path("questions.answer", consultation, 2), said())["Location"],
        client.post(path("questions.answer", consultation, 1), said())["Location"],
    ]

    assert onward == [
        path("recommendations.show", consultation, 2),
        path("questions.answer", consultation, 2),
        path("questions.answer", consultation, 1),
        path("responses.mine", consultation),
    ]


def test_save_of_nothing_is_refused_beside_the_field(client: Client) -> None:
    consultation = make_consultation()
    make_question(consultation)
    make_question(consultation, kind="long")
    enter(client)

    chosen = client.post(path("questions.answer", consultation, 1), said(chosen=""))
    written = client.post(path("questions.answer", consultation, 2), {"based_on": 0, "text": " "})

    assert (chosen.status_code, written.status_code) == (422, 422)
    assert "Choose an answer before you save." in chosen.content.decode()
    assert "Write your answer before you save." in written.content.decode()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("single", {"chosen": "9"}),
        ("single", {"chosen": "1; DROP TABLE"}),
        ("several", {"chosen": ["1", "0"]}),
        ("scale", {"chosen": "٦"}),
        ("short", {"text": "two\nlines"}),
        ("short", {"text": "x" * 201}),
        ("long", {"text": "NUL\x00"}),
        ("long", {"text": "right \u202e left"}),
        ("long", {"text": "x" * 5_001}),
        ("long", {"text": "fine", "based_on": "-1"}),
        ("long", {"text": "fine", "draft": "no stamp"}),
    ],
)
def test_hostile_answer_is_an_error_and_never_saved(
    client: Client, kind: str, fields: dict[str, Any]
) -> None:
    question = make_question(kind=kind)
    enter(client)

    refused = client.post(
        path("questions.answer", question.consultation, 1), said(chosen="") | fields
    )

    assert refused.status_code == 422
    assert QuestionDraft.objects.count() == 0


def test_field_that_the_question_does_not_ask_for_changes_nothing(client: Client) -> None:
    question = make_question()
    other = make_response(question.consultation)
    user = enter(client)

    client.post(
        path("questions.answer", question.consultation, 1),
        said(why="Smuggled.", text="Smuggled.", response=other.pk, state="submitted"),
    )

    draft = QuestionDraft.objects.get()
    assert (draft.text, draft.why, draft.response.respondent) == ("", "", user)
    assert QuestionAnswer.objects.count() == 0


def test_page_that_saves_by_itself_is_told_the_stamp_or_the_reason(client: Client) -> None:
    question = make_question()
    enter(client)
    here = path("questions.answer", question.consultation, 1)

    saved = client.post(here, said(), **JSON)
    empty = client.post(here, said(chosen=""), **JSON)
    stale = client.post(here, said(chosen="2"), **JSON)

    assert saved.json()["draft"] == str(QuestionDraft.objects.get().stamp)
    assert (empty.status_code, stale.status_code) == (422, 409)
    assert empty.json()["problem"] == "Not saved: Choose an answer before you save."


def test_collision_shows_both_answers_and_saving_again_replaces(client: Client) -> None:
    lead, colleague = make_council()
    question = make_question(asks_why=True)
    answer(colleague, question, chosen=(2,), why="Theirs.")
    client.force_login(lead)
    here = path("questions.answer", question.consultation, 1)

    refused = client.post(here, said(why="Mine."))
    page = refused.content.decode()
    stamp = QuestionDraft.objects.get().stamp
    again = client.post(here, said(why="Both.", draft=str(stamp)))

    assert (refused.status_code, again.status_code) == (409, 302)
    assert ("Theirs." in page, "Mine." in page, str(stamp) in page) == (True, True, True)
    assert QuestionDraft.objects.get().why == "Both."


def test_answer_posted_after_the_close_is_kept_on_the_page(client: Client) -> None:
    question = make_question(kind="long")
    enter(client)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    late = client.post(
        path("questions.answer", question.consultation, 1), said(text="A minute late.")
    )

    page = late.content.decode()
    assert (late.status_code, QuestionDraft.objects.count()) == (409, 0)
    assert ("A minute late." in page, "has closed" in page) == (True, True)


@pytest.mark.parametrize("phase", ["upcoming", "closed"])
def test_question_outside_the_time_has_no_form(client: Client, phase: str) -> None:
    question = make_question(make_consultation(opens_at=timezone.now() - timedelta(days=2)))
    now, day = timezone.now(), timedelta(days=1)
    times = {"upcoming": {"opens_at": now + day}, "closed": {"closes_at": now - day}}
    Consultation.objects.update(**times[phase])
    enter(client)

    page = text(client, path("questions.answer", question.consultation, 1))

    assert "Save and go on" not in page


def test_list_check_and_copy_show_the_answers_and_sending_takes_them(client: Client) -> None:
    consultation = make_consultation()
    employer = enter(client)
    make_question(consultation, kind="scale", highest="very much", asks_why=True)
    client.post(path("questions.answer", consultation, 1), said(chosen="5", why="It <b>is</b>."))

    for name in ("responses.mine", "responses.check", "responses.printed"):
        page = text(client, path(name, consultation))
        assert ("5: very much" in page, "It &lt;b&gt;is&lt;/b&gt;." in page) == (True, True)
    stamp = QuestionDraft.objects.get().stamp.hex
    form = {"notices": consultation.notices(), "read": f"q1:{stamp}"}
    sent = client.post(path("responses.check", consultation), form)

    assert sent["Location"] == path("responses.receipt", consultation)
    version = QuestionAnswerVersion.objects.get()
    assert (version.chosen, version.written_by) == ([5], employer)
    assert "Sent. It counts." in text(client, path("responses.mine", consultation))
    assert "5: very much" in text(client, path("responses.printed", consultation))


def test_earlier_versions_are_shown_to_their_author(client: Client) -> None:
    employer, question = enter(client), make_question(kind="short")
    answer(employer, question, chosen=(), text="First.")
    submit_all(employer, question.consultation)
    answer(employer, question, chosen=(), text="Second.", based_on=1)
    submit_all(employer, question.consultation)

    page = text(client, path("responses.mine", question.consultation))

    assert ("1 earlier version" in page, "First." in page, "Second." in page) == (True,) * 3
    other = log_in(make_user())
    assert "First." not in text(other, path("responses.mine", question.consultation))


def test_earlier_versions_of_a_comment_are_shown_to_their_author(client: Client) -> None:
    employer, consultation = enter(client), make_consultation()
    for based_on, words in enumerate(("First.", "Second.", "Third.")):
        save(employer, recommendation_of(consultation), text=words, based_on=based_on)
        submit_all(employer, consultation)

    page = text(client, path("responses.mine", consultation))

    assert "2 earlier versions" in page
    assert page.index("Third.") < page.index("Second.") < page.index("First.")


def test_answer_that_is_wrong_and_too_late_keeps_the_text(client: Client) -> None:
    consultation = make_consultation()
    question = make_question(consultation, asks_why=True)
    enter(client)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    said = {"chosen": "99", "why": "A minute late.", "based_on": 0}

    answer = client.post(path("questions.answer", consultation, question.number), said)

    page = answer.content.decode()
    assert (answer.status_code, "A minute late." in page) == (409, True)
    assert "so nothing was saved or sent" in page
    assert ("Choose from the list." in page, "Save and go on" in page) == (False, False)


def test_answer_opened_in_another_name_is_saved_and_sent_at_the_second_try(client: Client) -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    question = make_question(consultation)
    here = path("questions.answer", consultation, question.number)
    client.force_login(lead)
    write_for = partial(client.post, reverse("people.write_for"))
    write_for({"organisation": ""})
    make_answer(question, make_response(consultation, lead))
    form = client.get(here).context["form"].initial
    write_for({"organisation": lead.organisation.reference})

    late = client.post(here, form | {"chosen": "2"})
    again = {**late.context["form"].initial, "draft": ""}
    taken = client.post(here, again)
    check = client.get(reverse("responses.check", args=[consultation.slug]))
    client.post(check.request["PATH_INFO"], check.context["form"].initial)

    assert (form["based_on"], late.status_code, again["based_on"]) == (1, 409, 0)
    assert taken.status_code == 302
    sent = QuestionAnswer.objects.get(response__organisation=lead.organisation)
    assert (sent.state, sent.current.chosen) == ("submitted", [2])


def test_required_question_takes_the_place_of_the_one_step_send(client: Client) -> None:
    consultation = make_consultation()
    employer = enter(client)
    question = make_question(consultation, required=True)
    here = path("recommendations.show", consultation, 1)

    before = text(client, here)
    refused = client.post(path("comments.post", consultation, 1), commented(text="My words."))
    answer(employer, question)
    drafted = text(client, here)
    submit_all(employer, consultation)

    # Saved, it is answered, and goes with the rest: the page asks for it no more.
    for page, asked in ((before, True), (drafted, False)):
        owed = "This has to be answered before anything is sent" in page
        assert ("Send my comment" in page, owed) == (False, asked)
    page = refused.content.decode()
    assert (refused.status_code, "My words." in page, Comment.objects.count()) == (409, True, 0)
    assert "Question 1 has to be answered before anything is sent" in page
    assert "Send my comment" in text(client, here)


def test_check_of_a_response_that_owes_an_answer_links_to_the_question(client: Client) -> None:
    consultation = make_consultation()
    employer = enter(client)
    make_question(consultation, required=True)
    save(employer, recommendation_of(consultation))

    page = text(client, path("responses.check", consultation))

    assert ("Send my response" in page, path("questions.answer", consultation, 1) in page) == (
        False,
        True,
    )


def test_draft_is_thrown_away_and_an_answer_withdrawn(client: Client) -> None:
    employer, question = enter(client), make_question()
    consultation = question.consultation
    answer(employer, question)
    submit_all(employer, consultation)
    draft = answer(employer, question, chosen=(2,), based_on=1)

    client.get(path("questions.discard", consultation, 1))
    client.get(path("questions.withdraw", consultation, 1))
    assert QuestionDraft.objects.count() == 1
    stale = client.post(path("questions.discard", consultation, 1), {"draft": "x"})
    gone = client.post(path("questions.discard", consultation, 1), {"draft": str(draft.stamp)})
    back = client.post(path("questions.withdraw", consultation, 1))

    assert (stale.status_code, gone.status_code, back.status_code) == (409, 302, 302)
    assert QuestionDraft.objects.count() == 0
    assert QuestionAnswer.objects.get().state == "withdrawn"


def test_answer_of_somebody_else_is_neither_seen_nor_withdrawn(client: Client) -> None:
    question = make_question()
    given = make_answer(question, make_response(question.consultation))
    enter(client)
    here = path("questions.withdraw", question.consultation, 1)

    assert client.post(here).status_code == 404
    assert client.post(f"{here}?response={given.response.reference}").status_code == 404
    given.refresh_from_db()
    assert given.state == "submitted"


def test_question_of_a_hidden_consultation_answers_like_one_that_is_missing(
    client: Client,
) -> None:
    draft = make_consultation("secret", state="draft", published_at=None)
    question = make_question(draft)
    enter(client)

    hidden = client.get(path("questions.answer", draft, question.number))
    missing = client.get(path("questions.answer", make_consultation(), 9))

    assert hidden.status_code == missing.status_code == 404
    officer = log_in(make_staff(draft, "officer"))
    assert officer.get(path("questions.answer", draft, 1)).status_code == 200


def test_printable_page_holds_every_question_before_log_in(client: Client) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    make_question(consultation, words="On the whole?", kind="long")
    make_question(consultation, words="On the first?", recommendation=first, asks_why=True)

    page = text(client, path("consultations.printed", consultation))

    assert 0 < page.index("On the first?") < page.index("2. Proposal 2")
    assert page.index("2. Proposal 2") < page.index("On the whole?")
    for words in ("Choose one.", "You may leave it out.", "it is not published"):
        assert words in page


def test_receipt_of_one_comment_names_the_questions_that_are_left(client: Client) -> None:
    consultation = make_consultation()
    make_question(consultation)
    enter(client)
    client.post(path("comments.post", consultation, 1), commented())

    page = text(client, path("comments.receipt", consultation, 1))

    assert ("Questions that are left" in page, "Question 1: Ask 1?" in page) == (True, True)


def cost(name: str, amount: int) -> int:
    """Return how many queries a page takes of somebody who sent and changed so many answers."""
    consultation, employer = make_consultation(), make_user()
    asked = [make_question(consultation) for _n in range(amount)]
    for question in asked:
        answer(employer, question)
    submit_all(employer, consultation)
    for question in asked:
        answer(employer, question, chosen=(2,), based_on=1)
    save(employer, recommendation_of(consultation))
    numbered = name in {"questions.answer", "recommendations.show"}
    client = log_in(employer)
    with CaptureQueriesContext(connection) as made:
        page = client.get(path(name, consultation, 1 if numbered else None))
    assert page.status_code == 200
    return len(made)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("questions.answer", 9),
        ("recommendations.show", 10),
        ("responses.mine", 14),
        ("responses.check", 12),
        ("responses.printed", 12),
        ("consultations.show", 8),
        ("consultations.printed", 7),
    ],
)
def test_page_takes_as_many_queries_at_one_question_as_at_three(name: str, limit: int) -> None:
    one, three = cost(name, 1), cost(name, 3)

    assert one == three <= limit


def test_recommendation_without_questions_costs_no_query_more(client: Client) -> None:
    plain, asking = (make_recommendation() for _n in "12")
    make_question(asking.consultation)

    costs = []
    for each in (plain, asking):
        with CaptureQueriesContext(connection) as asked:
            client.get(path("recommendations.show", each.consultation, each.number))
        costs.append(len(asked))

    assert costs == [4, 5]


def test_words_are_kept_when_the_token_is_missing() -> None:
    question = make_question(kind="several", asks_why=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    refused = client.post(
        path("questions.answer", question.consultation, 1),
        said(chosen=["1", "2"], why="Kept."),
        headers={"origin": "http://testserver"},
    )

    page = refused.content.decode()
    assert refused.status_code == 403
    assert page.count('name="chosen"') == 2
    assert "Kept.</textarea>" in page


def test_answers_stay_out_of_every_public_page(client: Client) -> None:
    consultation = make_consultation()
    recommendation: Recommendation = consultation.recommendations.get(number=1)
    question: Question = make_question(consultation, recommendation=recommendation, kind="long")
    given = make_response(consultation)
    make_answer(question, given, chosen=[], text="For the owner alone.")
    Draft.objects.all().delete()

    pages = [
        path("consultations.show", consultation),
        path("consultations.printed", consultation),
        path("recommendations.show", consultation, 1),
        path("questions.answer", consultation, 1),
        path("digests.index", consultation),
    ]

    assert [address for address in pages if "For the owner alone" in text(client, address)] == []
