"""Entries and snapshots for the tests of `analysis`: plain factories, and random ones."""

from hypothesis import strategies as st

from consultations.analysis.snapshot import KINDS, STANCES, Entry, Snapshot

REASONS = (
    "We support this because our apprentices stay when the training is close to home.",
    "The levy is too rigid, e.g. for firms of 5.5 people; it should follow the learner.",
    "Nobody asked the smaller councils. They will carry the cost of every new duty.",
    "A target without money is a wish, and we have had three of those since 2010.",
    "Rail links between the northern cities matter more to our suppliers than any fund.",
    "Yes please.",
    "No.",
    "Energy prices decide where the next factory goes, not advice from a growth hub.",
    "Write to me at jo@example.org about the fund, which took our council nine months.",
    "👍",
    "word " * 75,
    "Too slow. Too small. Too late. Too far from us. Too hard to reach.",
    "",
)


# Kinds of organisation that represent others.
BODIES = ("trade_association", "trade_union", "university")


def entry(comment: str, text: str = REASONS[0], **changes: object) -> Entry:
    """A new, published comment of a supporting employer, unless the changes say otherwise."""
    values: dict[str, object] = {
        "stance": "support",
        "kind": "employer",
        "region": "TLC",
        "organisation": "",
        "published": True,
        "quotable": True,
        "new": True,
        "body": "",
        "representative": changes.get("body") in BODIES,
        **changes,
    }
    return Entry.from_json({"comment": comment, "text": text, **values})


def crowd(number: int, prefix: str = "c", **changes: object) -> list[Entry]:
    """So many entries alike but for their ids."""
    return [entry(f"{prefix}{at:04}", **changes) for at in range(number)]


def snapshot(*entries: Entry) -> Snapshot:
    return Snapshot(recommendation=1, entries=entries)


_TEXTS = (
    st.sampled_from(REASONS)
    | st.text(max_size=80)
    | st.lists(st.sampled_from(REASONS), min_size=2, max_size=4).map(" ".join)
)
_CHANGES = st.fixed_dictionaries(
    {
        "text": _TEXTS,
        "stance": st.sampled_from(STANCES),
        "kind": st.sampled_from(KINDS),
        "region": st.sampled_from(("TLC", "TLD", "TLL", "")),
        "organisation": st.sampled_from(("", "acme", "leeds")),
        "body": st.sampled_from(("", "", "company", "charity", *BODIES)),
        "published": st.sampled_from((True, True, True, False)),
        "quotable": st.sampled_from((True, True, False)),
        "new": st.booleans(),
        "held": st.booleans(),
        "edited": st.booleans(),
        "placed": st.sampled_from((True, True, False)),
        "cluster": st.sampled_from(("", "", "", "campaign:1", "campaign:2")),
    }
)


@st.composite
def entries(draw: st.DrawFn, most: int = 30) -> tuple[Entry, ...]:
    """Random comments: several kinds and regions, some unpublished, some not to be quoted."""
    drawn = draw(st.lists(_CHANGES, max_size=most))
    return tuple(
        entry(f"c{at}", **{**each, "text": each["text"] if each["quotable"] else ""})
        for at, each in enumerate(drawn)
    )
