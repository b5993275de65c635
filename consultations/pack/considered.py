"""The fourth principle: what was said is conscientiously taken into account.

How it was moderated, the digests that summed it up, and the official response with what it cites.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.digests.record import record
from consultations.digests.render import address, period_of, view
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    OfficialAnswer,
    OfficialCitation,
)
from consultations.moderation import figures
from consultations.moderation.figures import Told
from consultations.publishing import citing, deadline

DIGEST = "digests/{number}"
ACTS = (Edition.State.RELEASED, Edition.State.WITHDRAWN)


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return the decisions in figures, the list of digests, and the official response.

    Figures and digests are left out until the public may read answers, the official response until
    the close.
    """
    shown = consultation.shows_answers(at)
    return {
        "answers_shown": shown,
        "moderated": str(consultation.get_moderation_display()),
        "decisions": _decisions(figures.read(consultation.pk)) if shown else None,
        "digests": list(_digests(consultation)) if shown else [],
        "official_response": _official(consultation, at),
    }


def digest(edition: Edition) -> dict[str, Any]:
    """Return what one digest says, in the shape of its public record.

    One that was withdrawn says no more than that, and so does one that is not as it was published.
    """
    if edition.state == Edition.State.WITHDRAWN:
        act = edition.acts.get(act=Edition.State.WITHDRAWN)
        return {"number": edition.number, "withdrawn_at": act.at, "reason": act.reason}
    try:
        return record(view(edition))
    except UnfaithfulSummaryError:
        said = _("What is stored does not match its fingerprint: this is not as it was published.")
        return {"number": edition.number, "fault": said}


def _decisions(told: Told) -> dict[str, Any]:
    """Return the figures of the moderation page: reasons that were given seldom have no name."""
    return {
        "facts": {name: each for name, each in asdict(told.facts).items() if name != "reasons"},
        "reasons": told.public_reasons,
        "other_reasons": told.other_reasons,
    }


def _digests(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """Yield each digest that has an address, without what it says."""
    rows = consultation.editions.public().prefetch_related("acts").defer("facts")
    for edition in rows.order_by("number", "pk"):
        acts = {act.act: act for act in edition.acts.all()}
        released, withdrawn = (acts.get(each.value) for each in ACTS)
        path = reverse("digests.show", args=[consultation.slug, edition.number])
        yield {
            "number": edition.number,
            "title": str(edition),
            "period": period_of(edition.period.lower, edition.period.upper),
            "from": edition.period.lower,
            "to": edition.period.upper,
            "released_at": released.at if released else edition.built_at,
            "readers": edition.readers,
            "sha256": edition.hash,
            "withdrawn_at": withdrawn.at if withdrawn else None,
            "why_withdrawn": withdrawn.reason if withdrawn else "",
            "file": DIGEST.format(number=edition.number),
            "url": address(path),
        }


def _official(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return the official response: every version that is shown, newest first."""
    published = OfficialAnswer.objects.shown(at).filter(recommendation__consultation=consultation)
    stored = list(
        published.select_related("recommendation__consultation").order_by(
            "recommendation__number", "-number", "pk"
        )
    )
    answers = _answers(stored)
    return {
        "url": address(reverse("official.show", args=[consultation.slug])),
        "due_on": deadline.due_on(consultation),
        "told_by_mail_at": consultation.official_told_at,
        "delays": [
            {"given_at": row.given_at, "reason": row.reason}
            for row in consultation.official_delays.order_by("given_at", "pk")
        ],
        "recommendations": [
            {
                "number": row.number,
                "title": str(row.current),
                "versions": [one for one in answers if one["recommendation"] == row.number],
            }
            for row in consultation.recommendations.select_related("current").order_by(
                "number", "pk"
            )
        ],
    }


def _answers(stored: Sequence[OfficialAnswer]) -> list[dict[str, Any]]:
    # shown after the close alone: whoever may read the consultation may read what is listed
    seen = citing.readable(stored, Comment.objects.filter(listed=True))
    headings = (_("We asked"), _("You said"), _("We will"), _("What has happened since"))
    cites = _cites(stored, seen)
    return [
        {
            "recommendation": row.recommendation.number,
            "version": row.number,
            "status": row.status,
            "status_label": str(row.get_status_display()),
            "published_at": row.published_at,
            "parts": [
                {
                    "heading": heading,
                    "words": words,
                    "linked": citing.linked(
                        words,
                        row.recommendation,
                        seen.comments,
                        seen.sentences.get(row.pk, {}),
                        site=address(""),
                    ),
                }
                for heading, words in zip(headings, citing.texts_of(row), strict=True)
                if words
            ],
            "cites": cites.get(row.pk, []),
        }
        for row in stored
    ]


def _cites(
    stored: Sequence[OfficialAnswer], seen: citing.Readable
) -> dict[int, list[dict[str, Any]]]:
    """Return what each answer cites, in the words that stand; by the answer's id (two queries)."""
    rows = OfficialCitation.objects.filter(answer__in=stored).order_by("pk")
    words = {
        row.reference: row
        for row in Comment.objects.filter(reference__in=seen.comments, listed=True)
    }
    answers = {row.pk: row for row in stored}
    names = ("answer", "comment__reference", "edition__number", "sentence")
    found: dict[int, list[dict[str, Any]]] = {}
    for pk, reference, edition, sentence in rows.values_list(*names):
        told = found.setdefault(pk, [])
        if reference is None:
            said = seen.sentences.get(pk, {}).get((edition, sentence), "")
            told.append({"digest": edition, "sentence": sentence, "words": said})
        elif reference in words:
            told.append(_comment(words[reference], answers[pk]))
        else:
            told.append({"comment": None, "words": ""})
    return found


def _comment(comment: Comment, answer: OfficialAnswer) -> dict[str, Any]:
    """A cited comment: who wrote it is read at its address, where an erasure reaches it."""
    recommendation = answer.recommendation
    where = [recommendation.consultation.slug, recommendation.number, comment.reference]
    return {
        "comment": comment.reference,
        "kind": str(comment.get_kind_display()),
        "view": str(comment.get_stance_display()),
        "words": comment.public_text,
        "url": address(reverse("comments.show", args=where)),
    }
