"""The pages of a response in the making: saving, the list, checking, sending, printing."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.models import Comment, Consultation, Draft, Message, Response, Role, User
from tests.factories import NOTICES, log_in, make_consultation, make_staff, make_user
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


def said(**fields: object) -> dict[str, object]:
    """Return a filled form."""
    form = {
        "stance": "support",
        "text": "It would help firms like ours.",
        "permission": "named",
        "key": str(uuid4()),
        "based_on": 0,
        "answering": 1,
        "draft": "",
        "notices": NOTICES,
    }
    return form | fields


def path(name: str, consultation: Consultation, number: int | None = None) -> str:
    """Return a page's address."""
    return reverse(name, args=[consultation.slug, *([number] if number else [])])


def enter(client: Client) -> User:
    """Log an employer in."""
    user = make_user()
    client.force_login(user)
    return user


def test_save_goes_on_to_what_is_left_and_then_to_the_list(client: Client) -> None:
    consultation = make_consultation()
    enter(client)

    first = client.post(path("drafts.save", consultation, 1), said())
    last = client.post(path("drafts.save", consultation, 2), said())

    assert first["Location"] == path("recommendations.show", consultation, 2)
    assert last["Location"] == path("responses.mine", consultation)
    assert "Saved as a draft." in client.get(last["Location"]).content.decode()
    assert (Draft.objects.count(), Comment.objects.count()) == (2, 0)


