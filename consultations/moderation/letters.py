"""What authors and readers who report are told of a decision, through the outbox.

What claimants are told is in `claim_letters`, authors of words removed in `removal_letters`.

The letters of a decision that can be undone wait until it no longer can.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import policy
from consultations.mail import outbox
from consultations.mail.letter import Action, Block, Letter, Paragraph, Quotation
from consultations.models import (
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    Document,
    Message,
    Permission,
    Report,
    Response,
    User,
)
from consultations.moderation import appeal_letters, removed
from consultations.moderation.record import ANSWERED, UNDOABLE

# So long a moderator can undo a decision on a comment.
WITHIN = timedelta(minutes=10)


def key_of(decision: Decision) -> str:
    """Return the key of the one letter of a decision."""
    return decision.letter_key


def tell_published(decision: Decision, comment: Comment, version: CommentVersion) -> None:
    """Tell the author that the version is public, or that it counts where it may not be shown."""
    values = {"number": comment.recommendation.number}
    if version.permission == Permission.UNPUBLISHED:
        subject = _("Your comment on recommendation %(number)s is counted") % values
        said = _("A moderator has read your comment. It counts, and is not shown, as you asked.")
    else:
        subject = _("Your comment on recommendation %(number)s is published") % values
        said = _("A moderator has read your comment and published it.")
    told = [said, *removed.told(comment, version)]
    _tell_author(decision, comment, version, subject, told, as_read=True)


def tell_rejected(decision: Decision, comment: Comment, version: CommentVersion) -> None:
    """Tell the author that the version is not published, why, and what they can do.

    Of one that was public until now they are told as of one that is hidden.
    """
    if decision.state_after == Comment.State.HIDDEN and comment.public_version_id == version.pk:
        tell_hidden(decision, comment, version)
        return
    values = {"number": comment.recommendation.number}
    said = [_("A moderator has read your comment and decided not to publish it.")]
    subject = _("Your comment on recommendation %(number)s is not published") % values
    if decision.state_after == Comment.State.PUBLISHED:
        subject = _("Your change to recommendation %(number)s is not published") % values
        said = [_("A moderator has not accepted your change. The earlier version still stands.")]
    _tell_author(decision, comment, version, subject, [*said, *_why(decision)])


def tell_hidden(decision: Decision, comment: Comment, version: CommentVersion) -> None:
    """Tell the author that the comment is no longer shown, and why."""
    subject = _("Your comment on recommendation %(number)s is no longer shown") % {
        "number": comment.recommendation.number
    }
    said = _("A moderator has taken your comment from public view. Your words are kept.")
    _tell_author(decision, comment, version, subject, [said, *_why(decision)])


def tell_document(decision: Decision, document: Document) -> None:
    """Tell who sent a document what was decided on it; its response and consultation at hand."""
    title = {"title": document.title}
    match decision.verb:
        case Decision.Verb.PUBLISH if document.permission == Permission.UNPUBLISHED:
            subject = _("Your document is accepted")
            said = _("A moderator has read “%(title)s”. It is not shown, as you asked.")
        case Decision.Verb.PUBLISH:
            subject = _("Your document is published")
            said = _("A moderator has looked at “%(title)s” and published it.")
        case Decision.Verb.REJECT:
            subject = _("Your document is not published")
            said = _("A moderator has looked at “%(title)s” and decided not to publish it.")
        case _other:
            subject = _("Your document is no longer shown")
            said = _("A moderator has taken “%(title)s” from public view.")
    response, consultation = document.response, document.consultation
    author = policy.addressee(response, document.uploaded_by) if response else None
    if author is None:
        return
    path = reverse("evidence.mine", args=[consultation.slug])
    send(
        decision,
        author,
        subject,
        [
            Paragraph(_("About “%(consultation)s”.") % {"consultation": consultation.title}),
            *map(Paragraph, [said % title, *_why(decision)]),
            *_appeal(decision),
            Action(_("See my document"), f"{settings.SITE_URL}{path}"),
        ],
    )


def tell_reporter(decision: Decision, report: Report) -> None:
    """Tell a reader what became of their report; the comment itself is not quoted."""
    comment, consultation = report.comment, decision.case.consultation
    number = {"number": comment.recommendation.number}
    if decision.verb == Decision.Verb.UPHOLD:
        said = _("A moderator has read your report and taken the comment from public view.")
    elif comment.listed:
        said = _("A moderator has read your report and decided that the comment stays.")
    else:
        said = _("A moderator has read your report. The comment is no longer shown.")
    write = _("If you disagree, write to %(address)s.") % {"address": consultation.contact_email}
    path = reverse("recommendations.show", args=[consultation.slug, comment.recommendation.number])
    blocks: list[Paragraph | Quotation | Action] = [
        Paragraph(
            _("You reported comment %(reference)s on recommendation %(number)s of “%(title)s”.")
            % {"reference": comment.reference, "title": consultation.title, **number}
        ),
        Paragraph(said),
        Paragraph(_("Thank you for telling us.") + " " + write),
        Action(_("See the recommendation"), f"{settings.SITE_URL}{path}"),
    ]
    if report.reporter is not None:
        subject = _("Your report of a comment on recommendation %(number)s") % number
        send(decision, report.reporter, subject, blocks)


def _why(decision: Decision) -> list[str]:
    """Return the sentences that give the reason, the rule that it rests on, and the remedy."""
    reason, consultation = decision.reason, decision.case.consultation
    if reason is None:
        return []
    said = [_("The reason: %(name)s. %(text)s") % {"name": reason.name, "text": reason.text}]
    if reason.rule:
        said.append(_("The rule: %(rule)s") % {"rule": reason.rule})
    if consultation.phase(decision.decided_at) != Consultation.Phase.OPEN:
        return said
    if decision.case.document_id is not None:
        said.append(_("You can send another document until the consultation closes."))
    else:
        can = _("You can change your comment until the consultation closes.")
        said.append(f"{reason.remedy} {can}".strip())
    return said


def _appeal(decision: Decision, version: CommentVersion | None = None) -> list[Block]:
    """Return how to appeal, where something is kept from the public for a reason.

    Of a version that is published, that is what words of it were removed.
    """
    if decision.reason is not None:
        return appeal_letters.offer(decision)
    if version is None or decision.verb != Decision.Verb.PUBLISH:
        return []
    return removed.offers(decision, version)


def _tell_author(
    decision: Decision,
    comment: Comment,
    version: CommentVersion,
    subject: str,
    said: Sequence[str],
    *,
    as_read: bool = False,
    waits: bool = False,
) -> None:
    """Send the author of the version a letter that quotes it, or what the public reads of it.

    Where they are gone, or speak for the response no longer, whoever does is told. `waits` until
    it can no longer be undone, though the decision alone could not be.
    """
    on_the_site = comment.response.channel == Response.Channel.WEB
    author = policy.addressee(comment.response, version.written_by if on_the_site else None)
    about = _("Recommendation %(number)s: %(title)s") % {
        "number": comment.recommendation.number,
        "title": comment.recommendation.current,
    }
    words = comment.redacted_text(version) if as_read else version.text
    quoted = [Quotation(words, source=about)] if words else [Paragraph(about)]
    if author is not None:
        blocks = [*map(Paragraph, said), *quoted, *_appeal(decision, version)]
        blocks.append(mine(decision.case.consultation))
        send(decision, author, subject, blocks, waits=waits)


def mine(consultation: Consultation) -> Action:
    """Return the link to the reader's own response."""
    path = reverse("responses.mine", args=[consultation.slug])
    return Action(_("See my response"), f"{settings.SITE_URL}{path}")


def send(
    decision: Decision,
    user: User,
    subject: str,
    blocks: Sequence[Block],
    *,
    waits: bool = False,
) -> None:
    """Put the letter in the outbox, once for each decision."""
    if not user.is_active:
        return
    on_its_own = bool(decision.stood) and decision.verb in UNDOABLE
    may_be_undone = waits or on_its_own or decision.verb in ANSWERED
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=key_of(decision),
        to=user.email,
        letter=Letter(subject=subject, blocks=tuple(blocks)),
        at=decision.decided_at,
        user=user,
        consultation=decision.case.consultation,
        not_before=decision.decided_at + WITHIN if may_be_undone else None,
    )
