"""A consultation of the invited: to all others every door answers as if there were none."""

import re
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.digests import build, plan
from consultations.exchange import sharing
from consultations.models import (
    Comment,
    Consultation,
    EditionWorkbook,
    Membership,
    Message,
    Role,
    Subscription,
    User,
)
from tests.factories import (
    confirm_address,
    log_in,
    make_comment,
    make_consultation,
    make_document,
    make_invitation,
    make_membership,
    make_organisation,
    make_question,
    make_response,
    make_staff,
    make_subscription,
    make_user,
)

pytestmark = pytest.mark.django_db
WORDS = "Said among ourselves."


class Scene:
    """A consultation of the invited with a comment and an edition, and everybody who may come."""

    def __init__(self) -> None:
        now = timezone.now()
        self.consultation = make_consultation(
            "closed-circle",
            title="Closed circle",
            visibility=Consultation.Visibility.INVITED,
            cadence="daily",
            opens_at=now - timedelta(days=9),
        )
        council = make_organisation("Council")
        lead = make_membership(None, council, claim=Membership.Claim.CONFIRMED)
        response = make_response(
            self.consultation, lead.user, membership=lead, organisation=council
        )
        self.comment = make_comment(
            self.consultation.recommendations.get(number=1),
            response,
            state=Comment.State.PUBLISHED,
            text=WORDS,
            at=now - timedelta(days=3),
        )
        self.question = make_question(self.consultation)
        self.document = make_document(self.consultation)
        [edition] = build.make_due(now)
        EditionWorkbook.objects.create(edition=edition, content=b"PK", made_at=now)
        sharing.refresh(timezone.now())
        invite: Any = {"consultation": self.consultation, "organisation": council}
        make_invitation(email="ann@council.example", **invite)
        make_invitation(email="gone@council.example", withdrawn_at=now, **invite)
        self.readers: dict[str, User | None] = {
            "invited": confirm_address(make_user("ann@council.example")),
            "second address": confirm_address(make_user("home@example.org")),
            "member": lead.user,
            "officer": make_staff(self.consultation, Role.Right.OFFICER),
        }
        make_invitation(email="work@example.org", **invite)
        merged = make_organisation("Council, entered twice", merged_into=council)
        make_invitation(consultation=self.consultation, organisation=merged)
        confirm_address(self.readers["second address"], "work@example.org")
        host = make_membership(self.readers["invited"], council, shares=True)
        self.readers["guest of the invited"] = make_membership(None, council, host=host).user
        uninvited = make_membership(None, council, shares=True)
        self.others: dict[str, User | None] = {
            "anonymous": None,
            "stranger": confirm_address(make_user()),
            "unconfirmed": confirm_address(make_user("x@example.org"), verified=True),
            "taken back": confirm_address(make_user("gone@council.example")),
            "guest of the uninvited": make_membership(None, council, host=uninvited).user,
            "pending": make_membership(None, council).user,
            "former": make_membership(
                None, council, claim=Membership.Claim.CONFIRMED, ended_at=now
            ).user,
            "invited elsewhere": confirm_address(make_user("b@example.org")),
            "officer elsewhere": make_staff(make_consultation(), Role.Right.OFFICER),
        }
        confirm_address(self.others["unconfirmed"], "ann@council.example", verified=False)
        make_invitation(email="b@example.org", organisation=council)

    def doors(self) -> dict[str, str]:
        """Return the addresses at which something of the consultation is read."""
        slug, comment = self.consultation.slug, self.comment
        organisation = comment.response.organisation
        return {
            "consultation": reverse("consultations.show", args=[slug]),
            "print": reverse("consultations.printed", args=[slug]),
            "recommendation": reverse("recommendations.show", args=[slug, 1]),
            "official response": reverse("official.show", args=[slug]),
            "comment": reverse("comments.show", args=[slug, 1, comment.reference]),
            "organisation": reverse("organisations.show", args=[slug, organisation.reference]),
            "editions": reverse("digests.index", args=[slug]),
            "edition": reverse("digests.show", args=[slug, 1]),
            "record": reverse("digests.record", args=[slug, 1]),
            "workbook": reverse("digests.workbook", args=[slug, 1]),
            "feed": reverse("feeds.editions", args=[slug]),
            "results": reverse("results.show", args=[slug]),
            "question": reverse("questions.answer", args=[slug, self.question.number]),
            "downloads": reverse("downloads.index", args=[slug]),
            "CSV": reverse("downloads.csv", args=[slug, "comments"]),
            "columns of the CSV": reverse("downloads.metadata", args=[slug, "comments"]),
            "JSON Lines": reverse("downloads.lines", args=[slug, "comments"]),
            "their schema": reverse("downloads.schema", args=[slug, "comments"]),
            "XLSX": reverse("downloads.workbook", args=[slug]),
            "ThemeFinder": reverse("downloads.for_themefinder", args=[slug]),
            "evidence": reverse("documents.index", args=[slug]),
            "document": reverse("documents.fetch", args=[slug, self.document.reference]),
        }


