"""What a final summary says beside its recommendations: counts, questions, and who may be named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from consultations.analysis.options import Options
from consultations.digests import closing, composing, whole, workbook
from consultations.digests.quoting import content_hash
from consultations.digests.render import view
from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    Kind,
    Organisation,
    Permission,
    Question,
    QuestionAnswer,
    Response,
    SignOff,
)
from tests import factories
from tests.digests.scene import OPENS, SLOT, make_scene, say
from tests.digests.test_final import NEXT, closed, finals

pytestmark = pytest.mark.django_db
SENT = OPENS + timedelta(hours=3)


def body(consultation: Consultation, name: str, **fields: Any) -> Response:
    """Make an organisation's own response, its claim confirmed, with one published comment."""
    permission = fields.pop("permission", Permission.NAMED)
    organisation = factories.make_organisation(name)
    lead = factories.make_membership(None, organisation, claim="confirmed")
    response = factories.make_response(
        consultation,
        lead.user,
        membership=lead,
        organisation=organisation,
        permission=permission,
        **fields,
    )
    comment = factories.make_comment(
        consultation.recommendations.get(number=1), response, state="published", at=SENT
    )
    Comment.objects.filter(pk=comment.pk).update(counted_since=SENT)
    return response


def reply(question: Question, response: Response, *chosen: int) -> None:
    """Answer a question in the first week."""
    answer = factories.make_answer(question, response, chosen=list(chosen))
    QuestionAnswer.objects.filter(pk=answer.pk).update(submitted_at=SENT)


def made(consultation: Consultation) -> Any:
    """Return what the final summary would hold of the whole."""
    return composing.compose_final(consultation, end=NEXT, at=NEXT).facts["whole"]


def told_alone(told: Any, waiting: int = 0) -> dict[str, Any]:
    """Return facts that hold nothing beside the whole."""
    return {"whole": told, "waiting": waiting, "slug": Consultation.objects.get().slug}


def names(told: Any) -> list[str]:
    """Return the organisations that are named."""
    seen = closing.whole(told_alone(told))
    return [each.name for group in seen.bodies for each in group.named]


def test_small_rows_of_questions_are_merged_and_written_answers_only_counted() -> None:
    consultation = make_scene(recommendations=1)
    single = factories.make_question(consultation, options=["Yes", "No", "Perhaps", "Never"])
    several = factories.make_question(consultation, kind="several", options=["A", "B", "C"])
    scale = factories.make_question(consultation, kind="scale", lowest="Low", highest="High")
    text = factories.make_question(consultation, kind="long")
    responses = [factories.make_response(consultation) for _n in range(9)]
    for place, response in enumerate(responses):
        reply(single, response, 1 if place < 6 else 2 if place < 8 else 3)
        reply(several, response, *([1, 2] if place < 5 else [1]))
        reply(scale, response, 5)
    for response in responses[:2]:
        reply(text, response)
    gone = factories.make_answer(single, factories.make_response(consultation))
    QuestionAnswer.objects.filter(pk=gone.pk).update(state="withdrawn", submitted_at=SENT)

    told = made(consultation)

    rows = [[(row["keys"], row["total"]) for row in each["rows"]] for each in told["questions"]]
    assert [each["answered"] for each in told["questions"]] == [9, 9, 9, 2]
    assert rows == [
        [(["4"], 0), (["1", "2", "3"], 9)],
        [(["1"], 9), (["2"], 5), (["3"], 0)],
        [(["1"], 0), (["2"], 0), (["3"], 0), (["4"], 0), (["5"], 9)],
        [],
    ]
    assert (told["answered"]["responses"], told["answered"]["questions_alone"]) == (9, 9)
    seen = closing.whole(told_alone(told))
    assert [row.label for row in seen.questions[0].rows] == [
        "Never",
        "Yes, No and Perhaps, counted together",
    ]
    assert seen.questions[2].rows[-1].label == "5: High"


