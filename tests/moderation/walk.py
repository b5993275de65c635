"""What a comment must be after each act: a plain model, beside which the real one is walked."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTES = timedelta(minutes=10)
OPENNESS = ["unpublished", "unnamed", "named"]


@dataclass
class Shape:
    """All that a decision changes, and an undo brings back."""

    state: str = "none"
    public: int = 0
    counted: bool = False
    waiting: bool = False
    case_open: bool = False


@dataclass
class Decided:
    """One decision: how it stood before, and what became of it."""

    before: Shape
    after: str
    sent: int
    by: int
    at: datetime
    undoable: bool = True
    closed: bool = False
    upheld: int = 0


@dataclass
class Model:
    """A comment, its queue and its record, in plain Python."""

    read_after: bool
    now: datetime
    shape: Shape = field(default_factory=Shape)
    closed: bool = False
    erased: bool = False
    reports: int = 0
    versions: list[tuple[str, str]] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """The number of the newest version."""
        return len(self.versions)

    @property
    def allowed(self) -> str:
        """The least that the author has chosen to show."""
        chosen = (self.versions[n - 1][1] for n in (self.shape.public, self.sent))
        return min(chosen, key=OPENNESS.index)

    @property
    def listed(self) -> bool:
        """Whether the public sees words."""
        return self.shape.state == "published" and self.allowed != "unpublished"

    @property
    def words(self) -> str:
        """What the public reads."""
        return self.versions[self.shape.public - 1][0] if self.listed else ""

    def taken_down(self) -> bool:
        """Whether a moderator stands between the author and the public.

        So one does while a reader's report waits.
        """
        held = self.reports > 0 or self.shape.state in {"held", "rejected", "hidden"}
        return held or (bool(self.decided) and self.decided[-1].after != "published")

    def send(self, text: str, permission: str) -> bool:
        """The author sends words, or other ones."""
        if self.closed or self.erased:
            return False
        shown = self.versions[self.shape.public - 1] if self.shape.state == "published" else None
        least = min(shown[1], permission, key=OPENNESS.index) if shown else ""
        seen = shown is not None and (shown[0], least) == (text, permission)
        at_once = self.read_after and (shown is not None or not self.taken_down())
        self.versions.append((text, permission))
        self.acts.append("comment_submitted")
        if at_once or seen:
            self._publish()
        elif not shown:
            self.shape.state, self.shape.counted, self.shape.waiting = "submitted", False, True
        self.shape.case_open |= not seen
        return True

    def withdraw(self) -> bool:
        """The author takes it back."""
        if self.closed:
            return False
        if self.shape.state not in {"withdrawn", "erased"}:
            self.shape = Shape("withdrawn", self.shape.public)
            self.acts.append("comment_withdrawn")
        return True

    def publish(self, by: int, number: int) -> bool:
        """A moderator publishes what waits."""
        if not self._waits(number):
            return False
        before = copy(self.shape)
        self._publish()
        return self._decide("comment_published", before, by, closes=True)

    def reject(self, by: int, number: int, counts: bool) -> bool:
        """A moderator refuses what waits."""
        if not self._waits(number):
            return False
        before, upheld = copy(self.shape), 0
        if self.shape.state in {"submitted", "held"}:
            self._take_down("rejected", counts)
        elif self.shape.public == self.sent:
            self._take_down("hidden", counts)
        if self.shape.state == "hidden":
            upheld = self._answer_reports()
        return self._decide("comment_rejected", before, by, closes=True, upheld=upheld)

    def hold(self, by: int, number: int) -> bool:
        """A moderator sets it aside."""
        if not self._waits(number):
            return False
        before = copy(self.shape)
        if self.shape.state == "submitted":
            self.shape.state = "held"
        return self._decide("comment_held", before, by, closes=False)

    def hide(self, by: int, counts: bool) -> bool:
        """A moderator takes it from the public."""
        if self.shape.state != "published":
            return False
        before = copy(self.shape)
        self._take_down("hidden", counts)
        closes = self.shape.case_open and self.shape.public == self.sent
        upheld = self._answer_reports()
        return self._decide("comment_hidden", before, by, closes=closes, upheld=upheld)

    def restore(self, by: int) -> bool:
        """A moderator shows it again."""
        if self.shape.state != "hidden":
            return False
        before, public = copy(self.shape), self.shape.public
        closes = self.shape.case_open and public == self.sent
        self._publish(public)
        return self._decide("comment_published", before, by, closes=closes)

    def undo(self, by: int, place: int) -> bool:
        """A moderator undoes a decision."""
        one = self.decided[place]
        newest = one is self.decided[-1] and one.undoable
        untouched = (self.sent, self.shape.state) == (one.sent, one.after)
        if not (newest and untouched and one.by == by and self.now < one.at + MINUTES):
            return False
        undone, was = copy(self.shape), self.shape.case_open
        self.shape = copy(one.before)
        self.shape.case_open = was or one.closed
        self.reports += one.upheld
        self.acts += ["decision_undone"] * (1 + one.upheld)
        after = self.shape.state
        self.decided.append(Decided(undone, after, self.sent, by, self.now, undoable=False))
        return True

    def report(self) -> bool:
        """A reader says that something is wrong with it."""
        if not self.listed:
            return False
        self.reports += 1
        self.acts.append("comment_reported")
        return True

    def erase(self) -> None:
        """The words go, for good."""
        self.shape, self.erased = Shape("erased", self.shape.public), True

    def _waits(self, number: int) -> bool:
        return self.shape.case_open and number == self.sent and self.shape.state != "withdrawn"

    def _publish(self, number: int = 0) -> None:
        self.shape.state, self.shape.public = "published", number or self.sent
        self.shape.counted, self.shape.waiting = True, False

    def _take_down(self, state: str, counts: bool) -> None:
        self.shape.state, self.shape.counted, self.shape.waiting = state, counts, False

    def _answer_reports(self) -> int:
        upheld, self.reports = self.reports, 0
        return upheld

    def _decide(self, act: str, before: Shape, by: int, *, closes: bool, upheld: int = 0) -> bool:
        self.acts += [act, *["report_upheld"] * upheld]
        self.shape.case_open = self.shape.case_open and not closes
        after = self.shape.state
        made = Decided(before, after, self.sent, by, self.now, closed=closes, upheld=upheld)
        self.decided.append(made)
        return True
