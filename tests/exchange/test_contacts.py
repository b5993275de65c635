"""Organisations and contacts from a file: each bad row is named, each good one invited once."""

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from consultations.exchange import contacts, inviting, uploads
from consultations.exchange.contacts import Checked
from consultations.exchange.inviting import Invited
from consultations.exchange.sheets import SheetError
from consultations.invitations import InvitationError
from consultations.models import Consultation, Invitation, Organisation, Suppression, Upload
from consultations.models.clock import day_of
from tests.factories import (
    make_consultation,
    make_invitation,
    make_organisation,
    make_organisation_kind,
    make_region,
    make_staff,
)

pytestmark = pytest.mark.django_db
HEAD = ["Organisation", "Kind", "Region", "Contact name", "E-mail"]


@pytest.fixture(autouse=True)
def reference() -> None:
    make_region()
    make_organisation_kind()


def row(n: int, **fields: str) -> list[str]:
    said = {
        "organisation": f"Works {n}",
        "kind": "Employer",
        "region": "North East",
        "name": f"Contact {n}",
        "email": f"contact{n}@works{n}.example",
    } | fields
    return list(said.values())


def written(folder: Path, *rows: list[str], head: list[str] | None = None) -> Path:
    file = folder / "contacts.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head or HEAD, *rows])
    return file


def told(checked: Checked) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.message) for problem in checked.bad]


def run(consultation: Consultation, file: Path, **how: bool) -> Invited:
    officer = make_staff(consultation, "officer")
    return inviting.run(consultation=consultation, file=file, by=officer, at=timezone.now(), **how)


def test_headings_are_known_in_any_case_and_order(tmp_path: Path) -> None:
    head = ["EMAIL ADDRESS", "note", "Kind of organisation", "organisation_name"]
    file = written(tmp_path, ["A@Works.Example", "x", "employer", "Works"], head=head)

    checked = contacts.check(file, make_consultation())

    (line,) = checked.good
    assert (line.organisation, line.email, line.region, line.name) == (
        *("Works", "a@works.example", None, ""),
    )
    assert (checked.bad, checked.untaken) == ([], ["note"])


def test_spreadsheet_is_read_like_a_csv_and_formulas_are_text(tmp_path: Path) -> None:
    book = Workbook()
    for line in (HEAD, row(1, organisation="=1+1"), [None] * 5, row(2)):
        book.active.append(line)
    book.save(file := tmp_path / "contacts.xlsx")

    checked = contacts.check(file, make_consultation())

    assert [(line.line, line.organisation) for line in checked.good] == [
        (2, "=1+1"),
        (4, "Works 2"),
    ]


def test_each_bad_row_is_told_with_its_line_column_and_reason(tmp_path: Path) -> None:
    consultation = make_consultation()
    invited = make_invitation(consultation, email="contact9@works9.example")
    Suppression.objects.create(
        address="contact8@works8.example", reason="5.1.1", since=timezone.now()
    )
    file = written(
        tmp_path,
        row(1),
        row(2, email="nobody"),
        row(3, email=""),
        row(4, kind="Martian"),
        row(5, region="Atlantis"),
        row(6, organisation=" "),
        row(7, name="two\u202ewords"),
        row(8),
        row(9),
        row(10, email="CONTACT1@works1.example"),
        row(11, organisation="x" * 201),
        row(12, kind=""),
        ["Works 13"],
    )

    checked = contacts.check(file, consultation)

    assert [line.line for line in checked.good] == [2]
    assert [(known.line, known.message) for known in checked.known] == [
        (10, f"Invited already, on {day_of(invited.invited_at)}.")
    ]
    assert [(line, column, said[:40]) for line, column, said in told(checked)] == [
        (3, "e-mail", "“nobody” is no e-mail address."),
        (4, "e-mail", "The e-mail is missing."),
        (5, "kind", "“Martian” is unknown."),
        (6, "region", "“Atlantis” is unknown."),
        (7, "organisation", "The organisation is missing."),
        (8, "contact name", "Line 1 has a hidden character that chang"),
        (9, "e-mail", "Mail to this address came back: nothing "),
        (11, "e-mail", "The same address stands on line 2."),
        (12, "organisation", "Shorten this to 200 characters or fewer:"),
        (13, "kind", "The kind is missing."),
        (14, "kind", "The kind is missing."),
    ]
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"Organisation,E-mail\nA,a@b.example\n", "no column headed “kind”"),
        (b"a,b\n1,2\n", "no columns headed “organisation”, “kind”, “e-mail”"),
        (b"Organisation,Kind,E-mail,Email\nA,b,c,d\n", "Two columns hold the e-mail."),
        (b"Organisation,Kind,E-mail\n\xff\xfe,b,c\n", "is not UTF-8"),
        (b'Organisation,Kind,E-mail\n"A,b,c\n', "quotation mark opens here and never closes"),
        (b"PK\x03\x04rubbish", "damaged or locked"),
        (b"\xd0\xcf\x11\xe0rubbish", "old or locked Excel file"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    with pytest.raises(SheetError) as refused:
        contacts.check(file, make_consultation())

    assert sentence in str(refused.value)


def test_file_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, *(row(n) for n in range(contacts.MOST_ROWS + 1)))

    with pytest.raises(SheetError, match="more than 2,000 rows"):
        contacts.check(file, make_consultation())


