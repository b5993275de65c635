"""The mail that asks a colleague to the desk, and the one that tells leads of a request."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.desk.people import SPEAKS
from consultations.mail import outbox
from consultations.mail.letter import Action, Letter, Paragraph
from consultations.models import ColleagueInvitation, Membership, Message


def invite(invitation: ColleagueInvitation, token: str, at: datetime) -> None:
    """Ask a colleague by mail; the link logs nobody in, and opens nothing to anybody else."""
    name = {"name": invitation.organisation.name, "who": str(invitation.by.user)}
    link = reverse("desk.join", args=[token])
    letter = Letter(
        subject=_("A colleague asks you to answer a consultation with them"),
        blocks=(
            Paragraph(
                _("%(who)s asks you to write for %(name)s on this site, as one of its people.")
                % name
            ),
            Paragraph(
                _("Log in or sign up with this e-mail address: the link works for nobody else.")
            ),
            Action(_("See the invitation"), f"{settings.SITE_URL}{link}"),
            Paragraph(_("If you do not know them, you need do nothing.")),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"colleague:{invitation.pk}",
        to=invitation.email,
        letter=letter,
        at=at,
    )


def tell_leads(membership: Membership, at: datetime) -> None:
    """Tell the organisation's leads, once for each claim, that somebody asks to join."""
    leads = Membership.objects.filter(
        SPEAKS, organisation_id=membership.organisation_id, role=Membership.Right.LEAD
    )
    desk = reverse("desk.show", args=[membership.organisation.reference])
    letter = Letter(
        subject=_("Somebody asks to write for your organisation"),
        blocks=(
            Paragraph(
                _("%(who)s asks to write for %(name)s. They see nothing of yours until you agree.")
                % {"who": membership.user, "name": membership.organisation.name}
            ),
            Action(_("Grant it or turn it down"), f"{settings.SITE_URL}{desk}"),
        ),
    )
    for lead in leads.select_related("user").order_by("pk"):
        outbox.queue(
            stream=Message.Stream.TRANSACTION,
            key=f"request:{membership.pk}:{lead.pk}",
            to=lead.user.email,
            letter=letter,
            at=at,
            user=lead.user,
        )
