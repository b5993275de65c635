"""Telling readers and respondents, once, that the official response is complete."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.digests import plan
from consultations.digests.render import address
from consultations.digests.wording import one_line
from consultations.mail.letter import Action, Block, Items, Letter, LetterError, Paragraph
from consultations.models import (
    Consultation,
    Membership,
    OfficialAnswer,
    OfficialCitation,
    Subscription,
)
from consultations.publishing import deadline

log = structlog.get_logger(__name__)
MOST_ITEMS = 20
# Who answered and never chose is told of the official response all the same, and may stop it.
ALL_BUT_NOTHING = [*plan.EVERY_OR_MILESTONES, Subscription.Choice.UNCHOSEN.value]
# The token is of 22 characters, as `new_unsubscribe_token` makes them, and 122 random bits.
ANSWERED = """
INSERT INTO consultations_subscription (user_id, consultation_id, choice, token, chosen_at)
SELECT person.id, %(consultation)s, 'unchosen',
       rtrim(translate(encode(decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), 'base64'),
                       '+/', '-_'), '='),
       %(at)s
  FROM consultations_user AS person
 WHERE person.is_active
   -- who called our mail spam is asked nothing and told nothing that they did not choose
   AND NOT EXISTS (SELECT FROM consultations_subscription AS other
                    WHERE other.user_id = person.id AND other.complained_at IS NOT NULL)
   AND (
        EXISTS (SELECT FROM consultations_response AS said
                 WHERE said.consultation_id = %(consultation)s AND said.state = 'submitted'
                   AND said.respondent_id = person.id)
     OR EXISTS (SELECT FROM consultations_membership AS member
                  JOIN consultations_response AS said
                    ON said.organisation_id = member.organisation_id
                   AND said.consultation_id = %(consultation)s AND said.state = 'submitted'
                 WHERE member.user_id = person.id AND member.claim = 'confirmed'
                   AND member.ended_at IS NULL))
    ON CONFLICT (user_id, consultation_id) DO NOTHING
"""


def tell(at: datetime) -> int:
    """Queue the mail of each official response that is complete and was not told; return how many.

    It goes to those who chose milestones or every edition, and to every respondent who neither
    chose nothing nor called our mail spam; whose comment is cited is told that it is answered.
    Once in the life of a consultation, whatever is added to it later; two at once queue one mail,
    and a run that was missed is made good. One query where nothing is to be told.
    """
    told = 0
    ready = Consultation.objects.filter(
        deadline.complete(),
        state=Consultation.State.PUBLISHED,
        closes_at__lte=at,
        official_told_at__isnull=True,
    )
    for consultation in ready.order_by("closes_at", "pk"):
        try:
            told += _tell(consultation, at)
        except (ValueError, LetterError, DatabaseError):
            log.exception("official_response_not_told", consultation=consultation.pk)
    return told


@transaction.atomic
def _tell(consultation: Consultation, at: datetime) -> int:
    untold = Consultation.objects.filter(pk=consultation.pk, official_told_at__isnull=True)
    if not untold.update(official_told_at=at):
        return 0
    answers = OfficialAnswer.objects.standing().filter(recommendation__consultation=consultation)
    rows = list(
        answers.select_related("recommendation__current").order_by("recommendation__number", "pk")
    )
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, {"consultation": consultation.pk, "at": at})
    return plan.write_rows(
        f"milestone:official:{consultation.pk}:",
        consultation_id=consultation.pk,
        edition_id=None,
        letter=_letter(consultation, rows).to_json(),
        choices=ALL_BUT_NOTHING,
        at=at,
        own={
            person: _letter(consultation, rows, sorted(numbers)).to_json()
            for person, numbers in _cited(rows).items()
        },
    )


def _cited(rows: list[OfficialAnswer]) -> dict[int, set[int]]:
    """Return whose point is answered, by id, on which recommendations (two queries).

    Of an organisation's comment it is everybody who speaks for it.
    """
    cites = OfficialCitation.objects.filter(answer__in=rows, comment__isnull=False)
    said = "comment__response"
    found = cites.values_list(
        "answer__recommendation__number", f"{said}__organisation", f"{said}__respondent"
    )
    people: dict[int, set[int]] = {}
    desks: dict[int, set[int]] = {}
    for number, organisation, respondent in found:
        if organisation is not None:
            desks.setdefault(organisation, set()).add(number)
        elif respondent is not None:
            people.setdefault(respondent, set()).add(number)
    speak = Membership.objects.filter(organisation__in=desks, claim="confirmed", ended_at=None)
    for person, organisation in speak.values_list("user", "organisation"):
        people.setdefault(person, set()).update(desks[organisation])
    return people


def _letter(
    consultation: Consultation, rows: list[OfficialAnswer], cited: Sequence[int] = ()
) -> Letter:
    """Return what is mailed; `cited` are the recommendations on which its reader is answered."""
    title = consultation.title
    said = _("%(owner)s has answered what people said about “%(title)s”:")
    lines = [
        _("Recommendation %(number)s, %(title)s: %(status)s")
        % {
            "number": row.recommendation.number,
            "title": one_line(str(row.recommendation.current)),
            "status": row.get_status_display(),
        }
        for row in rows[:MOST_ITEMS]
    ]
    if len(rows) > MOST_ITEMS:
        lines.append(_("and %(n)s more") % {"n": len(rows) - MOST_ITEMS})
    blocks: list[Block] = [Paragraph(said % {"owner": consultation.owner, "title": title})]
    blocks.append(Items(tuple(lines)))
    page = address(reverse("official.show", args=[consultation.slug]))
    for number in cited[:MOST_ITEMS]:
        said = _("Your point is answered here (recommendation %(number)s)")
        blocks.append(Action(said % {"number": number}, f"{page}#recommendation-{number}"))
    blocks.append(Action(_("Read the official response"), page))
    subject = _("Official response: %(title)s") % {"title": one_line(title)}
    return Letter(subject=subject, blocks=tuple(blocks))
