"""What claimants are told of the decision on their claim to speak for an organisation."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.letter import Action, Block, Letter, Paragraph
from consultations.models import Decision, Membership, Message, Response
from consultations.models.appeal import DAYS
from consultations.moderation import letters


def tell_confirmed(
    decisions: Sequence[Decision], membership: Membership, kept: Sequence[Response]
) -> None:
    """Tell the claimant that they speak for the organisation, and which responses are set aside."""
    said = [
        _("We have checked your claim: you speak for %(name)s on this site.")
        % {"name": membership.organisation.name}
    ]
    said += [
        _(
            "%(name)s already has a response to “%(title)s”, and each organisation counts once. "
            "Your colleague’s response speaks for the organisation. Yours is no longer shown or "
            "counted. You still see it under “My response”."
        )
        % {"name": membership.organisation.name, "title": response.consultation.title}
        for response in kept
    ]
    said += _who_looked_again(membership)
    subject = _("Your claim to speak for an organisation is confirmed")
    _tell_claimant(decisions, membership, subject, said)


def tell_refused(decisions: Sequence[Decision], membership: Membership) -> None:
    """Tell the claimant that the claim is not confirmed, and what stands."""
    said = [
        _("We could not confirm that you speak for %(name)s.")
        % {"name": membership.organisation.name},
    ]
    if membership.refusal:
        said.append(_("The reason: %(why)s") % {"why": membership.refusal})
    said += _who_looked_again(membership)
    said.append(_("Your response stays yours. It is not shown in the organisation's name."))
    ways: list[Block] = []
    if decisions and membership.appealed_at is None:
        path = reverse("claims.appeal", args=[membership.pk])
        can = _("If you think that this is a mistake, you can appeal once, within %(days)s days.")
        said.append(can % {"days": DAYS})
        ways = [Action(_("Appeal against this decision"), f"{settings.SITE_URL}{path}")]
    elif decisions:
        write = _("There is no second appeal. If we have handled this badly, write to %(address)s.")
        said.append(write % {"address": decisions[0].case.consultation.contact_email})
    subject = _("Your claim to speak for an organisation is not confirmed")
    _tell_claimant(decisions, membership, subject, said, ways)


def tell_revoked(membership: Membership, taken: Sequence[Response], at: datetime) -> None:
    """Tell a member that they speak for the organisation no longer, why, and what has changed.

    `taken` are the responses that carry its name no longer.
    """
    if not membership.user.is_active:
        return
    name = {"name": membership.organisation.name}
    said = [
        _(
            "An officer has taken back the confirmation that you speak for %(name)s. You no longer "
            "read or change what it answers on this site."
        )
        % name
    ]
    if membership.refusal:
        said.append(_("The reason: %(why)s") % {"why": membership.refusal})
    said += [
        _(
            "Your response to “%(title)s” is your own again. It no longer carries the name of "
            "%(name)s, and your comments in it stay as they are."
        )
        % {**name, "title": response.consultation.title}
        for response in taken
    ]
    contacts = {response.consultation.contact_email: None for response in taken}
    said += [
        _("If you think that this is a mistake, write to %(address)s.") % {"address": address}
        for address in contacts
    ]
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"membership:{membership.pk}:revoked",
        to=membership.user.email,
        letter=Letter(
            subject=_("You no longer speak for an organisation on this site"),
            blocks=(*map(Paragraph, said), _account()),
        ),
        at=at,
        user=membership.user,
    )


def _account() -> Action:
    return Action(_("See your account"), f"{settings.SITE_URL}{reverse('people.account')}")


def _who_looked_again(membership: Membership) -> list[str]:
    """Say of a claim whose claimant appealed whether somebody else decided; nothing of others."""
    if membership.independent is None:
        return []
    if membership.independent:
        return [_("Somebody who did not refuse your claim before has decided on your appeal.")]
    return [
        _(
            "This decision is not independent: nobody else can decide, so the person who refused "
            "your claim has also decided on your appeal."
        )
    ]


def _tell_claimant(
    decisions: Sequence[Decision],
    membership: Membership,
    subject: str,
    said: Sequence[str],
    ways: Sequence[Block] = (),
) -> None:
    """Tell a claimant, once; of a claim that was decided at the desk no case need have waited."""
    blocks: list[Block] = [*map(Paragraph, said), *ways]
    if decisions:
        mine = letters.mine(decisions[0].case.consultation)
        letters.send(decisions[0], membership.user, subject, [*blocks, mine])
        return
    if membership.user.is_active and membership.decided_at is not None:
        outbox.queue(
            stream=Message.Stream.TRANSACTION,
            key=f"claim:{membership.pk}",
            to=membership.user.email,
            letter=Letter(subject=subject, blocks=(*blocks, _account())),
            at=membership.decided_at,
            user=membership.user,
        )
