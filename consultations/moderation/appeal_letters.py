"""What an author is told of an appeal: that it is here, and how it ended, through the outbox."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations import policy
from consultations.mail import outbox
from consultations.mail.letter import Action, Block, Letter, Paragraph, Quotation
from consultations.models import Appeal, Decision, Message, Response
from consultations.models.appeal import last_day


def offer(decision: Decision, label: str = "") -> list[Block]:
    """Return what a letter about a decision says of appealing against it, with the link.

    The link says `label`, where the letter is about another decision as well.
    """
    said = _(
        "If you disagree, you can appeal once, until the end of %(day)s. A moderator who did not "
        "make this decision then reads it again. If there is no other, we tell you so."
    )
    return [
        Paragraph(said % {"day": last_day(decision)}),
        Action(label or _("Appeal against this decision"), _address("appeals.make", decision)),
    ]


def tell_received(appeal: Appeal) -> None:
    """Tell the author that the appeal is here, who decides, and how long it takes."""
    days = appeal.decision.case.consultation.target_days
    aim = ngettext(
        "We aim to decide within %(n)s day, and e-mail you what was decided.",
        "We aim to decide within %(n)s days, and e-mail you what was decided.",
        days,
    )
    said = [
        _("We have your appeal against our decision. What you wrote:"),
        aim % {"n": days},
    ]
    blocks: list[Block] = [Paragraph(said[0]), Quotation(appeal.words), Paragraph(said[1])]
    _send(appeal, "received", _("We have your appeal"), blocks)


def tell_outcome(appeal: Appeal) -> None:
    """Tell the author how the appeal ended, why, and whether somebody else decided."""
    upheld = appeal.outcome == Appeal.Outcome.UPHELD
    subject = _("Your appeal is upheld") if upheld else _("Your appeal is dismissed")
    blocks: list[Block] = [Paragraph(_outcome(appeal, upheld)), Paragraph(_who(appeal))]
    if appeal.answer:
        blocks += [Paragraph(_("The moderator says:")), Quotation(appeal.answer)]
    blocks.append(Paragraph(_about(appeal.decision)))
    if not upheld:
        contact = appeal.decision.case.consultation.contact_email
        said = _("There is no second appeal. If we have handled this badly, write to %(address)s.")
        blocks.append(Paragraph(said % {"address": contact}))
    _send(appeal, "decided", subject, blocks)


def tell_void(appeal: Appeal) -> None:
    """Tell the author that their appeal has ended, as what it was about has changed meanwhile."""
    said = _(
        "Your appeal has ended without a decision: what it was about has changed since you made "
        "it, so there is nothing left to decide. “My response” shows how your comment or document "
        "stands now. You can appeal anew against a decision taken since."
    )
    blocks = [Paragraph(said), Paragraph(_about(appeal.decision))]
    _send(appeal, "ended", _("Your appeal has ended"), blocks)


def _outcome(appeal: Appeal, upheld: bool) -> str:
    document = appeal.decision.case.document is not None
    if upheld and appeal.decision.verb == Decision.Verb.REDACT:
        return _("We have changed our decision: the words that we had removed are shown again.")
    if upheld:
        said = _("We have changed our decision: what we had kept from public view is published.")
        hidden = _("We have changed our decision. It is accepted, and is not shown, as you asked.")
        return hidden if _unpublished(appeal.decision) else said
    if document:
        return _("We have looked at your document again. Our decision stands.")
    return _("We have read your comment again. Our decision stands.")


def _unpublished(decision: Decision) -> bool:
    kept = decision.version or decision.case.document
    return kept is not None and kept.permission == "unpublished"


def _who(appeal: Appeal) -> str:
    """Say whether the appeal was decided by somebody else."""
    if appeal.independent:
        return _("Somebody who did not make the first decision has decided on your appeal.")
    return _(
        "This decision is not independent: nobody else decides in this consultation, so the person "
        "who made the first decision has also decided on your appeal."
    )


def _about(decision: Decision) -> str:
    """Name what the decision was about."""
    comment, document = decision.case.comment, decision.case.document
    title = {"consultation": decision.case.consultation.title}
    if comment is not None:
        said = _("It is about recommendation %(number)s of “%(consultation)s”.")
        return said % {"number": comment.recommendation.number, **title}
    name = document.title if document else ""
    return _("It is about “%(document)s”, sent to “%(consultation)s”.") % {
        "document": name,
        **title,
    }


def _send(appeal: Appeal, occasion: str, subject: str, blocks: Sequence[Block]) -> None:
    """Write to who appealed, if they still speak for the response; else to who does."""
    decision = appeal.decision
    response = _response(decision)
    person = policy.addressee(response, appeal.made_by) if response else None
    if person is None:
        return
    action = Action(_("See my appeal"), _address("appeals.show", decision))
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"appeal:{appeal.pk}:{occasion}",
        to=person.email,
        letter=Letter(subject=subject, blocks=(*blocks, action)),
        at=appeal.decided_at or appeal.made_at,
        user=person,
        consultation=decision.case.consultation,
    )


def _response(decision: Decision) -> Response | None:
    subject = decision.case.comment or decision.case.document
    return subject.response if subject else None


def _address(name: str, decision: Decision) -> str:
    path = reverse(name, args=[decision.case.consultation.slug, decision.pk])
    return f"{settings.SITE_URL}{path}"
