"""From a row of the results to the published comments behind it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from consultations.results.shapes import WITHHELD
from consultations.search import NONE
from consultations.search import WITHHELD as NAMELESS


class Behind:
    """The comments on a recommendation, as its page finds them by what they show.

    `path` is that page, `to_read` how many can be found by each key of each table. Of the `whole`
    a row of who gave no region, or no size, is not what its page finds: there they stand together
    with those who do not show theirs.
    """

    def __init__(self, path: str, to_read: Mapping[str, Mapping[str, int]], *, whole: bool) -> None:
        self.path, self.to_read, self.whole = path, to_read, whole

    def found(self, table: str, key: str) -> int:
        """Return how many comments are found by a key of a table."""
        if self.whole and not key:
            return 0
        return self.to_read[table].get(key, 0)

    def address(self, table: str, key: str) -> str:
        """Return where they are found, "" where there is none."""
        if not self.found(table, key):
            return ""
        return f"{self.path}?{urlencode(_asked(table, key))}#comments"


def _asked(table: str, key: str) -> dict[str, str]:
    if table == "body":
        kind, _colon, body = key.partition(":")
        shown = NAMELESS if body == WITHHELD[kind] else body
        return {"kind": kind, "organisation": shown or NONE}
    if table == "size":
        return {"kind": "employer", "size": key or NONE}
    return {table: key or NONE}
