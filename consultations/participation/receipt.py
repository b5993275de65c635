"""The receipt that a respondent is mailed, with their words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Block, Heading, Letter, Paragraph, Quotation, Rows
from consultations.models import CommentVersion, Document, Message, User


def send(
    written: Sequence[CommentVersion],
    *,
    user: User,
    at: datetime,
    document: Document | None = None,
) -> None:
    """Queue one receipt for the versions, and the document, just sent in one response."""
    first = written[0].comment
    consultation = first.recommendation.consultation
    mine = reverse("responses.mine", args=[consultation.slug])
    letter = Letter(
        subject=_subject(written),
        blocks=(
            Paragraph(_("Thank you. This is what you sent us about “%s”.") % consultation.title),
            Rows(((_("Your reference"), first.response.reference),)),
            *(block for version in written for block in _answer(version)),
            *(_attached(document) if document else ()),
            Paragraph(_("You can change or withdraw it until the consultation closes.")),
            Action(_("See my response"), f"{settings.SITE_URL}{mine}"),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"receipt:{written[0].pk}",
        to=user.email,
        letter=letter,
        at=at,
        user=user,
        consultation=consultation,
    )


def _subject(written: Sequence[CommentVersion]) -> str:
    if len(written) == 1:
        number = written[0].comment.recommendation.number
        return _("We have your comment on recommendation %(number)s") % {"number": number}
    return _("We have your response: %(n)s answers") % {"n": len(written)}


def _answer(version: CommentVersion) -> Iterator[Block]:
    comment = version.comment
    yield Heading(f"{comment.recommendation.number}. {comment.recommendation.current}")
    yield Rows(
        (
            (_("Your view"), str(version.get_stance_display())),
            (_("Publication"), str(version.get_permission_display())),
        )
    )
    if version.text:
        yield Quotation(version.text)
    yield Paragraph(comment.standing())


def _attached(document: Document) -> Iterator[Block]:
    yield Heading(_("Your document"))
    yield Rows(
        (
            (_("Title"), document.title),
            (_("File"), f"{document.file_name} ({document.size_in_words})"),
            (_("Publication"), str(document.get_permission_display())),
        )
    )
    yield Paragraph(_("A moderator looks at it before anybody else can see it."))
