"""The official response as it is read: its page, and every page that it concerns."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.digests import editions
from consultations.models import Comment, Consultation, Role
from consultations.publishing import citing, official
from tests.digests.scene import fill, make_edition, make_scene
from tests.factories import (
    log_in,
    make_closed,
    make_comment,
    make_consultation,
    make_membership,
    make_official,
    make_organisation,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
YOURS, THIS = "Your point is answered here", "This point is answered here"


def page(client: Client, consultation: Consultation, rest: str = "official-response/") -> str:
    answer = client.get(f"/consultations/{consultation.slug}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def scene(**texts: str) -> tuple[Consultation, Comment]:
    """A closed consultation whose first recommendation is answered, citing the one comment."""
    consultation = make_closed()
    first = consultation.recommendations.get(number=1)
    comment = make_comment(first, make_response(consultation), state=Comment.State.PUBLISHED)
    make_official(first, **{"said": f"Firms say so, as in [[{comment.reference}]]."} | texts)
    return consultation, comment


def close(consultation: Consultation) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}
    Consultation.objects.filter(pk=consultation.pk).update(**times)
    consultation.refresh_from_db()


def test_answer_is_shown_on_each_page_that_it_concerns(client: Client) -> None:
    consultation, comment = scene(will="We will pay for **furnaces**.")
    path = f"/consultations/{consultation.slug}/recommendations/1/comments/{comment.reference}/"

    whole = page(client, consultation)
    recommendation = page(client, consultation, "recommendations/1/")
    other = page(client, consultation, "recommendations/2/")
    home = page(client, consultation, "")

    for html in (whole, recommendation):
        assert "We will pay for <strong>furnaces</strong>." in html
        assert f'<a href="{path}"' in html
    assert ("Not answered yet." in whole, "Official response" in other) == (True, False)
    assert "Official response" in home
    assert "Read what is answered so far" in home
    assert THIS in client.get(path).content.decode()
    # reopened, and read while it is open: until the new close nothing is answered
    Consultation.objects.filter(pk=consultation.pk).update(
        closes_at=timezone.now() + timedelta(days=1),
        answers_shown=Consultation.AnswersShown.WHILE_OPEN,
    )
    assert THIS not in client.get(path).content.decode()


def test_respondent_and_colleagues_read_that_their_point_is_answered() -> None:
    consultation = make_closed()
    first = consultation.recommendations.get(number=1)
    council = make_organisation("Council")
    lead, colleague = (
        make_user(acting_for="organisation", organisation=council) for _n in range(2)
    )
    for person in (lead, colleague):
        make_membership(person, council, "confirmed")
    response = make_response(consultation, lead, organisation=council)
    comment = make_comment(first, response, state=Comment.State.PUBLISHED)
    uncited = make_comment(
        first, make_response(consultation), state=Comment.State.PUBLISHED
    ).response.respondent
    make_official(first, said=f"As [[{comment.reference}]] says.")

    for person, told in ((lead, True), (colleague, True), (uncited, False)):
        for rest in ("response/", "official-response/"):
            assert (YOURS in page(log_in(person), consultation, rest)) == told
    stranger = page(log_in(make_user()), consultation)
    assert YOURS not in stranger


def test_draft_is_shown_to_nobody(client: Client) -> None:
    consultation = make_closed()
    make_official(consultation.recommendations.get(number=1), published=False, will="Secret.")

    for rest in ("", "official-response/", "recommendations/1/"):
        assert "Secret." not in page(client, consultation, rest)


def test_later_version_stands_first_and_the_earlier_is_kept(client: Client) -> None:
    consultation, _comment = scene(will="We will think.")
    make_official(
        consultation.recommendations.get(number=1),
        status="partly",
        will="We will act.",
        progress="Since then the first grants were paid.",
    )

    html = page(client, consultation)

    assert html.index("Accepted in part") < html.index("Since then the first grants were paid.")
    assert html.index("We will act.") < html.index("As it stood on") < html.index("We will think.")


def test_comment_that_is_hidden_since_is_cited_without_its_address(client: Client) -> None:
    consultation, comment = scene()
    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()

    html = page(client, consultation)

    assert (comment.reference in html, "(a comment that is shown no longer)" in html) == (
        False,
        True,
    )


def test_markdown_of_the_owner_holds_no_html(client: Client) -> None:
    consultation, _comment = scene(will='<script>alert("x")</script> [x](javascript:alert(1))')

    html = page(client, consultation)

    assert ("<script>alert" in html, 'href="javascript' in html) == (False, False)


def test_sentence_of_a_digest_is_a_link_to_it(client: Client) -> None:
    consultation = make_scene(recommendations=1)
    fill(consultation, each=4)
    edition = make_edition()
    [told, *_more] = edition.facts["recommendations"][0]["summary"]["statements"]
    close(consultation)
    make_official(consultation.recommendations.get(), said="As [[digest 1.1]] says.")

    html = page(client, consultation)

    assert f'<a href="/consultations/{consultation.slug}/digests/1/"' in html
    assert f"“{told['text']}” (digest 1)</a>" in html
    officer = log_in(make_staff(consultation, Role.Right.OFFICER))
    listed = officer.get(f"/admin/consultations/consultation/{consultation.pk}/official/1/")
    assert f"[[digest 1.1]] {told['text']}" in listed.content.decode()


def test_sentence_of_a_digest_withdrawn_since_is_shown_no_longer(client: Client) -> None:
    consultation = make_scene(recommendations=1)
    fill(consultation, each=4)
    edition = make_edition()
    told = citing.told_on(edition, consultation.recommendations.get())[0]
    close(consultation)
    make_official(consultation.recommendations.get(), said="As [[digest 1.1]] says.")
    assert told in page(client, consultation)
    by = make_staff(consultation, Role.Right.OFFICER)
    editions.withdraw(edition=edition, reason="Wrong.", by=by, at=timezone.now())

    html = page(client, consultation)

    assert (told in html, "(a sentence of a digest that was withdrawn)" in html) == (False, True)
    listed = log_in(by).get(f"/admin/consultations/consultation/{consultation.pk}/official/1/")
    assert (told in listed.content.decode(), listed.status_code) == (False, 200)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        (1, "The official response is due by"),
        (13, "has given no reason yet"),
    ],
)
def test_due_day_is_shown_where_a_clock_runs(client: Client, weeks: int, expected: str) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=weeks)}
    consultation = make_consultation(response_clock=True, **times)

    for rest in ("", "official-response/"):
        assert expected in page(client, consultation, rest)


def test_late_response_shows_its_reasons_for_good_on_its_own_page(client: Client) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=13)}
    consultation = make_consultation(response_clock=True, recommendations=1, **times)
    by = make_staff(consultation, Role.Right.OFFICER)
    official.explain_delay(consultation=consultation, reason="An election.", by=by, at=now)
    assert "An election." in page(client, consultation, "")

    make_official(consultation.recommendations.get())
    make_official(consultation.recommendations.get(), progress="Begun.")

    assert "An election." not in page(client, consultation, "")
    assert "Read the official response" in page(client, consultation, "")
    kept = page(client, consultation)
    assert "It was late: the last recommendation was answered on" in kept
    assert "An election." in kept


def test_response_that_was_complete_in_time_is_not_late_afterwards(client: Client) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=13)}
    consultation = make_consultation(response_clock=True, recommendations=1, **times)
    in_time = now - timedelta(weeks=2)
    make_official(consultation.recommendations.get(), at=in_time)
    make_official(consultation.recommendations.get(), progress="Begun.")

    assert "late" not in page(client, consultation)


def test_page_before_the_close_and_where_nothing_is_answered(client: Client) -> None:
    assert "It comes after the close" in page(client, make_consultation())
    assert "Nothing has been answered yet." in page(client, make_closed())
    assert client.get("/consultations/none/official-response/").status_code == 404
    draft = make_closed(state=Consultation.State.DRAFT)
    assert client.get(f"/consultations/{draft.slug}/official-response/").status_code == 404


def test_queries_are_the_same_for_one_and_for_three_recommendations(client: Client) -> None:
    counts = []
    for many in (1, 3):
        consultation = make_closed(recommendations=many)
        for row in consultation.recommendations.order_by("number"):
            comment = make_comment(row, make_response(consultation), state="published")
            make_official(row, said=f"As [[{comment.reference}]] says.")
            make_official(row, said=f"As [[{comment.reference}]] said.", progress="Begun.")
        with CaptureQueriesContext(connection) as captured:
            page(client, consultation)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6
