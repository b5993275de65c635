"""The evidence pack: four principles, twins, hashes, and nothing in it that is not public."""

import hashlib
import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import documents
from consultations.digests import editions
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    Job,
    JobPart,
    OfficialAnswer,
    Results,
    Role,
    User,
)
from consultations.models.results import FORMAT
from consultations.pack import considered, invited, opening, reach, reasons, write
from tests import samples
from tests.digests.scene import overwrite
from tests.factories import (
    make_closed,
    make_comment,
    make_document,
    make_official,
    make_response,
    make_staff,
)
from tests.pack.scene import MARK, auditor, build, content, make_course, opened

pytestmark = pytest.mark.django_db
PRINCIPLES = ["1-formative", "2-reasons", "3-time-and-reach", "4-taken-into-account"]
# What tells when the pack was made, or holds the hash of what does.
OF_THE_INSTANT = {"index.html", "manifest.json", "record.html", "record.json", "SHA256SUMS"}


def test_pack_tells_the_four_principles_in_order_and_its_hashes_hold(tmp_path: Path) -> None:
    consultation = make_course()

    job = build(consultation, auditor(consultation))

    assert (job.state, job.error, job.result["wrong"]) == (Job.State.DONE, "", 0)
    assert job.result["sha256"] == hashlib.sha256(content(job)).hexdigest()
    files = opened(job)
    assert len(files) == job.result["files"]
    sheets = [*PRINCIPLES, "record", "digests/1", "not-public/invitations"]
    twins = [f"{name}.{ending}" for name in sheets for ending in ("html", "json")]
    rest = ["results.json", "style.css", "index.html", "manifest.json", "SHA256SUMS"]
    assert list(files) == [*twins, *rest]
    _checks_with_sha256sum(job, tmp_path)
    manifest = json.loads(files["manifest.json"])
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(files[name]).hexdigest() for name in [*twins, *rest[:3]]
    }
    hidden = [one["name"] for one in manifest["files"] if not one["public"]]
    assert hidden == ["not-public/invitations.html", "not-public/invitations.json"]
    _tells_what_happened({name: json.loads(files[f"{name}.json"]) for name in sheets})
    _tells_nothing_unpublished(files)
    _comes_again_the_same(consultation)


def _checks_with_sha256sum(job: Job, folder: Path) -> None:
    """Unpack it, check it as its index says, and once more with one byte changed."""
    with ZipFile(io.BytesIO(content(job))) as zipped:
        zipped.extractall(folder)
    [root] = folder.iterdir()
    command = ["sha256sum", "-c", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK\n") == len(checked.stdout.splitlines()) == 18
    changed = root / "2-reasons.json"
    changed.write_bytes(changed.read_bytes().replace(b"rule", b"Rule", 1))
    assert subprocess.run(command, cwd=root, capture_output=True, check=False).returncode == 1


def _tells_what_happened(told: dict[str, dict]) -> None:
    first, second, third, fourth = (told[name] for name in PRINCIPLES)
    assert [row["title"] for row in first["there_when_it_opened"]] == [
        "Proposal 1",
        "Proposal 2",
        "The figures",
    ]
    assert (first["phase"], first["questions"], first["corrections"]) == ("closed", 1, 1)
    [correction] = second["corrections"]
    assert correction["reason"] == "More time was asked for."
    assert [change["what"] for change in correction["changes"]] == ["the closing time"]
    assert [row["question"] for row in second["questions"]] == ["Which rule costs most?"]
    assert (third["open_days"], third["times_corrected_by"]) == (49, [1])
    assert third["respondents"]["kinds"][0]["label"] == "Employers"
    assert fourth["decisions"]["facts"]["redacted"] == 1
    assert (fourth["decisions"]["reasons"], fourth["decisions"]["other_reasons"]) == ([], 1)
    official = fourth["official_response"]
    assert [row["reason"] for row in official["delays"]] == ["An election."]
    [newest, earlier] = official["recommendations"][0]["versions"]
    assert (newest["status"], earlier["status"]) == ("partly", "accepted")
    comment, gone, sentence = newest["cites"]
    assert comment["words"] == Comment.objects.get(reference=comment["comment"]).public_text
    assert gone == {"comment": None, "words": ""}
    assert (sentence["digest"], sentence["sentence"]) == (1, 2)
    assert sentence["words"] in newest["parts"][1]["linked"]
    assert official["recommendations"][1]["versions"] == []
    assert told["record"]["whole"]
    assert [row["act"] for row in told["record"]["public_entries"]] == [
        "edition_released",
        "correction_made",
        "official_response_published",
        "official_response_published",
        "official_response_delayed",
    ]
    invited = told["not-public/invitations"]
    assert (invited["total"], invited["kinds"]) == (6, [{"label": "Employer", "total": 6}])


def _tells_nothing_unpublished(files: dict[str, bytes]) -> None:
    """No words in any hidden state, no name, and nothing that a page would fetch from elsewhere."""
    assert [name for name, held in files.items() if MARK in held.decode().lower()] == []
    names = set(User.objects.values_list("name", flat=True))
    assert len(names) > 20
    for file, held in files.items():
        ends = [f"{person}{end}" for person in names for end in ('"', "<", ",", ".")]
        assert [each for each in ends if each in held.decode()] == [], file
    pages = b"".join(held for name, held in files.items() if name.endswith(".html"))
    for fetched in (b"<script", b"src=", b"@import", b"url(", b"style=", b"<img"):
        assert fetched not in pages


def _comes_again_the_same(consultation: Consultation) -> None:
    """The same instant gives the same bytes, and a later one differs in what tells the instant."""
    at, by = timezone.now(), auditor(consultation)
    first, again, later = (build(consultation, by, at + timedelta(minutes=n)) for n in (1, 1, 2))
    assert first.result["sha256"] == again.result["sha256"] != later.result["sha256"]
    before, after = opened(first), opened(later)
    assert {name for name in before if before[name] != after[name]} == OF_THE_INSTANT


@pytest.mark.exhaustive
def test_digest_withdrawn_or_forged_says_so_and_what_is_not_shown_is_left_out() -> None:
    consultation = make_course()
    edition, by = Edition.objects.get(), auditor(consultation)
    edition.facts["title"] = "Forged"
    overwrite(edition)

    forged = opened(build(consultation, by))
    officer = make_staff(consultation, Role.Right.OFFICER)
    editions.withdraw(edition=edition, reason="It was wrong.", by=officer, at=timezone.now())
    withdrawn = opened(build(consultation, by))

    assert "not as it was published" in json.loads(forged["digests/1.json"])["fault"]
    told = json.loads(withdrawn["digests/1.json"])
    assert (told["reason"], "recommendations" in told) == ("It was wrong.", False)
    assert "This digest was withdrawn at" in withdrawn["digests/1.html"].decode()
    for files in (forged, withdrawn):
        assert b"Local supply chains" not in files["digests/1.html"]

    _leaves_out_what_is_not_shown(consultation)


def _leaves_out_what_is_not_shown(consultation: Consultation) -> None:
    now = timezone.now()
    Consultation.objects.update(
        answers_shown="closed",
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=9),
    )
    consultation.refresh_from_db()

    files = opened(build(consultation, auditor(consultation)))

    assert {"results.json", "digests/1.html"}.isdisjoint(files)
    fourth = json.loads(files["4-taken-into-account.json"])
    assert (fourth["decisions"], fourth["digests"]) == (None, [])
    assert json.loads(files["3-time-and-reach.json"])["respondents"] is None
    for name in ("3-time-and-reach.html", "4-taken-into-account.html"):
        assert "not shown to the public yet" in files[name].decode()


