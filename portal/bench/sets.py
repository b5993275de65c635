"""The sets that others wrote, each as files that `import_comments` takes, with a mapping for each.

What is no table (JSON Lines, texts) is written as one first; nothing of a set is changed.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

COMMON = 'channel = "elsewhere"\nreceived_on = "{day}"\npermission = "unnamed"\n'
ARGUMENTS = """
[columns]
reference = "arg_id"
[recommendations.1]
stance = "stance"
text = "argument"
[values.stance]
"1" = "support"
"-1" = "oppose"
"""
SENTENCES = """
[columns]
reference = "reference"
[recommendations.1]
text = "text"
"""
CONVERSATION = """
[columns]
reference = "comment-id"
[recommendations.1]
text = "comment-body"
"""
SYNTHETIC = """
[columns]
reference = "response_id"
[recommendations.1]
stance = "position"
text = "response"
"""
GAMBLING = """
[columns]
reference = "response_id"
[recommendations.1]
text = "1"
[recommendations.2]
text = "2"
"""
REVIEWS = 'delimiter = "\\t"\n[columns]\nreference = "prod_id"\n' + "".join(
    f'[recommendations.{n}]\ntext = "rev{n}"\n' for n in range(1, 9)
)
# Columns by their numbers: the headings are whole questions in Spanish.
SURVEY = (
    'delimiter = ";"\n[columns]\nreference = 1\norganisation = 13\nresponding_as = 8\n'
    + "".join(
        f"[recommendations.{n}]\nstance = {stance}\ntext = {text}\n"
        for n, (stance, text) in enumerate(
            ((19, 21), (26, 28), (33, 35), (40, 42), (47, 49), (54, 56)), start=1
        )
    )
    + """
[values.responding_as]
"Persona Natural" = "person"
"Persona Juridica" = "organisation"
[values.stance]
"Muy de acuerdo" = "strongly_support"
"De acuerdo" = "support"
"Ni acuerdo ni en desacuerdo" = "neither"
"Ni de acuerdo ni en desacuerdo" = "neither"
"En desacuerdo" = "oppose"
"Muy en desacuerdo" = "strongly_oppose"
"No sabe" = "no_view"
"No responde" = "no_view"
[values.text]
"." = ""
"--" = ""
"*-" = ""
".-" = ""
"""
)

# One comment of this conversation is "?".
NOTHING_SAID = {"15-per-hour-seattle"}


@dataclass(frozen=True)
class Set:
    """A file to import; without a mapping its headings say what they mean.

    `refused` is how many rows say nothing, such as a lone question mark.
    """

    name: str
    file: Path
    mapping: str
    recommendations: int = 1
    refused: int = 0


def found(data: Path, scratch: Path) -> Iterator[Set]:
    """Yield every set in the folder; what must be written first is written to `scratch`."""
    fixtures = data / "themefinder/tests/fixtures/setup_consultation"
    evaluated = data / "themefinder/evals/data"
    yield Set("argkp", data / "argkp/arguments.csv", ARGUMENTS)
    yield Set("amazon", data / "amazon/dev.csv", REVIEWS, 8)
    yield Set("anid", data / "anid/BBDD_Consulta_PAA.csv", SURVEY, 6)
    yield Set("themefinder", evaluated / "generation/eval_sentiments.csv", SYNTHETIC)
    gambling = _gambling(evaluated / "gambling_XS/inputs")
    yield Set("gambling", _written(scratch / "gambling.csv", gambling), GAMBLING, 2)
    sentences = _sentences(data / "opinosis/topics")
    yield Set("opinosis", _written(scratch / "opinosis.csv", sentences), SENTENCES)
    for folder in sorted((data / "polis").iterdir()):
        if (folder / "comments.csv").exists():
            name, refused = folder.name.split(".")[0], folder.name in NOTHING_SAID
            yield Set(f"polis-{name}", folder / "comments.csv", CONVERSATION, 1, int(refused))
    for layout in ("biomass", "lgr", "scr"):
        yield Set(layout, fixtures / f"responses_{layout}_format.csv", "", 2)


def multiplied(one: Set, rows: int, file: Path) -> Path:
    """Write the rows of the synthetic set again and again, each with a reference of its own."""
    with one.file.open(encoding="utf-8-sig", newline="") as source:
        read = [(row["response"], row["position"]) for row in csv.DictReader(source)]
    return _written(
        file,
        [
            ("response_id", "response", "position"),
            *((str(n), *read[n % len(read)]) for n in range(rows)),
        ],
    )


def invented(texts: Iterable[str], file: Path) -> Path:
    """Write texts of our own in the synthetic set's shape."""
    rows = ((str(n), text, ("Yes", "No")[n % 2]) for n, text in enumerate(texts))
    return _written(file, [("response_id", "response", "position"), *rows])


def _gambling(folder: Path) -> list[Sequence[str]]:
    """Return one row for each respondent, with what they say on both questions."""
    said: dict[str, list[str]] = {}
    for part in (1, 2):
        for line in (folder / f"question_part_{part}/responses.jsonl").read_text().splitlines():
            row = json.loads(line)
            said.setdefault(str(row["response_id"]), ["", ""])[part - 1] = row["response"]
    return [("response_id", "1", "2"), *((key, *texts) for key, texts in said.items())]


def _sentences(folder: Path) -> list[Sequence[str]]:
    """Return a row for each line of the topics that says anything."""
    rows: list[Sequence[str]] = [("reference", "text")]
    for topic in sorted(folder.iterdir()):
        lines = topic.read_text(encoding="cp1252", errors="replace").splitlines()
        named = ((f"{topic.name}-{n}", line.strip()) for n, line in enumerate(lines, start=1))
        rows += [row for row in named if any(map(str.isalnum, row[1]))]
    return rows


def _written(file: Path, rows: Iterable[Sequence[str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
    return file