def test_what_a_few_have_chosen_is_not_told() -> None:
    consultation = make_scene(recommendations=1)
    single = factories.make_question(consultation, options=["Yes", "No"])
    several = factories.make_question(consultation, kind="several", options=["A", "B", "C"])
    factories.make_question(consultation, options=["Yes", "No"])
    for _n in range(4):
        response = factories.make_response(consultation)
        reply(single, response, 1)
        reply(several, response, 1, 2)

    told = made(consultation)

    assert [(each["answered"], each["rows"]) for each in told["questions"]] == [
        (4, []),
        (4, []),
        (0, []),
    ]
    few = "They are so few that what was chosen is not told."
    seen = closing.whole(told_alone(told))
    assert [each.note for each in seen.questions] == [
        f"4 answers. {few}",
        f"4 answers. {few}",
        "0 answers.",
    ]


def test_who_answers_questions_counts_unless_nothing_that_they_commented_does() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    question = factories.make_question(consultation)
    post = {"channel": "post", "received_on": SENT.date()}
    for number in range(6):
        reply(question, say(recommendation, number, kind=Kind.EMPLOYER).response, 1)
    for state in ("rejected", "submitted", "withdrawn"):
        comment = factories.make_comment(recommendation, state=state, at=SENT)
        reply(question, comment.response, 2)
        assert not comment.counted
    alone = factories.make_user(kind=Kind.LOCAL_LEADER)
    reply(question, factories.make_response(consultation, alone, **post), 2)

    told = made(consultation)

    # the rejected one and the one that waits are left out; the other two answer questions alone
    counted = told["answered"]
    assert (counted["responses"], counted["people"], counted["questions_alone"]) == (8, 8, 2)
    assert told["questions"][0]["answered"] == 8
    # in neither table, as their difference from those of the results would tell who a lone one is
    assert counted["by_kind"] == [{"keys": ["employer"], "total": 6}]
    assert counted["by_channel"] == [{"keys": ["web"], "total": 6}]
    seen = closing.whole(told_alone(told))
    assert [row.total for row in (*seen.kinds, *seen.channels)] == [6, 6]
    assert any("are not in the tables by kind and by way" in said for said in seen.sentences)


def test_late_and_unapproved_and_each_channel_are_counted_and_marked() -> None:
    consultation = make_scene(recommendations=1)
    for number in range(6):
        say(consultation.recommendations.get(), number, kind=Kind.EMPLOYER)
    late = body(
        consultation,
        "Late Council",
        channel="post",
        received_on=NEXT.date(),
        late_reason="The post was late.",
    )
    pending = body(consultation, "Pending Council")
    signed = {"body": "Full Council", "expected_on": NEXT.date(), "signed_at": SENT}
    pending.sign_off = SignOff.objects.create(response=pending, outcome="subject", **signed)
    pending.shown_sign_off = pending.sign_off
    pending.save()

    told = made(consultation)

    counted = told["answered"]
    assert [counted[name] for name in ("responses", "organisations", "people")] == [8, 2, 6]
    assert (counted["late"], counted["pending"], counted["questions_alone"]) == (1, 1, 0)
    assert counted["by_kind"] == [{"keys": ["employer"], "total": 8}]
    ways = [{"keys": ["web"], "total": 7}, {"keys": ["post"], "total": 1}]
    assert counted["by_channel"] == ways
    assert counted["bodies"] == sorted([late.reference, pending.reference])
    seen = closing.whole(told_alone(told, waiting=1))
    marks = {each.name: each.marks for group in seen.bodies for each in group.named}
    assert marks == {
        "Late Council": ("received late, on 11 November 2026, and accepted",),
        "Pending Council": ("subject to approval by Full Council, expected 11 November 2026",),
    }
    assert "1 comment still waited for a moderator, and is not in it." in seen.sentences


