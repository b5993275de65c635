"""The sample's second consultation, which is over: asked, answered, and what its owner will do.

Everything goes through the verbs that everybody uses, at instants of the past.
"""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from consultations import organisations, participation, publishing, roles
from consultations.digests import build
from consultations.digests import official as telling
from consultations.models import Case, Comment, Consultation, Permission, Region, Role, User
from consultations.moderation import decide
from consultations.publishing import Words, official

DATA = Path(__file__).resolve().parents[1] / "data"
REPORT, SAID = DATA / "advice-for-small-manufacturers.md", DATA / "answered.toml"
OPENED, CLOSED = timedelta(weeks=30), timedelta(weeks=22)
COLLEAGUE = "colleague@sample.example"


def load(*, officer: User, now: datetime) -> None:
    """Let the consultation run its whole course, with `officer` as one of its two officers.

    Its mails are queued as any others.
    """
    said = tomllib.loads(SAID.read_text(encoding="utf-8"))
    consultation = _open(officer, now)
    comments = [_say(row, consultation, officer, now) for row in said["respondents"]]
    # Nobody answers after the close, which the database's clock tells: it comes once all have.
    closes = timezone.localtime(now - CLOSED).replace(hour=23, minute=59, second=0, microsecond=0)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=closes)
    consultation.refresh_from_db()
    build.make_due(now - CLOSED + timedelta(weeks=1, days=1))
    colleague = _person("Nadia Verrall", COLLEAGUE, now)
    right = Role.Right.OFFICER
    roles.give(user=colleague, consultation=consultation, right=right, by=officer, at=now - OPENED)
    for row in said["answers"]:
        _answer(row, consultation, (officer, colleague), comments, now)
    telling.tell(now - timedelta(weeks=10) + timedelta(hours=1))


def _open(officer: User, now: datetime) -> Consultation:
    report = publishing.parse(REPORT.read_text(encoding="utf-8"))
    fields = dict(report.fields)
    legal = publishing.legal_texts(str(fields["owner_kind"]), str(fields["owner"]))
    opens = timezone.localtime(now - OPENED).replace(hour=9, minute=0, second=0, microsecond=0)
    times = {"opens_at": opens, "closes_at": now + timedelta(days=1)}
    consultation, before = Consultation(), now - OPENED - timedelta(days=1)
    publishing.save(
        consultation=consultation,
        fields={**legal, **fields, **times, "is_sample": True},
        words=[
            Words(row.number, row.title, row.text, row.what_changed)
            for row in report.recommendations
        ],
        reason="",
        by=officer,
        at=before,
    )
    right = Role.Right.OFFICER
    roles.give(user=officer, consultation=consultation, right=right, by=None, at=before)
    publishing.publish(consultation=consultation, by=officer, at=before)
    return consultation


def _person(name: str, email: str, now: datetime) -> User:
    user = User.objects.create_user(
        email, None, name=name, is_sample=True, date_joined=now - OPENED
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _say(row: dict[str, Any], consultation: Consultation, officer: User, now: datetime) -> Comment:
    """Let one person answer one recommendation, and the officer publish it hours later."""
    user, at = _person(row["name"], row["email"], now), now - OPENED + timedelta(days=row["day"])
    organisations.introduce(
        user=user,
        name=row["name"],
        kind=row["kind"],
        acting_for=User.ActingFor.SELF,
        region=Region.objects.get(code=row["region"]),
    )
    comment = participation.post(
        user=user,
        membership=None,
        recommendation=consultation.recommendations.get(number=row["recommendation"]),
        answer=participation.Answer(
            stance=row["stance"],
            text=row["text"],
            permission=Permission.NAMED,
            default_permission=Permission.NAMED,
            key=uuid4(),
            based_on=0,
            answering=1,
            notices=consultation.notices(),
        ),
        at=at,
    )
    case = Case.objects.waiting().get(comment=comment)
    decide.publish(case=case, version_number=1, by=officer, at=at + timedelta(hours=3))
    return comment


def _answer(
    row: dict[str, Any],
    consultation: Consultation,
    officers: tuple[User, User],
    comments: Sequence[Comment],
    now: datetime,
) -> None:
    """Draft, review and publish one answer, citing comments by their places."""
    writer, reviewer = officers
    recommendation = consultation.recommendations.get(number=row["recommendation"])
    at = now - timedelta(weeks=row["weeks_ago"])
    said = row["said"]
    for place, comment in enumerate(comments, start=1):
        said = said.replace(f"{{{place}}}", comment.reference)
    texts = official.Texts(
        row["status"], row["asked"], said, row["will"].strip(), row.get("progress", "")
    )
    draft = official.draft(recommendation=recommendation, texts=texts, seen="", by=writer, at=at)
    official.review(recommendation=recommendation, seen=draft.stamp, by=reviewer, at=at)
    numbers = [recommendation.number]
    official.publish(consultation=consultation, numbers=numbers, by=writer, at=at)
