"""Importing: all or nothing or the good rows, once, in few statements, sealed and verified."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations import ledger
from consultations.exchange import columns, importer
from consultations.exchange.importer import ImportRefused, Order, Report
from consultations.exchange.problems import Problem
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    LedgerEntry,
    LedgerPayload,
    Organisation,
    OrganisationKind,
    Response,
    Seal,
    Tally,
)
from consultations.models.telling import LOCK_CLASS
from consultations.organisations import NewOrganisation, find_or_add
from tests.factories import (
    give_role,
    make_comment,
    make_consultation,
    make_organisation,
    make_organisation_kind,
    make_region,
    make_response,
    make_staff,
    make_user,
)
from tests.test_ledger import faulty, forge
from tests.together import started, wait_for_a_lock

pytestmark = pytest.mark.django_db
MAPPING = """
channel = "post"
permission = "named"
kind = "employer"
[columns]
reference = "Ref"
name = "Name"
organisation = "Body"
region = "Region"
permission = "May"
[recommendations.1]
stance = "View"
text = "Why"
[recommendations.2]
text = "Why 2"
"""
HEAD = "Ref,Name,Body,Region,May,View,Why,Why 2\n"
ROWS = "A1,Ann,,TLC,Named,agree,It helps.,\nA2,Bob,,,No,disagree,,Not this.\n"


def day() -> str:
    return timezone.localdate().isoformat()


def scene(**fields: Any) -> Consultation:
    make_region()
    make_organisation_kind()
    return make_consultation(**fields)


def run(
    consultation: Consultation, folder: Path, content: str, **how: Any
) -> tuple[Report, list[str]]:
    file = folder / "file.csv"
    file.write_text(content, encoding="utf-8", newline="")
    said: list[str] = []
    mapping = how.pop("mapping", MAPPING)
    order = Order(
        consultation=consultation,
        file=file,
        by=how.pop("by", None) or make_staff(consultation, "officer"),
        mapping=columns.read(mapping) if mapping is not None else None,
        defaults={"received_on": day(), **how.pop("defaults", {})},
        **how,
    )
    report = importer.run(
        order=order, tell=lambda problem: said.append(str(problem)), at=timezone.now()
    )
    return report, said


def numbers(report: Report) -> tuple[bool, int, int, int, int]:
    return report.stored, report.responses, report.comments, report.known, report.bad


def test_rows_are_stored_as_responses_that_wait(tmp_path: Path) -> None:
    consultation = scene()
    report, said = run(consultation, tmp_path, HEAD + ROWS)
    assert (numbers(report), said) == ((True, 2, 3, 0, 0), [])
    one, two = Response.objects.order_by("external_reference")
    assert (one.external_reference, one.name, one.channel) == ("A1", "Ann", "post")
    assert (one.state, one.received_on, one.respondent) == ("submitted", timezone.localdate(), None)
    assert (two.permission, two.region) == ("unpublished", None)
    comments = Comment.objects.order_by("recommendation__number", "response__external_reference")
    assert [(one.stance, one.state, one.waiting, one.listed) for one in comments] == [
        ("support", "submitted", True, False),
        ("oppose", "submitted", True, False),
        ("no_view", "submitted", True, False),
    ]
    assert {one.submitted_version_id for one in comments} == {
        one.pk for one in CommentVersion.objects.all()
    }
    assert Case.objects.waiting().filter(consultation=consultation).count() == 3
    assert sum(Tally.objects.values_list("waiting", flat=True)) == 3


def test_second_import_adds_nothing_and_says_so(tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + ROWS)
    report, said = run(consultation, tmp_path, HEAD + ROWS)
    assert (numbers(report), said) == ((False, 0, 0, 2, 0), [])
    assert Response.objects.count() == 2
    assert LedgerEntry.objects.filter(act="responses_imported").count() == 1


def test_rows_without_references_are_told_apart_by_their_words(tmp_path: Path) -> None:
    consultation, mapping = scene(), MAPPING.replace('reference = "Ref"', "")
    twice = HEAD + "1,,,,Yes,agree,,\n1,,,,Yes,agree,,\n2,,,,Yes,agree,,\n"
    first, _said = run(consultation, tmp_path, twice, mapping=mapping)
    again, _said = run(consultation, tmp_path, twice, mapping=mapping)
    more, _said = run(consultation, tmp_path, twice + "1,,,,Yes,agree,,\n", mapping=mapping)
    assert [one.responses for one in (first, again, more)] == [3, 0, 1]


def test_reference_with_other_words_is_a_conflict(tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + ROWS)
    known = Response.objects.get(external_reference="A1").reference
    for other in (ROWS.replace("It helps", "It hurts"), ROWS.replace("agree,It", "oppose,It", 1)):
        report, said = run(consultation, tmp_path, HEAD + other)
        assert numbers(report) == (False, 0, 0, 1, 1)
        assert said == [
            f"line 2: Its reference is there already, with other words: response {known}."
        ]


def test_what_was_put_right_or_erased_since_is_no_conflict(tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + ROWS)
    CommentVersion.objects.filter(text="Not this.").update(text="", erased_at=timezone.now())
    report, said = run(consultation, tmp_path, HEAD + ROWS)
    assert (numbers(report), said) == ((False, 0, 0, 2, 0), [])


def test_same_reference_twice_in_a_file_is_told(tmp_path: Path) -> None:
    report, said = run(scene(), tmp_path, HEAD + ROWS + "A1,Cy,,,No,agree,,\n")
    assert numbers(report) == (False, 2, 3, 0, 1)
    assert said == ["line 4: It has the same reference as line 2."]


def test_all_or_nothing_unless_the_good_rows_are_wanted(tmp_path: Path) -> None:
    consultation, bad = scene(), HEAD + ROWS + "A3,Cy,,Mars,No,agree,,\n"
    report, said = run(consultation, tmp_path, bad)
    assert numbers(report) == (False, 2, 3, 0, 1)
    assert said[0].startswith("line 4, column 4 (“Region”): “Mars” is unknown")
    assert not Response.objects.exists()
    assert not LedgerEntry.objects.exists()
    report, _said = run(consultation, tmp_path, bad, skip_bad_rows=True)
    assert numbers(report) == (True, 2, 3, 0, 1)


def test_dry_run_stores_nothing_and_tells_the_same(tmp_path: Path) -> None:
    consultation = scene()
    report, _said = run(consultation, tmp_path, HEAD + ROWS, dry_run=True, skip_bad_rows=True)
    assert numbers(report) == (False, 2, 3, 0, 0)
    assert report.taken[0] == "1 (“Ref”): reference"
    assert not Response.objects.exists()


def test_organisations_are_found_or_added_and_respond_once(tmp_path: Path) -> None:
    consultation = scene()
    known, spoken = make_organisation("Forge"), make_organisation("Anvil")
    make_response(consultation, organisation=spoken)
    content = (
        "B1,,FORGE,,Yes,agree,,\nB2,,Mill,,Yes,agree,,\nB3,,mill,,Yes,agree,,\n"
        "B4,,Anvil,,Yes,agree,,\n"
    )
    report, said = run(consultation, tmp_path, HEAD + content, skip_bad_rows=True)
    assert numbers(report) == (True, 2, 2, 0, 2)
    reference = Response.objects.get(organisation=spoken).reference
    assert said == [
        "line 4: Its organisation responds on line 3 too: each counts once.",
        f"line 5: Its organisation has responded already: {reference}.",
    ]
    assert Response.objects.get(external_reference="B1").organisation == known
    assert Organisation.objects.get(name="Mill").kind.stakeholder_kind == "employer"


def test_what_was_published_elsewhere_is_published_by_the_clock(tmp_path: Path) -> None:
    consultation, before = scene(), timezone.now()
    by = make_staff(consultation, "officer")
    content = HEAD + ROWS + "A3,,,TLC,Yes,agree,,\nA4,,Mill,TLC,Named,agree,Good.,\n"
    run(consultation, tmp_path, content, published=True, by=by)
    shown = Comment.objects.filter(listed=True).order_by("response__external_reference")
    assert [
        (one.signature(), one.shown_region_id is not None, one.public_text) for one in shown
    ] == [
        ("Ann", True, "It helps."),
        ("", False, ""),  # nameless: its region is shown only where five share it
        ("Mill", True, "Good."),
    ]
    kept = Comment.objects.filter(listed=False).values_list("state", "counted", "public_text")
    assert set(kept) == {("published", True, "")}
    assert all(one.first_published_at > before for one in Comment.objects.all())  # type: ignore[operator]
    assert not Case.objects.waiting().exists()
    assert {(one.verb, one.decided_by) for one in Decision.objects.all()} == {("publish", by)}
    assert sum(Tally.objects.values_list("counted", flat=True)) == 5


def test_regions_of_nameless_comments_are_shown_where_five_share_them(tmp_path: Path) -> None:
    consultation = scene()
    content = "".join(f"C{n},,,TLC,Yes,agree,,\n" for n in range(5))
    run(consultation, tmp_path, HEAD + content, published=True)
    assert Comment.objects.filter(shown_region__isnull=False).count() == 5


def test_import_leaves_the_rows_that_the_verbs_would_leave(tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + "A1,Ann,,TLC,Named,agree,It helps.,\n", published=True)
    imported = Comment.objects.select_related("response").get()
    recommendation = consultation.recommendations.get(number=1)
    like = make_response(consultation, kind="employer", region=make_region(), name="Ann")
    made = make_comment(recommendation, like, state="published", text="It helps.")
    apart = {
        *("id", "response_id", "reference", "submitted_version_id", "public_version_id"),
        *("submitted_at", "first_published_at", "counted_since", "reviewed"),
    }
    names = {field.attname for field in Comment._meta.concrete_fields} - apart
    assert {name: getattr(imported, name) for name in names} == {
        name: getattr(made, name) for name in names
    }


def test_import_is_one_act_whose_words_are_sealed(tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + ROWS)
    [payload] = LedgerPayload.objects.values_list("content", flat=True)
    assert {name: payload[name] for name in ("responses", "comments", "known", "bad")} == {
        "responses": 2,
        "comments": 3,
        "known": 0,
        "bad": 0,
    }
    assert len(payload["file"]) == len(payload["seal"]) == 64
    assert ledger.verify(consultation.pk) == []
    version = CommentVersion.objects.get(text="It helps.")
    CommentVersion.objects.filter(pk=version.pk).update(text="", erased_at=timezone.now())
    Seal.objects.filter(version=version).update(salt=None)
    assert ledger.verify(consultation.pk) == []


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE consultations_commentversion SET text = 'It hurts.' WHERE text = 'It helps.'",
        "UPDATE consultations_commentversion SET stance = 'neither' WHERE text = 'It helps.'",
        "UPDATE consultations_seal SET hash = repeat('0', 64)",
        "DELETE FROM consultations_seal WHERE version_id = (SELECT min(version_id) FROM "
        "consultations_seal)",
        "UPDATE consultations_response SET reference = 'AAAAAAAA' WHERE external_reference = 'A1'",
    ],
)
def test_forged_import_is_found(forgery: str, tmp_path: Path) -> None:
    consultation = scene()
    run(consultation, tmp_path, HEAD + ROWS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(forgery)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [1]


def test_reference_that_is_taken_is_given_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = scene()
    taken = make_response(consultation)
    given = iter([taken.reference, "AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "DDDDDDDD"])
    monkeypatch.setattr(importer.storing, "new_reference", lambda: "ZZZZZZZZ")
    monkeypatch.setattr("consultations.exchange.staging.new_reference", lambda: next(given))
    run(consultation, tmp_path, HEAD + ROWS)
    references = Response.objects.exclude(pk=taken.pk).order_by("external_reference")
    assert [one.reference for one in references] == ["ZZZZZZZZ", "AAAAAAAA"]


@pytest.mark.parametrize("many", [10, 100])
def test_import_costs_the_same_statements_whatever_its_length(
    many: int, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = scene()
    by = make_staff(consultation, "officer")
    content = HEAD + "".join(f"R{n},N,Body {n},TLC,Yes,agree,Why {n}.,\n" for n in range(many))
    with django_assert_num_queries(41):
        run(consultation, tmp_path, content, by=by)


@pytest.mark.parametrize(
    ("mapping", "content", "sentence"),
    [
        (MAPPING, "", "The file is empty."),
        (MAPPING, "\n\n", "There is no line of headings."),
        (MAPPING, "Ref,Name\n", "There is no column “Body”."),
        (f"header = 9\n{MAPPING}", HEAD, "There is no line of headings."),
        (MAPPING.replace('channel = "post"', ""), HEAD, "Say how they came"),
        (f"{MAPPING}[recommendations.7]\ntext = 1", HEAD, "There is no recommendation 7"),
        (f"stance = 'yea'\n{MAPPING}", HEAD, "“yea” is unknown"),
        (MAPPING.replace("employer", "martian"), HEAD, "“martian” is unknown"),
        (MAPPING, HEAD + 'A1,"open', "line 2: A quotation mark opens here"),
    ],
)
def test_file_that_cannot_be_used_is_refused(
    mapping: str, content: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused) as refused:
        run(scene(), tmp_path, content, mapping=mapping)
    assert str(refused.value)[: len(sentence)] == sentence
    assert not Response.objects.exists()


def test_before_the_opening_nothing_is_imported(tmp_path: Path) -> None:
    consultation = scene(opens_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ImportRefused, match="has not opened"):
        run(consultation, tmp_path, HEAD + ROWS)


def test_export_of_citizen_space_is_imported_without_a_mapping(tmp_path: Path) -> None:
    consultation = scene()
    content = (
        "Respondent type - Respondent type,Location - address,Prop 1 Q1 - Do you agree?,"
        "Prop 1 Q8 - Please explain,Prop 2 Q8 - Please explain\n"
        "Individual,Derbyshire,Strongly agree,It helps.,Not Answered\n"
        "Organisation,North East,Disagree,Too late.,Why now?\n"
    )
    report, said = run(
        consultation, tmp_path, content, mapping=None, defaults={"channel": "elsewhere"}
    )
    assert (numbers(report), said) == ((True, 2, 3, 0, 0), [])
    stances = Comment.objects.filter(recommendation__number=1).order_by(
        "response__started_at", "pk"
    )
    assert [one.stance for one in stances] == ["strongly_support", "oppose"]


def test_respondents_alone_are_taken_where_no_column_answers_anything(tmp_path: Path) -> None:
    content = (
        "Ident 1,Ident 2\nWhat is your name?,Are you responding as an individual?\nAnn,Individual\n"
    )
    report, _said = run(scene(), tmp_path, content, mapping=None, defaults={"channel": "elsewhere"})
    assert numbers(report) == (True, 1, 0, 0, 0)
    assert Response.objects.get().permission == "unpublished"


def test_verify_finds_a_forged_decision_among_those_of_an_import(tmp_path: Path) -> None:
    consultation, lines = scene(), "A1,Ann,,TLC,Yes,agree,One.,\nA2,Bea,,TLC,Yes,agree,Two.,\n"
    run(consultation, tmp_path, HEAD + lines, published=True)
    run(consultation, tmp_path, HEAD + "A3,Cy,,TLC,Yes,agree,Three.,\n")
    before = faulty(consultation)

    forge(
        "UPDATE consultations_decision SET note = 'forged'"
        " WHERE id = (SELECT min(id) FROM consultations_decision)"
    )

    assert before == []
    assert faulty(consultation) == [(1, "A decision that it records was changed or is gone.")]


@pytest.mark.django_db(transaction=True)
def test_organisation_that_somebody_adds_at_the_same_moment_is_one(tmp_path: Path) -> None:
    consultation, officer = scene(), make_user()
    give_role(officer, consultation, "officer")
    new = NewOrganisation("Forge ÉTUDES", OrganisationKind.objects.get(), None, None, None)
    rows = "A1,Ann,forge Études,TLC,Named,agree,It helps.,\n"
    reports: list[Report] = []

    with transaction.atomic():
        added = find_or_add(new=new)
        importing = started(
            lambda: reports.append(run(consultation, tmp_path, HEAD + rows, by=officer)[0])
        )
        wait_for_a_lock(of=importing)
        assert importing.is_alive()
    importing.join()

    assert [numbers(report) for report in reports] == [(True, 1, 1, 0, 0)]
    assert Organisation.objects.get() == added == Response.objects.get().organisation


@pytest.mark.parametrize("published", [True, False])
def test_import_of_what_is_published_lets_no_edition_be_saved_meanwhile(
    tmp_path: Path, published: bool
) -> None:
    consultation, file, held = scene(), tmp_path / "file.csv", list[int]()
    file.write_text(f"{HEAD}A1,Ann,,TLC,Named,agree,It helps.,\nA2,Bob,,nowhere,No,,,\n")

    def look(_problem: Problem) -> None:
        """Count, while rows are still read, what keeps a builder from saving."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
                " AND mode = 'ShareLock' AND classid = %s AND objid = %s",
                [LOCK_CLASS, consultation.pk],
            )
            held.append(cursor.fetchone()[0])

    order = Order(
        consultation=consultation,
        file=file,
        by=make_staff(consultation, "officer"),
        mapping=columns.read(MAPPING),
        defaults={"received_on": day()},
        skip_bad_rows=True,
        published=published,
    )
    importer.run(order=order, tell=look, at=timezone.now())

    assert held == [int(published)]