def test_pack_that_fails_says_so_and_leaves_no_half_file() -> None:
    consultation = make_closed()
    Results.objects.create(consultation=consultation, figures={"format": FORMAT})

    job = build(consultation, auditor(consultation))

    assert (job.state, JobPart.objects.count()) == (Job.State.FAILED, 0)
    assert job.error == "It could not be finished, and nothing of it is kept. Ask again."


def test_pack_leaves_out_results_that_an_earlier_release_counted() -> None:
    consultation = make_closed()
    Results.objects.create(consultation=consultation, figures={"format": FORMAT - 1})

    job = build(consultation, auditor(consultation))

    assert (job.state, job.error) == (Job.State.DONE, "")
    files = opened(job)
    assert "results.json" not in files
    assert json.loads(files["3-time-and-reach.json"])["respondents"] is None


def test_faults_of_the_record_are_told() -> None:
    consultation = make_closed()
    make_official(consultation.recommendations.get(number=1))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        OfficialAnswer.objects.update(will="We never said so.")
        cursor.execute("SET LOCAL session_replication_role = origin")

    job = build(consultation, auditor(consultation))

    told = json.loads(opened(job)["record.json"])
    assert (job.result["wrong"], told["whole"], told["wrong"]) == (1, False, 1)
    assert "The words that it records were changed" in opened(job)["record.html"].decode()


def test_pack_of_the_invited_alone_says_for_whom_it_is() -> None:
    consultation = make_closed(visibility=Consultation.Visibility.INVITED)
    first = consultation.recommendations.get(number=1)
    comment = make_comment(first, make_response(consultation), state="published")
    make_official(first, said=f"As [[{comment.reference}]] says.")

    files = opened(build(consultation, auditor(consultation)))

    assert json.loads(files["manifest.json"])["open_to"] == "invited"
    assert "Not for everybody." in files["index.html"].decode()
    assert comment.public_text in files["4-taken-into-account.html"].decode()


def test_document_withdrawn_before_the_opening_is_none_that_people_had() -> None:
    consultation = make_closed()
    before = consultation.opens_at - timedelta(days=2)
    early = make_document(consultation, title="Wrong figures", at=before)
    make_document(consultation, title="Right figures", content=samples.CSV, name="a.csv", at=before)
    owner = make_staff(consultation, Role.Right.OFFICER)
    documents.withdraw(
        document=early, why="A wrong column.", by=owner, at=before + timedelta(days=1)
    )

    files = opened(build(consultation, auditor(consultation)))

    stood = json.loads(files["1-formative.json"])
    assert "Right figures" in str(stood)
    assert "Wrong figures" not in str(stood)


def test_principles_cost_as_many_queries_for_one_recommendation_as_for_three() -> None:
    counts = []
    for many in (1, 3):
        consultation = make_closed(recommendations=many)
        for row in consultation.recommendations.order_by("number"):
            marks = [
                make_comment(row, make_response(consultation), state="published").reference
                for _n in range(many)
            ]
            make_official(row, said=" ".join(f"[[{mark}]]" for mark in marks))
        with CaptureQueriesContext(connection) as captured:
            for each in (opening, reasons, considered, invited):
                each.facts(consultation, timezone.now())
            reach.facts(consultation, timezone.now(), reach.counted(consultation, timezone.now()))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_zip_holds_ordinary_files_in_one_folder_of_its_own() -> None:
    consultation = make_closed()

    with ZipFile(io.BytesIO(content(build(consultation, auditor(consultation))))) as zipped:
        names = zipped.namelist()
        assert zipped.testzip() is None
        assert {info.external_attr for info in zipped.infolist()} == {write.READABLE}

    assert {name.split("/")[0] for name in names} == {f"evidence-{consultation.slug}"}
    assert len(names) == len(set(names))
