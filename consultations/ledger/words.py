"""Words beside the chain: sealed by a salted hash in an entry's payload, and compared with it."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import CharField, F, Func, QuerySet, Value

from consultations.ledger import batches, hashes
from consultations.models import (
    CommentVersion,
    Correction,
    Document,
    DocumentContent,
    LedgerPayload,
    OfficialAnswer,
    Question,
    QuestionAnswerVersion,
    RecommendationVersion,
)

Worded: TypeAlias = (
    CommentVersion
    | Correction
    | Document
    | OfficialAnswer
    | RecommendationVersion
    | Question
    | QuestionAnswerVersion
)
# The sequence of an entry, and the seal that it holds.
Sealed: TypeAlias = tuple[int, Mapping[str, str] | None]
CHUNK = 2_000
# Under which a payload holds seals.
KEYS = ["words", "versions", "batch", "questions", "answers", "official"]
DOCUMENTED = {"document_added", "document_sent"}
# The bytes of a document as they are now, hashed where they lie.
HASHED = Func(
    Func(F("content"), function="sha256"),
    Value("hex"),
    function="encode",
    output_field=CharField(),
)


def seal(words: Worded) -> dict[str, str]:
    """Return the salted hash of a row's words, for `words` in the payload of the act.

    The hash is sha256(salt ‖ JSON list of the words, written as a payload is).
    """
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": _sealed(salt, words)}


def forged(consultation_id: int) -> Iterator[int]:
    """Yield the sequence of each entry whose sealed words are no longer those stored."""
    payloads = LedgerPayload.objects.filter(
        entry__consultation_id=consultation_id, content__has_any_keys=KEYS
    ).order_by("entry__sequence")
    rows = payloads.values_list("entry__sequence", "entry__act", "content").iterator(CHUNK)
    corrections = {row.number: row for row in _corrections(consultation_id)}
    latest: dict[tuple[int, int], Sealed] = {}
    asked: dict[int, Sealed] = {}
    while chunk := list(islice(rows, CHUNK)):
        yield from _forged_comments([row for row in chunk if row[1] == "comment_submitted"])
        yield from _forged_answers([row for row in chunk if "answers" in row[2]])
        yield from _forged_documents([row for row in chunk if row[1] in DOCUMENTED])
        for sequence, act, said in chunk:
            if act == "correction_made":
                row = corrections.get(said.get("correction"))
                yield from _if_differs(row, (sequence, said.get("words")))
            if "official" in said:
                yield from _forged_official(consultation_id, sequence, said["official"])
            if "batch" in said and batches.forged(UUID(said["batch"]), said):
                yield sequence
            if act == "recommendations_removed":
                latest.clear()  # those that stay are sealed anew, by the numbers they now have
            if "questions" in said:  # always all of them
                asked = {one["question"]: (sequence, one["words"]) for one in said["questions"]}
            for one in said.get("versions", ()):  # words written anew before opening: the last hold
                latest[one["recommendation"], one["version"]] = sequence, one["words"]
    versions = {(row.recommendation.number, row.number): row for row in _versions(consultation_id)}
    for key, sealed in latest.items():
        yield from _if_differs(versions.get(key), sealed)
    questions = {row.number: row for row in _questions(consultation_id)}
    for number, sealed in asked.items():
        yield from _if_differs(questions.get(number), sealed)


def _corrections(consultation_id: int) -> QuerySet[Correction]:
    return Correction.objects.filter(consultation_id=consultation_id)


def _versions(consultation_id: int) -> QuerySet[RecommendationVersion]:
    found = RecommendationVersion.objects.filter(recommendation__consultation_id=consultation_id)
    return found.select_related("recommendation")


def _questions(consultation_id: int) -> QuerySet[Question]:
    return Question.objects.filter(consultation_id=consultation_id)


def _forged_official(
    consultation_id: int, sequence: int, published: Sequence[Mapping[str, Any]]
) -> Iterator[int]:
    """Yield the sequence where a published official answer is gone or differs (one query)."""
    found = OfficialAnswer.objects.filter(recommendation__consultation_id=consultation_id)
    rows = found.published().select_related("recommendation")
    known = {(row.recommendation.number, row.number): row for row in rows}
    for one in published:
        row = known.get((one["recommendation"], one["version"]))
        yield from _if_differs(row, (sequence, one["words"]))


def _forged_answers(sent: Sequence[tuple[int, str, Any]]) -> Iterator[int]:
    """Yield the sequences of the submissions whose answers to questions differ (one query)."""
    stored = QuestionAnswerVersion.objects.filter(
        response__reference__in={said.get("response") for _n, _act, said in sent}
    ).select_related("response", "question")
    known = {(row.response.reference, row.question.number, row.number): row for row in stored}
    for sequence, _act, said in sent:
        for one in said["answers"]:
            row = known.get((said.get("response"), one["question"], one["version"]))
            if row is None or row.erased_at is None:
                yield from _if_differs(row, (sequence, one["words"]))


def _forged_comments(sent: Sequence[tuple[int, str, Any]]) -> Iterator[int]:
    """Yield the sequences of the submissions whose words differ (one query)."""
    stored = CommentVersion.objects.filter(
        response__reference__in={said.get("response") for _n, _act, said in sent}
    ).select_related("response", "comment__recommendation")
    known = {
        (row.response.reference, row.comment.recommendation.number, row.number): row
        for row in stored
    }
    for sequence, _act, said in sent:
        row = known.get((said.get("response"), said.get("recommendation"), said.get("version")))
        if row is None or row.erased_at is None:
            yield from _if_differs(row, (sequence, said.get("words")))


def _forged_documents(added: Sequence[tuple[int, str, Any]]) -> Iterator[int]:
    """Yield the sequences of the documents that are gone or differ, in name or in bytes."""
    references = {said.get("document") for _n, _act, said in added}
    known = {row.reference: row for row in Document.objects.filter(reference__in=references)}
    bytes_ = DocumentContent.objects.filter(document__reference__in=references)
    differ = bytes_.exclude(document__sha256=HASHED) if added else bytes_.none()
    changed = set(differ.values_list("document__reference", flat=True))
    for sequence, _act, said in added:
        if said.get("document") in changed:
            yield sequence
        else:
            yield from _if_differs(known.get(said.get("document")), (sequence, said.get("words")))


def _if_differs(row: Worded | None, sealed: Sealed) -> Iterator[int]:
    """Yield the sequence where a row is gone, or its words are not those that were sealed."""
    sequence, words = sealed
    if row is None or not words or _sealed(words["salt"], row) != words["hash"]:
        yield sequence


def _sealed(salt: str, row: Worded) -> str:
    """Return the hash of the words of a row with this salt."""
    match row:
        case CommentVersion():
            words = [str(row.stance), row.text]
        case Correction():
            words = [row.reason, hashes.compact(row.changes)]
        case RecommendationVersion():
            words = [row.title, row.text, row.what_changed]
        case QuestionAnswerVersion():
            words = [hashes.compact(row.chosen), row.text, row.why]
        case OfficialAnswer():
            words = [row.status, row.asked, row.said, row.will, row.progress]
        case Question():
            parts = [row.words, row.hint, row.lowest, row.highest]
            rules = f"{row.kind} {row.required} {row.asks_why}"
            words = [rules, hashes.compact(row.options), *parts]
        case Document():
            words = [row.title, row.file_name, row.sha256]
    return hashes.salted(salt, hashes.compact(words))
