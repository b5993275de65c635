"""Whatever an edition holds, its mail is short: 700 words, 90 kB, and the same in both parts."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.digests import mailing
from consultations.digests.shapes import Row, Said, Section, View
from consultations.mail import mime
from consultations.mail.letter import Parts
from consultations.mail.standing import mailing_list
from consultations.models import Stance
from tests.digests.test_mailing import plain_of
from tests.trying import tried

# The longest that models and summary allow: titles of 200 characters, quotations of 60 words.
TITLES = (("Ünïcodé considerations of particularly consequential kinds " * 4)[:200], "a " * 100)
QUOTE = "Particularly consequential considerations weigh on small manufacturers, “always”. " * 7
SENTENCE = "Of 1,234,567 bodies that represent employers, most (1,000,000) support and 7 oppose it."
NOW = datetime(2026, 11, 10, 7, tzinfo=UTC)


def test_mail_of_the_longest_edition_is_within_its_limits() -> None:
    for title in TITLES:
        assert_short(made(title, sections=20, new=9_999_999, rows=13, quotes=8, said=20))


@settings(max_examples=tried(15))
@given(
    title=st.sampled_from(TITLES),
    sections=st.integers(0, 20),
    new=st.sampled_from([0, 1, 9_999_999]),
    rows=st.integers(0, 13),
    quotes=st.integers(0, 8),
    said=st.integers(0, 20),
)
def test_mail_is_within_its_limits_whatever_the_edition_holds(
    title: str, sections: int, new: int, rows: int, quotes: int, said: int
) -> None:
    assert_short(made(title, sections=sections, new=new, rows=rows, quotes=quotes, said=said))


def assert_short(view: View) -> None:
    mail = mailing.fitted(view)
    both = mailing.parts(mail)
    own = Parts("word " * mailing.OWN_WORDS, f"<p>{'word ' * mailing.OWN_WORDS}</p>")
    slots: dict[str, str | Parts] = {"greeting": "", "own": own}
    compiled = mime.compiled(both, subject=mail.subject, mailing_list=mailing_list("a" * 50))
    sent = compiled.fill(
        to="reader@example.org", message_id="<1@localhost>", date=NOW, token="t" * 22, slots=slots
    )
    assert len(sent) < 90_000
    assert len(both.text.split()) + mailing.OWN_WORDS <= 700
    assert len(plain_of(both.html).split()) + mailing.OWN_WORDS <= 700
    assert all(len(piece.quotes) <= 3 for piece in mail.pieces)
    named = len(mail.pieces) + len(mail.quiet) + mail.more
    assert named == len(view.sections)


def made(title: str, *, sections: int, new: int, rows: int, quotes: int, said: int) -> View:
    """An edition of so many recommendations, each with so many rows, quotations and sentences."""
    counts = tuple((stance, new) for stance in Stance.values)
    table = tuple(
        Row((), f"row-{n}", f"Represent local government {n}", new, new, (), new, None)
        for n in range(rows)
    )
    quoted = tuple(quotation(n) for n in range(quotes))
    remarks = tuple(f"{SENTENCE} {n}." for n in range(said))
    return View(
        number=999,
        heading="Digest 999",
        title=title,
        path="/consultations/a/digests/999/",
        consultation_path="/consultations/a/",
        method_path="/method/",
        period="From 9am on Sunday 1 November 2026 to 7am on Tuesday 10 November 2026.",
        start="",
        end="",
        caution=SENTENCE,
        stances=tuple(Stance.labels),
        sections=tuple(
            Section(
                number=number,
                title=title,
                path=f"/consultations/a/recommendations/{number}/",
                new=new,
                total=new,
                news=f"{new:,} new comments, {new:,} in all.",
                counts=counts,
                cells=(),
                kinds=table,
                regions=table,
                bodies=(),
                quotes=quoted,
                blocks=(),
                sentences=(),
                rows=(),
                ground=(),
                campaigns=(),
                changed=None,
                remarks=remarks,
                mailed=3,
            )
            for number in range(1, sections + 1)
        ),
        to_come=(SENTENCE,) * 3,
        method="method",
        hash="0" * 64,
        notice="",
        moderation=(SENTENCE,) * 5,
        moderation_path="/consultations/a/moderation/",
        record=SENTENCE,
        earlier=(SENTENCE,) * 4,
    )


def quotation(place: int) -> Said:
    block = ("support", "opposition", "neither")[place % 3]
    return Said(
        anchor=f"quote-{place}",
        text=QUOTE,
        removed="",
        said_by="Worshipful company of particularly consequential manufacturers, Employer",
        region="North East",
        stance="support",
        stance_label="Neither support nor oppose",
        block=block,
        path=f"/consultations/a/recommendations/1/comments/abcdefg{place}/",
        why="",
    )
