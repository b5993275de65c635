"""The layouts of Citizen Space exports, recognised by their headings.

Such a file has a column for each question, called by its words, at times with a part before them
("Prop 1 Q8 - Please …") or a row of codes above ("Ident 1"). What is recognised is always told.
"""

import re
from collections.abc import Iterable, Sequence

from consultations.exchange.columns import ANY_OTHER, Mapping, Question
from consultations.exchange.places import fold
from consultations.exchange.sheets import Row

# Looked at in this order; the first that fits takes a heading, and each is taken once.
FACTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (fact, re.compile(pattern, re.IGNORECASE))
    for fact, pattern in (
        ("", r"e-?mail|postcode|telephone|which sector"),
        ("reference", r"^(response|submission|respondent|user) ?(id|ref|reference|number)\b|^id$"),
        ("received_on", r"^(date|submitted|date submitted|submission date|response date)\b"),
        (
            "permission",
            r"\b(publish(ed)?|publication)\b.*(\bhappy|consent|permission|agree|response|name)"
            r"|(happy|consent|permission|agree).*\bpublish|confidential",
        ),
        ("responding_as", r"respond(ing|ent)\b.*\b(as|type|individual|behalf)\b|^respondent type"),
        ("organisation", r"(name of|organisation'?s?) (your )?(organisation|name)|^organisation$"),
        ("kind", r"(organisation|stakeholder|respondent) (type|kind)"),
        ("size_band", r"size of (your )?organisation|how many (people|employees)"),
        ("region", r"^(region|location|which region|where (are|do) you)\b"),
        ("name", r"what is your name|^(your )?(full )?name$"),
    )
)
CODES = re.compile(r"^(ident|column|field|q)\s*\d+$", re.IGNORECASE)
NUMBERED = re.compile(
    r"^(?:prop(?:osal)?|rec(?:ommendation)?|question|q)\.?\s*(\d{1,3})\b", re.IGNORECASE
)
CLOSED = re.compile(
    r"agree or disagree|to what extent|on a scale|do you (agree|support)|support or oppose",
    re.IGNORECASE,
)
# A column of places or of sectors may hold anything: what is no region or kind is left open.
LEFT_OPEN = {"region": {ANY_OTHER: ""}, "kind": {ANY_OTHER: ""}, "size_band": {ANY_OTHER: ""}}
# Headings stand in the first few lines, below a row of codes or a title.
HEADER_LINES = 5


def header_of(rows: Sequence[Row]) -> Row | None:
    """Return the row of headings: the first that is neither blank nor all codes."""
    for row in rows[:HEADER_LINES]:
        cells = [cell for cell in map(fold, row.cells) if cell]
        if cells and not all(map(CODES.match, cells)):
            return row
    return None


def recognise(header: Row) -> Mapping:
    """Return what the headings of a Citizen Space export mean, as far as they say."""
    headings = list(map(fold, header.cells))
    facts: dict[str, str | int] = {}
    asked: list[int] = []
    for place, heading in enumerate(headings):
        fact = _fact(heading)
        if fact is None and heading:
            asked.append(place)
        elif fact and fact not in facts:
            facts[fact] = place + 1
    values = {name: one for name, one in LEFT_OPEN.items() if name in facts}
    values.pop("size_band", None)
    return Mapping(columns=facts, questions=_questions(headings, asked), values=values)


def _fact(heading: str) -> str | None:
    """Return the fact that a heading names, "" for one that is left alone, None for a question."""
    if NUMBERED.match(heading):
        return None
    return next((fact for fact, pattern in FACTS if pattern.search(heading)), None)


def _questions(headings: Sequence[str], asked: Iterable[int]) -> dict[int, Question]:
    """Return the columns of each recommendation: the first closed question, and all open ones.

    Numbered headings say whose they are; among others each closed question begins the next.
    """
    stances: dict[int, int] = {}
    texts: dict[int, list[int]] = {}
    last = 0
    for place in asked:
        heading = headings[place]
        numbered, closed = NUMBERED.match(heading), bool(CLOSED.search(heading))
        number = int(numbered[1]) if numbered else last + closed or 1
        last = max(last, number)
        if closed:
            stances.setdefault(number, place + 1)
        else:
            texts.setdefault(number, []).append(place + 1)
    return {
        number: Question(stance=stances.get(number), texts=tuple(texts.get(number, ())))
        for number in sorted({*stances, *texts})
    }
