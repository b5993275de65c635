"""What is the reader's own in a digest: the greeting, and what became of their comments.

The edition is rendered once, as it reads at this moment; each batch of readers costs one query
for its quotes and one for all its readers' comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.digests import mailing
from consultations.digests.render import view
from consultations.mail.leases import Claimed
from consultations.mail.letter import Action, Items, LetterError, Paragraph, Parts, fragment
from consultations.models import Comment, Edition

MOST_ITEMS = 3
MOST_NAME_WORDS = 4
NOTHING = Parts("", "")


def render(claimed: Sequence[Claimed]) -> Mapping[int, bytes]:
    """Return the bytes of each claimed digest by its message's id; for `delivery.drain`."""
    by_edition: dict[int, list[Claimed]] = defaultdict(list)
    for message in claimed:
        if message.edition_id is not None:
            by_edition[message.edition_id].append(message)
    ready: dict[int, bytes] = {}
    for edition_id, messages in by_edition.items():
        ready |= _batch(_edition(edition_id), messages)
    return ready


def _batch(edition: Edition, messages: Sequence[Claimed]) -> dict[int, bytes]:
    # The view is the cache's key: a quote taken back since the last batch makes another mail.
    mail = mailing.compiled(view(edition), edition.facts["slug"])
    own = _own_items(edition, (m.user_id for m in messages if m.user_id is not None))
    ready: dict[int, bytes] = {}
    for message in messages:
        part = _own_part(edition.facts["slug"], own.get(message.user_id or 0, ()))
        # One address that cannot be written fails alone, in `delivery`; the others go out.
        with suppress(LetterError):
            ready[message.id] = mail.fill(
                to=message.to,
                message_id=message.message_id,
                date=message.queued_at,
                token=message.token,
                slots={"greeting": _greeting(message.name), "own": part},
            )
    return ready


def _greeting(name: str) -> str:
    called = " ".join(name.split()[:MOST_NAME_WORDS])
    return _("Hello %(name)s,") % {"name": called} if called else _("Hello,")


def _own_items(edition: Edition, user_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What moderators decided in the edition's period on each reader's comments (one query)."""
    decided = Comment.objects.filter(
        response__respondent__in=list(user_ids),
        recommendation__consultation=edition.consultation_id,
        cases__decisions__decided_at__gte=edition.period.lower,
        cases__decisions__decided_at__lt=edition.period.upper,
    )
    rows = (
        decided.order_by("recommendation__number", "response__respondent", "pk")
        .values_list("response__respondent", "recommendation__number", "state", "pk")
        .distinct()
    )
    states = dict(Comment.State.choices)
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, number, state, _pk in rows:
        found[user_id].append(
            _("Recommendation %(number)s: %(state)s") % {"number": number, "state": states[state]}
        )
    return {user_id: tuple(items) for user_id, items in found.items()}


@lru_cache(maxsize=1_024)
def _own_part(slug: str, items: tuple[str, ...]) -> Parts:
    """The reader's own part: many readers share the same few, so it is kept."""
    if not items:
        return NOTHING
    shown = items[:MOST_ITEMS]
    if len(items) > len(shown):
        shown += (_("and %(n)s more") % {"n": len(items) - len(shown)},)
    mine = f"{settings.SITE_URL}{reverse('responses.mine', args=[slug])}"
    both = fragment(
        [
            Paragraph(_("What became of your own comments:")),
            Items(shown),
            Action(_("See my response"), mine),
        ]
    )
    return Parts(f"\n\n{both.text}", both.html)


@lru_cache(maxsize=8)
def _edition(edition_id: int) -> Edition:
    """An edition never changes, so each process reads it once."""
    return Edition.objects.get(pk=edition_id)
