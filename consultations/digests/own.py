"""What is the reader's own in a digest: what was decided, what waits for them, and where news is.

One statement asks it for a whole batch of readers, of their own response and of those of the
organisations that they speak for.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.digests.render import address
from consultations.digests.shapes import View
from consultations.mail.letter import Action, Block, Items, Paragraph, Parts, fragment
from consultations.models import Comment, Decision, Edition
from consultations.moderation.letters import WITHIN

MOST_ITEMS = 3
NOTHING = Parts("", "")
OWN = """
WITH mine AS (
    SELECT response.respondent_id AS person, response.id, FALSE AS leads, NULL::bigint AS sign_off
      FROM consultations_response AS response
     WHERE response.consultation_id = %(consultation)s AND response.organisation_id IS NULL
       AND response.respondent_id = ANY(%(people)s)
     UNION ALL
    SELECT member.user_id, response.id, member.role = 'lead', response.sign_off_id
      FROM consultations_membership AS member
      JOIN consultations_response AS response
        ON response.organisation_id = member.organisation_id
       AND response.consultation_id = %(consultation)s
     WHERE member.user_id = ANY(%(people)s) AND member.claim = 'confirmed'
       AND member.ended_at IS NULL
), unsent AS (
    SELECT response_id FROM consultations_draft
     UNION ALL
    SELECT response_id FROM consultations_questiondraft
)
SELECT DISTINCT mine.person, 'decided', said.number,
       CASE WHEN comment.state <> 'published' THEN comment.state
            WHEN decision.verb = 'reject' AND decision.state_after = 'published'
                AND decision.id = latest.id THEN 'refused'
            WHEN NOT comment.listed THEN 'counted'
            WHEN comment.redacted THEN 'redacted'
            ELSE comment.state END
  FROM mine
  JOIN consultations_comment AS comment ON comment.response_id = mine.id
  JOIN consultations_recommendation AS said ON said.id = comment.recommendation_id
  JOIN consultations_case AS waited ON waited.comment_id = comment.id
  JOIN consultations_decision AS decision ON decision.case_id = waited.id
  LEFT JOIN LATERAL (
        SELECT its_decision.id FROM consultations_decision AS its_decision
          JOIN consultations_case AS its ON its.id = its_decision.case_id
         WHERE its.comment_id = comment.id AND its_decision.verb = ANY(%(settling)s)
           AND NOT EXISTS (SELECT FROM consultations_decision AS undone
                            WHERE undone.undoes_id = its_decision.id)
         ORDER BY its_decision.decided_at DESC, its_decision.id DESC LIMIT 1) AS latest ON TRUE
 WHERE decision.decided_at >= %(start)s - %(undoable)s
   AND decision.decided_at < %(end)s - %(undoable)s
   AND decision.verb = ANY(%(told)s)
   AND NOT EXISTS (SELECT FROM consultations_decision AS undone
                    WHERE undone.undoes_id = decision.id)
   AND NOT EXISTS (SELECT FROM consultations_decision AS later
                     JOIN consultations_case AS its ON its.id = later.case_id
                    WHERE its.comment_id = comment.id
                      AND later.decided_at > statement_timestamp() - %(undoable)s)
 UNION ALL
SELECT mine.person, 'unsent', count(*)::int, ''
  FROM mine JOIN unsent ON unsent.response_id = mine.id
 WHERE (SELECT closes_at > statement_timestamp() FROM consultations_consultation
         WHERE id = %(consultation)s)
 GROUP BY mine.person
 UNION ALL
SELECT mine.person, 'approval', 0, signed.body
  FROM mine JOIN consultations_signoff AS signed ON signed.id = mine.sign_off
 WHERE mine.leads AND signed.outcome = 'subject'
 UNION ALL
SELECT mine.person, 'answered', said.number,
       count(*) FILTER (WHERE comment.first_published_at >= %(start)s
                          AND comment.first_published_at < %(end)s)::text
  FROM mine
  JOIN consultations_comment AS comment ON comment.response_id = mine.id
  JOIN consultations_recommendation AS said ON said.id = comment.recommendation_id
 WHERE comment.state = ANY(%(standing)s)
 GROUP BY 1, 3
 UNION ALL
SELECT mail.user_id, 'missed', earlier.number, ''
  FROM consultations_message AS mail
  JOIN consultations_edition AS earlier ON earlier.id = mail.edition_id
 WHERE mail.user_id = ANY(%(people)s) AND mail.state = 'unknown'
   AND earlier.consultation_id = %(consultation)s AND earlier.number < %(number)s
   AND earlier.state = 'released'
   AND NOT EXISTS (SELECT FROM consultations_message AS arrived
                     JOIN consultations_edition AS its ON its.id = arrived.edition_id
                    WHERE arrived.user_id = mail.user_id AND arrived.state = 'sent'
                      AND its.consultation_id = earlier.consultation_id
                      AND its.number > earlier.number AND its.number < %(number)s)
 ORDER BY 1, 2, 3, 4
