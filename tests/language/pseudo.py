"""A language that nobody speaks: every sentence that can be translated stands in ⟦brackets⟧.

Its catalogue is made of what a translator would be handed: the strings marked in our code and
templates, and those that Django and allauth ship. So a sentence that nobody marked, and one that
is put together by hand, stand without brackets.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.template import engines
from django.template.base import Node, NodeList
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).parents[2]
CODE, LOCALE = "en-xa", "en_XA"
OPEN, CLOSE = "⟦", "⟧"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[str, str | tuple[str, str]]


def write(folder: Path) -> int:
    """Write the catalogue where `LOCALE_PATHS` may name `folder`; return how many sentences."""
    catalogue = Catalog(locale="en", charset="utf-8")
    for context, message in {*ours(), *shipped()}:
        if isinstance(message, tuple):
            catalogue.add(message, tuple(map(bracketed, message)), context=context or None)
        else:
            catalogue.add(message, bracketed(message), context=context or None)
    file = folder / LOCALE / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as opened:
        write_mo(opened, catalogue)
    return len(catalogue)


def bracketed(message: str) -> str:
    """Return a sentence in brackets; line breaks at its ends stay there, as gettext wants it."""
    body = message.strip("\n")
    before, after = message.split(body, 1) if body else (message, "")
    return f"{before}{OPEN}{body}{CLOSE}{after}"


def without(text: str) -> str:
    """Return what stands outside every bracket."""
    inner = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
    while inner.search(text):
        text = inner.sub(" ", text)
    return text


def ours() -> Iterator[Message]:
    """Yield what is marked in our own code and templates."""
    for folder in ("consultations", "portal"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            with path.open("rb") as file:
                yield from _marked(file)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield from in_template(str(path.relative_to(ROOT / "templates")))


def _marked(file: object) -> Iterator[Message]:
    options = {"encoding": "utf-8"}
    for _line, message, _comments, context in extract("python", file, KEYWORDS, (), options):
        yield context or "", tuple(message) if isinstance(message, (tuple, list)) else message


def in_template(name: str) -> Iterator[Message]:
    """Yield what is marked in one of our templates."""
    template = engines["django"].get_template(name).template
    for node in _nodes(template.nodelist):
        if isinstance(node, TranslateNode):
            # Django doubles percent signs before it asks, and halves them after
            literal = str(node.filter_expression.var.literal).replace("%", "%%")
            yield _said(node.message_context), literal
        elif isinstance(node, BlockTranslateNode):
            singular, _names = node.render_token_list(node.singular)
            if node.plural:
                plural, _names = node.render_token_list(node.plural)
                yield _said(node.message_context), (_trim(node, singular), _trim(node, plural))
            else:
                yield _said(node.message_context), _trim(node, singular)


def _nodes(among: NodeList) -> Iterator[Node]:
    yield from among.get_nodes_by_type((TranslateNode, BlockTranslateNode))  # type: ignore[arg-type]


def _said(context: object) -> str:
    return str(context.resolve({})) if context else ""  # type: ignore[attr-defined]


def _trim(node: BlockTranslateNode, text: str) -> str:
    if not node.trimmed:
        return text
    return " ".join(line.strip() for line in text.strip().splitlines() if line.strip())


def shipped() -> Iterator[Message]:
    """Yield what Django and allauth hand their own translators."""
    for package in (django, allauth):
        for path in sorted(Path(package.__path__[0]).rglob("locale/en/LC_MESSAGES/django.po")):
            for message in read_po(BytesIO(path.read_bytes()), locale="en"):
                if message.id:
                    yield message.context or "", message.id
