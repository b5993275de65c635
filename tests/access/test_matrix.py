"""Every address × method × person, compared with a committed table.

A new address without a row fails, and so does an answer that changed. To accept what the site now
answers, after reading the difference: `ACCESS_MATRIX=write uv run pytest tests/access`.
"""

import csv
import hashlib
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from consultations.digests import build
from consultations.models import (
    ColleagueInvitation,
    Comment,
    ConfidentialityRequest,
    Consultation,
    Draft,
    EditionWorkbook,
    Job,
    Membership,
    Message,
    Organisation,
    QuestionDraft,
    Role,
    Subscription,
    Suppression,
    User,
)
from tests.factories import (
    make_answer,
    make_appeal,
    make_campaign,
    make_case,
    make_comment,
    make_consultation,
    make_document,
    make_evidence,
    make_invitation,
    make_membership,
    make_organisation,
    make_question,
    make_rejection,
    make_response,
    make_staff,
    make_user,
)

TABLE = Path(__file__).with_name("matrix.csv")
METHODS = ("GET", "POST")
TOKEN = "x" * 22
INVITED = "y" * 22


class Scene:
    """One consultation with everything in it, and one person of each sort."""

    # What the published comment says.
    words = "This would help firms like ours."

    def __init__(self) -> None:
        now = timezone.now()
        self.consultation = make_consultation(
            "matrix", title="Matrix", opens_at=now - timedelta(days=20)
        )
        self.other = make_consultation("elsewhere", title="Elsewhere")
        council = make_organisation("Council")
        self.people = {
            "respondent": make_user("respondent@example.org"),
            "other organisation": self._member("other", make_organisation("Other")),
            "lead": self._member("lead", council, role=Membership.Right.LEAD),
            "contributor": self._member("contributor", council),
            "ex-member": self._member("former", council, ended_at=now),
            "pending": self._member("pending", council, claim=Membership.Claim.PENDING),
            "moderator": make_staff(
                self.consultation, Role.Right.MODERATOR, "moderator@example.org"
            ),
            "analyst": make_staff(self.consultation, Role.Right.ANALYST, "analyst@example.org"),
            "auditor": make_staff(self.consultation, Role.Right.AUDITOR, "auditor@example.org"),
            "officer": make_staff(self.consultation, Role.Right.OFFICER, "officer@example.org"),
            "officer elsewhere": make_staff(self.other, Role.Right.OFFICER, "else@example.org"),
            "disabled": make_user("disabled@example.org", is_active=False),
        }
        self._fill(council, now)

    def _member(self, name: str, organisation: Organisation, **fields: object) -> User:
        claim = str(fields.pop("claim", Membership.Claim.CONFIRMED))
        user = make_user(
            f"{name}@example.org", acting_for="organisation", organisation=organisation
        )
        make_membership(user, organisation, claim=claim, **fields)
        return user

    def _fill(self, council: Organisation, now: datetime) -> None:
        first = self.consultation.recommendations.get(number=1)
        lead = Membership.objects.get(user=self.people["lead"])
        response = make_response(
            self.consultation, lead.user, membership=lead, organisation=council
        )
        self.comment = make_comment(
            first,
            response,
            state=Comment.State.PUBLISHED,
            text=self.words,
            at=now - timedelta(days=15),
        )
        Draft.objects.create(
            response=response,
            recommendation=first,
            stance="support",
            answering=1,
            written_by=lead.user,
            written_at=now,
            begun_at=now,
        )
        make_answer(make_question(self.consultation), response)
        QuestionDraft.objects.create(
            response=response,
            question=self.consultation.questions.get(),
            chosen=[2],
            based_on=1,
            written_by=lead.user,
            written_at=now,
            begun_at=now,
        )
        own = make_response(self.consultation, self.people["respondent"])
        waiting = make_comment(first, own)
        make_case(waiting)
        make_campaign(waiting)
        moderator = self.people["moderator"]
        second = self.consultation.recommendations.get(number=2)
        self.decision = make_rejection(make_comment(second, own), by=moderator)
        self.appeal = make_appeal(make_rejection(make_comment(second, response), by=moderator))
        self.document = make_document(self.consultation, title="Owner's")
        self.evidence = make_evidence(own, "published")
        self.typed = make_response(
            self.consultation,
            channel="post",
            received_on=now.date(),
            typed_by=self.people["officer"],
            typed_at=now,
        )
        (self.edition,) = build.make_due(now)
        self.subscription = Subscription.objects.create(
            user=lead.user,
            consultation=self.consultation,
            choice="every",
            chosen_at=now,
            token=TOKEN,
        )
        self.invitation = make_invitation(
            self.consultation, council, "lead@example.org", token="i" * 22
        )
        self._fill_post(now)

    def _fill_post(self, now: datetime) -> None:
        Message.objects.create(
            stream=2,
            dedupe_key="x",
            to="a@example.org",
            queued_at=now,
            not_before=now,
            message_id="<x@y>",
            consultation=self.consultation,
        )
        ConfidentialityRequest.objects.create(
            response=self.comment.response, reason="A trade secret.", asked_at=now
        )
        lead = Membership.objects.get(user=self.people["lead"])
        asked = self.people["other organisation"]
        EmailAddress.objects.create(user=asked, email=asked.email, verified=True, primary=True)
        ColleagueInvitation.objects.create(
            organisation=lead.organisation,
            by=lead,
            email=asked.email,
            role=Membership.Right.CONTRIBUTOR,
            token_hash=hashlib.sha256(INVITED.encode()).hexdigest(),
            invited_at=now,
        )
        EditionWorkbook.objects.create(
            edition=self.consultation.editions.get(), content=b"PK", made_at=now
        )
        Suppression.objects.create(address="gone@example.org", reason="5.1.1", since=now)
        Job.objects.create(
            what="preview",
            consultation=self.consultation,
            asked_by=self.people["officer"],
            asked_at=now,
            expires_at=now,
        )
        self.pack = Job.objects.create(
            what="pack",
            consultation=self.consultation,
            asked_by=self.people["officer"],
            asked_at=now,
            state="done",
            result={"bytes": 0, "sha256": "", "files": 0},
            expires_at=now + timedelta(minutes=50),
        )

    def arguments(self, name: str, pattern: str) -> dict[str, object]:
        """Return what an address needs to be about this scene."""
        wanted = {
            "slug": self.consultation.slug,
            "number": 1,
            "reference": self.comment.reference,
            "organisation": council_of(self.comment),
            "token": self.subscription.token,
            "object_id": self._object(name),
            "member": Membership.objects.get(user=self.people["contributor"]).pk,
            "membership": Membership.objects.get(user=self.people["pending"]).pk,
            "pk": 1,
            "table": "comments",
            "app_label": "consultations",
            "content_type_id": 1,
            "uidb36": "1",
            "key": "x",
            "url": "nothing/",
        }
        wanted["decision"] = self.decision.pk
        wanted["job_id"] = self.pack.pk
        if name == "admin:consultations_consultation_pack_file":
            wanted["object_id"] = self.consultation.pk
        wanted["edition_id"] = self.consultation.editions.get().pk
        if name == "appeals.show":
            wanted["decision"] = self.appeal.appeal.decision_id
        if name.removeprefix("admin:consultations_response_") in {"check", "retype", "person"}:
            wanted["object_id"] = self.typed.pk
        if name.startswith("documents."):
            wanted["reference"] = self.document.reference
        if name.startswith("evidence."):
            wanted["reference"] = self.evidence.reference
        if name in {"admin:consultations_document_hide", "admin:consultations_document_restore"}:
            wanted["object_id"] = self.evidence.pk
        if name in {"invitations.show", "invitations.decline"}:
            wanted["token"] = self.invitation.token
        if name == "desk.join":
            wanted["token"] = INVITED
        if name == "consultations.preview":
            wanted["token"] = self.consultation.preview_token
        return {key: value for key, value in wanted.items() if f"<{key}>" in pattern}

    def _object(self, name: str) -> object:
        model_name = name.removeprefix("admin:consultations_").rpartition("_")[0]
        for model in Consultation._meta.apps.get_app_config("consultations").get_models():
            if model._meta.model_name == model_name:
                found = model._default_manager.order_by("pk").first()
                return found.pk if found else 1
        return 1


