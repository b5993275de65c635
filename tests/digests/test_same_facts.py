"""Web page, both parts of the mail and the JSON record say the same: numbers, quotes and links."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.digests.render import address
from consultations.models import Consultation, Kind, Response, Stance
from tests import factories
from tests.digests.scene import LATER, SLOT, fill, make_edition, make_scene, say
from tests.digests.test_mailing import body, flat, links, received

pytestmark = pytest.mark.django_db
HERE = "http://localhost:8000"
LETTER = "We ask that the council be kept and paid for, as our members in every town have said."


def test_page_mail_and_record_hold_the_same_numbers_quotes_and_links() -> None:
    consultation = two_editions()
    edition = consultation.editions.get(number=2)
    home = reverse("digests.show", args=[consultation.slug, 2])
    page = BeautifulSoup(Client().get(home).content, "lxml").main
    assert page is not None
    told = Client().get(reverse("digests.record", args=[consultation.slug, 2])).json()
    mail = received(edition, factories.make_user(name="Ada"))
    text, html = body(mail, "plain"), body(mail, "html")

    shown, held = web_links(page, home), record_links(told)
    listed = reverse("digests.index", args=[consultation.slug])
    earlier = reverse("digests.show", args=[consultation.slug, 1])
    around = {address(listed), address(earlier), told["record_url"]}
    assert held - {told["url"], told["record_url"]} == shown - around
    quotes = {quote["text"] for each in told["recommendations"] for quote in each["quotes"]}
    assert len(quotes) > 6
    assert quotes == {quote.p.get_text().strip("“”") for quote in page.find_all("blockquote")}
    numbers = set(digits(page.get_text(" ").replace("SHA-256", "")))
    assert set(record_numbers(told)) == numbers

    assert links(text) == links(html)
    own = {link for link in links(text) if link.startswith(f"{HERE}/u/")}
    assert links(text) - own <= {link.partition("#")[0] for link in shown | {told["url"]}}
    assert set(digits(mail_text(text))) <= numbers
    quoted = [flat(each.p.get_text()).strip("“”") for each in soup(html).find_all("blockquote")]
    assert 0 < len(quoted) <= 3 * len(told["recommendations"])
    whole = {flat(quote) for quote in quotes}
    assert all(any(part.removesuffix(" […]") in each for each in whole) for part in quoted)
    assert all(part in flat(text) for part in quoted)
    assert set(digits(mail_text(text))) == set(digits(mail_text(soup(html).get_text(" "))))


def test_what_the_only_comment_says_is_nowhere_where_it_is_not_published() -> None:
    consultation = make_scene(recommendations=1)
    say(consultation.recommendations.get(), 0, permission="unpublished", stance=Stance.OPPOSE)
    edition = make_edition()

    page = Client().get(reverse("digests.show", args=[consultation.slug, 1])).content.decode()
    told = Client().get(reverse("digests.record", args=[consultation.slug, 1])).json()
    mail = received(edition, factories.make_user())

    [section] = told["recommendations"]
    assert (section["total"], section["stances"], section["by_kind"]) == (1, None, [])
    for words in (page, flat(body(mail, "plain")), flat(body(mail, "html"))):
        assert "1 of them is counted here but not published, and there are too few to" in words
        assert "Oppose" not in words
        assert "1 opposes" not in words


def test_record_names_nobody_and_keeps_nothing_of_what_was_taken_back() -> None:
    consultation = make_scene(recommendations=1)
    comments = fill(consultation, each=4)
    make_edition()
    path = reverse("digests.record", args=[consultation.slug, 1])
    names = list(Response.objects.values_list("name", flat=True))
    before = Client().get(path)
    [gone] = [each for each in comments if each.reference in before.content.decode()][:1]

    gone.unpublish("withdrawn", None)
    gone.save()
    after = Client().get(path)

    assert [name for name in names if name in before.content.decode()] == []
    assert gone.reference not in after.content.decode()
    assert "A quotation was removed" in after.content.decode()
    again = Client().get(path, headers={"if-none-match": after["ETag"]})
    assert (after["ETag"] != before["ETag"], again.status_code) == (True, 304)


def two_editions() -> Consultation:
    """Two recommendations, told twice: with new comments, a letter that many sent, two regions."""
    consultation = make_scene()
    fill(consultation, each=8)
    make_edition()
    first = consultation.recommendations.get(number=1)
    for number in range(20, 32):
        kind = Kind.EMPLOYER if number % 2 else Kind.LOCAL_LEADER
        say(first, number, kind=kind, stance=Stance.SUPPORT, at=SLOT.replace(hour=9))
    for number in range(40, 46):
        say(first, number, text=LETTER, at=SLOT.replace(hour=9))
    Response.objects.update(name="Nia Price")  # no digits, as they stand on pages alone
    make_edition(LATER.replace(day=17, hour=8))
    Consultation.objects.update(opens_at=timezone.now() - timedelta(days=90))
    return consultation


def web_links(page: Any, home: str) -> set[str]:
    found = {link["href"] for link in page.find_all("a", href=True)}
    return {address(f"{home}{href}" if href.startswith("#") else href) for href in found}


def record_links(told: Any) -> set[str]:
    return {each for each in leaves(told) if isinstance(each, str) and each.startswith(HERE)}


def record_numbers(told: Any) -> Iterator[str]:
    """Every number in the record that is not in an address."""
    for leaf in leaves(told):
        if isinstance(leaf, bool) or (isinstance(leaf, str) and leaf.startswith(HERE)):
            continue
        yield from digits(str(leaf))


def leaves(told: Any) -> Iterator[Any]:
    """Every value in plain data, codes and hidden times left out."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name not in {"format", "codes", "name", "from", "to"}:
                yield from leaves(value)
    elif isinstance(told, list):
        for value in told:
            yield from leaves(value)
    else:
        yield told


def digits(text: str) -> list[str]:
    return re.findall(r"\d+", text.replace(",", ""))


def mail_text(text: str) -> str:
    return re.sub(r"http\S+", "", text)


def soup(html: str) -> Any:
    found = BeautifulSoup(html, "lxml").body
    assert found is not None
    for link in found.find_all("a"):
        link.string = re.sub(r"http\S+", "", link.get_text())
    return found
