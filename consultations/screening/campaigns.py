"""Who stands in which campaign: found here by computer, and settled by moderators for good.

Called under the recommendation's lock (`finding.LOCK`). What a moderator splits or joins, in
`moderation.campaigns`, is never undone here.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q

from consultations.analysis.duplicates import added, bare_words
from consultations.models import Campaign, CommentVersion, Likeness
from consultations.screening.finding import LOCK, LOCK_CLASS, Arrival, Found, Known, kin

Joined = Likeness.Joined
# So many words that the commonest text has not are something of one's own.
OWN_WORDS = 8
# Up to here the commonest text is sought again as a campaign doubles; beyond, it is known.
SOUGHT = 256
JOIN = """
WITH joining AS (
    UPDATE consultations_likeness AS likeness
       SET campaign_id = %(campaign)s, own = came.own, joined = %(joined)s
      FROM unnest(%(versions)s::bigint[], %(owns)s::bool[]) AS came (version, own)
     WHERE likeness.version_id = came.version
 RETURNING likeness.latest, likeness.own
)
UPDATE consultations_campaign
   SET size = size + (SELECT count(*) FROM joining WHERE latest),
       own = own + (SELECT count(*) FROM joining AS one WHERE one.latest AND one.own)
 WHERE id = %(campaign)s RETURNING size
"""


def place(arrival: Arrival, found: Found, at: datetime) -> None:
    """Let an arrival join the campaign that it is like, with others that are like it, if any.

    Where a moderator has set its very words apart, it stays apart with them.
    """
    alike = list(kin(arrival, found.likely.get(arrival.pk, [])))
    twin = next((each for each in alike if each.exact == arrival.exact), None)
    if twin is not None and _apart(twin):
        keep(arrival, None, Joined.SPLIT)
        return
    alike = [each for each in alike if not _apart(each)]
    if not alike:
        return
    itself = found.known.get(arrival.pk)  # another of its lot may have taken it along already
    if itself is not None and itself.campaign_id is not None:
        alike.append(itself)
    held = _chosen(twin, alike)
    if held is not None and held.campaign_id is not None and not held.pattern:
        held.pattern = _renewed(held.campaign_id)
    if held is None:
        held = twin or min(alike, key=lambda each: each.pk)
        held.campaign_id, held.pattern = _begin(arrival, held, at), held.words
        _write(held.campaign_id, [(held.pk, held.words)], held.pattern, Joined.FOUND)
    _join_all(arrival, held, alike, found)


def keep(arrival: Arrival, campaign_id: int | None, how: str) -> None:
    """Let a new version stand where a moderator has put the comment, whose words are much alike."""
    if campaign_id is None:
        Likeness.objects.filter(pk=arrival.pk).update(joined=how)
    else:
        pattern = _pattern(campaign_id) or _renewed(campaign_id)
        _write(campaign_id, [(arrival.pk, arrival.words)], pattern, how)


def renew() -> None:
    """Seek another pattern where the words of the commonest text were erased.

    The recommendations are locked here, as an arrival locks them.
    """
    empty = Campaign.objects.filter(pattern__erased_at__isnull=False, members__isnull=False)
    for campaign in empty.order_by("pk").distinct():
        with transaction.atomic():
            with connection.cursor() as cursor:
                held: dict[str, Any] = {
                    "class": LOCK_CLASS,
                    "recommendations": [campaign.recommendation_id],
                }
                cursor.execute(LOCK, held)
            recount([campaign.pk])


def recount(campaigns: Iterable[int]) -> None:
    """Count the members of campaigns anew, and seek what most of them say."""
    for campaign in Campaign.objects.filter(pk__in=list(campaigns)).order_by("pk"):
        _seek_pattern(campaign)
        counts = Likeness.objects.filter(campaign=campaign, latest=True).aggregate(
            size=Count("pk"), own=Count("pk", filter=Q(own=True))
        )
        Campaign.objects.filter(pk=campaign.pk).update(**counts)


def _pattern(campaign_id: int) -> tuple[str, ...]:
    """Return the bare words of the campaign's commonest text; none where they were erased."""
    return bare_words(CommentVersion.objects.get(campaigns__pk=campaign_id).text)


