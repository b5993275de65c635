"""Readers' reports that together take a comment from view until a moderator has read it.

The one act of the system's own on what the public sees: never for one person's report, never
where the consultation does not say after how many, and always told, dated and on the ledger.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import ledger, policy
from consultations.mail import outbox
from consultations.mail.letter import Action, Letter, Paragraph, Quotation
from consultations.models import Case, Comment, Consultation, Decision, Message, Reason, Report
from consultations.models.clock import moment

# The fewest that may be set, whatever a form or a row says: nobody hides anything alone.
FEWEST = 2
# No moderator chooses it. What is only reported still counts: reports move no figure.
REASON = Reason.REPORTED
NAMED = gettext_lazy("Reported by readers, not yet read again")
TOLD = gettext_lazy(
    "Several readers have reported it. It is out of public view until a moderator has read it. "
    "Your stance is still counted."
)


def hold(comment: Comment, at: datetime) -> int:
    """Take a comment from view where enough people report it; return how many, 0 where it stays.

    Its response is locked, and its report stored. Counted are the reports that nobody has answered,
    made since a moderator last decided on the comment: whatever they restored begins anew.
    """
    consultation, version = comment.recommendation.consultation, comment.public_version
    enough, reported = consultation.reports_to_hide, _reported(comment)
    if enough < FEWEST or reported < enough or version is None:
        return 0
    Comment.objects.hold_regions(comment)
    told = Comment.objects.told(comment)
    comment.unpublish(Comment.State.HIDDEN, _reason(), told=told, at=at)
    comment.reviewed = False
    comment.save()
    said = Decision.objects.filter(case__comment=comment, verb=Decision.Verb.PUBLISH)
    outbox.overtake([decision.letter_key for decision in said], at=at)
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )
    _let_wait(comment, consultation, reported, at)
    return reported


def record(comment: Comment, reported: int, at: datetime) -> None:
    """Put it on the ledger, last of all, and tell the author."""
    consultation, version = comment.recommendation.consultation, comment.public_version
    ledger.append(
        consultation_id=consultation.pk,
        act="comment_held_for_reports",
        at=at,
        payload={
            "recommendation": comment.recommendation.number,
            "response": comment.response.reference,
            "version": version.number if version else 0,
            "from": Comment.State.PUBLISHED,
            "to": Comment.State.HIDDEN,
            "reason": REASON,
            "reports": reported,
            "by": None,
        },
    )
    _tell(comment, consultation, reported, at)


def _reported(comment: Comment) -> int:
    """Return how many people's reports of a comment wait since it was last decided on.

    What was undone was never decided, and removing words of it answers no report.
    """
    stands = Decision.objects.filter(case__comment=comment, undone_by__isnull=True)
    decided = stands.exclude(verb__in={Decision.Verb.UNDO, *Decision.BESIDE}).aggregate(
        last=Max("decided_at")
    )
    rows = Report.objects.filter(comment=comment, cases__closed_at__isnull=True)
    if decided["last"]:
        rows = rows.filter(made_at__gt=decided["last"])
    return rows.count()


def _reason() -> Reason:
    words = {"name": str(NAMED), "text": str(TOLD), "still_counts": True, "retired": True}
    return Reason.objects.get_or_create(code=REASON, defaults=words)[0]


def _let_wait(comment: Comment, consultation: Consultation, reported: int, at: datetime) -> None:
    """Put the comment itself before a moderator, marked with the number of reports."""
    mark = {"code": "reported", "count": reported}
    waiting = Case.objects.waiting().filter(comment=comment).first()
    if waiting is None:
        Case.objects.create(comment=comment, consultation=consultation, since=at, marks=[mark])
        return
    waiting.marks = [mark, *(each for each in waiting.marks if each != mark)]
    waiting.save(update_fields=["marks"])


def _tell(comment: Comment, consultation: Consultation, reported: int, at: datetime) -> None:
    response, version = comment.response, comment.public_version
    if version is None:
        return
    author = policy.addressee(response, None if response.typed_at else version.written_by)
    if author is None:
        return
    number = {"number": comment.recommendation.number}
    count = ngettext("%(n)s reader has", "%(n)s readers have", reported) % {"n": reported}
    said = _(
        "%(readers)s reported your comment. Since %(when)s it is out of public view until a "
        "moderator has read it. Nobody has decided against it, and your stance is still counted."
    ) % {"readers": count, "when": moment(at)}
    about = _("Recommendation %(number)s: %(title)s") % {
        "title": comment.recommendation.current,
        **number,
    }
    path = reverse("responses.mine", args=[consultation.slug])
    address = {"address": consultation.contact_email}
    blocks = (
        Paragraph(said),
        Quotation(version.text, source=about) if version.text else Paragraph(about),
        Paragraph(_("We write to you when it is decided.")),
        Paragraph(_("If you disagree, write to %(address)s.") % address),
        Action(_("See my response"), f"{settings.SITE_URL}{path}"),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"reported:{comment.pk}:{at.isoformat()}",
        to=author.email,
        letter=Letter(
            subject=_("Your comment on recommendation %(number)s is out of view for now") % number,
            blocks=blocks,
        ),
        at=at,
        user=author,
        consultation=consultation,
    )
