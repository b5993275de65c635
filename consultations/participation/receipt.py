"""The receipt that a respondent is mailed, with their words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Block, Heading, Letter, Paragraph, Quotation, Rows
from consultations.models import CommentVersion, Document, Message, QuestionAnswerVersion, User


def send(
    written: Sequence[CommentVersion],
    answers: Sequence[QuestionAnswerVersion] = (),
    document: Document | None = None,
    *,
    user: User,
    at: datetime,
) -> None:
    """Queue one receipt for what was just sent in one response: comments, answers, a document.

    Raises TypeError where nothing was sent.
    """
    if written:
        key, response = str(written[0].pk), written[0].comment.response
        consultation = written[0].comment.recommendation.consultation
    elif answers:
        key, response = f"answer:{answers[0].pk}", answers[0].response
        consultation = answers[0].question.consultation
    elif document is not None and document.response is not None:
        key, response = f"document:{document.pk}", document.response
        consultation = document.consultation
    else:
        raise TypeError("a receipt is for something that was sent")
    mine = reverse("responses.mine", args=[consultation.slug])
    letter = Letter(
        subject=_subject(written, answers),
        blocks=(
            Paragraph(_("Thank you. This is what you sent us about “%s”.") % consultation.title),
            Rows(((_("Your reference"), response.reference),)),
            *(block for version in written for block in _answer(version)),
            *(block for version in answers for block in _answer_to_question(version)),
            *(_attached(document) if document else ()),
            Paragraph(_("You can change or withdraw it until the consultation closes.")),
            Action(_("See my response"), f"{settings.SITE_URL}{mine}"),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"receipt:{key}",
        to=user.email,
        letter=letter,
        at=at,
        user=user,
        consultation=consultation,
    )


def _subject(written: Sequence[CommentVersion], answers: Sequence[QuestionAnswerVersion]) -> str:
    if len(written) == 1 and not answers:
        number = written[0].comment.recommendation.number
        return _("We have your comment on recommendation %(number)s") % {"number": number}
    if len(answers) == 1 and not written:
        number = answers[0].question.number
        return _("We have your answer to question %(number)s") % {"number": number}
    if not (written or answers):
        return _("We have your document")
    return _("We have your response: %(n)s answers") % {"n": len(written) + len(answers)}


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


def _answer_to_question(version: QuestionAnswerVersion) -> Iterator[Block]:
    question = version.question
    yield Heading(_("Question %(number)s") % {"number": question.number})
    yield Paragraph(question.words)
    chosen = [(_("Your answer"), label) for label in version.labels()]
    if chosen:
        yield Rows(tuple(chosen))
    for words in (version.text, version.why):
        if words:
            yield Quotation(words)
    yield Paragraph(_("This answer is counted. It is not published."))


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