def test_spreadsheet_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEAD)
    for number in range(400):
        book.active.append([f"{number}{'x' * 30_000}"])
    book.save(file := tmp_path / "bomb.xlsx")

    with pytest.raises(SheetError, match="too large"):
        contacts.check(file, make_consultation())


def test_organisations_are_found_or_added_and_each_contact_is_invited(tmp_path: Path) -> None:
    consultation, known = make_consultation(), make_organisation("WORKS 1")
    file = written(tmp_path, row(1), row(2), row(3, organisation="works 2"))

    done = run(consultation, file)

    assert done == Invited(invitations=3, organisations=1)
    rows = Invitation.objects.order_by("email").values_list("email", "organisation__name")
    assert list(rows) == [
        ("contact1@works1.example", known.name),
        ("contact2@works2.example", "Works 2"),
        ("contact3@works3.example", "Works 2"),
    ]
    assert Organisation.objects.get(name="Works 2").region == make_region()


def test_file_sent_again_invites_and_adds_nobody(tmp_path: Path) -> None:
    consultation = make_consultation()
    file = written(tmp_path, row(1), row(2))

    assert [run(consultation, file), run(consultation, file)] == [Invited(2, 2), Invited(0, 0)]
    assert (Invitation.objects.count(), Organisation.objects.count()) == (2, 2)


def test_bad_row_stops_all_unless_it_is_left_out(tmp_path: Path) -> None:
    consultation = make_consultation()
    file = written(tmp_path, row(1), row(2, kind="Martian"))

    with pytest.raises(InvitationError, match="Some rows are bad"):
        run(consultation, file)
    left = (Invitation.objects.count(), Organisation.objects.count())

    assert (left, run(consultation, file, leave_out_bad=True)) == ((0, 0), Invited(1, 1))


def test_refused_invitation_keeps_no_organisation(tmp_path: Path) -> None:
    consultation = make_consultation(closes_at=timezone.now())

    with pytest.raises(InvitationError, match="has closed"):
        run(consultation, written(tmp_path, row(1)))

    assert not Organisation.objects.exists()


@pytest.mark.parametrize("trusted", [True, False])
def test_domains_are_trusted_only_where_that_is_said_and_of_new_organisations(
    tmp_path: Path, trusted: bool
) -> None:
    make_organisation("Works 1")
    file = written(
        tmp_path,
        row(1),
        row(2),
        row(3, organisation="Works 2", email="x@second.example"),
        row(4, email="four@Gmail.com"),
    )

    run(make_consultation(), file, trust_domains=trusted)

    domains = dict(Organisation.objects.values_list("name", "domains"))
    assert domains == {
        "Works 1": [],
        "Works 2": ["works2.example", "second.example"] if trusted else [],
        "Works 4": [],
    }


@pytest.mark.parametrize("rows", [200, pytest.param(2_000, marks=pytest.mark.exhaustive)])
def test_two_thousand_rows_cost_a_handful_of_statements(rows: int, tmp_path: Path) -> None:
    consultation = make_consultation()
    few = written(tmp_path, row(1))
    with CaptureQueriesContext(connection) as one:
        run(consultation, few, trust_domains=True)
    many = written(tmp_path, *(row(n) for n in range(2, 2 + rows)))
    with CaptureQueriesContext(connection) as seen:
        done = run(consultation, many, trust_domains=True)

    assert done == Invited(rows, rows)
    assert len(seen) <= len(one) + 1


def test_upload_is_kept_as_it_came_and_forgotten_within_a_day(tmp_path: Path) -> None:
    consultation, now = make_consultation(), timezone.now()
    kept = uploads.keep(
        what=Upload.What.CONTACTS,
        name="\u202eevil",
        content=b"a,b\n",
        consultation=consultation,
        by=make_staff(consultation, "officer"),
        at=now,
    )
    kept.refresh_from_db()

    with uploads.opened(kept) as path:
        content = path.read_bytes()

    assert (kept.name, content, path.exists()) == ("?", b"a,b\n", False)
    assert [uploads.forget(now), uploads.forget(now + uploads.KEPT)] == [0, 1]
