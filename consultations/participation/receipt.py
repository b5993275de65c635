"""The receipt that a respondent is mailed, with their words."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Heading, Letter, Paragraph, Quotation, Rows
from consultations.models import Comment, CommentVersion, Message, Recommendation, User


def send(
    comment: Comment,
    version: CommentVersion,
    recommendation: Recommendation,
    user: User,
    at: datetime,
) -> None:
    consultation = recommendation.consultation
    mine = reverse("responses.mine", args=[consultation.slug])
    said = [Quotation(version.text)] if version.text else []
    letter = Letter(
        subject=_("We have your comment on recommendation %(number)s")
        % {"number": recommendation.number},
        blocks=(
            Paragraph(_("Thank you. This is what you sent us about “%s”.") % consultation.title),
            Heading(f"{recommendation.number}. {recommendation.current}"),
            Rows(
                (
                    (_("Your view"), str(version.get_stance_display())),
                    (_("Publication"), str(version.get_permission_display())),
                    (_("Your reference"), comment.response.reference),
                )
            ),
            *said,
            Paragraph(
                comment.standing()
                + " "
                + _("You can change or withdraw it until the consultation closes.")
            ),
            Action(_("See my response"), f"{settings.SITE_URL}{mine}"),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"receipt:{version.pk}",
        to=user.email,
        letter=letter,
        at=at,
        user=user,
        consultation=consultation,
    )
