"""Load the demo's invented respondents and comments, through the same verbs as everybody's.

Dates are relative to now: the consultation opened six weeks ago and closes in eight. Nothing is
mailed to the invented people for what they "did" before the demo began.
"""

import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from consultations import documents, files, organisations, participation, publishing, roles
from consultations.digests import subscribe
from consultations.management import answered
from consultations.management.sample import answer, invite
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Industry,
    Membership,
    Message,
    Organisation,
    OrganisationKind,
    Reason,
    Recommendation,
    Region,
    Role,
    SizeBand,
    User,
    database_now,
)
from consultations.moderation import claims, decide
from consultations.moderation import documents as evidence

FILE = Path(__file__).resolve().parents[2] / "data" / "sample.toml"
SLUG = "levelling-up-manufacturing"
OPENED, CLOSES = timedelta(weeks=6), timedelta(weeks=8)
# A moderator takes a few hours; a claim is looked at a little before its first comment.
DECIDED_AFTER, CONFIRMED_AFTER = timedelta(hours=3), timedelta(hours=2)
RESPONDENT = "respondent"


@dataclass(frozen=True)
class Said:
    """One comment of the sample, and when it was sent."""

    at: datetime
    user: User
    permission: str
    row: dict[str, Any]


class Command(BaseCommand):
    """`manage.py load_sample`."""

    help = "Load the demonstration's invented respondents and comments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, for a sample of one's own."""
        parser.add_argument("--file", type=Path, default=FILE)
        parser.add_argument("--accounts-only", action="store_true", help="load no comments")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Open the consultation, let the people speak in the order of time, and moderate."""
        sample = tomllib.loads(options["file"].read_text(encoding="utf-8"))
        consultation = Consultation.objects.filter(slug=SLUG).first()
        if consultation is None:
            raise CommandError(f"Import the consultation “{SLUG}” first.")
        if Comment.objects.exists():
            raise CommandError("This database holds comments already.")
        self.now = database_now()
        self.kinds = {row.code: row for row in OrganisationKind.objects.all()}
        self.regions = {row.code: row for row in Region.objects.all()}
        for row in sample["accounts"]:
            if row["role"] != RESPONDENT:
                self._give_role(row, consultation)
        self.moderator = User.objects.get(roles__right=Role.Right.MODERATOR)
        for row in sample["accounts"]:
            if row["role"] == RESPONDENT:
                self._account(row, consultation)
        _open(consultation, self.now, User.objects.get(roles__right=Role.Right.OFFICER))
        respondents = [] if options["accounts_only"] else sample["respondents"]
        said = sorted(
            (one for row in respondents for one in self._respondent(row, consultation)),
            key=lambda one: one.at,
        )
        self._play(said, consultation)
        self._attach(said, consultation)
        if respondents:
            officer = User.objects.get(roles__right=Role.Right.OFFICER)
            opened = self.now - OPENED
            invited = sample.get("invitations", [])
            invite(invited, consultation=consultation, by=officer, opened=opened)
            answer(sample.get("answers", []), consultation=consultation, now=self.now)
            answered.load(officer=officer, now=self.now)
        Organisation.objects.update(is_sample=True)
        Message.objects.filter(state=Message.State.QUEUED).update(
            state=Message.State.SUPPRESSED, reply="sample data: not sent", done_at=self.now
        )
        self.stdout.write(f"{len(said)} comments by {len(respondents)} respondents")

    def _give_role(self, row: dict[str, Any], consultation: Consultation) -> None:
        user = self._user(row, row["password"])
        roles.give(
            user=user, consultation=consultation, right=row["role"], by=None, at=self.now - OPENED
        )

    def _account(self, row: dict[str, Any], consultation: Consultation) -> None:
        user = self._user(row, row["password"])
        self._introduce(user, row, consultation)
        membership = organisations.standing(user)
        if membership is not None:
            since = self.now - OPENED
            case = Case.objects.create(
                consultation=consultation, membership=membership, since=since
            )
            claims.confirm(case=case, by=self.moderator, at=since + CONFIRMED_AFTER)

    def _respondent(self, row: dict[str, Any], consultation: Consultation) -> Iterator[Said]:
        user = self._user(row, None)
        self._introduce(user, row, consultation)
        self._sign_off(user, consultation, row.get("represents", ""))
        for comment in row.get("comments", []):
            at = self.now - timedelta(days=comment["days_ago"])
            yield Said(at, user, row["permission"], {**comment, "claim": row.get("claim")})

    def _user(self, row: dict[str, Any], password: str | None) -> User:
        user = User.objects.create_user(
            row["email"], password, name=row["name"], is_sample=True, date_joined=self.now - OPENED
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def _introduce(self, user: User, row: dict[str, Any], consultation: Consultation) -> None:
        region = self.regions[row["region"]]
        organisations.introduce(
            user=user,
            name=row["name"],
            kind=row["kind"],
            acting_for=row["acting_for"],
            region=region,
        )
        if row["acting_for"] == User.ActingFor.ORGANISATION:
            new = organisations.NewOrganisation(
                name=row["organisation"],
                kind=self.kinds[row["organisation_kind"]],
                size_band=SizeBand.objects.filter(code=row.get("size_band", "")).first(),
                industry=Industry.objects.filter(code=row.get("industry", "")).first(),
                region=region,
            )
            membership = organisations.add(user=user, new=new, at=self.now - OPENED)
            membership.organisation.domains = [row["domain"]]
            membership.organisation.save(update_fields=["domains"])
        choice = row["subscription"]
        subscribe.choose(user=user, consultation=consultation, choice=choice, seen="", at=self.now)

    def _play(self, said: list[Said], consultation: Consultation) -> None:
        recommendations = {
            row.number: row
            for row in consultation.recommendations.select_related("current", "consultation")
        }
        reasons = {row.code: row for row in Reason.objects.all()}
        for one in said:
            comment = self._post(one, recommendations[one.row["recommendation"]])
            if one.row["claim"] == Membership.Claim.CONFIRMED:
                self._confirm(one)
            self._decide(one, comment, reasons)

    def _sign_off(self, user: User, consultation: Consultation, represents: str) -> None:
        """Say whom a representative body represents, before it first answers."""
        membership = organisations.standing(user)
        if membership is not None and represents:
            participation.sign_off(
                user=user,
                membership=membership,
                consultation=consultation,
                said=participation.Statement(represents=represents, consulted=""),
                at=self.now - OPENED,
            )

    def _post(self, one: Said, recommendation: Recommendation) -> Comment:
        answer = participation.Answer(
            stance=one.row["stance"],
            text=one.row["text"].strip(),
            permission=one.permission,
            default_permission=one.permission,
            key=uuid4(),
            based_on=0,
            answering=1,
            notices=recommendation.consultation.notices(),
        )
        return participation.post(
            user=one.user,
            membership=organisations.standing(one.user),
            recommendation=recommendation,
            answer=answer,
            at=one.at,
        )

    def _attach(self, said: list[Said], consultation: Consultation) -> None:
        """Let two respondents send a table of figures; a moderator has looked at the first."""
        file = files.checked(b"Sample data,2024,2025\nOrders,38,52\nJobs,6,9\n", "orders.csv")
        about: dict[str, Any] = {"title": "Our orders and jobs", "file": file, "over": ""}
        named = {one.user.pk: one for one in said if one.permission == "named"}
        for one in list(named.values())[:2]:
            document = participation.attach(
                user=one.user,
                membership=organisations.standing(one.user),
                consultation=consultation,
                permission=one.permission,
                at=one.at,
                **about,
            )
            participation.send_document(document=document, user=one.user, at=one.at)
        if case := Case.objects.filter(document__isnull=False).order_by("pk").first():
            evidence.publish(case=case, by=self.moderator, at=self.now - timedelta(days=1))

    def _confirm(self, one: Said) -> None:
        case = Case.objects.waiting().filter(membership__user=one.user).first()
        if case is not None:
            claims.confirm(case=case, by=self.moderator, at=one.at + CONFIRMED_AFTER)

    def _decide(self, one: Said, comment: Comment, reasons: dict[str, Reason]) -> None:
        state = one.row["state"]
        at = min(one.at + DECIDED_AFTER, self.now - timedelta(minutes=5))
        if state == Comment.State.SUBMITTED:
            return
        case = Case.objects.waiting().get(comment=comment)
        if state == Comment.State.PUBLISHED:
            decide.publish(case=case, version_number=1, by=self.moderator, at=at)
        elif state == Comment.State.HELD:
            decide.hold(case=case, version_number=1, note="", by=self.moderator, at=at)
        else:
            reason = reasons[one.row["reason"]]
            decide.reject(
                case=case, version_number=1, reason=reason, note="", by=self.moderator, at=at
            )


def _open(consultation: Consultation, now: datetime, officer: User) -> None:
    """Publish it as opened six weeks ago at 9am, closing in eight at 11:59pm, in London."""
    opens = timezone.localtime(now - OPENED).replace(hour=9, minute=0, second=0, microsecond=0)
    closes = datetime.combine(
        timezone.localtime(now + CLOSES).date(), time(23, 59), tzinfo=opens.tzinfo
    )
    publishing.save(
        consultation=consultation,
        fields={"is_sample": True, "opens_at": min(opens, now - OPENED), "closes_at": closes},
        words=[],
        reason="",
        by=officer,
        at=now - OPENED,
    )
    rows = consultation.recommendations.select_related("current").order_by("number", "pk")
    lines = ["Number,Recommendation", *(f'{row.number},"{row.current}"' for row in rows)]
    file = files.checked("\n".join(lines).encode(), "recommendations.csv")
    title, day_before = "The five recommendations, as a table", now - OPENED - timedelta(days=1)
    said: dict[str, Any] = {"title": title, "file": file, "by": officer, "at": day_before}
    documents.add(consultation=consultation, recommendation=None, **said)
    publishing.publish(consultation=consultation, by=officer, at=now - OPENED - timedelta(days=1))