def council_of(comment: Comment) -> str:
    """Return the public address of the organisation that a comment speaks for."""
    organisation = comment.response.organisation
    return organisation.reference if organisation else ""


def addresses(
    patterns: list[URLPattern | URLResolver], space: str = "", path: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield each address's name and its pattern with converters stripped."""
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner, here)
        else:
            yield f"{space}{pattern.name or here}", here


def plain(pattern: str) -> str:
    """Return a pattern as a path with `<name>` for each argument."""
    path = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern)
    path = re.sub(r"<\w+:(\w+)>", r"<\1>", path)
    return re.sub(r"[\^$\\]|\\Z", "", path)


def asked(client: Client, method: str, path: str) -> str:
    """Return the status and, where it leads elsewhere, where to; nothing stays changed."""
    cookies = client.cookies.output()
    with transaction.atomic():
        answer = client.generic(method, path, b"", content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    # Logging out is undone with the rest.
    client.cookies.clear()
    client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    where = answer.get("Location", "").split("?")[0]
    return f"{answer.status_code} {where}".strip()


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_every_address_answers_everybody_as_the_table_says(settings: Settings) -> None:
    # The door with the second factor has a test of its own; here staff stand behind it.
    settings.STAFF_SECOND_FACTOR = False
    scene = Scene()
    clients = {"anonymous": Client(raise_request_exception=False)}
    for name, person in scene.people.items():
        clients[name] = Client(raise_request_exception=False)
        clients[name].force_login(person)
    rows = [["address", "method", *clients]]
    for name, pattern in sorted(set(addresses(get_resolver().url_patterns))):
        path = "/" + plain(pattern)
        for key, value in scene.arguments(name, path).items():
            path = path.replace(f"<{key}>", str(value))
        rows += [
            [
                name,
                method,
                *(stable(asked(client, method, path), scene) for client in clients.values()),
            ]
            for method in METHODS
        ]
    compare(rows)


def stable(answer: str, scene: Scene) -> str:
    """Return an answer without what differs from run to run."""
    answer = answer.replace(scene.comment.reference, "<reference>")
    answer = answer.replace(council_of(scene.comment), "<organisation>")
    return re.sub(r"/\d+/", "/<n>/", answer)


def compare(rows: list[list[str]]) -> None:
    """Compare with the table, or write it where that was asked for."""
    if os.environ.get("ACCESS_MATRIX") == "write":
        with TABLE.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    with TABLE.open(newline="") as file:
        expected = list(csv.reader(file))
    now = {tuple(row[:2]): row[2:] for row in rows}
    then = {tuple(row[:2]): row[2:] for row in expected}
    changed = {
        key: (then.get(key), now.get(key)) for key in now | then if then.get(key) != now.get(key)
    }
    assert changed == {}


def test_every_address_has_its_rows_in_the_table() -> None:
    with TABLE.open(newline="") as file:
        known = sorted(tuple(row[:2]) for row in list(csv.reader(file))[1:])

    names = {name for name, _pattern in addresses(get_resolver().url_patterns)}
    assert sorted(set(known)) == sorted((name, method) for name in names for method in METHODS)


@pytest.mark.django_db
def test_no_address_answers_anybody_with_a_server_error() -> None:
    with TABLE.open(newline="") as file:
        broken = [row for row in csv.reader(file) if any(cell.startswith("5") for cell in row[2:])]

    assert broken == []


@pytest.mark.django_db
def test_what_may_not_be_seen_answers_like_what_does_not_exist(client: Client) -> None:
    draft = make_consultation("secret", state=Consultation.State.DRAFT, published_at=None)
    client.force_login(make_user())

    hidden = client.get(f"/consultations/{draft.slug}/")
    missing = client.get("/consultations/nothing/")

    assert hidden.status_code == missing.status_code == 404
    texts = [re.sub(r'value="[^"]+"', "", answer.content.decode()) for answer in (hidden, missing)]
    assert texts[0] == texts[1]
