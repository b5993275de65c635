"""The page of the evidence pack: who asks, who fetches, and that the ledger knows."""

import hashlib
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import tasks
from consultations.models import Consultation, Job, LedgerEntry, Role
from tests.factories import log_in, make_closed, make_consultation, make_staff

pytestmark = pytest.mark.django_db


def page(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_pack", args=[consultation.pk])


def file(job: Job) -> str:
    pks = [job.consultation_id, job.pk]
    return reverse("admin:consultations_consultation_pack_file", args=pks)


def staff(consultation: Consultation, right: str) -> Client:
    return log_in(make_staff(consultation, right))


def html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("right", [Role.Right.OFFICER, Role.Right.AUDITOR])
def test_pack_is_asked_for_built_by_the_worker_and_fetched_on_the_record(right: str) -> None:
    consultation = make_closed("report")
    client = staff(consultation, right)
    change = reverse("admin:consultations_consultation_change", args=[consultation.pk])
    assert page(consultation) in html(client, change)

    for _twice in range(2):
        assert client.post(page(consultation)).status_code == 302
    job = Job.objects.get()
    assert "It is being built." in html(client, page(consultation))
    assert client.post(file(job)).status_code == 404
    tasks.run_builds()
    job.refresh_from_db()
    assert job.result["sha256"] in html(client, page(consultation))
    answer = client.post(file(job))
    content = b"".join(answer.streaming_content)

    name = f"evidence-report-{job.asked_at:%Y-%m-%d-%H%M}.zip"
    assert (answer["Content-Type"], name in answer["Content-Disposition"]) == (
        "application/zip",
        True,
    )
    assert int(answer["Content-Length"]) == len(content)
    with ZipFile(io.BytesIO(content)) as zipped:
        assert "evidence-report/index.html" in zipped.namelist()
    entry = LedgerEntry.objects.get(act="evidence_pack_downloaded")
    assert entry.payload.content == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "by": job.asked_by_id,
    }
    assert client.get(file(job)).status_code == 404
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(file(job)).status_code == 404


def test_pack_is_nobody_elses() -> None:
    consultation, other = make_closed(), make_closed()
    officer = staff(consultation, Role.Right.OFFICER)
    officer.post(page(consultation))
    tasks.run_builds()
    job = Job.objects.get(state=Job.State.DONE)
    colleague = staff(consultation, Role.Right.AUDITOR)

    assert colleague.post(file(job)).status_code == 404
    assert "Download the pack" not in html(colleague, page(consultation))
    strangers = [
        staff(consultation, Role.Right.MODERATOR),
        staff(consultation, Role.Right.ANALYST),
        staff(other, Role.Right.OFFICER),
    ]
    for client in strangers:
        assert client.get(page(consultation)).status_code == 404
        assert client.post(page(consultation)).status_code == 404
        assert client.post(file(job)).status_code == 404
    elsewhere = reverse("admin:consultations_consultation_pack_file", args=[other.pk, job.pk])
    assert officer.post(elsewhere).status_code == 404
    assert LedgerEntry.objects.filter(act="evidence_pack_downloaded").count() == 0


def test_pack_of_what_has_not_opened_is_refused() -> None:
    now = timezone.now()
    times = {"opens_at": now + timedelta(days=1), "closes_at": now + timedelta(days=9)}
    consultation = make_consultation(**times)
    client = staff(consultation, Role.Right.OFFICER)

    said = "The consultation has not opened: there is nothing to show yet."
    assert said in html(client, page(consultation))
    assert said in client.post(page(consultation)).content.decode()
    assert not Job.objects.exists()


def test_failure_and_what_is_wrong_are_said() -> None:
    consultation, now = make_closed(), timezone.now()
    officer = make_staff(consultation, Role.Right.OFFICER)
    said = {"what": "pack", "consultation": consultation, "asked_by": officer, "asked_at": now}
    said |= {"expires_at": now + timedelta(minutes=50)}
    Job.objects.create(**said, state="failed", error="It could not be finished.")
    result = {"bytes": 9, "files": 1, "sha256": "0" * 64, "wrong": 2}
    Job.objects.create(**said, state="done", result=result)

    told = html(log_in(officer), page(consultation))

    assert "It could not be finished." in told
    assert "Something is wrong with the record" in told


def test_page_costs_as_many_queries_for_one_pack_as_for_three() -> None:
    consultation, now, counts = make_closed(), timezone.now(), []
    officer = make_staff(consultation, Role.Right.OFFICER)
    client = log_in(officer)
    html(client, page(consultation))
    for many in (1, 2):
        for _n in range(many):
            Job.objects.create(
                what="pack",
                consultation=consultation,
                asked_by=officer,
                asked_at=now,
                expires_at=now + timedelta(minutes=50),
                state="done",
                result={"bytes": 9, "files": 1, "sha256": "0" * 64, "wrong": 0},
            )
        with CaptureQueriesContext(connection) as captured:
            html(client, page(consultation))
        counts.append(len(captured))
    assert counts[0] == counts[1]
