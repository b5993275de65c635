"""What `verify` finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a summary breaks (`code`), where in the summary, and how."""

    code: str
    where: str
    detail: str
