"""The owner's decision on a request for confidentiality: recorded, and told to who asked."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import ledger, policy
from consultations.mail import outbox
from consultations.mail.letter import Action, Letter, Paragraph, Quotation
from consultations.models import ConfidentialityRequest, Message, User
from consultations.moderation.record import DecisionRefused

Outcome = ConfidentialityRequest.Outcome


@transaction.atomic
def decide(
    *, request: ConfidentialityRequest, granted: bool, words: str, by: User, at: datetime
) -> None:
    """Grant or refuse a request, in words that the respondent receives.

    Raises DecisionRefused where it was decided already.
    """
    rows = ConfidentialityRequest.objects.select_for_update(of=("self",), no_key=True)
    asked = rows.select_related("response__consultation", "response__respondent", "asked_by").get(
        pk=request.pk
    )
    if asked.outcome != Outcome.PENDING:
        raise DecisionRefused(_("This request was decided already."))
    asked.outcome = Outcome.GRANTED if granted else Outcome.REFUSED
    asked.words, asked.decided_by, asked.decided_at = words, by, at
    asked.save(update_fields=["outcome", "words", "decided_by", "decided_at"])
    ledger.append(
        consultation_id=asked.response.consultation_id,
        act=f"confidentiality_{asked.outcome}",
        at=at,
        payload={"response": asked.response.reference, "request": asked.pk, "by": by.pk},
    )
    _tell(asked, at)


def _tell(asked: ConfidentialityRequest, at: datetime) -> None:
    """Write to who asked, if they still speak for the response; else to who does."""
    response, consultation = asked.response, asked.response.consultation
    person = policy.addressee(response, asked.asked_by)
    if person is None:
        return
    said = _("We will not keep your response confidential.")
    if asked.outcome == Outcome.GRANTED:
        said = _("We will keep your response confidential as far as the law allows.")
    path = reverse("responses.confidentiality", args=[consultation.slug])
    letter = Letter(
        subject=_("Your request for confidentiality"),
        blocks=(
            Paragraph(
                _("You asked %(owner)s to keep your response to “%(title)s” confidential.")
                % {"owner": consultation.owner, "title": consultation.title}
            ),
            Paragraph(said),
            Quotation(asked.words),
            Paragraph(
                _("If you disagree, write to %(address)s.")
                % {"address": consultation.contact_email}
            ),
            Action(_("See my request"), f"{settings.SITE_URL}{path}"),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"confidentiality:{asked.pk}",
        to=person.email,
        letter=letter,
        at=at,
        user=person,
        consultation=consultation,
    )
