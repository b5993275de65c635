"""Which comments on a recommendation stand in its figures, and as what.

After the close that is every one that counts. Before, whoever watches the figures must learn
nothing of anybody: see `company`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from consultations.analysis.options import Options
from consultations.analysis.snapshot import Entry
from consultations.results.company import Declared, told
from consultations.results.shapes import WITHHELD

_OPTIONS = Options()


@dataclass(frozen=True)
class Standing:
    """What the figures are counted from.

    Of `read` the words are compared; `shown` are the published ones, each as the public sees it;
    `sizes` are the codes of size bands by reference; `company` is what stands there unpublished.
    """

    entries: tuple[Entry, ...]
    read: tuple[Entry, ...]
    shown: tuple[Entry, ...]
    sizes: Mapping[str, str]
    company: dict[str, Declared]


def everything(
    entries: tuple[Entry, ...], sizes: Mapping[str, str], nameless: Collection[str]
) -> Standing:
    """Return what stands in the figures after the close: all of it."""
    shown = _shown(entries, nameless)
    return Standing(entries, entries, shown, sizes, _unpublished(entries, sizes))


def so_far(
    entries: tuple[Entry, ...],
    sizes: Mapping[str, str],
    nameless: Collection[str],
    before: Mapping[str, Declared],
) -> Standing:
    """Return what stands in the figures while others may come.

    Published comments stand as the public sees them: of those in `nameless` the kind and the
    stance are told, and the region where it is shown with the comment. Others come, change and go
    in company, of which `before` is what the last count told.
    """
    public = _shown(entries, nameless)
    seen = {each.comment for each in public}
    known = {comment: said for comment, said in before.items() if comment not in seen}
    company = told(known, _unpublished(entries, sizes), _rows, _OPTIONS.minimum_new)
    others = tuple(_entry(comment, said) for comment, said in company.items())
    told_sizes = {comment: "" if comment in nameless else sizes[comment] for comment in seen}
    told_sizes |= {comment: said[-1] for comment, said in company.items()}
    return Standing((*public, *others), public, public, told_sizes, company)


def _shown(entries: tuple[Entry, ...], nameless: Collection[str]) -> tuple[Entry, ...]:
    return tuple(
        _without_name(each) if each.comment in nameless else each
        for each in entries
        if each.published
    )


def _without_name(entry: Entry) -> Entry:
    region = entry.region if entry.placed else ""
    return replace(entry, region=region, body=WITHHELD[entry.kind], representative=False)


def _unpublished(entries: tuple[Entry, ...], sizes: Mapping[str, str]) -> dict[str, Declared]:
    return {
        each.comment: (
            each.stance,
            each.kind,
            each.body,
            "represents" if each.representative else "",
            each.region,
            sizes[each.comment],
        )
        for each in entries
        if not each.published
    }


def _rows(declared: Declared) -> tuple[str, ...]:
    """The rows in which a comment stands, one in each table."""
    _stance, kind, body, _represents, region, size = declared
    return f"kind:{kind}", f"body:{kind}:{body}", f"region:{region}", f"size:{kind}:{size}"


def _entry(comment: str, declared: Declared) -> Entry:
    """What was told of an unpublished comment, as something to be counted."""
    stance, kind, body, represents, region, _size = declared
    return Entry(
        comment=comment,
        text="",
        stance=stance,
        kind=kind,
        region=region,
        organisation=f"of {comment}" if body else "",
        published=False,
        quotable=False,
        new=False,
        body=body,
        representative=bool(represents),
    )
