"""ThemeFinder's layout: the files and keys that it reads, and who is told apart in them."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from consultations.exchange import extracts, themefinder
from consultations.exchange.themefinder import PUBLISHED, WHOLE, Layout
from consultations.models import Comment, Consultation, Permission
from tests.factories import make_comment, make_consultation, make_reason, make_response

pytestmark = pytest.mark.django_db
State = Comment.State
FOLDER = "inputs/question_part_"


def packed(rows: QuerySet[Any], layout: Layout, consultation: Consultation) -> dict[str, Any]:
    """Pack these comments, and return what the archive holds."""
    return read(b"".join(themefinder.pack(consultation, rows, layout)))


def read(said: bytes) -> dict[str, Any]:
    """Return what an archive holds: text as it is, JSON read."""
    archive = zipfile.ZipFile(io.BytesIO(said))
    assert archive.testzip() is None
    found = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name: [json.loads(line) for line in text.splitlines()] if name.endswith("l") else text
        for name, text in found.items()
    }


def both(consultation: Consultation, *permissions: str) -> list[Comment]:
    """Let one person comment on both recommendations, each with a permission of its own."""
    response = make_response(consultation)
    return [
        make_comment(recommendation, response, state=State.PUBLISHED, permission=permission)
        for recommendation, permission in zip(
            consultation.recommendations.order_by("number"), permissions, strict=True
        )
    ]


def test_archive_has_the_files_and_keys_of_the_example() -> None:
    consultation = make_consultation()
    comments = both(consultation, Permission.NAMED, Permission.NAMED)

    found = packed(Comment.objects.all(), WHOLE, consultation)

    parts = ("question.json", "responses.jsonl", "multi_choice.jsonl", "references.jsonl")
    folders = [f"{FOLDER}{number}/{part}" for number in (1, 2) for part in parts]
    assert list(found) == ["README.txt", *folders, "inputs/respondents.jsonl"]
    question = json.loads(found[f"{FOLDER}1/question.json"])
    assert (question["question_number"], "Proposal 1" in question["question_text"]) == (1, True)
    assert found[f"{FOLDER}1/responses.jsonl"] == [
        {"response_id": 1, "response": comments[0].submitted_version.text}
    ]
    assert found[f"{FOLDER}2/references.jsonl"] == [
        {"response_id": 1, "comment": comments[1].reference}
    ]
    (chosen,) = found[f"{FOLDER}1/multi_choice.jsonl"]
    assert set(chosen["options"]) <= set(question["multi_choice_options"])
    (person,) = found["inputs/respondents.jsonl"]
    assert (person["response_id"], person["demographic_data"]["Kind of respondent"]) == (
        1,
        comments[0].get_kind_display(),
    )


def test_published_comments_of_one_person_are_not_tied_to_one_another() -> None:
    consultation = make_consultation()
    both(consultation, Permission.NAMED, Permission.UNNAMED)
    rows = Comment.objects.visible_to(None, timezone.now())

    found = packed(rows, PUBLISHED, consultation)

    numbers = [found[f"{FOLDER}{n}/responses.jsonl"][0]["response_id"] for n in (1, 2)]
    assert sorted(numbers) == [1, 2]
    assert len(found["inputs/respondents.jsonl"]) == 2


def test_comments_are_read_by_so_many_and_none_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extracts, "FIRST_CHUNK", 1)
    monkeypatch.setattr(extracts, "CHUNK", 2)
    consultation = make_consultation()
    for _n in range(4):
        both(consultation, Permission.NAMED, Permission.NAMED)
    make_comment(consultation.recommendations.first(), make_response(consultation), text="")

    found = packed(Comment.objects.all(), WHOLE, consultation)

    said = [one["response_id"] for one in found[f"{FOLDER}2/responses.jsonl"]]
    people = [one["response_id"] for one in found["inputs/respondents.jsonl"]]
    assert sorted(said) == sorted(people) == [1, 2, 3, 4]


def test_archive_that_fails_is_opened_by_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = make_consultation()
    both(consultation, Permission.NAMED, Permission.NAMED)
    broken = Layout("reference", "public_text", "stance", {"Region": "shown_region__name"})
    pieces: list[bytes] = []

    with pytest.raises(Exception, match=themefinder.KIND):
        pieces.extend(themefinder.pack(consultation, Comment.objects.all(), broken))

    assert len(pieces) > 3
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_what_is_published_or_hidden_meanwhile_leaves_the_archive_whole() -> None:
    """Read step by step: after each step a comment on each recommendation comes, and one goes."""
    consultation = make_consultation()
    recommendations = list(consultation.recommendations.order_by("number"))
    for _n in range(12):
        both(consultation, Permission.NAMED, Permission.NAMED)
    said = b""

    for piece in themefinder.pack(
        consultation, Comment.objects.visible_to(None, timezone.now()), PUBLISHED
    ):
        said += piece
        for recommendation in recommendations:
            response = make_response(consultation)
            make_comment(recommendation, response, state=State.PUBLISHED, text="Since.")
            gone = Comment.objects.filter(listed=True, recommendation=recommendation).first()
            if gone is not None:
                gone.unpublish(State.HIDDEN, make_reason(), at=timezone.now())
                gone.save()

    found = read(said)
    everybody: list[int] = []
    for n in (1, 2):
        parts = ("responses", "multi_choice", "references")
        numbers = [
            [one["response_id"] for one in found[f"{FOLDER}{n}/{part}.jsonl"]] for part in parts
        ]
        assert len(numbers[0]) > 1
        assert numbers[0] == numbers[1] == numbers[2]
        everybody += numbers[0]
    respondents = [one["response_id"] for one in found["inputs/respondents.jsonl"]]
    assert respondents == sorted(set(everybody)) == sorted(everybody)
