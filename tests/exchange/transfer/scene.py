"""A consultation in which everything has happened, and a second database to bring it to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.utils import timezone

from consultations import accounts, desk, participation, publishing
from consultations.digests import build, editions, plan
from consultations.exchange.transfer import carried, choosing
from consultations.exchange.transfer.carried import OWN, SHARED, leads_to, model_of
from consultations.exchange.transfer.inserting import STOOD
from consultations.ledger import LOADED, NAMED
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Industry,
    Membership,
    Reading,
    SizeBand,
    Subscription,
    User,
)
from consultations.moderation import decide, readings, trust
from consultations.participation import reminders
from consultations.publishing import deadline, expected, official
from tests.accounts.scene import Scene
from tests.exchange.test_importer import run
from tests.factories import (
    make_membership,
    make_official,
    make_organisation,
    make_reason,
    make_recommendation,
    make_region,
    make_report,
    make_staff,
    make_user,
)
from tests.participation.scene import recommendation_of
from tests.test_participation import post

LETTER = (
    "We write as a small firm that has made pumps for forty years, and we say that a target without"
    " money behind it is a wish. Give us apprentices, give us buses, and leave the rest to us."
)
MAPPING = """
channel = "post"
permission = "named"
kind = "employer"
[columns]
reference = "Ref"
name = "Name"
[recommendations.1]
stance = "View"
text = "Why"
[questions.1]
answer = "Words"
"""
FILE = "Ref,Name,View,Why,Words\nA1,Ann Paper,agree,It helps us here.,So it is.\n"
MOVING = {"consultations.LedgerOrigin", "consultations.LedgerNumber"}
JSON = {"consultations.LedgerPayload": NAMED, "consultations.Decision": STOOD}
Places: TypeAlias = dict[str, dict[int, int]]


def everything(folder: Path) -> Consultation:
    """Return a consultation of which every model that is carried has a row, by real doors."""
    scene, now = Scene(), timezone.now()
    own, officer = scene.own, make_staff(scene.own, "officer", "own.officer@example.org")
    make_recommendation(own, 8)
    for number in range(4):
        publish(post(make_user(), recommendation_of(own, 8), text=f"{LETTER} {number}"), officer)
    hidden = publish(post(make_user(), recommendation_of(own, 8), text="Off with it!"), officer)
    decide.hide(comment=hidden, reason=make_reason(), note="Rude.", by=officer, at=now)
    held = post(make_user(), recommendation_of(own, 8), text="What of it?")
    case = Case.objects.waiting().get(comment=held)
    decide.hold(case=case, version_number=1, note="Ask.", by=officer, at=now)
    make_report(Comment.objects.filter(recommendation__number=8, listed=True)[0])
    gone = make_user("gone@example.org", name="Gone Person")
    publish(post(gone, recommendation_of(own, 8), text="This stays without a name."), officer)
    accounts.erase(person=gone, by=officer, at=now)
    _body(own, officer)
    _papers(own, officer, folder)
    _publications(own, officer)
    return Consultation.objects.get(pk=own.pk)


def publish(comment: Comment, by: User, at: datetime | None = None) -> Comment:
    """Publish a comment that waits."""
    case = Case.objects.waiting().get(comment=comment)
    decide.publish(case=case, version_number=1, by=by, at=at or timezone.now())
    comment.refresh_from_db()
    return comment


def _body(own: Consultation, officer: User) -> None:
    """Let an organisation answer and sign; another is trusted, and followed by a third."""
    band = SizeBand.objects.create(code="small", edition="2026", name="10 to 49")
    industry = Industry.objects.create(code="C", edition="2007", name="Manufacturing")
    body = make_organisation("Severn Castings", size_band=band, industry=industry)
    speaks: Any = {"organisation": body, "acting_for": User.ActingFor.ORGANISATION}
    lead = make_user(**speaks)
    membership = make_membership(lead, body, Membership.Claim.CONFIRMED)
    heir = make_organisation("Trent Castings", successor=body)
    trust.give(organisation=heir, consultation=own, by=officer, at=timezone.now())
    publish(post(lead, recommendation_of(own, 8), text="The firm says so."), officer)
    said = participation.Statement(represents="Forty firms.", consulted="All of them.")
    stated: Any = {"membership": membership, "consultation": own, "at": timezone.now()}
    participation.sign_off(user=lead, said=said, **stated)
    desk.invite(by=membership, email="new@example.org", role="contributor", at=timezone.now())
    claimant = make_user(**speaks)
    make_membership(claimant, body)
    post(claimant, recommendation_of(own, 8), text="I speak for it too.")


def _papers(own: Consultation, officer: User, folder: Path) -> None:
    """Let what came by post be imported, and read by somebody whose right is to read."""
    report, said = run(own, folder, FILE, mapping=MAPPING, by=officer)
    assert (report.stored, said) == (True, [])
    comment = Comment.objects.get(response__channel="post")
    readings.of_comment(
        comment=comment, by=make_staff(own, "analyst", "reads@example.org"), at=timezone.now()
    )
    assert Reading.objects.count() == 1


def _publications(own: Consultation, officer: User) -> None:
    """Correct a word, make two editions and withdraw one, answer, and be late with an answer."""
    said: dict[str, Any] = {"by": officer, "at": timezone.now()}
    expected.expect(consultation=own, kinds={"employer": 60}, regions={make_region(): 30}, **said)
    fields = {"introduction": "What we ask, and why; and until when."}
    publishing.save(consultation=own, fields=fields, words=[], reason="It lacked a day.", **said)
    Subscription.objects.update(chosen_at=timezone.now() - timedelta(days=7))
    closes_at = timezone.now() + timedelta(days=20)
    Consultation.objects.filter(pk=own.pk).update(closes_at=closes_at)
    assert all(remind(closes_at - timedelta(hours=12))[:2])
    build.make_due(timezone.now() + timedelta(days=8))
    late = post(make_user(), recommendation_of(own, 7), text="One word more, after the first.")
    publish(late, officer, timezone.now() + timedelta(days=9))
    build.make_due(timezone.now() + timedelta(days=16))
    edition = own.editions.order_by("pk")[0]
    editions.withdraw(edition=edition, reason="It said too much.", **said)
    Consultation.objects.filter(pk=own.pk).update(closes_at=timezone.now(), response_clock=True)
    cited = Comment.objects.filter(recommendation__number=8, listed=True).order_by("pk")[0]
    make_official(cited.recommendation, said=f"You said [[{cited.reference}]].")
    official.explain_delay(consultation=own, reason="There was an election.", **said)
    assert remind(timezone.now() + timedelta(weeks=11, days=1))[2]


def remind(at: datetime) -> list[int]:
    """Queue what is due by itself at an instant: milestones, drafts, the official response."""
    return [plan.plan_milestones(at), reminders.remind(at), deadline.remind(at)]


@contextmanager
def second_database() -> Iterator[Callable[[], None]]:
    """Make another database as empty as this one; what is yielded goes there until the end."""
    first = str(connection.settings_dict["NAME"])
    second = f"{first}_second"
    connection.close()
    _administer(f'DROP DATABASE IF EXISTS "{second}"')
    # nobody else is in the one that the workers' are copies of
    empty = connection.settings_dict["TEST"].get("TEMPLATE") or first
    _administer(f'CREATE DATABASE "{second}" TEMPLATE "{empty}"')

    def enter() -> None:
        connection.close()
        connection.settings_dict["NAME"] = second

    try:
        yield enter
    finally:
        connection.close()
        connection.settings_dict["NAME"] = first
        _administer(f'DROP DATABASE "{second}"')


def _administer(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def rows(consultation: Consultation) -> dict[str, list[dict[str, Any]]]:
    """Return each carried row as the database has it, but for the numbers of rows: their places.

    Generated columns too. Left out are what a file withholds, and what moving itself adds.
    """
    with transaction.atomic():
        choosing.choose(consultation.pk)
        found = {label: _stored(label, consultation.pk) for label in (*SHARED, *OWN)}
    places = {
        label: {row[str(model_of(label)._meta.pk.column)]: place for place, row in enumerate(held)}
        for label, held in found.items()
    }
    loaded = [row["id"] for row in found["consultations.LedgerEntry"] if row["act"] == LOADED]
    return {
        label: [
            _placed(label, row, places)
            for row in held
            if row.get("act") != LOADED and row.get("entry_id") not in loaded
        ]
        for label, held in found.items()
        if label not in MOVING
    }


def _stored(label: str, consultation_id: int) -> list[dict[str, Any]]:
    table, key = model_of(label)._meta.db_table, model_of(label)._meta.pk.column
    sql, values = "SELECT id FROM chosen WHERE model = %s", (label,)
    if label in OWN:
        sql, values = carried.rows(label, consultation_id).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT to_jsonb(held)::text FROM "{table}" AS held '  # noqa: S608  our own names
            f'WHERE "{key}" IN ({sql}) ORDER BY "{key}"',
            values,
        )
        return [json.loads(row) for (row,) in cursor.fetchall()]


def _placed(label: str, row: dict[str, Any], places: Places) -> dict[str, Any]:
    """Return a row with places instead of numbers; -1 for a row that is not carried."""
    fields = {str(field.column): field for field in model_of(label)._meta.concrete_fields}
    told: dict[str, Any] = {}
    for name, value in row.items():
        target = leads_to(fields[name])
        if name in carried.WITHHELD.get(label, {}) or name in {"id", "dedupe_key"}:
            continue
        if name == "band":
            told[name] = value & 0xFFFFFFFF
        elif label in JSON and isinstance(value, dict):
            names = JSON[label]
            told[name] = {
                key: _renamed(names.get(key), each, places) for key, each in value.items()
            }
        else:
            told[name] = _renamed(target, value, places)
    return told


def _renamed(target: str | None, value: Any, places: Places) -> Any:
    if isinstance(value, list) and target:
        return [_renamed(target, each, places) for each in value]
    if target is None or type(value) is not int:
        return value
    return places.get(target, {}).get(value, -1)
