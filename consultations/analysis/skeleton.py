"""The bare words of a text: what two copies share whatever their case, width, accents or disguise.

For comparison only. Letters that look alike count as one letter (Unicode Technical Standard 39,
"confusable detection", has the whole table; here stand those that a keyboard or a trick makes).
"""

import re
import unicodedata

from consultations.text import normalised

# Capitals first: a Greek capital looks like another Latin letter than its small one does. With the
# signs that are typed for those of ASCII, after which most texts are plain.
_CAPITALS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ‘’“”–—…\u00a0",
    "ABESIJKMHOPCTYXGQWABEZHIKMNOPTYX''\"\"--. ",
)
_SMALL = str.maketrans(
    "авеѕіјкмнорстухһԁԍԛԝӏѵαβγειηκνορτυχωɑɡıƒ",
    "abesijkmhopctyxhdgqwlvabyeinkvoptuxwagif",
)
# i, l and 1 are one stroke; 0 is an o.
_STROKES = str.maketrans("i1|0", "lllo")
_APOSTROPHES = re.compile("['’‘`´ʼ]")
_TOKEN = re.compile(r"[^\W_]+")

# The same for plain ASCII, which most texts are, in one pass: what parts words becomes a space.
_ASCII = str.maketrans(
    {
        chr(code): chr(code).casefold().translate(_STROKES) if chr(code).isalnum() else " "
        for code in range(128)
    }
    | {"|": "l", "'": None, "`": None}
)


def bare_words(text: str) -> tuple[str, ...]:
    """Return the words for comparison: no case, width, accent, apostrophe or look-alike letter."""
    plain = text if text.isascii() else _folded(text)
    if plain.isascii():
        return tuple(plain.translate(_ASCII).split())
    return tuple(_TOKEN.findall(_APOSTROPHES.sub("", plain).translate(_STROKES)))


def _folded(text: str) -> str:
    plain = text.translate(_CAPITALS)
    if plain.isascii():
        return plain
    plain = normalised(plain).translate(_SMALL)
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(each for each in apart if not unicodedata.combining(each))
