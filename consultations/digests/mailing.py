"""An edition as a mail: what fits in 700 words and 90 kB, in two parts from one structure.

The web page holds the rest. What is the reader's own is filled in next door, in `own`.
"""

from binascii import b2a_qp
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import attrgetter

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.digests.pieces import Addition, Piece, additions, begun
from consultations.digests.render import address
from consultations.digests.shapes import View
from consultations.digests.wording import one_line
from consultations.mail import mime, standing, unsubscribe
from consultations.mail.letter import Parts, slot, wrapped

# 700 in all, less what the reader's own parts, the greeting among them, may take (`own`).
WORDS, OWN_WORDS = 700, 110
BYTES = 84_000  # of the 90,000 that mail programs show, less the reader's own and the headers
# Where one recommendation ends and the next begins; where they all go.
CUT, PIECES = slot("cut"), slot("pieces")
DETAILED = 12  # recommendations that get more than a line
_INLINER = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


@dataclass(frozen=True)
class Mail:
    """What the mail says; `quiet` are recommendations without news, `more` those left out."""

    view: View
    subject: str
    pieces: tuple[Piece, ...]
    quiet: tuple[Piece, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Prepared:
    """An edition's mail but for what is the reader's own: each recommendation with its number."""

    around: mime.Compiled
    pieces: tuple[tuple[int, mime.Encoded], ...]

    def in_order(self, answered: Collection[int]) -> mime.Encoded:
        """Return the recommendations that a reader answered, then the others, each as it stands."""
        order = sorted(self.pieces, key=lambda piece: (piece[0] not in answered, piece[0]))
        return mime.chained(piece for _number, piece in order)


@lru_cache(maxsize=4)
def compiled(view: View, slug: str) -> Prepared:
    """Return the edition's mail but for the reader's own parts: made once, while it reads so."""
    mail = fitted(view)
    whole, pieces = _pieces(mail)
    around = mime.compiled(whole, subject=mail.subject, mailing_list=standing.mailing_list(slug))
    numbers = [piece.section.number for piece in mail.pieces]
    return Prepared(around, tuple(zip(numbers, map(mime.encoded, pieces), strict=True)))


def fitted(view: View) -> Mail:
    """Return the mail with as much as fits, the most telling first."""
    shortest = mail = _shortest(view)
    kept: list[Addition] = []
    for addition in additions(mail.pieces):
        candidate = replace(mail, pieces=addition(mail.pieces))
        if candidate != mail and _fits(candidate):
            kept.append(addition)
            mail = candidate
    while kept and _size(parts(mail)) > BYTES:
        kept.pop()
        grown = reduce(lambda pieces, addition: addition(pieces), kept, shortest.pieces)
        mail = replace(shortest, pieces=grown)
    return mail


def parts(mail: Mail) -> Parts:
    """Return both parts, with slots for what is the reader's own."""
    around, pieces = _pieces(mail)
    text = "".join(piece.text for piece in pieces)
    html = "".join(piece.html for piece in pieces)
    return Parts(around.text.replace(PIECES, text), around.html.replace(PIECES, html))


def _pieces(mail: Mail) -> tuple[Parts, list[Parts]]:
    """Return what stands around the recommendations, with one slot for them all, and each."""
    context = _context(mail)
    html = _INLINER.inline(render_to_string("emails/digest.html", context))
    before, *pieces, after = html.split(CUT)
    above, *lines, below = _text(context).split(CUT)
    around = Parts(f"{above.rstrip()}\n{PIECES}\n{below.lstrip()}", f"{before}{PIECES}{after}")
    both = zip(lines, pieces, strict=True)
    return around, [Parts(f"\n{told.strip()}\n", shown) for told, shown in both]


def words(text: str) -> int:
    """Return how many words a mail program would count."""
    return len(text.split())


def _shortest(view: View) -> Mail:
    """The mail with nothing but counts; recommendations in their order, the news in detail.

    In a final summary nothing is news, so it is all on which anybody spoke.
    """
    size = attrgetter("total" if view.whole else "new")
    news = sorted(filter(size, view.sections), key=lambda s: (-size(s), s.number))
    chosen = sorted(news[:DETAILED], key=lambda section: section.number)
    quiet = [section for section in view.sections if section not in chosen]
    mail = Mail(
        view=view,
        subject=_subject(view),
        pieces=tuple(begun(section) for section in chosen),
        quiet=tuple(begun(section) for section in quiet[:DETAILED]),
        more=len(quiet[DETAILED:]),
    )
    while mail.quiet and not _fits(mail):
        mail = replace(mail, quiet=mail.quiet[:-1], more=mail.more + 1)
    while len(mail.pieces) > 1 and not _fits(mail):
        mail = replace(mail, pieces=mail.pieces[:-1], more=mail.more + 1)
    return mail


def _fits(mail: Mail) -> bool:
    text = _text(_context(mail)).replace(CUT, "")
    return words(text) <= WORDS - OWN_WORDS and len(text.encode()) <= BYTES // 3


def _size(both: Parts) -> int:
    """What the two parts take on the wire (quoted-printable)."""
    return sum(len(b2a_qp(part.encode(), istext=True)) for part in (both.text, both.html))


def _subject(view: View) -> str:
    subject = f"{view.heading}: {one_line(view.title)}"
    return _("Preview: %(subject)s") % {"subject": subject} if view.notice else subject


def _text(context: dict[str, object]) -> str:
    """The text part: long lines wrapped, words and addresses whole, no empty lines in a row."""
    written = render_to_string("emails/digest.txt", context)
    lines = "\n".join(line.rstrip() for line in written.split("\n"))
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return wrapped(lines.strip()) + "\n"


def _context(mail: Mail) -> dict[str, object]:
    token = slot(mime.TOKEN)
    view = mail.view
    return {
        "mail": mail,
        "view": view,
        "cut": CUT,
        "greeting": slot("greeting"),
        "own": slot("own"),
        "page": address(view.path),
        "method": address(view.method_path),
        "moderation": address(view.moderation_path),
        "consultation": address(view.consultation_path),
        "leave": unsubscribe.address(token),
        "preview": view.number == 0,
        "site_url": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "language": get_language() or settings.LANGUAGE_CODE,
    }
