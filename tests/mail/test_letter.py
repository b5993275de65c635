"""A letter's two parts come from one structure, and nothing in them is taken for markup."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from consultations.mail import mime
from consultations.mail.letter import (
    Action,
    Code,
    Footer,
    Heading,
    Items,
    Letter,
    LetterError,
    Paragraph,
    Parts,
    Quotation,
    Rows,
    Slot,
    fragment,
    render,
    slot,
)
from consultations.mail.standing import list_footer, mailing_list

AT = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
HOSTILE = "Tom & \"Jerry\" <script>alert('x')</script> £5 – {{ slot }} {% now %}"
LETTER = Letter(
    subject="We have your comment",
    blocks=(
        Paragraph(HOSTILE),
        Heading("1. Skills"),
        Quotation("First line\n.second line\n\nFrom me, " + "long " * 40, "A & B Ltd"),
        Items(("one", "two " * 40)),
        Rows((("Your view", "Support"), ("Reference", "ABCD2345"))),
        Code("ABCD-2345"),
        Action("See my response", "http://localhost:8000/consultations/a/?x=1&y=2"),
    ),
)
FOOTER = Footer("You get this because you asked.", "http://localhost/u/t", "http://localhost/u/t")


def parsed(data: bytes) -> tuple[Any, str, str]:
    message = message_from_bytes(data, policy=policy.default)
    text, html = message.iter_parts()
    text, html = (part.get_content().replace("\r\n", "\n") for part in (text, html))
    return message, text, html


def filled(parts: Parts, **values: Any) -> bytes:
    known = {"to": "a@example.org", "message_id": "<1@localhost>", "date": AT}
    return mime.compiled(parts, subject="Hello").fill(**(known | values))


def test_letter_through_json_is_the_same() -> None:
    assert Letter.from_json(LETTER.to_json()) == LETTER


def test_letter_with_lazy_translations_becomes_strings() -> None:
    letter = Letter(gettext_lazy("Hello"), (Rows(((gettext_lazy("Yes"), gettext_lazy("No")),)),))
    assert letter.to_json() == {
        "subject": "Hello",
        "blocks": [{"kind": "rows", "rows": [["Yes", "No"]]}],
    }


@pytest.mark.parametrize("subject", ["a\nBcc: b@c", "a\r\nb", "a\x00b", "a\u2028b", " ", "\u0301"])
def test_subject_that_is_not_one_line_is_refused(subject: str) -> None:
    with pytest.raises(LetterError):
        Letter(subject, ())


def test_subject_outside_ascii_is_transliterated() -> None:
    assert Letter("“Café” – it’s £5… Ŵyn 漢", ()).subject == '"Cafe" - it\'s GBP 5... Wyn ?'


def test_text_part_has_no_entities_and_short_lines() -> None:
    text = render(LETTER, FOOTER).text
    assert (HOSTILE in " ".join(text.split()), "&amp;" in text, "&#" in text) == (
        True,
        False,
        False,
    )
    assert max(map(len, text.split("\n"))) <= 72
    assert "\nABCD-2345\n" in text
    assert "See my response:\nhttp://localhost:8000/consultations/a/?x=1&y=2\n" in text


def test_html_part_escapes_user_text() -> None:
    html = render(LETTER, FOOTER).html
    assert "<script" not in html
    assert HOSTILE in unescape(html)


def test_html_part_names_its_language_and_loads_nothing() -> None:
    html = render(LETTER, FOOTER).html
    loads = [part for part in ("src=", "<link", "url(", "@import", "<img") if part in html]
    assert (html.count('<html lang="en-gb">'), loads) == (1, [])
    assert "prefers-color-scheme" in html
    assert 'style="' in html


def test_both_parts_have_the_same_links() -> None:
    parts = render(LETTER, FOOTER)
    for url in ("http://localhost:8000/consultations/a/?x=1&y=2", "http://localhost/u/t"):
        assert (url in parts.text, f'href="{url}"' in unescape(parts.html)) == (True, True)


def test_footer_in_the_demonstration_says_so(settings: Any) -> None:
    note = "This is an independent demonstration with invented respondents."
    plain = render(LETTER, FOOTER)
    settings.DEMO = True
    demo = render(LETTER, FOOTER)
    assert [note in part for part in (plain.text, plain.html)] == [False, False]
    assert [note in " ".join(part.split()) for part in (demo.text, demo.html)] == [True, True]


def test_long_quotations_are_shortened_and_say_so() -> None:
    letter = Letter("Hello", (Quotation("漢" * 20_000), Quotation("short")))
    parts = render(letter, FOOTER)
    assert "[Shortened in this e-mail. The whole text is on the site.]" in " ".join(
        parts.text.replace(">", "").split()
    )
    assert len(filled(parts)) < mime.LIMIT


def test_mime_decodes_to_what_was_rendered() -> None:
    parts = render(LETTER, FOOTER)
    message, text, html = parsed(filled(parts))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert (text.rstrip("\n"), html.rstrip("\n")) == (parts.text.rstrip("\n"), parts.html.rstrip())
    assert message.defects == []


def test_mime_headers_of_a_plain_mail() -> None:
    message, _text, _html = parsed(filled(render(LETTER, FOOTER)))
    assert dict(message.items()) == {
        "From": "Consultations <no-reply@localhost>",
        "To": "a@example.org",
        "Subject": "Hello",
        "Message-ID": "<1@localhost>",
        "Date": "Tue, 03 Nov 2026 07:00:00 +0000",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_portal_part"',
    }


def test_mime_list_headers_of_the_longest_host_fit(settings: Any) -> None:
    settings.SITE_URL = f"https://{'h' * 42}"
    parts = render(LETTER, list_footer("Title"))
    mail = mime.compiled(parts, subject="Hello", mailing_list=mailing_list("skills"))
    data = mail.fill(to="a@example.org", message_id="<1@x>", date=AT, token="t" * 22)
    head = data.split(b"\r\n\r\n")[0].decode().split("\r\n")
    leave = f"<https://{'h' * 42}/u/{'t' * 22}>"
    assert len(leave) == 77
    assert f"List-Unsubscribe: {leave}" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "List-Id: <skills.localhost>" in head
    assert f"List-Archive: <https://{'h' * 42}/consultations/skills/digests/>" in head


def test_compiled_fills_each_readers_slots_in_both_parts() -> None:
    blocks = (Paragraph(f"Dear {slot('name')},"), Slot("own"))
    parts = render(Letter("Hello", blocks), list_footer("Title"))
    own = fragment([Paragraph("Your comment <b> – №1 = 100 %"), Items(("a & b",))])
    data = filled(parts, token="T" * 22, slots={"name": "Zoë <i>", "own": own})
    _message, text, html = parsed(data)
    assert "Dear Zoë <i>,\n" in text
    assert "Dear Zoë &lt;i&gt;," in html
    assert "Your comment <b> – №1 = 100 %\n\n- a & b\n" in text
    assert "Your comment &lt;b&gt; – №1 = 100 %" in html
    assert (text.count("/u/" + "T" * 22), html.count("/u/" + "T" * 22)) == (2, 2)
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_compiled_with_an_empty_slot_leaves_nothing() -> None:
    parts = render(Letter("Hello", (Paragraph("Before"), Slot("own"), Paragraph("After"))), FOOTER)
    _message, text, _html = parsed(filled(parts, slots={"own": Parts("", "")}))
    assert text.split("___")[0].split() == ["Before", "After"]


def test_compiled_without_what_fills_a_slot_is_refused() -> None:
    parts = render(Letter("Hello", (Slot("own"),)), FOOTER)
    with pytest.raises(LetterError):
        filled(parts)


def test_compiled_list_mail_over_the_limit_is_refused() -> None:
    parts = Parts("words " * 20_000, "<p>words</p>")
    mail = mime.compiled(parts, subject="Hello", mailing_list=mailing_list("skills"))
    with pytest.raises(LetterError):
        mail.fill(to="a@example.org", message_id="<1@x>", date=AT, token="t" * 22)


@pytest.mark.parametrize("to", ["a@b\r\nBcc: c@d", "ä@example.org", "@example.org", "a b@c"])
def test_mime_to_an_address_outside_ascii_is_refused(to: str) -> None:
    with pytest.raises(LetterError):
        filled(render(LETTER, FOOTER), to=to)


def test_mime_to_a_domain_outside_ascii_is_encoded() -> None:
    assert (
        parsed(filled(Parts("a", "b"), to="a@bücher.example"))[0]["To"] == "a@xn--bcher-kva.example"
    )
