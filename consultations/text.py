"""What people type, as plain text: made tidy, compared, and cut into words and sentences.

Nothing here knows of forms or comments; `analysis` builds on it.
"""

import re
import unicodedata
from collections.abc import Callable

# What a spreadsheet takes for a formula where a cell begins with it, full-width forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a search puts around the words that it finds: codes that `tidy` lets into no text.
MARKS = ("\ufdd0", "\ufdd1")
_MARKED = re.compile("([\ufdd0\ufdd1])")
# What a search reads as a space: PostgreSQL takes <b> for a tag and and/or for the name of a file.
UNSEARCHED = "</>"
_SEARCHED = str.maketrans(UNSEARCHED, " " * len(UNSEARCHED))

_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029")
_PLANE_ENDS = "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
# One group per reason for refusing a character; the group's name is the error's code.
_REFUSED = re.compile(
    "(?P<surrogate>[\ud800-\udfff])"
    "|(?P<control>[\x00-\x08\x0b-\x1f\x7f-\x9f])"
    "|(?P<tag>[\U000e0000-\U000e007f])"
    "|(?P<direction>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    "|(?P<invisible>[\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb])"
    f"|(?P<noncharacter>[\ufdd0-\ufdef{_PLANE_ENDS}])"
)
# All of them as one class: most texts hold none, and are done at once.
_ANY_REFUSED = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\U000e0000-\U000e007f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
    f"\ufdd0-\ufdef{_PLANE_ENDS}]"
)


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated at the doors, by `TextError.told`."""
    return message


_FOUND = {
    "surrogate": gettext_noop("half of a broken character"),
    "control": gettext_noop("a control character that cannot be shown"),
    "tag": gettext_noop(
        "a hidden tag character (the flags of England, Scotland and Wales are made of them)"
    ),
    "direction": gettext_noop("a hidden character that changes the direction of the text"),
    "invisible": gettext_noop("an invisible character"),
    "noncharacter": gettext_noop("a code that is not a character"),
    "marks": gettext_noop("more accents on one letter than can be shown"),
}
_IN_LINE = gettext_noop("Line %(line)s has %(fault)s")
_ONCE = gettext_noop("%(found)s (%(point)s). Take it out, or type that part again.")
_OFTEN = gettext_noop(
    "%(found)s (%(point)s), and %(more)s more like it. Take it out, or type that part again."
)
_BREAK = gettext_noop("Write this on one line.")
_NO_LETTERS = gettext_noop("Write at least one letter or number.")
_BYTES = gettext_noop(
    "Shorten this: it takes up %(size)s bytes, and %(most)s is the most. "
    "Emoji and some scripts take up to four bytes a character."
)
_LENGTH = gettext_noop(
    "Shorten this to %(most)s characters or fewer: it has %(length)s, which is %(over)s too many."
)
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters by category, blank to the eye
_MOST_MARKS = 30  # Unicode's stream-safe limit (UAX 15, section 13)

_IGNORED = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_WORD = re.compile(r"[^\W_]+(?:['’.\-‐‑][^\W_]+|,\d+)*")
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s)")
_OPENING = "\"'“‘([-–—•*"
_SHORTENED = (
    "e.g i.e eg ie cf viz vs approx ltd plc inc co bros dept est govt mr mrs ms mx dr prof rev "
    "revd hon rt sir st sgt gen col capt cllr messrs fig ed eds vol pp para paras"
)
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_NUMBERED = "no nos art sec sect ch chap p s para paras fig vol"
_BEFORE_NUMBERS = frozenset(_NUMBERED.split())


class TextError(ValueError):
    """Text that is refused: a sentence for the form, with `code`, `count` and `line` beside it.

    `count` is how many offending characters there are, or how long the text is (`too_long`,
    `too_many_bytes`); `line` is the first line at fault, counted from 1, or 0 for the whole text.
    """

    def __init__(
        self, code: str, template: str, *, count: int = 0, line: int = 0, **values: str
    ) -> None:
        self.code, self.template, self.count, self.line = code, template, count, line
        self.values = values
        super().__init__(self.told())

    def told(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence, each of its parts given to `translate` (gettext, at a door)."""
        if self.code not in _FOUND:
            return self.fault(translate)
        return translate(_IN_LINE) % {"line": self.line, "fault": self.fault(translate)}

    def fault(self, translate: Callable[[str], str] = str) -> str:
        """Return what is wrong without its line, for whoever counts lines in a larger whole."""
        found = {"found": translate(_FOUND[self.code])} if self.code in _FOUND else {}
        return translate(self.template) % (self.values | found)