def test_organisations_are_named_as_they_permit_now() -> None:
    consultation = make_scene(recommendations=1)
    response = {
        name: body(consultation, name, permission=permission)
        for name, permission in (
            ("Named", Permission.NAMED),
            ("Nameless", Permission.UNNAMED),
            ("Unpublished", Permission.UNPUBLISHED),
            ("Twice", Permission.NAMED),
            ("Hidden later", Permission.NAMED),
        )
    }
    claimant = factories.make_user()
    claim = factories.make_membership(claimant, factories.make_organisation("Claimed"))
    pending = factories.make_response(consultation, claimant, membership=claim)
    factories.make_comment(consultation.recommendations.get(), pending, state="published", at=SENT)

    told = made(consultation)
    assert len(told["answered"]["bodies"]) == 5
    assert names(told) == ["Hidden later", "Named", "Twice"]

    hidden = response["Hidden later"].comments.get()
    hidden.unpublish(Comment.State.HIDDEN, factories.make_reason(still_counts=True))
    hidden.save()
    named = Organisation.objects.get(name="Named")
    Organisation.objects.filter(name="Twice").update(merged_into=named)

    assert names(told) == ["Named"]
    seen = closing.whole(told_alone(told))
    assert seen.unnamed == "3 more organisations answered and are not named."


def test_organisation_is_linked_where_the_address_holds_its_place_twice() -> None:
    consultation = make_scene(recommendations=1, slug=f"rules-{closing.PLACE}")
    organisation = body(consultation, "Named").organisation
    told = made(consultation)

    [group] = closing.whole(told_alone(told)).bodies

    kept = {"slug": consultation.slug, "reference": organisation.reference}
    assert group.named[0].path == reverse("organisations.show", args=list(kept.values()))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each scalar."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path


@pytest.mark.exhaustive
def test_each_figure_that_is_corrupted_is_found_whether_or_not_the_hash_is_made_anew() -> None:
    consultation = rich()
    [edition] = finals(NEXT)
    facts = json.dumps(edition.facts)
    figures = [
        path
        for path in leaves(json.loads(facts)["whole"])
        if path[-1] not in {"words", "kind", "recommendation"} and "labels" not in path
    ]
    assert len(figures) > 30

    missed, later = [], []
    for path in figures:
        edition.facts = json.loads(facts)
        held = edition.facts["whole"]
        for key in path[:-1]:
            held = held[key]
        last = held[path[-1]]
        held[path[-1]] = f"{last}9" if isinstance(last, str) else int(last) + 1
        if isinstance(last, bool):
            held[path[-1]] = not last
        with pytest.raises(UnfaithfulSummaryError, match="another hash"):
            sound_quotes(edition)
        if not recounted(consultation, edition):
            missed.append(path)
        edition.hash, kept = content_hash(2, edition.facts, edition.quotes.all()), edition.hash
        try:
            sound_quotes(edition)
        except UnfaithfulSummaryError:
            later.append(path)
        edition.hash = kept

    assert missed == []
    # what adds up all the same is told from the truth by a count of the answers alone
    assert len(later) > len(figures) // 2


def rich() -> Consultation:
    """Make a closed consultation with organisations and answered questions."""
    consultation = closed()
    body(consultation, "Named", received_on=SENT.date(), channel="post", late_reason="Post.")
    question = factories.make_question(consultation, options=["Yes", "No"])
    several = factories.make_question(consultation, kind="several", options=["A", "B"])
    for place in range(12):
        response = factories.make_response(consultation)
        reply(question, response, 1 + place % 2)
        reply(several, response, *([1, 2] if place % 2 else [1]))
    # so that the comment of the body is no news
    Comment.objects.filter(first_published_at=SENT).update(first_published_at=OPENS)
    return consultation


def recounted(consultation: Consultation, edition: Edition) -> bool:
    """Whether the stored figures are found to differ from the answers themselves."""
    end, least = edition.period.upper, Options().minimum_row
    told = edition.facts["whole"]
    try:
        counted = whole.Answered.from_json(told["answered"])
        asked = [whole.Asked.from_json(each) for each in told["questions"]]
    except ValueError:
        return True
    rows = list(whole._respondents(consultation, end))
    questions = list(consultation.questions.order_by("number"))
    return bool(
        whole.recounted.verify_answered(counted, rows, whole.CHANNELS, least)
        or whole.recounted.verify_asked(
            asked,
            [whole._plain(row) for row in questions],
            whole._replies(questions, end),
            least,
        )
    )


