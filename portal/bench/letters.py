"""Letters of our own, and copies of them as campaigns make them: what finding them is measured on.

Nothing here is anybody's: the letters are invented, and their copies are changed by rule.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SENTENCES = """
Our town lost its last foundry eleven years ago and nobody has taken its place since then.
A target for productivity is only worth having if somebody is answerable when it is missed.
The council that watches over the strategy must be able to publish what it finds without leave.
We have waited for a bus to the industrial estate that never came, and so have our apprentices.
Small firms cannot spare an engineer for six weeks to fill in the forms that a grant demands.
Money for research goes where money for research went before, and that is not here.
When two neighbouring partnerships bid against each other, both lose the supplier they wanted.
I buy my castings from Poland because the nearest works that still pours iron is booked for a year.
Every young person I have trained has left within three years for a larger company in the south.
Ask the people who run the machines what would help, and they will tell you in one sentence.
The fund was promised as a replacement pound for pound, and we have seen a third of it.
A statutory footing would mean that a new minister cannot close the office on a Friday afternoon.
Five years is too short for a furnace and much too short for a railway line.
Broadband at the workshop fails whenever it rains, so a connected factory is a joke to us.
Our college teaches welding on equipment that was old when my father learned on it.
What we need from government is a plan that lasts longer than the person who announced it.
Local leaders know which roads flood, which estates stand empty and which firms are hiring.
Please do not create another board with another logo and another launch in a hotel.
The rules for claiming tax relief changed four times while we were building one prototype.
If robots are to be lent to small makers, lend them with somebody who can set them up.
Freight leaves our valley on a road that was built for carts and is closed every winter.
Of the ninety people on our books, fourteen will retire before the decade is out.
Growth in one region is not bought by taking it from the next one along the motorway.
Energy costs us more in a month than wages did in the year when we opened.
I would gladly pay the levy if I could spend it on the course that my staff have chosen.
Nobody at the combined authority could tell us who decides, though all of them were kind.
The best thing that happened to us was a retired production manager who came in on Tuesdays.
Targets set for the whole country hide the places that fall behind in silence.
Our suppliers are twelve family businesses, and five of them have no one to take over.
Give the regions the same share of research that they have of people, and then measure again.
A skills plan written for software houses is of no use to a pottery.
We were told to export, and then we were told that the office which helps exporters had shut.
It takes a year to hire a toolmaker and a week to lose one.
Grants that must be spent by March are spent badly, as everybody involved knows.
Let councils join their budgets for transport and training, since the same people need both.
The report is right that firms copy what they see working next door, so show it next door.
""".strip().splitlines()

# How many sentences each letter has: from a postcard to a page.
LENGTHS = (2, 2, 3, 3, 4, 5, 7, 10)
WORDS = [
    "careful",
    "northern",
    "steady",
    "engine",
    "market",
    "honest",
    "supply",
    "weekly",
    "public",
    "narrow",
    "stronger",
]
NAMES = ["Okafor", "Whitby", "Hussain", "Prendergast", "Lloyd", "Nowak", "Ferreira", "Macrae"]
PLACES = ["Rotherham", "Burnley", "Redcar", "Telford", "Wrexham", "Dundee", "Lisburn", "Corby"]
OWN = (
    "I own a workshop with nine people and we turned down two orders last spring because no "
    "lorry could reach us for a week. ",
    "My daughter wanted to stay here after her course, and there was nothing for her within forty "
    "miles, so she went. ",
)
LOOKALIKES = str.maketrans("aeopcxyiAEOPCTH", "аеорсхуіАЕОРСТН")


@dataclass(frozen=True)
class Kind:
    """A way to copy a letter, and what share of such copies must be found."""

    name: str
    copy: Callable[[str, random.Random], str]
    least: float | None = None


def letters() -> list[str]:
    """Return invented letters that have no sentence in common."""
    left = iter(SENTENCES)
    return [" ".join(next(left) for _sentence in range(length)) for length in LENGTHS]


def copies(amount: int, seed: int = 20) -> Iterator[tuple[int, Kind, str]]:
    """Yield so many copies of each letter in each way: the letter's place, the way, the copy."""
    chance = random.Random(seed)  # noqa: S311 - the same copies in every run
    for place, letter in enumerate(letters()):
        for kind in KINDS:
            for _copy in range(amount):
                yield place, kind, kind.copy(letter, chance)


def _exact(letter: str, _chance: random.Random) -> str:
    return letter


def _recased(letter: str, chance: random.Random) -> str:
    changed = chance.choice((str.upper, str.lower, str.title, str.swapcase))(letter)
    return chance.choice((changed, changed.replace(".", " !"), changed.replace(" ", "\n")))


def _disguised(letter: str, chance: random.Random) -> str:
    share = chance.choice((0.1, 0.5, 1.0))
    return "".join(
        each.translate(LOOKALIKES) if chance.random() < share else each for each in letter
    )


def _personal(letter: str, chance: random.Random) -> str:
    name, place = chance.choice(NAMES), chance.choice(PLACES)
    opening = chance.choice(("", "Dear Sir or Madam, ", f"I live in {place}. "))
    return f"{opening}{letter} {chance.choice((name, f'Yours, {name}', f'{name}, {place}'))}"


def _edited(letter: str, chance: random.Random) -> str:
    """Change, add or drop a word for every forty, at least one."""
    words = letter.split()
    for _edit in range(max(1, len(words) // 40)):
        at = chance.randrange(len(words))
        new = chance.choice(WORDS)
        words[at : at + 1] = chance.choice(([new], [words[at], new], [], [words[at][1:] + "e"]))
    return " ".join(words)


def _changed(percent: int) -> Callable[[str, random.Random], str]:
    def copy(letter: str, chance: random.Random) -> str:
        words = letter.split()
        for at in chance.sample(range(len(words)), len(words) * percent // 100):
            words[at] = chance.choice(WORDS)
        return " ".join(words)

    return copy


def _with_own(letter: str, chance: random.Random) -> str:
    own = chance.choice(OWN)
    return chance.choice((f"{own}\n{letter}", f"{letter}\n{own}"))


KINDS = (
    Kind("exact", _exact, 0.99),
    Kind("recased", _recased, 0.99),
    Kind("homoglyphs", _disguised, 0.99),
    Kind("personalised", _personal, 0.99),
    Kind("edited", _edited, 0.99),
    Kind("changed_10", _changed(10), 0.93),
    # Heavier rewording: told beside the others, promised by none.
    Kind("changed_20", _changed(20)),
    Kind("changed_30", _changed(30)),
    Kind("own_words", _with_own),
)
