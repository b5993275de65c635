"""What the kinds of respondent are called in a sentence."""

from consultations.analysis.shapes import Row

_KINDS = {
    "employer": ("employer", "employers"),
    "local_leader": ("local leader", "local leaders"),
    "represents_employers": (
        "body that represents employers",
        "bodies that represent employers",
    ),
    "represents_local_government": (
        "body that represents local government",
        "bodies that represent local government",
    ),
    "other": ("other respondent", "other respondents"),
}


def named(number: int, one: str, many: str) -> str:
    """Return the number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def names_of(kind: str) -> tuple[str, str]:
    """Return what one and several of a kind are called; what is no kind keeps its code."""
    return _KINDS.get(kind, (kind, kind))


def row_name(row: Row) -> str:
    """Return how many a row holds, and of what: "13 employers"."""
    if len(row.keys) == 1:
        return named(row.total, *names_of(row.keys[0]))
    return f"{row.total:,} {listed([names_of(key)[1] for key in row.keys])} (counted together)"


def listed(parts: list[str]) -> str:
    """Return the parts as a sentence lists them: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
