"""The two mails that an invited address gets, and no third: the invitation and one reminder."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Block, Letter, Paragraph
from consultations.mail.outbox import Mail
from consultations.models import Consultation, Invitation, Message
from consultations.models.clock import moment

Write = Callable[[Invitation, datetime], Letter]


def address(invitation: Invitation, name: str = "invitations.show") -> str:
    """Return the address of one of an invitation's pages, on the site's own host."""
    path = reverse(name, args=[invitation.consultation.slug, invitation.token])
    return f"{settings.SITE_URL}{path}"


def send(invitations: Iterable[Invitation], *, at: datetime) -> None:
    """Queue each invitation (one statement); of one consultation, its organisation at hand."""
    _queue(invitations, "invitation", _invitation, at)


def send_reminders(invitations: Iterable[Invitation], *, at: datetime) -> None:
    """Queue a reminder of each (one statement)."""
    _queue(invitations, "invitation-reminder", _reminder, at)


def take_back(invitation: Invitation, *, at: datetime) -> None:
    """Send nothing of what is still queued about an invitation."""
    keys = [f"{kind}:{invitation.pk}" for kind in ("invitation", "invitation-reminder")]
    queued = Message.objects.filter(dedupe_key__in=keys, state=Message.State.QUEUED)
    queued.update(state=Message.State.SUPPRESSED, done_at=at)


def _queue(invitations: Iterable[Invitation], kind: str, write: Write, at: datetime) -> None:
    chosen = list(invitations)
    if chosen:
        outbox.queue_all(
            [Mail(f"{kind}:{one.pk}", one.email, write(one, at)) for one in chosen],
            stream=Message.Stream.INVITATION,
            at=at,
            consultation=chosen[0].consultation,
        )


def _invitation(invitation: Invitation, at: datetime) -> Letter:
    asked = _("%(owner)s invites %(organisation)s to answer “%(title)s”.")
    subject = _("Your organisation is invited to answer a consultation")
    return _letter(invitation, subject, asked, at)


def _reminder(invitation: Invitation, at: datetime) -> Letter:
    asked = _(
        "We wrote to you because %(owner)s invites %(organisation)s to answer “%(title)s”. "
        "We have no answer yet. This is the only reminder."
    )
    subject = _("Reminder: your organisation is invited to answer a consultation")
    return _letter(invitation, subject, asked, at)


def _letter(invitation: Invitation, subject: str, asked: str, at: datetime) -> Letter:
    hello = _("Hello %(name)s,") if invitation.name else _("Hello,")
    consultation = invitation.consultation
    names = {
        "owner": consultation.owner,
        "organisation": invitation.organisation.name,
        "title": consultation.title,
    }
    return Letter(
        subject=subject,
        blocks=(
            Paragraph(hello % {"name": invitation.name}),
            Paragraph(asked % names),
            *_facts(invitation, at),
            Action(_("Open the invitation"), address(invitation)),
            *_about(invitation),
        ),
    )


def _facts(invitation: Invitation, at: datetime) -> Iterable[Block]:
    """Say when it is open, who may read it, and how to get in."""
    consultation = invitation.consultation
    opens, closes = consultation.opens_at, consultation.closes_at
    if opens and closes:
        said = (
            _("It opens at %(opens)s and closes at %(closes)s.")
            if at < opens
            else _("It closes at %(closes)s.")
        )
        yield Paragraph(said % {"opens": moment(opens), "closes": moment(closes)})
    if consultation.visibility == Consultation.Visibility.INVITED:
        yield Paragraph(_("Only the organisations that are invited can read and answer it."))
    yield Paragraph(
        _(
            "The link logs nobody in. To answer, log in or sign up with this address, %(email)s; "
            "that takes a code by e-mail and no password."
        )
        % {"email": invitation.email}
    )


def _about(invitation: Invitation) -> Iterable[Block]:
    """Say whence the address comes, what is told of the reader, and how to say no."""
    consultation = invitation.consultation
    said = _(
        "%(owner)s gave us your address for this invitation. They see whether you have opened it, "
        "begun an answer or sent one, and nothing that you have not sent. Questions go to "
        "%(contact)s."
    )
    yield Paragraph(said % {"owner": consultation.owner, "contact": consultation.contact_email})
    yield Paragraph(_("If you would rather not answer, you need do nothing, or can say no:"))
    yield Action(_("Say no, and get no reminder"), address(invitation, "invitations.decline"))
