"""What an author may appeal against, until when, and what became of what they appealed against.

A decision stands until another on the same words says otherwise, or its author has changed them;
removing words, or putting them back, says nothing of whether the rest is shown. What removed words
stands while the public reads the rest without them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from consultations.models import Appeal, Comment, Decision, Document, Redaction
from consultations.models.appeal import AGAINST, ends_at, last_day

ABOUT = (
    "version",
    "reason",
    "appeal",
    "case__consultation",
    "case__comment__response",
    "case__comment__recommendation__current",
    "case__comment__submitted_version",
    "case__comment__public_version",
    "case__document__response",
)


# A removal of words: of which comment, by whom and when.
Removal: TypeAlias = tuple[int, int, datetime]


@dataclass(frozen=True)
class Contested:
    """What an author may appeal against (`decision`), and what they appealed against last.

    `removals` is the same of each decision that removed words of what is public otherwise.
    """

    decision: Decision | None = None
    appeal: Appeal | None = None
    removals: tuple["Contested", ...] = ()

    @property
    def last_day(self) -> str:
        """The last day on which the decision can be appealed against."""
        return last_day(self.decision) if self.decision else ""


def appeal_of(decision: Decision) -> Appeal | None:
    """Return the appeal against a decision that was read with it, or None."""
    found: Appeal | None = getattr(decision, "appeal", None)
    return found


def stands(decision: Decision) -> bool:
    """Whether a decision can be appealed against: it keeps something from the public still.

    Its case's comment, or document, must be at hand (one query).
    """
    if decision.verb not in AGAINST:
        return False
    comment, document = decision.case.comment, decision.case.document
    if decision.verb == Decision.Verb.REDACT:
        gone = Redaction.objects.in_force().made_by(decision)
        return comment is not None and gone.filter(version__in=_read([comment])).exists()
    later = Decision.objects.filter(pk__gt=decision.pk).exclude(verb__in=Decision.BESIDE)
    if comment is not None and _keeps(decision, comment):
        return not later.filter(case__comment=comment, version=decision.version_id).exists()
    if document is not None and document.state == decision.state_after:
        return not later.filter(case__document=document).exists()
    return False


def words_removed(decision: Decision) -> list[Redaction]:
    """Return what a decision removed, ended since or not; no query for any other decision."""
    if decision.verb != Decision.Verb.REDACT:
        return []
    rows = Redaction.objects.made_by(decision).filter(version=decision.version_id)
    return list(rows.select_related("version").order_by("start", "pk"))


def on_comments(comments: Iterable[Comment], at: datetime) -> Mapping[int, Contested]:
    """Return what is contested, or may be at the instant `at`, by comment.

    One query, and another where words of what is public were removed.
    """
    here = {comment.pk: comment for comment in comments if _concerned(comment)}
    if not here:
        return {}
    rows = Decision.objects.filter(case__comment__in=here, version__isnull=False)
    decided = rows.exclude(verb__in=Decision.BESIDE - {Decision.Verb.REDACT})
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in decided.select_related("appeal", "case").order_by("pk"):
        found[decision.case.comment_id or 0].append(decision)
    masked = _masked(here.values())
    return {key: _on_comment(here[key], decisions, masked, at) for key, decisions in found.items()}


def on_documents(documents: Iterable[Document], at: datetime) -> Mapping[int, Contested]:
    """Return what is contested, or may be at the instant `at`, by document (one query)."""
    here = {each.pk: each for each in documents}
    if not here:
        return {}
    rows = Decision.objects.filter(case__document__in=here)
    decided = rows.exclude(verb__in=Decision.BESIDE).select_related("appeal", "case")
    newest = {each.case.document_id or 0: each for each in decided.order_by("pk")}
    return {key: _on_document(here[key], decision, at) for key, decision in newest.items()}


def _on_comment(
    comment: Comment, decisions: list[Decision], masked: Collection[Removal], at: datetime
) -> Contested:
    removed = [each for each in decisions if each.verb == Decision.Verb.REDACT]
    whole = [each for each in decisions if each.verb != Decision.Verb.REDACT]
    newest = {each.version_id: each for each in whole}
    kept = [each for each in newest.values() if _is_open(each, at) and _keeps(each, comment)]
    told = [appeal for each in whole if (appeal := _telling(each, comment))]
    return Contested(
        max(kept, key=lambda each: each.pk, default=None),
        told[-1] if told else None,
        tuple(_removals(comment, removed, masked, at)),
    )


def _removals(
    comment: Comment, removed: Iterable[Decision], masked: Collection[Removal], at: datetime
) -> Iterator[Contested]:
    """Yield each removal of words that may be appealed against, or was."""
    for decision in removed:
        appeal = appeal_of(decision)
        if appeal is not None and (appeal.waits or decision.version_id in _read([comment])):
            yield Contested(appeal=appeal)
        elif _is_open(decision, at) and _removal(decision, comment) in masked:
            yield Contested(decision)


def _masked(comments: Iterable[Comment]) -> frozenset[Removal]:
    """Return which removals the public reads masks of now (no query where none was made)."""
    versions = _read(comment for comment in comments if comment.redacted)
    if not versions:
        return frozenset()
    rows = Redaction.objects.in_force().filter(version__in=versions)
    return frozenset(rows.values_list("version__comment", "redacted_by", "redacted_at"))


def _removal(decision: Decision, comment: Comment) -> Removal:
    return comment.pk, decision.decided_by_id, decision.decided_at


def _read(comments: Iterable[Comment]) -> list[int | None]:
    """Return the versions that the public reads."""
    return [comment.public_version_id for comment in comments if comment.listed]


def _on_document(document: Document, newest: Decision, at: datetime) -> Contested:
    kept = _is_open(newest, at) and document.state == newest.state_after
    return Contested(newest if kept else None, appeal_of(newest))


def _is_open(decision: Decision, at: datetime) -> bool:
    """Whether there is time for an appeal against the decision, and none was made."""
    return decision.verb in AGAINST and at < ends_at(decision) and appeal_of(decision) is None


def _telling(decision: Decision, comment: Comment) -> Appeal | None:
    """Return the appeal against a decision while it says something of the comment as it is.

    Where its author has changed the words since, that is that it has ended, until the new ones are
    decided.
    """
    appeal = appeal_of(decision)
    if appeal is None or decision.version_id == comment.submitted_version_id:
        return appeal
    if comment.state in {Comment.State.SUBMITTED, Comment.State.HELD}:
        return appeal if appeal.outcome == Appeal.Outcome.VOID else None
    return appeal if decision.version_id == comment.public_version_id else None


def _keeps(decision: Decision, comment: Comment) -> bool:
    """Whether the version that was decided is the one that is kept from the public now."""
    if comment.state == Comment.State.PUBLISHED:  # a change was refused; what stood stands
        return comment.public_version_id != decision.version_id == comment.submitted_version_id
    if decision.state_after != comment.state:
        return False
    return decision.version_id in {comment.submitted_version_id, comment.public_version_id}


def _concerned(comment: Comment) -> bool:
    """Whether a moderator may have decided on the comment."""
    return comment.pk is not None and comment.state != Comment.State.WITHDRAWN
