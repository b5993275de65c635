"""What an address asks for: its known questions, each of one form, and nothing else."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest

from consultations.api.answers import RefusedError

MOST_ROWS, USUAL_ROWS = 100, 25
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


def asked(request: HttpRequest, known: Mapping[str, str]) -> dict[str, str]:
    """Return the questions of an address, "" for each that is not put.

    `known` maps names to the regular expressions of their values. Raises RefusedError (400) for
    another name, one put twice, or a value of another form.
    """
    found = dict.fromkeys(known, "")
    for name, values in request.GET.lists():
        if name not in known:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name[:40]}: not known here.")
        if len(values) > 1:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: asked for more than once.")
        if not re.fullmatch(known[name], values[0], re.ASCII):
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: not of the form expected.")
        found[name] = values[0]
    return found


def rows_wanted(limit: str) -> int:
    """Return how many rows are wanted; raises RefusedError (400) for more than there can be."""
    number = int(limit or USUAL_ROWS)
    if not 1 <= number <= MOST_ROWS:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"limit: expected 1 to {MOST_ROWS}.")
    return number
