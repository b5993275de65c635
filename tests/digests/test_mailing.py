"""The mail of an edition: within its limits whatever it holds, two parts with the same facts."""

import email
import re
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest
from django.utils import timezone

from consultations.digests import build, mailing, readers
from consultations.digests.quoting import content_hash
from consultations.digests.render import view
from consultations.mail.leases import Claimed
from consultations.models import Comment, Consultation, Decision, Edition, SignOff, User
from tests import factories
from tests.digests.scene import DUE, OPENS, fill, make_edition, make_scene, overwrite, say

TOKEN = "t" * 22
LONG = "Ünïcode " + "particularly consequential considerations " * 12


@pytest.mark.django_db
def test_both_parts_hold_the_same_facts_and_links() -> None:
    consultation = make_scene()
    fill(consultation, each=7)

    mail = received(make_edition())

    text, html = body(mail, "plain"), plain_of(body(mail, "html"))
    shown = view(Edition.objects.get())
    for section in shown.sections:
        for fact in (section.title, section.news, *(said.said_by for said in section.quotes)):
            assert (flat(fact) in flat(text)) == (flat(fact) in html)
    for fact in (shown.period, shown.caution, *shown.to_come):
        assert flat(fact) in flat(text)
        assert flat(fact) in html
    assert numbers(text) == numbers(body(mail, "html"))
    assert links(text) == links(body(mail, "html"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recommendations", "each"),
    [(1, 30), (5, 12), pytest.param(40, 2, marks=pytest.mark.exhaustive)],
)
def test_mail_is_short_whatever_the_edition_holds(recommendations: int, each: int) -> None:
    consultation = make_scene(recommendations=0)
    for place in range(1, recommendations + 1):
        title = f"{place} {LONG}"[:200]
        recommendation = factories.make_recommendation(consultation, place, title=title)
        for number in range(each):
            say(recommendation, number, text=f"{LONG} {number}. {LONG} {number * 7}.")
    edition = make_edition()
    reader = factories.make_user(name="A B C D E F G H I J K L M N O P Q R S T U V W X Y Z")
    for recommendation in consultation.recommendations.order_by("number")[:12]:
        decide(say(recommendation, 90), reader)

    mail = received(edition, reader)

    assert len(mail.as_bytes()) < 90_000
    assert len(body(mail, "plain").split()) <= 700
    assert len(plain_of(body(mail, "html")).split()) <= 700


@pytest.mark.django_db
@pytest.mark.exhaustive
def test_every_recommendation_with_news_is_quoted_before_one_is_quoted_twice() -> None:
    consultation = make_scene(recommendations=5)
    fill(consultation, each=12)

    pieces = mailing.fitted(view(make_edition())).pieces

    quoted = [len(piece.quotes) for piece in pieces]
    assert (len(pieces), min(quoted) >= 1, max(quoted) <= 3) == (5, True, True)
    assert [bool(piece.table) for piece in pieces] == [True] * 5


@pytest.mark.django_db
def test_mail_greets_its_reader_and_tells_what_became_of_their_comments() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    reader = factories.make_user(name="Esther <Maddock>")
    decide(say(consultation.recommendations.last(), 3), reader)

    mail = received(make_edition(), reader)

    text, html = body(mail, "plain"), body(mail, "html")
    assert "Hello Esther <Maddock>," in text
    assert "Hello Esther &lt;Maddock&gt;," in html
    assert "Recommendation 2: published" in text
    assert "Recommendation 2: published" in plain_of(html)


@pytest.mark.django_db
def test_mail_opens_with_what_waits_for_its_reader_and_where_their_news_is() -> None:
    consultation = make_scene(recommendations=3)
    fill(consultation, each=2)
    first, second, _third = consultation.recommendations.order_by("number")
    council = factories.make_organisation("Council")
    lead, contributor = (factories.make_user(organisation=council) for _n in range(2))
    membership, _other = (
        factories.make_membership(person, council, "confirmed", role=role)
        for person, role in ((lead, "lead"), (contributor, "contributor"))
    )
    response = factories.make_response(
        consultation, lead, membership=membership, organisation=council
    )
    factories.make_comment(first, response, at=OPENS)
    factories.make_draft(second, response, lead)
    response.sign_off = SignOff.objects.create(
        response=response,
        outcome="subject",
        body="Full Council",
        expected_on=DUE.date(),
        signed_by=lead,
        signed_at=OPENS,
    )
    response.save()
    edition = make_edition()
    Consultation.objects.update(closes_at=timezone.now() + timedelta(days=1))

    texts = {person: body(received(edition, person), "plain") for person in (lead, contributor)}

    said = flat(texts[lead])
    assert "You have 1 answer that is not sent. Only what you send counts." in said
    assert "subject to approval by Full Council. Confirm it once it is." in said
    assert "New on what you answered: - Recommendation 1: " in said
    assert said.index("New on what you answered:") < said.index("1. ")
    assert "subject to approval" not in flat(texts[contributor])
    stranger = flat(body(received(edition, factories.make_user()), "plain"))
    assert ("not sent" in stranger, "what you answered" in stranger) == (False, False)


@pytest.mark.django_db
def test_what_is_not_sent_is_not_told_after_the_close() -> None:
    consultation = make_scene(recommendations=1)
    fill(consultation, each=2)
    reader = factories.make_user()
    response = factories.make_response(consultation, reader)
    factories.make_draft(consultation.recommendations.get(), response, reader)
    edition = make_edition()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    assert "not sent" not in flat(body(received(edition, reader), "plain"))


@pytest.mark.django_db
def test_mail_carries_the_readers_own_way_out_and_no_other() -> None:
    consultation = make_scene()
    fill(consultation, each=2)

    mail = received(make_edition())

    leave = f"http://localhost:8000/u/{TOKEN}"
    assert mail["List-Unsubscribe"] == f"<{leave}>"
    assert (leave in links(body(mail, "plain")), leave in links(body(mail, "html"))) == (True, True)
    assert mail["Subject"] == f"Digest 1: {consultation.title}"


@pytest.mark.django_db
def test_a_batch_of_any_size_costs_two_queries_and_renders_once(
    django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = make_scene()
    fill(consultation, each=3)
    edition = make_edition()
    people = [factories.make_user() for _n in range(200)]
    rendered: list[str] = []
    write = mailing.render_to_string
    monkeypatch.setattr(
        mailing,
        "render_to_string",
        lambda name, context: (rendered.append(name), write(name, context))[1],
    )
    readers.render([claimed(edition, people[0])])
    once = len(rendered)

    for size in (1, 3, 200):
        with django_assert_num_queries(3):  # quotes, corrections to earlier digests, their own
            ready = readers.render([claimed(edition, person) for person in people[:size]])
        assert len(ready) == size

    assert (once > 0, len(rendered)) == (True, once)
    one, other = (ready[person.pk].decode() for person in people[:2])
    assert one.replace(people[0].name, "").replace(people[0].email, "").replace(
        f"<{people[0].pk}@", "<@"
    ) == other.replace(people[1].name, "").replace(people[1].email, "").replace(
        f"<{people[1].pk}@", "<@"
    )


@pytest.mark.django_db
def test_what_a_reader_answered_comes_first_and_the_rest_is_the_same() -> None:
    consultation = make_scene(recommendations=3)
    fill(consultation, each=3)
    writer = say(consultation.recommendations.get(number=3), 5).response.respondent
    edition = make_edition()

    mails = [received(edition, reader) for reader in (writer, None)]

    orders = []
    for mail in mails:
        text, html = body(mail, "plain"), body(mail, "html")
        places = {n: text.index(f"\n{n}. Proposal {n}") for n in (1, 2, 3)}
        assert sorted(places, key=places.__getitem__) == [
            int(n) for n in re.findall(r">(\d)\. Proposal", html)
        ]
        orders.append(sorted(places, key=places.__getitem__))
    assert orders == [[3, 1, 2], [1, 2, 3]]
    answered, others = (told_of_each(body(mail, "plain")) for mail in mails)
    assert (answered, len(answered)) == (others, 3)


@pytest.mark.django_db
def test_edition_that_cannot_be_written_stops_no_other_edition() -> None:
    for _n in range(2):
        fill(make_scene(recommendations=1), each=1)
    broken, whole = build.make_due(DUE)
    broken.facts["slug"] = "no address"
    broken.hash = content_hash(broken.number, broken.facts, list(broken.quotes.all()))
    overwrite(broken)
    one, other = factories.make_user(), factories.make_user()

    ready = readers.render([claimed(broken, one), claimed(whole, other)])

    assert (ready[one.pk], ready[other.pk] is not None) == (None, True)


@pytest.mark.django_db
def test_address_that_cannot_be_written_stops_no_other_mail() -> None:
    fill(make_scene(), each=1)
    edition = make_edition()
    good, bad = factories.make_user(), factories.make_user("jos\u00e9@example.org")

    ready = readers.render([claimed(edition, bad), claimed(edition, good)])

    assert list(ready) == [good.pk]


@pytest.mark.django_db
def test_comment_hidden_between_two_batches_is_in_no_later_mail() -> None:
    consultation = make_scene(recommendations=1)
    comment = say(consultation.recommendations.get(), 0)
    edition = make_edition()
    assert comment.response.name in body(received(edition), "plain")

    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()

    later = body(received(edition), "plain")
    assert (comment.response.name in later, "A quotation was removed" in later) == (False, True)


def decide(comment: Comment, author: User) -> None:
    """Make the comment the author's, decided within the edition's period."""
    comment.response.respondent = author
    existing = author.responses.filter(consultation=comment.recommendation.consultation).first()
    if existing is None:
        comment.response.save()
    else:
        Comment.objects.filter(pk=comment.pk).update(response=existing)
    Decision.objects.create(
        case=factories.make_case(comment, closed_at=OPENS),
        verb=Decision.Verb.PUBLISH,
        state_before="submitted",
        state_after="published",
        decided_by=author,
        decided_at=OPENS.replace(day=3),
    )


def claimed(edition: Edition, reader: User) -> Claimed:
    consultation: Consultation = edition.consultation
    return Claimed(
        id=reader.pk,
        stream=2,
        to=reader.email,
        letter={},
        edition_id=edition.pk,
        consultation_id=consultation.pk,
        user_id=reader.pk,
        message_id=f"<{reader.pk}@localhost>",
        queued_at=DUE,
        attempts=0,
        doubts=0,
        token=TOKEN,
        name=reader.name,
        slug=consultation.slug,
        title=consultation.title,
    )


def received(edition: Edition, reader: User | None = None) -> EmailMessage:
    reader = reader or factories.make_user()
    [data] = readers.render([claimed(edition, reader)]).values()
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


def plain_of(html: str) -> str:
    """The visible text of a page."""
    shown = re.sub(r"<(style|title|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return flat(
        unescape(re.sub(r"<br[^>]*>|</(p|td|th|h1|h2|li)>", " ", shown)).replace("\xa0", " ")
    )


def flat(text: str) -> str:
    bare = re.sub(r"^> ?", "", re.sub(r"<[^>]+>", "", text), flags=re.MULTILINE)
    return " ".join(bare.split())


def links(text: str) -> set[str]:
    return set(re.findall(r"http://localhost:8000[^\s\"<>]*", unescape(text))) - {
        "http://localhost:8000"
    }


def told_of_each(text: str) -> set[str]:
    """What a text part says about each recommendation."""
    told = text[: text.index("\nStill to come")]
    return {each.strip() for each in re.split(r"\n(?=\d\. Proposal)", told)[1:]}


def numbers(text: str) -> list[str]:
    """Every number that is said, in any order, but not those of addresses and layout."""
    shown = plain_of(text) if "<html" in text else text
    return sorted(set(re.findall(r"\b\d+\b", re.sub(r"http\S+", "", shown))))