"""
STANDING = [
    state.value
    for state in (
        Comment.State.SUBMITTED,
        Comment.State.HELD,
        Comment.State.PUBLISHED,
        Comment.State.HIDDEN,
    )
]


# What a reader is told of: not what a moderator holds, or took back.
TOLD = [
    verb.value
    for verb in (
        Decision.Verb.PUBLISH,
        Decision.Verb.REJECT,
        Decision.Verb.HIDE,
        Decision.Verb.REDACT,
        Decision.Verb.UNREDACT,
    )
]
# What settles whether a comment, or a change of it, is public: the last of these stands.
SETTLING = [
    verb.value
    for verb in (
        Decision.Verb.PUBLISH,
        Decision.Verb.REJECT,
        Decision.Verb.HIDE,
        Decision.Verb.UPHOLD,
        Decision.Verb.OVERTURN,
    )
]


@dataclass(frozen=True)
class Own:
    """What concerns one reader: (number, state) decided, unsent answers, who must approve, the
    numbers of the recommendations that they answered, how many of the comments that are new on
    each are theirs, and the numbers of the editions before this one whose mail may not have come.
    """

    decided: tuple[tuple[int, str], ...] = ()
    unsent: int = 0
    approval: str = ""
    answered: tuple[int, ...] = ()
    new: tuple[int, ...] = ()  # beside `answered`
    missed: tuple[int, ...] = ()


NOBODY = Own()


def of_readers(edition: Edition, user_ids: Iterable[int]) -> dict[int, Own]:
    """Return what is each reader's own in an edition's period, where there is anything.

    What was decided is told by the edition of its period, so by no final summary.
    """
    values = {
        "consultation": edition.consultation_id,
        "number": edition.number,
        "people": list(user_ids),
        "start": edition.period.upper if edition.final else edition.period.lower,
        "end": edition.period.upper,
        "standing": STANDING,
        # A decision is told once it can no longer be undone: the last ten minutes of a period are
        # in the next edition's mail.
        "undoable": WITHIN,
        "told": TOLD,
        "settling": SETTLING,
    }
    with connection.cursor() as cursor:
        cursor.execute(OWN, values)
        rows = cursor.fetchall()
    found: dict[int, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for person, what, number, words in rows:
        found[person][what].append((number, words))
    return {
        person: Own(
            decided=tuple(held["decided"]),
            unsent=sum(number for number, _words in held["unsent"]),
            approval="".join(words for _number, words in held["approval"][:1]),
            answered=tuple(number for number, _words in held["answered"]),
            new=tuple(int(words) for _number, words in held["answered"]),
            missed=tuple(number for number, _words in held["missed"]),
        )
        for person, held in found.items()
    }


def part(view: View, slug: str, own: Own) -> Parts:
    """Return the reader's own part of a mail; most readers have none, and cost nothing."""
    return NOTHING if own == NOBODY else _part(view, slug, own)


def forget() -> None:
    """Forget the parts that were written."""
    _part.cache_clear()


@lru_cache(maxsize=1_024)
def _part(view: View, slug: str, own: Own) -> Parts:
    """Many readers share the same few, so they are kept."""
    blocks = [*_decided(own), *_waits(own), *_news(own, view)]
    if blocks:
        blocks.append(Action(_("See my response"), address(reverse("responses.mine", args=[slug]))))
    both = fragment([*_missed(own, slug), *blocks])
    return Parts(f"\n\n{both.text}", both.html)


def _missed(own: Own, slug: str) -> list[Block]:
    """Where to read what the relay never said that it took: it is not sent again."""
    if not own.missed:
        return []
    newest, *others = reversed(own.missed)
    if others:
        label = _("Some earlier digests may not have reached you. They are here")
        return [Action(label, address(reverse("digests.index", args=[slug])))]
    label = _("Digest %(n)s may not have reached you. It is here") % {"n": newest}
    return [Action(label, address(reverse("digests.show", args=[slug, newest])))]


def _decided(own: Own) -> list[Block]:
    """What moderators decided in the period, as the comments stand now."""
    states = {
        **dict(Comment.State.choices),
        "redacted": _("published, with words removed"),
        "counted": _("counted, and not published, as you chose"),
        "refused": _("your change was not published, what you sent before is"),
    }
    told = [
        _("Recommendation %(number)s: %(state)s") % {"number": number, "state": states[state]}
        for number, state in own.decided
    ]
    return [Paragraph(_("What became of your own comments:")), _first(told)] if told else []


def _waits(own: Own) -> list[Block]:
    """What only the reader, or a colleague, can do."""
    told: list[Block] = []
    if own.unsent:
        sentence = ngettext(
            "You have %(n)s answer that is not sent. Only what you send counts.",
            "You have %(n)s answers that are not sent. Only what you send counts.",
            own.unsent,
        )
        told.append(Paragraph(sentence % {"n": own.unsent}))
    if own.approval:
        sentence = _("Your response is subject to approval by %(body)s. Confirm it once it is.")
        told.append(Paragraph(sentence % {"body": own.approval}))
    return told


def _news(own: Own, view: View) -> list[Block]:
    """Where others have said something new on what the reader answered, told before the rest."""
    own_new = dict(zip(own.answered, own.new, strict=True))
    told = [
        _("Recommendation %(number)s: %(news)s") % {"number": section.number, "news": section.news}
        for section in view.sections
        if section.number in own_new and section.new > own_new[section.number]
    ]
    return [Paragraph(_("New on what you answered:")), _first(told)] if told else []


def _first(items: list[str]) -> Items:
    shown = tuple(items[:MOST_ITEMS])
    if len(items) > len(shown):
        shown += (_("and %(n)s more") % {"n": len(items) - len(shown)},)
    return Items(shown)
