"""Telling readers and respondents, once, that the official response is complete."""

from datetime import datetime

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.digests import plan
from consultations.digests.render import address
from consultations.digests.wording import one_line
from consultations.mail.letter import Action, Block, Items, Letter, LetterError, Paragraph
from consultations.models import Consultation, OfficialAnswer, OfficialCitation, Subscription, User
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
 WHERE person.is_active AND (
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

    It goes to those who chose milestones or every edition, and to every respondent who did not
    choose nothing; whose comment is cited is told that their point is answered.
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
        letter=_letter(consultation, rows, cited=False).to_json(),
        choices=ALL_BUT_NOTHING,
        at=at,
        to_others=_letter(consultation, rows, cited=True).to_json(),
        others=_cited(rows),
    )


def _cited(rows: list[OfficialAnswer]) -> list[int]:
    """Return whose point is answered, by id: of an organisation's, everybody who speaks for it."""
    comments = OfficialCitation.objects.filter(answer__in=rows, comment__isnull=False)
    own = Q(responses__comments__official_citations__in=comments)
    theirs = Q(
        memberships__claim="confirmed",
        memberships__ended_at__isnull=True,
        memberships__organisation__responses__comments__official_citations__in=comments,
    )
    people = User.objects.filter(own | theirs).order_by("pk").distinct()
    return list(people.values_list("pk", flat=True))


def _letter(consultation: Consultation, rows: list[OfficialAnswer], *, cited: bool) -> Letter:
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
    if cited:
        mine = address(reverse("responses.mine", args=[consultation.slug]))
        blocks.append(Action(_("Your point is answered here"), mine))
    page = address(reverse("official.show", args=[consultation.slug]))
    blocks.append(Action(_("Read the official response"), page))
    subject = _("Official response: %(title)s") % {"title": one_line(title)}
    return Letter(subject=subject, blocks=tuple(blocks))
