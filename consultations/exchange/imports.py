"""Imports that an officer asks for on a page: a worker tries the file, and then takes it in.

The row of the `Job` is the order, and holds the report; the importer itself is next door.
"""

from collections import defaultdict
from collections.abc import Mapping as Entries
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange import importer, layouts, sheets, uploads
from consultations.exchange.columns import VALUES, Asking, Mapping, Question
from consultations.exchange.importer import ImportRefused, Order
from consultations.exchange.places import fold
from consultations.exchange.problems import Problem
from consultations.exchange.sheets import Row, SheetError
from consultations.models import Consultation, Job, Upload, User

log = structlog.get_logger(__name__)
KEPT = uploads.KEPT
COUNTED = ("stored", "responses", "comments", "answers", "known", "bad")
# Longer than a task may take: a job whose worker died is done by another.
LEASE = timedelta(minutes=6)
MOST_BYTES = 20_000_000
# More bad rows than these are counted, and not told one by one.
MOST_TOLD = 200
DEFAULTS = ("channel", "received_on", "late_reason")
NO_VALUES: Entries[str, Entries[str, str]] = MappingProxyType({})
UNFINISHED = (Job.State.ASKED, Job.State.RUNNING)


@transaction.atomic
def ask(
    *,
    consultation: Consultation,
    upload: Upload,
    order: Entries[str, Any],
    by: User,
    at: datetime,
) -> Job:
    """Ask a worker to try a file, or to take it in; asked twice while it waits, it is one job.

    `order` says `dry_run`, `skip_bad_rows`, `published`, the defaults for all rows, and
    (`meanings`, by the column's number) what the columns mean, where the headings do not, and
    (`values`, by what a column says) what its words stand for.
    """
    Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    asked: Any = {"what": Job.What.IMPORT, "consultation": consultation, "upload": upload}
    same = Job.objects.filter(**asked, order=order, state__in=UNFINISHED, expires_at__gt=at)
    return same.order_by("pk").first() or Job.objects.create(
        **asked, order=dict(order), asked_by=by, asked_at=at, expires_at=at + KEPT
    )


def run_one(at: datetime) -> Job | None:
    """Claim and do one import that waits, or whose worker died; return it, None without one.

    A worker that dies after the commit and before the report: the next finds everything there.
    """
    job = _claimed(at)
    if job is None or job.upload is None:
        return None
    with uploads.opened(job.upload) as path:
        try:
            result = _done(job, path, at)
        except OperationalError:
            raise  # a database that is away: the next worker begins anew
        except Exception:
            log.exception("import_failed", job=job.pk)
            said = _("It could not be read to its end, and nothing is stored of it.")
            result = {"refused": said}
    held = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
    held.update(state=Job.State.DONE, result=_storable(result), done_at=at, lease_until=None)
    return job


def _storable(told: Any) -> Any:
    """Return what is told with a mark for each NUL: a file may hold one, PostgreSQL may not."""
    match told:
        case str():
            return told.replace("\0", "\N{REPLACEMENT CHARACTER}")
        case list():
            return [_storable(each) for each in told]
        case dict():
            return {name: _storable(each) for name, each in told.items()}
    return told


def mapping_of(
    meanings: Entries[str, str], header: Row, values: Entries[str, Entries[str, str]] = NO_VALUES
) -> Mapping:
    """Return what an officer says that the columns mean, and what their `values` stand for.

    "2.text" is recommendation 2's words, "q2.answer" the answer to question 2; `values` are by
    what the column says, those of question 2 by "q2".
    """
    facts: dict[str, str | int] = {}
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for column, meaning in sorted(meanings.items(), key=lambda pair: int(pair[0])):
        number, _dot, part = meaning.partition(".")
        if part:
            parts[number, part].append(int(column))
        else:
            facts[meaning] = int(column)
    said = {what: _normalised(words) for what, words in values.items()}
    numbers = sorted({number for number, _part in parts})
    return Mapping(
        columns=facts,
        questions={
            int(number): Question(
                next(iter(parts[number, "stance"]), None),
                tuple(parts[number, "text"]),
                next(iter(parts[number, "permission"]), None),
            )
            for number in numbers
            if not number.startswith("q")
        },
        asked={
            int(number[1:]): Asking(
                tuple(parts[number, "answer"]),
                next(iter(parts[number, "why"]), None),
                said.get(number, {}),
            )
            for number in numbers
            if number.startswith("q")
        },
        values=_left_open(facts) | {what: one for what, one in said.items() if what in VALUES},
        header=header.line,
    )


def _left_open(facts: Entries[str, object]) -> dict[str, Entries[str, str]]:
    return {name: one for name, one in layouts.LEFT_OPEN.items() if name in facts}


def _normalised(words: Entries[str, str]) -> dict[str, str]:
    return {text.normalised(word): code for word, code in words.items()}


def _claimed(at: datetime) -> Job | None:
    waiting = Q(state=Job.State.ASKED) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        jobs = Job.objects.filter(waiting, what=Job.What.IMPORT, expires_at__gt=at)
        first = jobs.select_related("upload", "consultation", "asked_by").order_by("asked_at", "pk")
        job = first.select_for_update(of=("self",), skip_locked=True).first()
        if job is None:
            return None
        job.state, job.lease_until = Job.State.RUNNING, at + LEASE
        job.save(update_fields=["state", "lease_until"])
    return job


def _done(job: Job, path: Path, at: datetime) -> dict[str, Any]:
    """Try the file or take it in; return the report as plain values."""
    told: list[Problem] = []

    def tell(problem: Problem) -> None:
        if len(told) < MOST_TOLD:
            told.append(problem)

    said = job.order
    result: dict[str, Any] = {}
    try:
        header = _header(path)
        meanings = said.get("meanings")
        mapping = None
        if meanings is not None:
            mapping = mapping_of(meanings, header, said.get("values", {}))
        result["columns"] = _columns(header, mapping or layouts.recognise(header))
        order = Order(
            consultation=job.consultation,
            file=path,
            by=job.asked_by,
            mapping=mapping,
            defaults={name: said[name] for name in DEFAULTS if said.get(name)},
            dry_run=said["dry_run"],
            skip_bad_rows=said["skip_bad_rows"],
            published=said["published"],
        )
        report = importer.run(order=order, tell=tell, at=at)
    except (ImportRefused, SheetError) as error:
        return result | {"refused": str(error)}
    result |= {name: getattr(report, name) for name in COUNTED}
    result["unknown"] = [[*pair] for pair in report.unknown]
    return result | {"problems": [[one.line, one.column, one.message] for one in told]}


def _header(path: Path) -> Row:
    """Return the row of headings; raise SheetError where there is none."""
    with sheets.opened(path) as rows:
        header = layouts.header_of(list(islice(rows, layouts.HEADER_LINES)))
    if header is None:
        raise SheetError(_("There is no line of headings."))
    return header


def _columns(header: Row, mapping: Mapping) -> list[list[str]]:
    """Return each column's heading, and what it is taken for, as `mapping_of` reads it."""
    taken: dict[int | str | None, str] = {at: fact for fact, at in mapping.columns.items()}
    for number, question in mapping.questions.items():
        taken |= {question.stance: f"{number}.stance", question.permission: f"{number}.permission"}
        taken |= dict.fromkeys(question.texts, f"{number}.text")
    for number, asking in mapping.asked.items():
        taken |= dict.fromkeys(asking.answers, f"q{number}.answer")
        taken[asking.why] = f"q{number}.why"
    return [
        [fold(heading), taken.get(number, "")] for number, heading in enumerate(header.cells, 1)
    ]