def test_save_needs_neither_view_nor_permission_but_something(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    empty = said(stance="", permission="", text="  ")

    nothing = client.post(path("drafts.save", consultation, 1), empty)
    something = client.post(path("drafts.save", consultation, 1), empty | {"text": "Half a"})

    assert (nothing.status_code, something.status_code) == (422, 302)
    assert "Choose your view or write something" in nothing.content.decode()
    page = client.get(path("recommendations.show", consultation, 1)).content.decode()
    assert ("Half a" in page, "Draft, not sent" in page) == (True, True)


def test_text_begun_before_log_in_is_saved_after_it(client: Client) -> None:
    consultation = make_consultation()

    away = client.post(path("drafts.save", consultation, 1), said(text="Begun before."))
    assert away["Location"].startswith(reverse("account_login"))
    enter_again = make_user()
    client.force_login(enter_again)
    page = client.get(path("recommendations.show", consultation, 1)).content.decode()
    assert "Begun before." in page
    client.post(path("drafts.save", consultation, 1), said(text="Begun before."))

    assert Draft.objects.get().written_by == enter_again


def test_draft_survives_log_out(client: Client) -> None:
    consultation = make_consultation()
    employer = enter(client)
    client.post(path("drafts.save", consultation, 1), said(text="Half an answer."))
    client.logout()
    assert (
        "Half an answer."
        not in client.get(path("recommendations.show", consultation, 1)).content.decode()
    )

    client.force_login(employer)

    for name, number in (("recommendations.show", 1), ("responses.mine", None)):
        assert "Half an answer." in client.get(path(name, consultation, number)).content.decode()


def test_page_that_saves_by_itself_is_told_the_number_and_the_refusals(client: Client) -> None:
    consultation = make_consultation()
    where = path("drafts.save", consultation, 1)
    enter(client)

    saved = client.post(where, said(), **JSON)
    stamp = saved.json()["draft"]
    again = client.post(where, said(draft=stamp, text="More."), **JSON)
    late = client.post(where, said(draft=stamp, text="Other."), **JSON)
    empty = client.post(where, said(stance="", text=""), **JSON)

    assert [answer.status_code for answer in (saved, again, late, empty)] == [200, 200, 409, 422]
    assert again.json()["draft"] == str(Draft.objects.get().stamp) != stamp
    assert "saved other words" in late.json()["problem"]
    assert empty.json()["problem"].startswith("Not saved: Choose your view")
    assert Draft.objects.get().text == "More."


def test_collision_shows_both_texts_and_lets_one_choose(client: Client) -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    seen = save(lead, recommendation_of(consultation), text="The lead's words.").stamp
    save(colleague, recommendation_of(consultation), text="The colleague's words.", over=seen)
    client.force_login(lead)

    page = client.post(
        path("drafts.save", consultation, 1), said(draft=seen, text="The lead's newer words.")
    )

    assert page.status_code == 409
    words = page.content.decode()
    for text in ("The colleague&#x27;s words.", "The lead&#x27;s newer words.", colleague.name):
        assert text in words
    kept = page.context["form"].initial
    assert (kept["draft"], kept["text"]) == (Draft.objects.get().stamp, "The lead's newer words.")
    # A page that saved by itself here would replace what the colleague wrote before one has chosen.
    assert "data-saves" not in words


def test_words_kept_over_log_in_never_replace_a_draft_unseen(client: Client) -> None:
    consultation, employer = make_consultation(), make_user()
    save(employer, recommendation_of(consultation), text="Saved from another place.")
    client.post(path("drafts.save", consultation, 1), said(text="Typed before logging in."))
    client.force_login(employer)

    form = client.get(path("recommendations.show", consultation, 1)).context["form"]
    answer = client.post(path("drafts.save", consultation, 1), said() | form.initial)

    assert form.initial["text"] == "Typed before logging in."
    assert answer.status_code == 409
    for text in ("Saved from another place.", "Typed before logging in."):
        assert text in answer.content.decode()
    assert Draft.objects.get().text == "Saved from another place."


def test_list_says_what_is_saved_sent_and_left(client: Client) -> None:
    consultation = make_consultation(recommendations=3)
    enter(client)
    client.post(path("comments.post", consultation, 1), said(text="Sent already."))
    client.post(path("drafts.save", consultation, 2), said(text="Saved only."))

    page = client.get(path("responses.mine", consultation))

    [part] = page.context["responses"]
    assert (part.sent, part.drafted, part.left) == (1, 1, 1)
    words = page.content.decode()
    assert words.count("1 answer is saved and not sent.") == 2
    assert words.count("Not answered yet") == 1
    assert path("responses.check", consultation) in words


def test_check_shows_all_in_full_and_sends_it(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    for number in (1, 2):
        client.post(path("drafts.save", consultation, number), said(text=f"On {number}."))

    page = client.get(path("responses.check", consultation))
    words = page.content.decode()
    assert [text in words for text in ("On 1.", "On 2.", "We cannot promise")] == [True] * 3
    sent = client.post(path("responses.check", consultation), page.context["form"].initial)

    assert sent["Location"] == path("responses.receipt", consultation)
    receipt = client.get(sent["Location"]).content.decode()
    assert Response.objects.get().reference in receipt
    assert "checked" not in receipt
    assert (Comment.objects.count(), Draft.objects.count(), Message.objects.count()) == (2, 0, 1)
    assert client.get(path("responses.check", consultation)).status_code == 302


def test_check_of_what_a_colleague_changed_says_so_and_shows_it(client: Client) -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    seen = save(lead, recommendation_of(consultation)).stamp
    client.force_login(lead)
    page = client.get(path("responses.check", consultation))
    save(colleague, recommendation_of(consultation), over=seen, text="Changed meanwhile.")

    answer = client.post(path("responses.check", consultation), page.context["form"].initial)

    assert answer.status_code == 409
    assert "Check your answers again" in answer.content.decode()
    assert "Changed meanwhile." in answer.content.decode()
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    "forged", ["", "x", "1:1,", f"1:{'0' * 33}", f"-1:{'0' * 32}", "1", f"9:{'0' * 32}"]
)
def test_check_with_a_forged_list_sends_nothing(client: Client, forged: str) -> None:
    consultation = make_consultation()
    enter(client)
    client.post(path("drafts.save", consultation, 1), said())

    answer = client.post(
        path("responses.check", consultation), {"notices": NOTICES, "read": forged}
    )

    assert answer.status_code == 409
    assert Comment.objects.count() == 0


def test_discard_asks_first(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    client.post(path("drafts.save", consultation, 1), said(text="To be thrown away."))

    asked = client.get(path("drafts.discard", consultation, 1))
    assert "To be thrown away." in asked.content.decode()
    assert Draft.objects.count() == 1
    for forged in ("7", "9" * 5_000, str(uuid4()), "\0"):
        stale = client.post(path("drafts.discard", consultation, 1), {"draft": forged})
        assert (stale.status_code, Draft.objects.count()) == (409, 1)
    stamp = str(Draft.objects.get().stamp)
    gone = [
        client.post(path("drafts.discard", consultation, 1), {"draft": stamp})["Location"]
        for _n in "12"
    ]

    assert gone == [path("responses.mine", consultation)] * 2
    assert Draft.objects.count() == 0


def test_draft_is_seen_by_its_respondents_alone(client: Client) -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    save(lead, recommendation_of(consultation), text="For our eyes alone.")
    pages = [
        path("recommendations.show", consultation, 1),
        path("responses.mine", consultation),
        path("responses.printed", consultation),
        path("responses.check", consultation),
    ]

    def seen() -> list[bool]:
        return [
            "For our eyes alone." in client.get(page, follow=True).content.decode()
            for page in pages
        ]

    client.force_login(colleague)
    assert seen() == [True] * 4
    colleague.memberships.update(ended_at=colleague.memberships.get().claimed_at)
    assert seen() == [False] * 4
    client.force_login(make_user())
    assert seen() == [False] * 4


def test_everything_that_is_asked_stands_on_one_page_for_everybody(client: Client) -> None:
    consultation = make_consultation(recommendations=3, other_ways="Write to **us**.")

    words = client.get(path("consultations.printed", consultation)).content.decode()

    for text in ("1. Proposal 1", "3. Proposal 3", "Strongly oppose", "Write to", "cannot promise"):
        assert text in words


def test_pages_cost_the_same_queries_for_one_answer_and_for_three(client: Client) -> None:
    enter(client)
    costs = []
    for amount in (1, 3):
        consultation = make_consultation(recommendations=3)
        for number in range(1, amount + 1):
            client.post(path("drafts.save", consultation, number), said())
        costs.append([])
        for name in ("responses.mine", "responses.check", "responses.printed"):
            client.get(path(name, consultation))
            with CaptureQueriesContext(connection) as asked:
                client.get(path(name, consultation))
            costs[-1].append(len(asked))

    assert costs[0] == costs[1]
    assert costs[0] == [10, 8, 8]


def test_my_response_asks_nothing_twice() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    save(lead, recommendation_of(consultation))
    browser = log_in(lead)

    with CaptureQueriesContext(connection) as asked:
        browser.get(path("responses.mine", consultation))

    read = [row["sql"].split('"')[1] for row in asked]
    assert len(read) == 10
    assert (read.count("consultations_response"), read.count("consultations_membership")) == (1, 1)


def test_who_has_only_begun_to_answer_is_hidden_from_staff(client: Client) -> None:
    consultation = make_consultation()
    employer = enter(client)
    client.post(path("drafts.save", consultation, 1), said())
    officer = log_in(make_staff(consultation, Role.Right.OFFICER))
    lists = [
        reverse(f"admin:consultations_{name}_changelist")
        for name in ("user", "response", "comment", "case")
    ]

    def seen() -> list[bool]:
        return [
            employer.name in page or employer.email in page
            for page in (officer.get(each).content.decode() for each in lists)
        ]

    assert seen() == [False] * 4
    page = client.get(path("responses.check", consultation))
    client.post(path("responses.check", consultation), page.context["form"].initial)
    assert seen() == [True] * 4


def test_begin_of_a_response_costs_at_most_twelve_queries(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    client.get(path("recommendations.show", consultation, 1))

    with CaptureQueriesContext(connection) as begun:
        client.post(path("drafts.save", consultation, 1), said())

    asked = [row["sql"] for row in begun if "SAVEPOINT" not in row["sql"]]
    assert len(asked) == 11


def test_conflict_with_oneself_names_another_window(client: Client) -> None:
    consultation = make_consultation()
    enter(client)
    client.post(path("drafts.save", consultation, 1), said(text="From the first window."))

    late = client.post(path("drafts.save", consultation, 1), said(text="From the second."))

    words = late.content.decode()
    assert late.status_code == 409
    assert "You saved other words in another window" in words
    assert "You, in another window, at" in words


def test_contributor_is_told_who_asks_for_confidentiality() -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    save(colleague, recommendation_of(consultation))

    mine = log_in(colleague).get(path("responses.mine", consultation)).content.decode()
    page = log_in(colleague).get(path("responses.confidentiality", consultation)).content.decode()
    leads = log_in(lead).get(path("responses.mine", consultation)).content.decode()

    assert "Ask us to keep my response confidential" not in mine
    assert f"Only {lead.name} can ask us to keep this response confidential." in mine
    assert "so whoever sends it asks" in page
    assert "Ask us to keep my response confidential" in leads