def tidy(value: str, *, limit: int, limit_bytes: int | None = None, lines: bool = True) -> str:
    """Return the text with LF line ends, composed (NFC), without white space at its end.

    `limit` is in code points, `limit_bytes` in UTF-8 bytes; a line end counts as one. Where
    `lines` is false, a line break is refused and white space goes from both ends. Blank text
    comes back as "". Raises TextError for anything else that it would have to change.
    """
    text = _LINE_ENDS.sub("\n", value)
    _refuse_characters(text)
    text = text.rstrip() if lines else text.strip()
    if len(text) > 4 * limit:  # composing at most halves or thirds it: spare the work
        raise _too_long(len(text), limit)
    _refuse_piles_of_marks(text)
    text = unicodedata.normalize("NFC", text)
    if not lines and "\n" in text:
        breaks = text.count("\n")
        raise TextError("line_break", _BREAK, count=breaks, line=2)
    _refuse_length(text, limit, limit_bytes)
    if text and not any(map(_is_legible, text)):
        raise TextError("no_letters", _NO_LETTERS)
    return text


def _refuse_characters(text: str) -> None:
    if _ANY_REFUSED.search(text):
        found = list(_REFUSED.finditer(text))
        first = found[0]
        code = first.lastgroup or "control"
        same = sum(1 for match in found if match.lastgroup == code)
        raise _at_fault(code, text, first.start(), same)


def _refuse_piles_of_marks(text: str) -> None:
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return
    run = 0
    for position, character in enumerate(text):
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _MOST_MARKS:
            raise _at_fault("marks", text, position, run)


def _at_fault(code: str, text: str, position: int, count: int) -> TextError:
    line, point = text.count("\n", 0, position) + 1, f"U+{ord(text[position]):04X}"
    if count == 1:
        return TextError(code, _ONCE, count=1, line=line, point=point)
    return TextError(code, _OFTEN, count=count, line=line, point=point, more=f"{count - 1:,}")


def _refuse_length(text: str, limit: int, limit_bytes: int | None) -> None:
    if len(text) > limit:
        raise _too_long(len(text), limit)
    size = len(text.encode())
    if limit_bytes is not None and size > limit_bytes:
        most = f"{limit_bytes:,}"
        raise TextError("too_many_bytes", _BYTES, count=size, size=f"{size:,}", most=most)


def _too_long(length: int, limit: int) -> TextError:
    over = f"{length - limit:,}"
    return TextError(
        "too_long", _LENGTH, count=length, most=f"{limit:,}", length=f"{length:,}", over=over
    )


def _is_legible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" and character not in _BLANK_LETTERS


def pieces(text: str, marked: str) -> list[tuple[str, bool]]:
    """Return the text in pieces, and of each whether `marked` has it between two marks.

    `marked` is the text as a search gives it back: with marks in it, and with spaces for what is
    `UNSEARCHED`. Where it says anything else, the text comes back whole: joined, the pieces always
    are the text.
    """
    found: list[tuple[str, bool]] = []
    start, inside = 0, False
    for part in _MARKED.split(marked):
        if part in MARKS:
            inside = part == MARKS[0]
        elif part:
            found.append((text[start : start + len(part)], inside))
            start += len(part)
    same = _MARKED.sub("", marked) == text.translate(_SEARCHED)
    return found if found and same else [(text, False)]


def normalised(text: str) -> str:
    """Return the text for comparison only: NFKC, casefolded, invisibles gone, spaces folded."""
    if text.isascii():  # nothing to compose, to fold or to leave out
        return " ".join(text.lower().split())
    plain = _IGNORED.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(unicodedata.normalize("NFKC", plain.casefold()).split())


def words(text: str) -> list[str]:
    """Return the words in order; "don't", "long-term" and "3.5" are one word each."""
    return _WORD.findall(text)


def word_ends(text: str) -> list[int]:
    """Return where each word ends, in code points."""
    return [match.end() for match in _WORD.finditer(text)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence in code points, without the white space around.

    A line break ends a sentence. A full stop does not after an abbreviation, an initial, a
    number that opens a line ("1."), or before a small letter; so "e.g. Leeds" stays whole.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for stop in _STOP.finditer(text, line.start(), line.end()):
            if _ends(text, line.start(), stop.start(), stop.end(), line.end()):
                _add(spans, text, start, stop.end())
                start = stop.end()
        _add(spans, text, start, line.end())
    return spans


def _ends(text: str, line: int, stop: int, after: int, end: int) -> bool:
    following = text[after : min(end, after + 80)].lstrip()
    opener = following.lstrip(_OPENING).lstrip()[:1]
    if not following or opener.islower():
        return not following
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    before = text[max(line, stop - 40) : stop].split()
    last = before[-1].lstrip(_OPENING) if before else ""
    if last.lower() in _BEFORE_NUMBERS and opener.isdigit():
        return False
    opens_line = text[line:stop].strip() == last and (last.isdigit() or len(last) == 1)
    initial = len(last.rpartition(".")[2]) == 1 and last[-1:].isalpha()
    return not (opens_line or initial or last.lower() in _ABBREVIATIONS)


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        spans.append((start, end))