@pytest.mark.exhaustive
def test_page_costs_the_same_queries_for_three_recommendations_and_questions() -> None:
    costs: dict[str, list[int]] = {}
    for number in (1, 3):
        consultation = closed()
        for place in range(2, number + 1):
            recommendation = factories.make_recommendation(consultation, place)
            for each in range(6):
                say(recommendation, each)
        for place in range(number):
            body(consultation, f"Body {number} {place}")
            question = factories.make_question(consultation)
            for _n in range(6):
                reply(question, factories.make_response(consultation), 1)
        final = finals(NEXT)
        [edition] = [each for each in final if each.consultation == consultation]
        workbook.build_missing(NEXT)
        Consultation.objects.update(opens_at=OPENS - timedelta(days=300), closes_at=SLOT)
        for name in ("digests.show", "digests.record", "digests.workbook"):
            path = reverse(name, args=[consultation.slug, edition.number])
            with CaptureQueriesContext(connection) as asked:
                assert Client().get(path).status_code == 200
            costs.setdefault(name, []).append(len(asked))

    assert costs == {
        "digests.show": [7, 7],
        "digests.record": [6, 6],
        "digests.workbook": [2, 2],
    }


def test_page_says_what_it_is_and_links_to_its_tables() -> None:
    consultation = rich()
    [edition] = finals(NEXT)
    path = reverse("digests.show", args=[consultation.slug, edition.number])
    Consultation.objects.update(opens_at=OPENS - timedelta(days=300), closes_at=SLOT)
    before = Client().get(path).content.decode()
    sheet = reverse("digests.workbook", args=[consultation.slug, edition.number])
    assert (sheet in before, Client().get(sheet).status_code) == (False, 404)

    assert workbook.build_missing(NEXT) == 1
    assert workbook.build_missing(NEXT) == 0
    html = Client().get(path).content.decode()

    assert "<h1>Final summary</h1>" in html
    assert sheet in html
    assert "Named</a> (received late, on 1 November 2026, and accepted)" in html
    assert "New</th>" not in html
    record = Client().get(path.removesuffix("/") + ".json").json()
    assert (record["final"], record["organisations"][0]["named"][0]["name"]) == (True, "Named")
    for name in ("consultations.show", "results.show", "digests.index", "feeds.editions"):
        page = Client().get(reverse(name, args=[consultation.slug])).content.decode()
        assert (name, path in page) == (name, True)


def test_workbook_holds_every_table_says_what_columns_mean_and_no_formula() -> None:
    consultation = rich()
    factories.make_question(consultation, kind="short", words="=cmd|' /C calc'!A0")
    [edition] = finals(NEXT)

    workbook.build_missing(NEXT)

    book = load_workbook(BytesIO(bytes(edition.workbook.content)))
    assert book.sheetnames == [
        *("About", "Views", "By kind", "By kind of organisation", "By region"),
        *("Letters that many sent", "Responses", "Questions", "Columns"),
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    questions = [[cell.value for cell in row] for row in book["Questions"].iter_rows(min_row=2)]
    assert [(row[0], row[4], row[5], row[6]) for row in questions] == [
        (1, 12, "Yes", 6),
        (1, 12, "No", 6),
        (2, 12, "A", 12),
        (2, 12, "B", 6),
        (3, 0, None, None),
    ]
    meant = {(row[0].value, row[1].value) for row in book["Columns"].iter_rows(min_row=2)}
    columns = {
        (sheet.title, cell.value) for sheet in book if sheet.title != "Columns" for cell in sheet[1]
    }
    assert meant == columns
    assert "Named" not in {cell.value for cell in cells}
    assert view(edition).workbook_path.endswith("/digests/2.xlsx")
