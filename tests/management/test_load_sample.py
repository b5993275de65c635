"""The sample: a newcomer finds comments, answers to the questions, and invitations."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from consultations import invitations, ledger
from consultations.digests import official
from consultations.management.commands.load_sample import FILE
from consultations.models import (
    Comment,
    Consultation,
    Invitation,
    Message,
    OfficialAnswer,
    QuestionAnswer,
)

REPORT = FILE.with_name("levelling-up-manufacturing.md")


def of_one_respondent(folder: Path) -> Path:
    """Write the sample with its first respondent alone, and their answers to the questions."""
    text = FILE.read_text(encoding="utf-8")
    people, second, _others = text.partition("\n[[respondents]]\n")
    first = _others.split("\n[[respondents]]\n")[0]
    invited = text[text.index("\n[[invitations]]\n") :]
    answers = invited.split("\n[[answers]]\n")
    path = folder / "sample.toml"
    path.write_text(f"{people}{second}{first}{answers[0]}\n[[answers]]\n{answers[1]}")
    return path


@pytest.mark.django_db
@pytest.mark.exhaustive
def test_sample_holds_comments_answers_and_invitations_and_mails_nobody(tmp_path: Path) -> None:
    call_command("load_reference_data", verbosity=0)
    call_command("import_consultation", str(REPORT))

    call_command("load_sample", file=of_one_respondent(tmp_path))

    answers = QuestionAnswer.objects.filter(state=QuestionAnswer.State.SUBMITTED)
    assert Counter(answers.values_list("question__number", flat=True)) == {1: 1, 2: 1}
    assert Comment.objects.count() > 0
    standings = invitations.with_standing(Invitation.objects.all())
    assert Counter(row.standing for row in standings) == {
        "submitted": 1,
        "invited": 3,
        "declined": 1,
    }
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SUPPRESSED}
    for consultation in Consultation.objects.all():
        assert ledger.verify(consultation.pk) == []
    assert all(Consultation.objects.values_list("is_sample", flat=True))
    over = Consultation.objects.get(slug="advice-for-small-manufacturers")
    assert over.phase(timezone.now()) == "closed"
    standing = over.editions.standing().order_by("number")
    assert list(standing.values_list("final", flat=True)) == [False, True]
    standing = OfficialAnswer.objects.standing().order_by("recommendation__number")
    assert [(row.number, row.status, row.citations.count()) for row in standing] == [
        (2, "partly", 4),
        (1, "not_accepted", 4),
    ]
    # told already, and to nobody anew: the demo begins without a mail of the past
    assert official.tell(timezone.now()) == 0


def test_sample_answers_what_is_asked_by_people_who_are_there() -> None:
    sample = tomllib.loads(FILE.read_text(encoding="utf-8"))
    front = REPORT.read_text(encoding="utf-8").split("+++")[1]
    choices = [len(row["choices"]) for row in tomllib.loads(front)["questions"]]
    kinds = [row["kind"] for row in tomllib.loads(front)["questions"]]

    known = {row["email"] for row in sample["respondents"]}
    said = [each for row in sample["answers"] for each in row["said"]]

    assert {row["email"] for row in sample["answers"]} <= known
    assert Counter(each["question"] for each in said) == {1: 15, 2: 16}
    for each in said:
        place = each["question"] - 1
        assert set(each["chosen"]) <= set(range(1, choices[place] + 1))
        assert kinds[place] == "several" or len(each["chosen"]) == 1
