"""Reminding people of what they wrote and did not send, before it is too late."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Letter, Paragraph
from consultations.models import Consultation, Document, Draft, Message, QuestionDraft, User
from consultations.models.clock import moment

# How long before the close, the nearest first: whoever is reminded late is reminded once.
BEFORE_CLOSE = {"day": timedelta(days=1), "week": timedelta(days=7)}
# One run writes at most so many; the next tick goes on.
A_RUN = 1_000


def remind(at: datetime) -> int:
    """Queue the reminders that are due at `at`; return how many.

    Everybody who has an unsent draft is reminded once a week before the close and once a day
    before, for what they had begun by then; a run that was missed is made good until the close.
    One query where no close is near.
    """
    near = Consultation.objects.filter(
        state=Consultation.State.PUBLISHED,
        closes_at__gt=at,
        closes_at__lte=at + BEFORE_CLOSE["week"],
    )
    return sum(_remind(consultation, at) for consultation in near.order_by("closes_at", "pk"))


def _remind(consultation: Consultation, at: datetime) -> int:
    closes_at = consultation.closes_at
    if closes_at is None:
        return 0
    name, before = next(
        (name, before) for name, before in BEFORE_CLOSE.items() if closes_at - before <= at
    )
    occasion = f":{closes_at:%Y%m%dT%H%M%S}:{name}"
    people = _unreminded(consultation, occasion, closes_at - before)
    letter = _letter(consultation, closes_at)
    for person in people:
        with transaction.atomic():
            outbox.queue(
                stream=Message.Stream.TRANSACTION,
                key=f"draft:{consultation.pk}:{person.pk}{occasion}",
                to=person.email,
                letter=letter,
                at=at,
                user=person,
                consultation=consultation,
            )
    return len(people)


def _unreminded(consultation: Consultation, occasion: str, begun_by: datetime) -> list[User]:
    """Return whose response holds a draft of before that instant: everybody who can send it."""
    theirs = Q(response__organisation__isnull=True, response__respondent=OuterRef("pk")) | Q(
        response__organisation__memberships__user=OuterRef("pk"),
        response__organisation__memberships__claim="confirmed",
        response__organisation__memberships__ended_at__isnull=True,
    )
    begun = Q(theirs, response__consultation=consultation, begun_at__lte=begun_by)
    saved = Document.objects.in_hand()
    unsent = (
        Exists(Draft.objects.filter(begun))
        | Exists(QuestionDraft.objects.filter(begun))
        | Exists(saved.filter(theirs, consultation=consultation, uploaded_at__lte=begun_by))
    )
    told = Message.objects.filter(
        dedupe_key=Concat(
            Value(f"draft:{consultation.pk}:"),
            Cast(OuterRef("pk"), TextField()),
            Value(occasion),
            output_field=TextField(),
        )
    )
    people = User.objects.filter(unsent, ~Exists(told), is_active=True).order_by("pk")[:A_RUN]
    if consultation.visibility == Consultation.Visibility.PUBLIC:
        return list(people)
    # Whoever is no longer among the invited is not told of it.
    return [each for each in people if Consultation.objects.visible_to(each).contains(consultation)]


def _letter(consultation: Consultation, closes_at: datetime) -> Letter:
    path = reverse("responses.mine", args=[consultation.slug])
    return Letter(
        subject=_("What you wrote has not been sent yet"),
        blocks=(
            Paragraph(
                _("You have begun to answer “%(title)s”. Nothing of it counts until it is sent.")
                % {"title": consultation.title}
            ),
            Paragraph(_("The consultation closes at %(moment)s.") % {"moment": moment(closes_at)}),
            Action(_("Open my response"), f"{settings.SITE_URL}{path}"),
            Paragraph(
                _("If you have changed your mind, you need do nothing, or can throw it away.")
            ),
        ),
    )
