"""Which tables hold something about a person, and which rows of each are about this one.

`KEYS` names every foreign key to a person in the installed models, with the section of the copy
in which its rows stand, or with the reason why they do not: a test fails for one without either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations import models as m
from consultations.accounts.reach import addresses


@dataclass(frozen=True)
class Me:
    """By what the rows about a person are found: their key, addresses, and responses."""

    pk: int
    addresses: frozenset[str]
    responses: tuple[str, ...]


def about(person: m.User) -> Me:
    """Return by what the rows about this person are found."""
    rows = m.Response.objects.filter(respondent=person).order_by("pk")
    return Me(
        person.pk, frozenset(addresses(person)), tuple(rows.values_list("reference", flat=True))
    )


@dataclass(frozen=True)
class Holding:
    """One section of the copy: its title, its rows, and the fields that are nobody's to read.

    `hands` are keys of its JSON that name a person: told where it is this one.
    """

    title: str | Promise
    model: type[Model]
    mine: Callable[[Me], Q]
    secret: frozenset[str] = frozenset()
    hands: frozenset[str] = frozenset()


def _of(field: str) -> Callable[[Me], Q]:
    return lambda me: Q(**{field: me.pk})


def _hand(*fields: str) -> Callable[[Me], Q]:
    """Return the condition that the person wrote it, or it stands in a response of theirs."""

    def mine(me: Me) -> Q:
        found = Q(response__reference__in=me.responses)
        for field in fields:
            found |= Q(**{field: me.pk})
        return found

    return mine


def _decided(me: Me) -> Q:
    found = Q(decided_by=me.pk) | Q(case__membership__user=me.pk) | Q(case__report__reporter=me.pk)
    found |= Q(case__comment__response__reference__in=me.responses)
    return found | Q(case__document__response__reference__in=me.responses)


def _appealed(me: Me) -> Q:
    responses = ("comment__response__reference__in", "document__response__reference__in")
    found = Q(made_by=me.pk)
    for path in responses:
        found |= Q(**{f"decision__case__{path}": me.responses})
    return found


def _acted(me: Me) -> Q:
    """Who has reported what the person wrote, and why, is the reporter's alone."""
    found = Q(content__user=me.pk) | Q(content__by=me.pk)
    about = Q(content__response__in=list(me.responses))
    return found | (about & ~Q(entry__act="comment_reported"))


def _through(field: str) -> type[Model]:
    relation: Any = m.User._meta.get_field(field).remote_field
    through: type[Model] = relation.through
    return through


HOLDINGS: Mapping[str, Holding] = {
    "account": Holding(_("Your account"), m.User, lambda me: Q(pk=me.pk), frozenset({"password"})),
    "addresses": Holding(_("E-mail addresses"), EmailAddress, _of("user")),
    "second_factors": Holding(
        _("Passkeys and second factors"), Authenticator, _of("user"), frozenset({"data"})
    ),
    "groups": Holding(_("Groups"), _through("groups"), _of("user")),
    "permissions": Holding(_("Permissions"), _through("user_permissions"), _of("user")),
    "roles": Holding(_("Rights in consultations"), m.Role, _of("user")),
    "memberships": Holding(_("Claims to speak for organisations"), m.Membership, _of("user")),
    "subscriptions": Holding(
        _("Choices of e-mails"), m.Subscription, _of("user"), frozenset({"token"})
    ),
    "responses": Holding(_("Responses"), m.Response, lambda me: Q(reference__in=me.responses)),
    "comments": Holding(
        _("Comments"), m.Comment, lambda me: Q(response__reference__in=me.responses)
    ),
    "versions": Holding(
        _("What you wrote, each time"), m.CommentVersion, _hand("written_by", "drafted_by")
    ),
    "drafts": Holding(_("Drafts"), m.Draft, _hand("written_by")),
    "answers": Holding(
        _("Answers to questions"), m.QuestionAnswerVersion, _hand("written_by", "drafted_by")
    ),
    "answer_drafts": Holding(
        _("Drafts of answers to questions"), m.QuestionDraft, _hand("written_by")
    ),
    "documents": Holding(_("Documents"), m.Document, _hand("uploaded_by")),
    "sign_offs": Holding(_("Sign-offs"), m.SignOff, _hand("signed_by")),
    "confidentiality": Holding(
        _("Requests for confidentiality"), m.ConfidentialityRequest, _hand("asked_by")
    ),
    "notes": Holding(_("Notes to colleagues"), m.Note, _of("author")),
    "reports": Holding(_("Reports of comments"), m.Report, _of("reporter")),
    "appeals": Holding(_("Appeals"), m.Appeal, _appealed),
    "readings": Holding(_("Unpublished texts that you read as staff"), m.Reading, _of("read_by")),
    # The note is for moderators alone.
    "decisions": Holding(_("Decisions"), m.Decision, _decided, frozenset({"note"})),
    "invitations": Holding(
        _("Invitations"),
        m.Invitation,
        lambda me: Q(email__in=me.addresses),
        frozenset({"token"}),
    ),
    # Whose address it went to is somebody else's.
    "invitations_of_others": Holding(
        _("Invitations of others that you answered"),
        m.Invitation,
        lambda me: Q(accepted_by=me.pk) & ~Q(email__in=me.addresses),
        frozenset({"token", "name", "email"}),
    ),
    "colleague_invitations": Holding(
        _("Invitations by colleagues"),
        m.ColleagueInvitation,
        lambda me: Q(email__in=me.addresses) | Q(by__user=me.pk),
        frozenset({"token_hash"}),
    ),
    "mails": Holding(
        _("E-mails"),
        m.Message,
        lambda me: Q(user=me.pk) | Q(to__in=me.addresses),
        frozenset({"lease"}),
    ),
    "suppressions": Holding(
        _("Addresses that nothing is sent to"),
        m.Suppression,
        lambda me: Q(address__in=me.addresses),
    ),
    "jobs": Holding(_("Previews and imports"), m.Job, _of("asked_by"), frozenset({"result"})),
    "uploads": Holding(
        _("Uploaded files of rows"), m.Upload, _of("uploaded_by"), frozenset({"content"})
    ),
    "copies": Holding(
        _("Copies like this one"), m.PersonalCopy, _of("person"), frozenset({"content"})
    ),
    "admin_log": Holding(_("Django's log of the admin"), LogEntry, _of("user")),
    "record": Holding(
        _("The record of acts"),
        m.LedgerPayload,
        _acted,
        frozenset({"salt"}),
        hands=frozenset({"by"}),
    ),
}

