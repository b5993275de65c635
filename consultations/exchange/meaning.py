"""What a file's columns mean, by its mapping or its headings; and how that is told."""

from collections.abc import Container, Iterator
from collections.abc import Mapping as Entries
from itertools import chain, islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.exchange import layouts, places
from consultations.exchange.columns import ANY_OTHER, CITIZEN_SPACE, Mapping, MappingError
from consultations.exchange.places import Places
from consultations.exchange.sheets import Row

NEEDED = {
    "channel": gettext_lazy("Say how they came: by a column, or one way for all of them."),
    "received_on": gettext_lazy(
        "Say when they were received: by a column, or one day for all of them."
    ),
}


def understood(
    mapping: Mapping | None, defaults: Entries[str, str], rows: Iterator[Row]
) -> tuple[Mapping, Places, Iterator[Row]]:
    """Return what the columns mean, where they stand, and the rows below the headings.

    Without a mapping the headings say it; `defaults` hold for all rows. Raises MappingError.
    """
    given = mapping or Mapping(layout=CITIZEN_SPACE)
    first = list(islice(rows, max(given.header, layouts.HEADER_LINES)))
    header = next((row for row in first if row.line == given.header), None)
    header = header or (None if given.header else layouts.header_of(first))
    if header is None:
        raise MappingError(_("There is no line of headings."))
    if given.layout == CITIZEN_SPACE:
        seen = layouts.recognise(header)
        given = Mapping(
            columns={**seen.columns, **given.columns},
            questions=given.questions or seen.questions,
            asked=given.asked,
            values={**seen.values, **given.values},
            defaults=given.defaults,
        )
    whole = Mapping(
        columns=given.columns,
        questions=given.questions,
        asked=given.asked,
        values=given.values,
        defaults={**given.defaults, **defaults},
    )
    below = [row for row in first if row.line > header.line]
    return whole, places.find(whole, header), chain(below, rows)


def refuse_incomplete(mapping: Mapping, found: Places, numbers: Container[int]) -> None:
    """Raise MappingError where a fact has neither a column nor a default, or no such question."""
    for fact, sentence in NEEDED.items():
        if fact not in found.facts and not mapping.defaults.get(fact):
            raise MappingError(str(sentence))
    for number in found.questions:
        if number not in numbers:
            raise MappingError(
                _("There is no recommendation %(number)s in this consultation.")
                % {"number": number}
            )


def taken(found: Places, mapping: Mapping) -> list[str]:
    """Say what each column is taken for, and where what it says may be left out."""
    loose = {name for name, known in mapping.values.items() if known.get(ANY_OTHER) == ""}
    said = [
        f"{found.name(at)}: {fact}"
        + (_(", empty where it is none of ours") if fact in {*loose, "size_band"} else "")
        for fact, at in found.facts.items()
    ]
    for number, (stance, texts, permission) in found.questions.items():
        for what, columns in (("stance", [stance]), ("text", texts), ("permission", [permission])):
            said += [
                f"{found.name(at)}: recommendation {number}, {what}"
                for at in columns
                if at is not None
            ]
    for number, (answers, why) in found.asked.items():
        for what, columns in (("answer", answers), ("why", [why])):
            said += [
                f"{found.name(at)}: question {number}, {what}" for at in columns if at is not None
            ]
    return said
