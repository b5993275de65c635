"""A consultation that has run its whole course, and its evidence pack as a worker builds it."""

import io
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

from django.utils import timezone

from consultations import invitations, publishing
from consultations.exchange import building, exports
from consultations.models import (
    Comment,
    Consultation,
    Invitation,
    Job,
    Region,
    Role,
    User,
)
from consultations.moderation import redact
from consultations.pack import asking, write
from consultations.publishing import official
from consultations.results import keep
from tests.digests.scene import OPENS, fill, make_edition, make_scene, say
from tests.factories import (
    make_campaign,
    make_comment,
    make_document,
    make_draft,
    make_official,
    make_organisation,
    make_question,
    make_reason,
    make_response,
    make_staff,
    make_user,
)

# Whatever holds this is not public: words, names and addresses.
MARK = "zqzq"


def make_course() -> Consultation:
    """Return a closed consultation with a correction, a digest, invitations and an answer."""
    consultation = make_scene(
        recommendations=2, title="Steady rules", owner="The Commission", response_clock=True
    )
    officer = make_staff(consultation, Role.Right.OFFICER, f"officer.{MARK}@example.org")
    make_question(consultation, words="Which rule costs most?")
    make_document(consultation, title="The figures", at=timezone.now() - timedelta(weeks=21))
    fill(consultation, each=6)
    unpublishable(consultation)
    make_edition()
    _correct(consultation, officer)
    _invite(consultation, officer)
    _close(consultation)
    _answer(consultation, officer)
    keep.refresh(timezone.now())
    consultation.refresh_from_db()
    return consultation


def unpublishable(consultation: Consultation) -> None:
    """Let there be words in every state and under every permission that hides something."""
    first, second = consultation.recommendations.order_by("number")
    say(first, 30, permission="unpublished", text=f"We say {MARK}unpublished things in confidence.")
    nameless = make_user(f"{MARK}@example.org", name=f"{MARK} Nameless")
    response = make_response(consultation, nameless, permission="unnamed")
    make_comment(first, response, state="published", text="Said without a name, and shown so.")
    for state in ("submitted", "held", "rejected", "hidden", "withdrawn"):
        make_comment(
            second, make_response(consultation), state=state, text=f"We say {MARK}{state} things."
        )
    kept = make_comment(
        second, make_response(consultation), state="published", text=f"This stands. {MARK}removed"
    )
    redact.redact(
        comment=kept,
        version_number=1,
        spans=[(13, 24)],
        reason=make_reason(f"{MARK}reason"),
        by=make_staff(consultation, Role.Right.MODERATOR),
        at=timezone.now(),
    )
    drafting = make_user()
    draft = make_draft(first, make_response(consultation, drafting, state="draft"), drafting)
    draft.text = f"{MARK}draft"
    draft.save()
    make_campaign(*(say(first, number, text="A letter.") for number in (40, 41)))


def _correct(consultation: Consultation, officer: User) -> None:
    publishing.save(
        consultation=consultation,
        fields={"closes_at": OPENS + timedelta(days=80)},
        words=[],
        reason="More time was asked for.",
        by=officer,
        at=OPENS + timedelta(days=20),
    )


def _invite(consultation: Consultation, officer: User) -> None:
    region, _made = Region.objects.get_or_create(
        code="TLD", edition="2025", defaults={"name": "North West"}
    )
    contacts = [
        invitations.Contact(
            make_organisation(f"{MARK} Works {number}", region=region),
            f"{MARK} Contact",
            f"contact{number}@{MARK}.example",
        )
        for number in range(6)
    ]
    at = OPENS + timedelta(days=1)
    invitations.invite(consultation=consultation, contacts=contacts, by=officer, at=at)
    invitations.decline(
        invitation=Invitation.objects.order_by("pk")[0], at=OPENS + timedelta(days=2)
    )


def _close(consultation: Consultation) -> None:
    now = timezone.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(weeks=20), closes_at=now - timedelta(weeks=13)
    )
    consultation.refresh_from_db()


def _answer(consultation: Consultation, officer: User) -> None:
    """Answer the first recommendation twice, citing what is there and what is hidden since."""
    first, second = consultation.recommendations.order_by("number")
    cited, gone = Comment.objects.filter(recommendation=first, listed=True).order_by("pk")[:2]
    said = f"As [[{cited.reference}]], [[{gone.reference}]] and [[digest 1.2]] say."
    make_official(first, said=said, will="We will keep **rules** steady.")
    make_official(first, said=said, status="partly", progress="The first rule stands.")
    make_official(second, published=False, will=f"{MARK}drafted answer")
    gone.unpublish(Comment.State.HIDDEN, None)
    gone.public_text = ""
    gone.save()
    official.explain_delay(
        consultation=consultation, reason="An election.", by=officer, at=timezone.now()
    )


def build(consultation: Consultation, by: User, at: datetime | None = None) -> Job:
    """Ask for the pack, and be the worker that builds it."""
    job = asking.ask(consultation=consultation, by=by, at=timezone.now())
    building.run_one(at or timezone.now(), write.write)
    job.refresh_from_db()
    return job


def content(job: Job) -> bytes:
    """Return the ZIP."""
    return b"".join(exports.parts(job))


def opened(job: Job) -> dict[str, bytes]:
    """Return what stands in the ZIP, by the names within its folder."""
    with ZipFile(io.BytesIO(content(job))) as zipped:
        return {info.filename.partition("/")[2]: zipped.read(info) for info in zipped.infolist()}


def auditor(consultation: Consultation, **fields: Any) -> User:
    """Return somebody who may ask for the pack."""
    return make_staff(consultation, Role.Right.AUDITOR, **fields)