_STAFF = "what somebody did as staff with another person's row stands in the record of acts"
# Each foreign key to a person: the section of the copy, or a reason, which holds a space.
KEYS: Mapping[str, str] = {
    "account.EmailAddress.user": "addresses",
    "admin.LogEntry.user": "admin_log",
    "mfa.Authenticator.user": "second_factors",
    "consultations.User_groups.user": "groups",
    "consultations.User_user_permissions.user": "permissions",
    "consultations.Appeal.decided_by": _STAFF,
    "consultations.Appeal.made_by": "appeals",
    "consultations.Case.claimed_by": "a case is claimed for minutes, and the claim runs out",
    "consultations.CommentVersion.drafted_by": "versions",
    "consultations.CommentVersion.written_by": "versions",
    "consultations.ConfidentialityRequest.asked_by": "confidentiality",
    "consultations.ConfidentialityRequest.decided_by": _STAFF,
    "consultations.Correction.made_by": _STAFF,
    "consultations.Decision.decided_by": "decisions",
    "consultations.Document.uploaded_by": "documents",
    "consultations.Draft.written_by": "drafts",
    "consultations.EditionAct.by": _STAFF,
    "consultations.Invitation.accepted_by": "invitations_of_others",
    "consultations.Invitation.invited_by": _STAFF,
    "consultations.Job.asked_by": "jobs",
    "consultations.Membership.decided_by": _STAFF,
    "consultations.Membership.user": "memberships",
    "consultations.Message.settled_by": _STAFF,
    "consultations.Message.user": "mails",
    "consultations.Note.author": "notes",
    "consultations.OfficialAnswer.published_by": _STAFF,
    "consultations.OfficialAnswer.reviewed_by": _STAFF,
    "consultations.OfficialAnswer.written_by": _STAFF,
    "consultations.OfficialDelay.given_by": _STAFF,
    "consultations.PersonalCopy.asked_by": "what staff ask for is about another person",
    "consultations.PersonalCopy.person": "copies",
    "consultations.QuestionAnswerVersion.drafted_by": "answers",
    "consultations.QuestionAnswerVersion.written_by": "answers",
    "consultations.QuestionDraft.written_by": "answer_drafts",
    "consultations.Reading.read_by": "readings",
    "consultations.Redaction.ended_by": _STAFF,
    "consultations.Redaction.redacted_by": _STAFF,
    "consultations.Report.reporter": "reports",
    "consultations.Response.checked_by": _STAFF,
    "consultations.Response.respondent": "responses",
    "consultations.Response.typed_by": _STAFF,
    "consultations.Role.given_by": _STAFF,
    "consultations.Role.user": "roles",
    "consultations.SignOff.signed_by": "sign_offs",
    "consultations.Subscription.user": "subscriptions",
    "consultations.TrustedOrganisation.given_by": _STAFF,
    "consultations.Upload.uploaded_by": "uploads",
}
