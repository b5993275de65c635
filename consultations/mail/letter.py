"""A mail's two parts, text and HTML, from one structure: the same facts and links in both.

The structure's blocks are defined in `mail.blocks`; the bytes on the wire are made in `mail.mime`.
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.mail.blocks import (
    Action,
    Block,
    Code,
    Heading,
    Items,
    Letter,
    LetterError,
    Paragraph,
    Quotation,
    Ready,
    Rows,
    Slot,
    slot,
)

__all__ = [
    "Action",
    "Block",
    "Code",
    "Footer",
    "Heading",
    "Items",
    "Letter",
    "LetterError",
    "Paragraph",
    "Parts",
    "Quotation",
    "Ready",
    "Rows",
    "Slot",
    "as_text",
    "fragment",
    "render",
    "slot",
]

WIDTH = 72
QUOTED_BYTES = 24_000  # of quotations in one mail: both parts stay under 90 kB
_INLINER = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands below every mail: who writes, why you get it, and how to get less."""

    why: str
    unsubscribe: str = ""
    less_often: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The same mail, or piece of one, twice."""

    text: str
    html: str


def render(letter: Letter, footer: Footer) -> Parts:
    """Return the letter's text and HTML parts, with the footer below."""
    blocks = _shortened(letter.blocks)
    notes, links = _notes(footer), _links(footer)
    context = {
        "subject": letter.subject,
        "blocks": blocks,
        "notes": notes,
        "links": links,
        "language": get_language() or settings.LANGUAGE_CODE,
        "site_name": settings.SITE_NAME,
    }
    lines = {
        "blocks": [as_text(block) for block in blocks],
        "notes": [wrapped(note) for note in notes],
        "links": [as_text(link) for link in links],
    }
    text = render_to_string("emails/letter.txt", lines).strip() + "\n"
    return Parts(text, _INLINER.inline(render_to_string("emails/letter.html", context)))


def fragment(blocks: Iterable[Block]) -> Parts:
    """Return blocks alone, to fill a slot with."""
    kept = tuple(blocks)
    html = render_to_string("emails/blocks.html", {"blocks": kept})
    css = render_to_string("emails/letter.css")
    return Parts("\n\n".join(map(as_text, kept)), _INLINER.inline_fragment(html, css).strip())


def as_text(block: Block) -> str:
    """Return a block as lines of plain text, wrapped where words allow."""
    match block:
        case Heading(text):
            return f"{wrapped(text)}\n{'-' * min(len(text), WIDTH)}"
        case Quotation(text, source):
            lines = wrapped(text, WIDTH - 2) + (f"\n-- {source}" if source else "")
            return "\n".join(f"> {line}".rstrip() for line in lines.split("\n"))
        case Action(label, url):
            return f"{wrapped(label)}:\n{url}"
        case Items(items):
            return "\n".join(_hanging(item) for item in items)
        case Rows(rows):
            return "\n".join(wrapped(f"{label}: {value}") for label, value in rows)
        case Slot():
            return block.placeholder
    return wrapped(block.text)


def wrapped(text: str, width: int = WIDTH) -> str:
    """Return the text with lines of at most `width` characters, words and addresses whole."""
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    lines = text.split("\n")
    return "\n".join(line if len(line) <= width else wrap.fill(line) for line in lines)


def _hanging(item: str) -> str:
    return textwrap.indent(wrapped(item, WIDTH - 2), "  ").replace("  ", "- ", 1)


def _notes(footer: Footer) -> list[str]:
    """Return why it was sent, and in the demonstration that it is one."""
    demo = _(
        "This is an independent demonstration with invented respondents. It is not run by the "
        "Manufacturing Commission."
    )
    return [*([demo] if settings.DEMO else []), *([footer.why] if footer.why else [])]


def _links(footer: Footer) -> list[Action]:
    """Return who writes, and the ways to get less where there are any."""
    sender = [Action(settings.SITE_NAME, settings.SITE_URL)]
    less = [Action(_("Get fewer of these e-mails"), footer.less_often)] if footer.less_often else []
    stop = [Action(_("Stop these e-mails"), footer.unsubscribe)] if footer.unsubscribe else []
    return sender + less + stop


def _shortened(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks with long quotations shortened, and saying so, to keep the mail small."""
    quoted = [len(block.text.encode()) for block in blocks if isinstance(block, Quotation)]
    if sum(quoted) <= QUOTED_BYTES:
        return blocks
    share = QUOTED_BYTES // len(quoted)
    return tuple(_cut(block, share) if isinstance(block, Quotation) else block for block in blocks)


def _cut(block: Quotation, share: int) -> Quotation:
    kept = block.text.encode()[:share].decode(errors="ignore")
    if kept == block.text:
        return block
    note = _("[Shortened in this e-mail. The whole text is on the site.]")
    return replace(block, text=f"{kept.rstrip()} …\n\n{note}")
