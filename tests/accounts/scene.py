"""A person whose name, address and words stand in every table that can hold them, by real doors."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from consultations import accounts, desk, files, invitations, participation
from consultations.invitations import Contact
from consultations.models import (
    Case,
    Comment,
    Decision,
    Membership,
    Question,
    Report,
    Suppression,
    User,
)
from consultations.moderation import appeals, decide, documents, redact
from tests import samples
from tests.factories import (
    confirm_address,
    log_in,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_question,
    make_reason,
    make_response,
    make_staff,
    make_subscription,
    make_user,
)
from tests.participation.scene import answer, recommendation_of, save, submit_all
from tests.test_participation import post

NAME, EMAIL, SECOND = "Zebedee Quillfeather", "z.quillfeather@zqzq.example", "other@zqzq.example"
PUBLIC = "zqzqpublic words that stand"
SESSION = "django_session"
# Everything by which the person can be known; each word of theirs begins with zqzq.
MARKS = ("zebedee", "quillfeather", "zqzq")


class Scene:
    """Zebedee in two consultations: for himself, and for a council with a colleague."""

    def __init__(self) -> None:
        self.person = make_user(EMAIL, name=NAME)
        confirm_address(self.person)
        confirm_address(self.person, SECOND)
        self.officer = make_staff(make_consultation("zero"), "officer", "officer@example.org")
        self.own = make_consultation("own", recommendations=7)
        self.council = make_consultation("council")
        self.moderator = make_staff(self.own)
        self.colleague = make_user("colleague@example.org", name="Ann Colleague")
        self._others()
        self._for_himself()
        self._documents()
        self._for_the_council()
        self._account()

    def _others(self) -> None:
        """Let somebody else say much the same: none of it may change."""
        other = make_user("other@example.org", name="Bo Other")
        response = make_response(self.own, other)
        self.reported = make_comment(
            recommendation_of(self.own), response, state=Comment.State.PUBLISHED
        )
        make_subscription(other, self.own)
        post(make_user("third@example.org"), recommendation_of(self.own, 2))

    def _for_himself(self) -> None:
        person, own = self.person, self.own
        self.published = post(person, recommendation_of(own, 1), text=PUBLIC)
        self._decide(self.published, "publish", 1)
        edited = post(person, recommendation_of(own, 2), text="zqzqfirst draft of it")
        self._decide(edited, "publish", 1)
        post(person, recommendation_of(own, 2), text="zqzqsecond, public: zqzqpublic", based_on=1)
        self._decide(edited, "publish", 2)
        post(person, recommendation_of(own, 2), text="zqzqthird, which waits", based_on=2)
        self.edited = edited
        rejected = post(person, recommendation_of(own, 3), text="zqzqrejected words")
        self._decide(rejected, "reject", 1)
        decision = Decision.objects.get(verb="reject", version__comment=rejected)
        appeals.make(
            decision=decision, by=person, words="zqzqappeal to be heard", at=timezone.now()
        )
        self._redacted(post(person, recommendation_of(own, 7), text="This stands. zqzqremoved"))
        post(person, recommendation_of(own, 4), text="zqzqwaiting words")
        Case.objects.waiting().filter(comment__response=self.published.response).update(
            marks=[{"name": "personal data", "words": "zqzq@example"}]
        )
        withdrawn = post(person, recommendation_of(own, 5), text="zqzqwithdrawn words")
        participation.withdraw(comment=withdrawn, user=person, at=timezone.now())
        question = make_question(own, kind=Question.Kind.LONG, words="Why?")
        answer(person, question, chosen=(), text="zqzqanswer")
        submit_all(person, own)
        answer(person, question, chosen=(), text="zqzqanswer drafted", based_on=1)
        save(person, recommendation_of(own, 6), text="zqzqdraft words")
        participation.ask_confidentiality(
            response=self.published.response,
            reason="zqzqreason to be confidential",
            user=person,
            at=timezone.now(),
        )
        participation.report(
            comment=self.reported,
            user=person,
            why=Report.Why.ABUSIVE,
            words="zqzqreport words",
            at=timezone.now(),
        )

    def _redacted(self, comment: Comment) -> None:
        """Publish a comment, but for its last word."""
        self._decide(comment, "publish", 1)
        redact.redact(
            comment=comment,
            version_number=1,
            spans=[(13, 24)],
            reason=make_reason("personal_data"),
            by=self.moderator,
            at=timezone.now(),
        )
        self.redacted = comment

    def _decide(self, comment: Comment, verb: str, number: int) -> None:
        case = Case.objects.waiting().get(comment=comment)
        said: dict[str, Any] = {"case": case, "version_number": number, "by": self.moderator}
        if verb == "publish":
            decide.publish(**said, at=timezone.now())
        else:
            decide.reject(**said, reason=make_reason(), note="", at=timezone.now())

    def _documents(self) -> None:
        for title in ("zqzqtitle published", "zqzqtitle saved"):
            document = participation.attach(
                user=self.person,
                membership=None,
                consultation=self.own,
                title=title,
                file=files.checked(samples.PDF, "zqzqfile.pdf"),
                permission="named",
                over="",
                at=timezone.now(),
            )
            if title.endswith("published"):
                participation.send_document(document=document, user=self.person, at=timezone.now())
                case = Case.objects.waiting().get(document=document)
                documents.publish(case=case, by=self.moderator, at=timezone.now())
                self.document = document

    def _for_the_council(self) -> None:
        """Let him write for a council that a colleague leads too, and invite another there."""
        person, at = self.person, timezone.now()
        self.body = make_organisation("Aldermoor Borough Council")
        person.organisation, person.acting_for = self.body, User.ActingFor.ORGANISATION
        person.save()
        lead = make_membership(person, self.body, claim="confirmed")
        said = {"refusal": "zqzqwhy not", "appeal": "zqzqbut yes", "appealed_at": at}
        Membership.objects.filter(pk=lead.pk).update(**said)
        make_membership(self.colleague, self.body, claim="confirmed", role="lead")
        self.joint = post(person, recommendation_of(self.council, 1), text="The council says so.")
        save(person, recommendation_of(self.council, 2), text="The council drafts so.")
        desk.note(membership=lead, consultation=self.council, text="zqzqnote to colleagues", at=at)
        desk.invite(by=lead, email="asked@example.org", role="contributor", at=at)
        elsewhere = make_organisation("Pennine Castings")
        leads = make_membership(make_user("leads@example.org"), elsewhere, claim="confirmed")
        desk.ask(user=person, organisation=elsewhere, at=at)
        desk.invite(by=leads, email=SECOND, role="contributor", at=at)
        person.organisation = self.body
        person.save()
        contact = Contact(organisation=elsewhere, name=NAME, email=EMAIL)
        invitations.invite(consultation=self.own, contacts=[contact], by=self.moderator, at=at)

    def _account(self) -> None:
        make_subscription(self.person, self.own)
        Authenticator.objects.create(
            user=self.person, type=Authenticator.Type.TOTP, data={"secret": "zqzqsecret"}
        )
        Suppression.objects.create(address=SECOND, reason=f"no {SECOND}", since=timezone.now())
        self.client = log_in(self.person)
        typed = SessionStore()
        typed["account_login"] = {"email": EMAIL}
        typed.save()
        accounts.ask_copy(person=self.person, by=self.person, at=timezone.now())
        accounts.build_one(timezone.now())


def rows() -> dict[tuple[str, str], str]:
    """Return every row of every table as JSON, by table and key; sessions unpacked."""
    found: dict[tuple[str, str], str] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table, key = model._meta.db_table, model._meta.pk.column
            name = table.removeprefix("consultations_")
            cursor.execute(f'SELECT "{key}"::text, to_jsonb(held)::text FROM "{table}" AS held')  # noqa: S608
            found |= {(name, row[0]): row[1] for row in cursor.fetchall()}
    sessions = {place: str(SessionStore(place[1]).load()) for place in found if place[0] == SESSION}
    return found | sessions


def marked() -> dict[tuple[str, str], str]:
    """Return the rows by which the person can be known."""
    return {
        place: row for place, row in rows().items() if any(mark in row.lower() for mark in MARKS)
    }
