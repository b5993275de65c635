"""A moderator's word on who stands in which campaign: it wins over the computer's for good.

A split or a join holds for a comment's words, and for later words that are much the same. Every
count and every digest uses it. Nothing that the public sees of a comment changes by it.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.analysis.duplicates import added, bare_words
from consultations.models import Campaign, Likeness, User
from consultations.moderation.record import DecisionRefused
from consultations.screening.campaigns import OWN_WORDS, recount
from consultations.screening.finding import hold

Joined = Likeness.Joined


@transaction.atomic
def split(
    *, campaign: Campaign, texts: Collection[int], together: bool, by: User, at: datetime
) -> Campaign | None:
    """Take texts (by the hash of their words), with all who sent them, out of a campaign.

    They stand `together` in a campaign of their own, which is returned, or each alone. Raises
    DecisionRefused where none of them stands there any more, or all do.
    """
    campaign = _lock(campaign)
    members = Likeness.objects.filter(campaign=campaign)
    leaving = list(members.filter(exact__in=texts).order_by("pk").values_list("pk", flat=True))
    if not leaving:
        raise DecisionRefused(_("None of these texts is in this campaign any more."))
    if not members.exclude(pk__in=leaving).exists():
        raise DecisionRefused(_("These are all its texts: leave at least one in the campaign."))
    made = _begin(campaign, leaving[0], at) if together else None
    Likeness.objects.filter(pk__in=leaving).update(campaign=made, joined=Joined.SPLIT, own=False)
    _settle(campaign, made)
    _record("campaign_split", campaign, made, leaving, by, at)
    return made


@transaction.atomic
def join(*, campaign: Campaign, reference: str, by: User, at: datetime) -> int:
    """Take a comment, by its reference, into a campaign; return how many came.

    The others that say the very same come with it. Raises DecisionRefused where there is no such
    comment on this recommendation, or it stands in the campaign already.
    """
    campaign = _lock(campaign)
    here = Likeness.objects.filter(recommendation=campaign.recommendation_id)
    chosen = here.filter(version__comment__reference__iexact=reference, latest=True).first()
    if chosen is None:
        raise DecisionRefused(_("There is no such comment with words on this recommendation."))
    if chosen.campaign_id == campaign.pk:
        raise DecisionRefused(_("This comment is in the campaign already."))
    coming = here.filter(exact=chosen.exact, campaign=chosen.campaign_id)
    return _bring(campaign, list(coming.order_by("pk").values_list("pk", flat=True)), by, at)


@transaction.atomic
def merge(*, campaign: Campaign, number: int, by: User, at: datetime) -> int:
    """Take all of another campaign, by its number, into this one; return how many came.

    Raises DecisionRefused where there is no such other campaign on this recommendation.
    """
    campaign = _lock(campaign)
    others = Campaign.objects.filter(recommendation=campaign.recommendation_id, number=number)
    other = others.exclude(pk=campaign.pk).first()
    if other is None:
        raise DecisionRefused(_("There is no other campaign of this number here."))
    members = Likeness.objects.filter(campaign=other).order_by("pk")
    return _bring(campaign, list(members.values_list("pk", flat=True)), by, at)


@transaction.atomic
def name(*, campaign: Campaign, label: str) -> None:
    """Give a campaign the name that colleagues know it by; it is not public."""
    Campaign.objects.filter(pk=campaign.pk).update(label=label)


def _bring(campaign: Campaign, coming: list[int], by: User, at: datetime) -> int:
    rows = Likeness.objects.filter(pk__in=coming).select_related("version", "campaign__pattern")
    left = {row.campaign for row in rows if row.campaign is not None}
    pattern = bare_words(campaign.pattern.text)
    for row in rows:
        own = added(pattern, bare_words(row.version.text)) >= OWN_WORDS
        row.campaign, row.joined, row.own = campaign, Joined.JOINED, own
    Likeness.objects.bulk_update(rows, ["campaign", "joined", "own"], batch_size=1_000)
    _settle(campaign, *left)
    _record("campaign_joined", campaign, None, coming, by, at)
    return len(coming)


def _lock(campaign: Campaign) -> Campaign:
    """Hold the recommendation's campaigns, and return this one as it stands, or raise."""
    hold([campaign.recommendation_id])
    rows = Campaign.objects.select_related("recommendation__consultation", "pattern")
    found = rows.filter(pk=campaign.pk).first()
    if found is None:
        raise DecisionRefused(_("This campaign has become part of another one."))
    return found


def _begin(campaign: Campaign, pattern_id: int, at: datetime) -> Campaign:
    here = Campaign.objects.filter(recommendation=campaign.recommendation_id)
    last = here.aggregate(last=Max("number"))["last"] or 0
    return Campaign.objects.create(
        recommendation_id=campaign.recommendation_id,
        number=last + 1,
        pattern_id=pattern_id,
        made_at=at,
    )


def _settle(*touched: Campaign | None) -> None:
    """Mark the campaigns as a moderator's, and count them anew; one that is empty ends."""
    keys = [each.pk for each in touched if each is not None]
    Campaign.objects.filter(pk__in=keys).update(settled=True)
    recount(keys)
    Campaign.objects.filter(pk__in=keys, members__isnull=True).delete()


def _record(
    act: str,
    campaign: Campaign,
    made: Campaign | None,
    members: list[int],
    by: User,
    at: datetime,
) -> None:
    """Put it on the ledger: the comments by their own references."""
    rows = Likeness.objects.filter(pk__in=members).order_by("pk")
    comments = list(rows.values_list("version__comment__reference", flat=True))
    ledger.append(
        consultation_id=campaign.recommendation.consultation_id,
        act=act,
        at=at,
        payload={
            "recommendation": campaign.recommendation.number,
            "campaign": campaign.number,
            "made": made.number if made else 0,
            "comments": comments,
            "by": by.pk,
        },
    )
