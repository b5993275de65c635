"""Between frozen dataclasses and the plain dicts and lists of JSON."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

_SCALARS = frozenset({str, int, bool, float, type(None)})


def plain(value: object) -> object:
    """Return a dataclass, tuple or dict as dicts, lists and scalars; sets are not known here."""
    if type(value) in _SCALARS:  # nearly all: asking them what else they might be takes long
        return value
    if value is None or isinstance(value, str | int):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _reader(type(value))[0]}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def _held(value: Any) -> object:
    """Return what JSON does not know as a dict; it asks again of what is in it."""
    if isinstance(value, Mapping):
        return dict(value)
    names, values = _reader(value.__class__)
    return dict(zip(names, values(value), strict=True))


@cache
def _reader(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], Any]]:
    """The names of a dataclass of two fields or more, and what reads them all at once.

    `fields` would ask again for each of a hundred thousand comments.
    """
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def record(value: object) -> dict[str, object]:
    """Return a dict with text keys; raises ValueError for anything else."""
    found = plain(value)
    if not isinstance(found, dict):
        raise ValueError("expected an object")
    return found


def sha256(value: object) -> str:
    """Return the hex digest of a value's canonical JSON (keys sorted, ASCII, no spaces).

    The keys of its dicts are text.
    """
    written = json.dumps(value, default=_held, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def text_in(found: Mapping[str, object], name: str) -> str:
    """Return the text under `name`; raises ValueError where it is missing or no text."""
    value = found.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected text")
    return value


def number_in(found: Mapping[str, object], name: str) -> int:
    """Return the whole number under `name`; raises ValueError where it is none."""
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name}: expected a whole number")
    return value


def truth_in(found: Mapping[str, object], name: str) -> bool:
    """Return the true or false under `name`; raises ValueError where it is neither."""
    value = found.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: expected true or false")
    return value


def list_in(found: Mapping[str, object], name: str) -> list[object]:
    """Return the list under `name`; raises ValueError where it is none."""
    value = found.get(name)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name}: expected a list")
    return list(value)


def given_list_in(found: Mapping[str, object], name: str) -> list[object]:
    """Return the list under `name`, empty where there is none; raises ValueError for no list."""
    return list_in(found, name) if name in found else []


def numbers_in(found: Mapping[str, object], name: str) -> tuple[int, ...]:
    """Return the list of whole numbers under `name` as a tuple; raises ValueError otherwise."""
    values = list_in(found, name)
    numbers = [each for each in values if isinstance(each, int) and not isinstance(each, bool)]
    if len(numbers) != len(values):
        raise ValueError(f"{name}: expected a list of whole numbers")
    return tuple(numbers)


def texts_in(found: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the list of texts under `name` as a tuple; raises ValueError otherwise."""
    values = list_in(found, name)
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name}: expected a list of texts")
    return tuple(str(value) for value in values)


def counts_in(found: Mapping[str, object], name: str, keys: tuple[str, ...]) -> dict[str, int]:
    """Return a dict of whole numbers under exactly these keys, in their order, else ValueError."""
    value = record(found.get(name))
    if set(value) != set(keys):
        raise ValueError(f"{name}: expected exactly {', '.join(keys)}")
    return {key: number_in(value, key) for key in keys}
