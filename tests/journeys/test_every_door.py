"""Every door: what was hidden or redacted is read by the public nowhere, until it is shown again.

The doors are those of the URLconf, so that a new one is looked at too; and searches, the mails of
an edition that are not sent yet, the next edition, and every mail that waits for somebody else.
"""

from collections.abc import Callable, Collection, Iterator

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from consultations.digests import composing, quoting
from consultations.digests.render import as_plain, assemble
from consultations.models import Comment, Message, User
from consultations.moderation import decide
from tests.access.test_every_address import paths
from tests.access.test_matrix import Scene
from tests.digests.test_mailing import body, received
from tests.factories import log_in, make_reason, make_staff
from tests.moderation.scene import put_back, remove

pytestmark = [pytest.mark.exhaustive, pytest.mark.django_db]
SECRET = "Quincunx"
# In small letters, so that the words that a page repeats from its search are not taken for it.
SEARCHES = ("words=quincunx", "words=chairman", "words=%22zebedee+quincunx%22", "order=oldest")
# Where the words are read while they are public, whoever asks.
READ = {
    *("recommendations.show", "comments.show", "organisations.show", "digests.show"),
    *("downloads.csv", "downloads.lines"),
}


class Spoken(Scene):
    """The scene of the access table, with one comment that names somebody."""

    words = (
        "Our chairman Zebedee Quincunx told every council in the region that steady rules over "
        "many years would help firms like ours."
    )


def hide(comment: Comment) -> None:
    """Take the comment from the public; the next tick dates the quotes that it had."""
    said = {"note": "", "by": staff(comment), "at": timezone.now()}
    decide.hide(comment=comment, reason=make_reason(), **said)
    quoting.note_changes(timezone.now())


def restore(comment: Comment) -> None:
    decide.restore(comment=comment, note="", by=staff(comment), at=timezone.now())


def redact_words(comment: Comment) -> None:
    remove(comment, "Zebedee Quincunx")


def staff(comment: Comment) -> User:
    return make_staff(comment.recommendation.consultation)


@pytest.mark.parametrize(
    ("take", "give"),
    [
        pytest.param(hide, restore, id="hidden"),
        pytest.param(redact_words, put_back, id="redacted"),
    ],
)
def test_words_taken_from_the_public_are_read_nowhere_until_they_are_given_back(
    take: Callable[[Comment], object], give: Callable[[Comment], object]
) -> None:
    scene = Spoken()
    before = doors(scene, only=READ)

    take(scene.comment)
    gone, note = doors(scene), edition(scene)
    give(Comment.objects.get(pk=scene.comment.pk))
    after = doors(scene, only=READ)

    mails = {("mail", name) for name in ("plain", "html", "next edition")}
    assert before == {(who, name) for who in readers(scene) for name in READ} | mails
    assert gone == set()
    assert f"A quotation was removed on {timezone.localdate():%-d %B %Y}." in note
    assert after == before


def readers(scene: Scene) -> dict[str, Client]:
    """Return the browsers of those who neither wrote the words nor may read what is not public."""
    named = ("respondent", "other organisation")
    return {"anonymous": Client(), **{name: log_in(scene.people[name]) for name in named}}


def doors(scene: Scene, only: Collection[str] = ()) -> set[tuple[str, str]]:
    """Return behind which doors the words are read: (who, address), or (mail, which)."""
    pages = {
        (who, name)
        for who, client in readers(scene).items()
        for name, path in paths(scene)
        if name in only or not only
        for answer in answers(client, name, path)
        if SECRET in written(answer)
    }
    return pages | {("mail", name) for name, said in letters(scene) if SECRET in said}


def answers(client: Client, name: str, path: str) -> Iterator[HttpResponseBase]:
    """Yield what an address answers, asked and posted to; searches too. Nothing stays changed."""
    client.raise_request_exception = False
    asked = [("GET", path)]
    if name == "recommendations.show":
        asked += [("GET", f"{path}?{query}") for query in SEARCHES]
    if ":" not in name:
        asked.append(("POST", path))
    for method, address in asked:
        cookies = client.cookies.output()
        with transaction.atomic():
            yield client.generic(method, address)
            transaction.set_rollback(True)
        # Logging out is undone with the rest.
        client.cookies.clear()
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))


def letters(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield the mails that are to go to others than the author, and what the next edition says."""
    reader = scene.people["respondent"]
    mail = received(scene.edition, reader)
    yield from ((kind, " ".join(body(mail, kind).split())) for kind in ("plain", "html"))
    author = scene.comment.response.respondent
    waiting = Message.objects.exclude(user=author).order_by("pk")
    yield from ((f"message {row.dedupe_key}", str(row.letter)) for row in waiting)
    now = timezone.now()
    draft = composing.compose(
        scene.consultation, start=scene.consultation.opens_at, end=now, at=now
    )
    yield "next edition", str(as_plain(assemble(draft.facts, draft.quotes)))


def edition(scene: Scene) -> str:
    """Return the page of the edition that had quoted the words."""
    path = f"/consultations/{scene.consultation.slug}/digests/{scene.edition.number}/"
    return Client().get(path).content.decode()


def written(answer: HttpResponseBase) -> str:
    """Return the whole of an answer, its headers too."""
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers}{content.decode(errors='replace')}"