def _renewed(campaign_id: int) -> tuple[str, ...]:
    """Seek what most members say now that the words of the pattern are erased; return its words."""
    recount([campaign_id])
    return _pattern(campaign_id)


def _apart(known: Known) -> bool:
    """Whether a moderator has set it apart from every campaign."""
    return known.joined == Joined.SPLIT and known.campaign_id is None


def _chosen(twin: Known | None, alike: Sequence[Known]) -> Known | None:
    """Return a member of the campaign to join: of the same words, else the first that is likely.

    Those that share most with the arrival come first.
    """
    if twin is not None and twin.campaign_id is not None:
        return twin
    return next((each for each in alike if each.campaign_id is not None), None)


def _begin(arrival: Arrival, pattern: Known, at: datetime) -> int:
    """Make a campaign without members, and return its key."""
    here = Campaign.objects.filter(recommendation_id=arrival.recommendation_id)
    last = here.aggregate(last=Max("number"))["last"] or 0
    made = Campaign.objects.create(
        recommendation_id=arrival.recommendation_id,
        number=last + 1,
        pattern_id=pattern.pk,
        made_at=at,
    )
    return made.pk


def _join_all(arrival: Arrival, held: Known, alike: Sequence[Known], found: Found) -> None:
    """Join the arrival, what is like it and stands alone, and campaigns that it shows to be one."""
    if held.campaign_id is None:
        raise TypeError("a member of a campaign")
    lone = [each for each in alike if each.campaign_id is None]
    here = {held.campaign_id}
    if not held.settled:
        here |= {each.campaign_id for each in alike if each.campaign_id and not each.settled}
    target = _merge(here) if len(here) > 1 else held.campaign_id
    came = [(each.pk, each.words) for each in lone]
    if all(each.pk != arrival.pk for each in alike):
        came.append((arrival.pk, arrival.words))
    size = _write(target, came, held.pattern, Joined.FOUND)
    mine = {pk for pk, _words in came}
    for each in found.known.values():
        if each.pk in mine or each.campaign_id in here:
            each.campaign_id, each.pattern = target, held.pattern
    if size <= SOUGHT and size & (size - 1) == 0:
        recount([target])


def _merge(campaigns: Collection[int]) -> int:
    """Make one of several campaigns that no moderator has touched: return the oldest."""
    oldest = min(campaigns)
    gone = set(campaigns) - {oldest}
    Likeness.objects.filter(campaign__in=gone).update(campaign=oldest)
    Campaign.objects.filter(pk__in=gone).delete()
    recount([oldest])
    return oldest


def _write(
    campaign_id: int,
    came: Sequence[tuple[int, tuple[str, ...]]],
    pattern: tuple[str, ...],
    how: str,
) -> int:
    """Write down who joins, and return how many stand in the campaign now."""
    bound: dict[str, Any] = {
        "campaign": campaign_id,
        "versions": [pk for pk, _words in came],
        "owns": [added(pattern, words) >= OWN_WORDS for _pk, words in came],
        "joined": how,
    }
    with connection.cursor() as cursor:
        cursor.execute(JOIN, bound)
        return int(cursor.fetchone()[0])


def _seek_pattern(campaign: Campaign) -> None:
    """Point at the oldest version of the words that most members share, and compare all anew."""
    members = Likeness.objects.filter(campaign=campaign)
    texts = members.values("exact").annotate(n=Count("pk"), first=Min("pk"))
    commonest = texts.order_by("-n", "first").first()
    if commonest is None or commonest["first"] == campaign.pattern_id:
        return
    campaign.pattern_id = commonest["first"]
    campaign.save(update_fields=["pattern"])
    firsts = {each["exact"]: each["first"] for each in texts}
    words = dict(CommentVersion.objects.filter(pk__in=[*firsts.values()]).values_list("pk", "text"))
    pattern = bare_words(words[campaign.pattern_id])
    own = [
        exact
        for exact, first in firsts.items()
        if added(pattern, bare_words(words[first])) >= OWN_WORDS
    ]
    members.update(own=False)
    members.filter(exact__in=own).update(own=True)
