"""Is a text written in the language that is expected? By the share of its commonest small words.

A transparent count, no model: near half of the words of an English text are small ones.
`manage.py bench campaigns --data DIR` measures how often it errs on English and Spanish responses.
"""

from consultations.text import normalised, words

_ENGLISH = """
the of to and a in is it you that he was for on are with as i his they be at one have this from or
had by not but what all were we when your can said there use an each which she do how their if will
up other about out many then them these so some her would make like him into has more no my than
been who its now did get come may our should could because us any also only must need very just
where why too those most such over after being does own through while both here don't it's
"""
_WELSH = """
y yr a ac i o yn ar am at gan gyda heb dros drwy wrth rhwng dan o'r i'r a'r yw'r sy'n mae maen mae'n
bod nid ni na nac oes oedd yw ydy ydw ydym ydych ydynt wedi fod bydd byddai fyddai byddwn gallai
gall dylai dylid rhaid eu ei ein eich fy dy hyn hynny hwn hon y mae'r sydd fel mwy pan os ond neu
hefyd iawn dim pob rhai arall eraill cael gael gwneud wneud mynd un beth pwy lle sut pam hi ef nhw
chi fe mi roedd er mwyn hyd nes yna yma rydym rydyn rwyf rwy'n credu ni'n i'w o'n a'n
"""
_SMALL_WORDS = {
    "en": frozenset(_ENGLISH.split()),
    "cy": frozenset(_WELSH.split()),
}
LANGUAGES = tuple(_SMALL_WORDS)
# Too few words say nothing of their language.
_LEAST_WORDS = 12
# Of a hundred words so many are small ones at least, in any text of the language.
_LEAST_SHARE = 12


def seems_other_than(language: str, text: str) -> bool:
    """Return whether a text seems to be in another language than this one of LANGUAGES.

    Short texts, and languages whose small words are not known, are never held to be.
    """
    known = _SMALL_WORDS.get(language)
    said = [word.replace("’", "'") for word in words(normalised(text))]
    letters = [word for word in said if not word.isdecimal()]
    if known is None or len(letters) < _LEAST_WORDS:
        return False
    return 100 * sum(word in known for word in letters) < _LEAST_SHARE * len(letters)


def language_of(text: str, expected: str) -> str:
    """Return which of LANGUAGES a text is read out in: `expected`, unless it is plainly another.

    That is where it seems to be other than expected, and not other than that one.
    """
    if _plainly(expected, text) or not seems_other_than(expected, text):
        return expected
    others = (each for each in LANGUAGES if each != expected)
    return next((each for each in others if not seems_other_than(each, text)), expected)


def _plainly(language: str, text: str) -> bool:
    """Whether the words as they stand settle it: a page asks of twenty-five texts at once."""
    said, known = text.lower().split(), _SMALL_WORDS.get(language, frozenset())
    return 100 * sum(word in known for word in said) >= _LEAST_SHARE * max(len(said), 1)