def browser(user: User | None) -> Client:
    return log_in(user) if user else Client()


@pytest.mark.exhaustive
def test_every_door_opens_to_the_invited_the_members_and_the_staff_alone() -> None:
    scene = Scene()

    found = {
        name: {client.get(path).status_code for path in scene.doors().values()}
        for name, person in (scene.readers | scene.others).items()
        for client in [browser(person)]
    }

    assert found == {
        **{name: {200} for name in scene.readers},
        **{name: {404} for name in scene.others},
    }


@pytest.mark.exhaustive
def test_it_answers_like_one_that_does_not_exist() -> None:
    scene = Scene()
    slug = scene.consultation.slug
    differing = []

    browsers = {name: browser(person) for name, person in scene.others.items()}
    for (name, client), (door, path) in product(browsers.items(), scene.doors().items()):
        pages = []
        for asked in (path, path.replace(slug, "never-was")):
            answer = client.get(asked)
            pages.append((answer.status_code, plain(answer.content.decode(), asked)))
        differing += [(name, door)] if pages[0] != pages[1] else []

    assert differing == []


def plain(page: str, path: str) -> str:
    """Return a page without its tokens and its own address."""
    return re.sub(r'value="[^"]+"', "", page).replace(path, "")


def test_it_stands_on_the_home_page_and_in_the_footer_of_its_readers_alone() -> None:
    scene = Scene()
    paths = [reverse("consultations.home"), reverse("pages.privacy"), reverse("pages.contact")]

    found = {
        name: [scene.consultation.title in client.get(path).content.decode() for path in paths]
        for name, person in (scene.readers | scene.others).items()
        for client in [browser(person)]
    }

    assert found == {
        **dict.fromkeys(scene.readers, [True] * 3),
        **dict.fromkeys(scene.others, [False] * 3),
    }


def test_words_are_found_by_readers_alone() -> None:
    scene = Scene()
    path = reverse("recommendations.show", args=[scene.consultation.slug, 1])

    found = {
        name: WORDS.split()[0] in browser(person).get(path, {"words": "said"}).content.decode()
        for name, person in scene.readers.items()
    }

    assert found == dict.fromkeys(scene.readers, True)


def test_post_of_an_outsider_is_answered_as_for_no_consultation() -> None:
    scene = Scene()
    slug = scene.consultation.slug
    names = ("comments.post", "drafts.save")
    answers = {
        (name, door): browser(person).post(reverse(door, args=[slug, 1])).status_code
        for name, person in scene.others.items()
        for door in names
    }

    assert set(answers.values()) == {404}


def test_digests_go_to_readers_alone() -> None:
    scene = Scene()
    people = {**scene.readers, **scene.others}
    for person in people.values():
        if person is not None:
            make_subscription(person, scene.consultation, Subscription.Choice.EVERY)
    (edition,) = scene.consultation.editions.all()

    sent = plan.plan_edition(edition, at=timezone.now())

    readers = {person.email for person in scene.readers.values() if person}
    assert (sent, set(scene_mails(scene))) == (len(readers), readers)


def scene_mails(scene: Scene) -> list[str]:
    rows = Message.objects.filter(consultation=scene.consultation, edition__isnull=False)
    return list(rows.values_list("to", flat=True))


def test_membership_that_ends_closes_the_door_on_the_next_request() -> None:
    scene = Scene()
    member = scene.readers["member"]
    client, path = browser(member), scene.doors()["consultation"]

    before = client.get(path).status_code
    Membership.objects.filter(user=member).update(ended_at=timezone.now())

    assert (before, client.get(path).status_code) == (200, 404)


def test_members_of_the_body_that_an_invited_entry_was_merged_into_come_in() -> None:
    consultation = make_consultation(visibility=Consultation.Visibility.INVITED)
    kept = make_organisation("Council")
    twice = make_organisation("Council, entered twice", merged_into=kept)
    make_invitation(consultation=consultation, organisation=twice)
    member = make_membership(None, kept, claim=Membership.Claim.CONFIRMED).user

    path = reverse("consultations.show", args=[consultation.slug])

    assert browser(member).get(path).status_code == 200
