"""What allauth and Django send goes through the outbox, before everything else."""

import pytest
from django.core import mail
from django.test import override_settings

from consultations.mail.backend import OutboxBackend
from consultations.mail.letter import Action, Code, Letter, Paragraph
from consultations.models import Message
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CODE = """Your code is below.
Enter it in your browser.

ABCD-2345

https://host/page

Thank you.
"""
OURS = override_settings(EMAIL_BACKEND="consultations.mail.backend.OutboxBackend")


def test_backend_queues_a_code_on_a_line_of_its_own() -> None:
    leader = make_user("leader@example.org")
    with OURS:
        assert mail.send_mail("Your\n code", CODE, None, ["Leader@example.org"]) == 1
    row = Message.objects.get()
    assert (row.stream, row.state, row.to) == (0, "queued", "Leader@example.org")
    assert row.user == leader
    assert Letter.from_json(row.letter) == Letter(
        "Your code",
        (
            Paragraph("Your code is below.\nEnter it in your browser."),
            Code("ABCD-2345"),
            Action("Open this page", "https://host/page"),
            Paragraph("Thank you."),
        ),
    )


def test_backend_writes_one_row_for_each_recipient() -> None:
    message = mail.EmailMessage("Hello", "Text", None, ["a@example.org"], ["b@example.org"])
    message.cc = ["c@example.org"]
    assert OutboxBackend().send_messages([message]) == 1
    assert sorted(Message.objects.values_list("to", flat=True)) == [
        "a@example.org",
        "b@example.org",
        "c@example.org",
    ]


def test_backend_sends_the_same_twice_when_asked_twice() -> None:
    with OURS:
        for _ in range(2):
            mail.send_mail("Hello", "Text", None, ["a@example.org"])
    assert Message.objects.count() == 2


def test_backend_without_messages_queues_nothing() -> None:
    assert OutboxBackend().send_messages([]) == 0
