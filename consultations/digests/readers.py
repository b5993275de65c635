"""Digests written for their readers: the edition once, as it reads at this moment, and their own.

Each batch of readers costs one query for its quotes and one for all that is its readers' own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

import structlog
from django.utils.translation import gettext as _

from consultations.digests import mailing, own
from consultations.digests.render import view
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.mail.leases import Claimed
from consultations.mail.letter import LetterError, Parts
from consultations.mail.mime import Encoded
from consultations.models import Edition

log = structlog.get_logger(__name__)
MOST_NAME_WORDS = 4


def render(claimed: Sequence[Claimed]) -> Mapping[int, bytes | None]:
    """Return the bytes of each claimed digest by its message's id; for `delivery.drain`.

    None for those of an edition that cannot be written just now: they are tried again later, and
    stand in no other's way.
    """
    by_edition: dict[int, list[Claimed]] = defaultdict(list)
    for message in claimed:
        if message.edition_id is not None:
            by_edition[message.edition_id].append(message)
    ready: dict[int, bytes | None] = {}
    for edition_id, messages in by_edition.items():
        try:
            ready |= _batch(_edition(edition_id), messages)
        except UnfaithfulSummaryError as error:
            # Its mails fail, each with its mark; it is read anew, lest a mended one stay refused.
            _edition.cache_clear()
            log.error("edition_refused", edition=edition_id, found=str(error))
        except Exception:
            _edition.cache_clear()
            log.exception("edition_not_written", edition=edition_id)
            ready |= dict.fromkeys(message.id for message in messages)
    return ready


def forget() -> None:
    """Forget what was written: it quotes people, who may take it back or be erased meanwhile.

    A process that delivers calls it once there is nothing more to send.
    """
    _edition.cache_clear()
    mailing.compiled.cache_clear()
    own.forget()


def _batch(edition: Edition, messages: Sequence[Claimed]) -> dict[int, bytes]:
    # The view is the cache's key: a quote taken back since the last batch makes another mail.
    shown, slug = view(edition), edition.facts["slug"]
    mail = mailing.compiled(shown, slug)
    theirs = own.of_readers(edition, (m.user_id for m in messages if m.user_id is not None))
    ready: dict[int, bytes] = {}
    for message in messages:
        reader = theirs.get(message.user_id or 0, own.Own())
        slots: dict[str, str | Parts | Encoded] = {
            "greeting": _greeting(message.name),
            "own": own.part(shown, slug, reader),
            "pieces": mail.in_order(reader.answered),
        }
        # One address that cannot be written fails alone, in `delivery`; the others go out.
        with suppress(LetterError):
            ready[message.id] = mail.around.fill(
                to=message.to,
                message_id=message.message_id,
                date=message.queued_at,
                token=message.token,
                slots=slots,
            )
    return ready


def _greeting(name: str) -> str:
    called = " ".join(name.split()[:MOST_NAME_WORDS])
    return _("Hello %(name)s,") % {"name": called} if called else _("Hello,")


@lru_cache(maxsize=8)
def _edition(edition_id: int) -> Edition:
    """What an edition says never changes, so each process reads it once.

    Whether it was withdrawn since is asked when its mails are claimed.
    """
    return Edition.objects.get(pk=edition_id)
