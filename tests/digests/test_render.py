"""An edition as it reads: quotes looked up, names and regions as they may be shown now."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from consultations.digests import editions, quoting
from consultations.digests.due import next_edition_at
from consultations.digests.pieces import table_lines
from consultations.digests.render import address, as_plain, assemble, upcoming, view
from consultations.digests.wording import chosen
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    Kind,
    LedgerEntry,
    Permission,
    Stance,
)
from consultations.models.clock import moment
from consultations.moderation import decide
from tests import factories
from tests.digests.scene import DUE, OPENS, SLOT, fill, make_edition, make_scene, say

REMOVED = "A quotation was removed since this digest was made."


def test_moments_are_said_in_london_time() -> None:
    assert moment(SLOT) == "7am on Tuesday 10 November 2026"
    late = OPENS.replace(month=6, day=30, hour=22, minute=59)
    assert moment(late) == "11:59pm on Tuesday 30 June 2026"


@pytest.mark.django_db
def test_unions_stand_in_a_row_of_their_own_and_a_claim_alone_names_no_body() -> None:
    consultation = make_scene(recommendations=1)
    kind = factories.make_organisation_kind("trade_union", "other", is_representative=True)
    for number in range(5):
        say(consultation.recommendations.get(), number, kind=Kind.OTHER)
    for claim in ("confirmed", "pending"):
        union = factories.make_organisation(f"Union {claim}", kind=kind)
        member = factories.make_membership(None, union, claim=claim)
        body = {"organisation": union} if claim == "confirmed" else {}
        response = factories.make_response(
            consultation, member.user, membership=member, kind=Kind.OTHER, **body
        )
        at = OPENS + timedelta(hours=1)
        factories.make_comment(response=response, state=Comment.State.PUBLISHED, at=at)

    edition = make_edition()
    (section,) = view(edition).sections
    page = Client().get(reverse("digests.show", args=[consultation.slug, 1])).content.decode()

    assert [(row.label, row.total) for row in section.bodies] == [
        (kind.name, 1),
        ("Others, as individuals", 6),
    ]
    assert "Recommendation 1, by kind of organisation" in page
    del edition.facts["recommendations"][0]["summary"]["facts"]["by_body"]
    earlier = assemble(edition.facts, ())  # as an earlier edition says
    assert earlier.sections[0].bodies == ()


@pytest.mark.django_db
def test_row_whose_size_alone_is_told_has_no_numbers_beside_it() -> None:
    consultation = make_scene(recommendations=1)
    for number in range(6):
        say(consultation.recommendations.get(), number, kind=Kind.EMPLOYER)
    say(
        consultation.recommendations.get(),
        7,
        kind=Kind.REPRESENTS_EMPLOYERS,
        permission=Permission.UNPUBLISHED,
    )

    (section,) = view(make_edition()).sections
    page = Client().get(reverse("digests.show", args=[consultation.slug, 1])).content.decode()

    assert [(row.total, row.cells, row.support) for row in section.kinds] == [
        (6, (), None),
        (1, (), None),
    ]
    assert page.count("Not told apart") == 2
    assert "–" in table_lines(section.kinds)


@pytest.mark.django_db
def test_view_says_period_counts_and_what_is_to_come() -> None:
    consultation = make_scene()
    fill(consultation, each=3)
    say(consultation.recommendations.first(), 4, state=Comment.State.SUBMITTED)

    seen = view(make_edition())

    assert seen.heading == "Digest 1"
    assert seen.period == ("From 9am on Sunday 1 November 2026 to 7am on Tuesday 10 November 2026.")
    assert [section.news for section in seen.sections] == ["3 new comments, 3 in all."] * 2
    assert seen.to_come == (
        "Waiting for a moderator: 1 comment.",
        "The consultation closes at 9am on Sunday 10 January 2027.",
        "The next digest comes at 7am on Tuesday 17 November 2026, if there is anything new.",
    )
    assert dict(seen.sections[0].counts)["strongly_support"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (
            1,
            (
                "Waiting for a moderator: 1 comment.",
                "The consultation closed at 9am on Monday 9 November 2026.",
                "One more digest comes at 7am on Tuesday 17 November 2026,"
                " if more comments are published by then.",
            ),
        ),
        (
            0,
            (
                "The consultation closed at 9am on Monday 9 November 2026.",
                "A final summary of the whole consultation is to come.",
            ),
        ),
    ],
)
def test_edition_after_the_close_says_whether_one_more_comes(
    waiting: int, said: tuple[str, ...]
) -> None:
    consultation = make_scene()
    fill(consultation, each=3)
    for number in range(waiting):
        say(consultation.recommendations.first(), 4 + number, state=Comment.State.SUBMITTED)
    Consultation.objects.update(closes_at=SLOT - timedelta(hours=22))

    assert view(make_edition()).to_come == said


@pytest.mark.django_db
def test_sentence_about_the_next_digest_fits_each_state() -> None:
    consultation = make_scene()
    closes = consultation.closes_at
    assert sentence(consultation, OPENS - timedelta(hours=1)) == (
        "The first digest comes at 7am on Tuesday 3 November 2026,"
        " if any comments are published by then."
    )
    fill(consultation, each=1)
    late = say(consultation.recommendations.first(), 4, state=Comment.State.SUBMITTED)
    make_edition()
    assert sentence(consultation, DUE) == (
        "The next digest comes at 7am on Tuesday 17 November 2026, if there is anything new."
    )
    one_more = (
        "One more digest comes at 7am on Tuesday 12 January 2027,"
        " if more comments are published by then."
    )
    assert sentence(consultation, closes) == one_more
    late.publish(late.submitted_version, closes)
    late.save()
    assert sentence(consultation, closes + timedelta(hours=1)) == one_more
    make_edition(closes + timedelta(days=2))
    assert sentence(consultation, closes + timedelta(days=2)) == "No more digests are to come."


@pytest.mark.django_db
def test_sentence_about_the_next_digest_where_none_was_made() -> None:
    consultation = make_scene(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    closes = consultation.closes_at
    first = "The first digest comes at 7am on Tuesday 12 January 2027,"
    first += " if any comments are published by then."
    assert sentence(consultation, DUE) == first
    assert sentence(consultation, closes) == "No more digests are to come."
    fill(consultation, each=1)
    assert sentence(consultation, closes) == first

    consultation.digests_held_at = DUE
    assert sentence(consultation, closes) == "No date is set for the next digest."


@pytest.mark.django_db
def test_while_an_edition_waits_no_date_is_promised_and_no_end_is_told() -> None:
    consultation = make_scene(release=Consultation.Release.BY_HAND)
    fill(consultation, each=1)
    edition = make_edition()
    checked = "A digest is being checked before it is published."
    times = (DUE, consultation.closes_at + timedelta(hours=1))
    assert [sentence(consultation, at) for at in times] == [checked, checked]

    editions.release(edition=edition, by=None, at=DUE)

    assert sentence(consultation, times[0]).startswith("The next digest is made at ")
    to_come = "A final summary of the whole consultation is to come."
    assert sentence(consultation, times[1]) == to_come


@pytest.mark.django_db
def test_quote_stands_verbatim_with_its_name_line_and_address() -> None:
    comment = one_comment()

    [said] = view(make_edition()).sections[0].quotes

    assert said.text in comment.public_text
    assert (said.said_by, said.region) == (f"{comment.response.name}, Employer", "North East")
    assert said.stance_label == "Support"
    assert said.path == (
        f"/consultations/{comment.recommendation.consultation.slug}"
        f"/recommendations/1/comments/{comment.reference}/"
    )


def test_region_that_is_withheld_by_now_is_in_no_reason_for_a_quote() -> None:
    frozen = {"why": "region:TLC", "block": "support"}
    assert "a region is heard: North East." in chosen(frozen, {"TLC": "North East"})
    assert chosen(frozen, {}) == "Why this one: so that a region is heard."


@pytest.mark.django_db
def test_nameless_quote_shows_its_kind_and_no_region_of_few() -> None:
    one_comment(permission=Permission.UNNAMED)

    [said] = view(make_edition()).sections[0].quotes

    assert (said.said_by, said.region) == ("Name withheld, Employer", "")


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Comment.State.HIDDEN, Comment.State.WITHDRAWN])
def test_quote_of_a_hidden_or_withdrawn_comment_gives_way_to_a_note(state: str) -> None:
    comment = one_comment()
    edition = make_edition()

    comment.unpublish(state, None)
    comment.save()

    assert_removed(edition, REMOVED)


@pytest.mark.django_db
def test_quote_of_redacted_words_gives_way_to_a_note_with_its_date() -> None:
    comment = one_comment()
    edition = make_edition()

    comment.public_text = comment.public_text.replace("local", "[removed]").replace("a", "e")
    comment.save()
    assert quoting.note_changes(DUE) == 1
    assert quoting.note_changes(DUE) == 0

    assert_removed(edition, "A quotation was removed on 10 November 2026.")


@pytest.mark.django_db
def test_quote_of_an_earlier_version_gives_way_once_another_is_public() -> None:
    comment = one_comment()
    edition = make_edition()

    version = factories.make_version(comment, text=comment.public_text + " And more.")
    assert view(edition).sections[0].quotes[0].removed == ""
    comment.publish(version, DUE)
    comment.save()

    assert_removed(edition, REMOVED)


@pytest.mark.django_db
def test_quote_that_is_shown_again_loses_its_note_and_one_hidden_anew_bears_the_new_date() -> None:
    comment = one_comment()
    edition = make_edition()
    decider = factories.make_user("moderator@example.org")
    acts = {"by": decider, "note": ""}
    reason = factories.make_reason()

    decide.hide(comment=comment, reason=reason, at=DUE, **acts)
    quoting.note_changes(DUE)
    decide.restore(comment=comment, at=DUE + timedelta(hours=1), **acts)
    quoting.note_changes(DUE + timedelta(hours=1))
    shown = view(edition)

    assert (shown.sections[0].quotes[0].removed, shown.corrections) == ("", ())
    decide.hide(comment=comment, reason=reason, at=DUE + timedelta(days=1), **acts)
    assert quoting.note_changes(DUE + timedelta(days=1)) == 1
    assert_removed(edition, "A quotation was removed on 11 November 2026.")
    corrections = LedgerEntry.objects.filter(act="edition_corrected").order_by("sequence")
    said = [entry.payload.content for entry in corrections.select_related("payload")]
    assert [set(body) - {"number", "hash"} for body in said] == [
        {"removed"},
        {"restored"},
        {"removed"},
    ]


@pytest.mark.django_db
def test_noting_what_was_removed_leaves_what_stands() -> None:
    one_comment()
    make_edition()

    assert quoting.note_changes(DUE) == 0


@pytest.mark.django_db
def test_figures_stay_when_a_quote_goes() -> None:
    comment = one_comment()
    edition = make_edition()
    before = view(edition).sections[0]

    comment.unpublish(Comment.State.HIDDEN, None)
    comment.save()
    after = view(Edition.objects.get()).sections[0]

    assert (after.total, after.counts, after.kinds) == (before.total, before.counts, before.kinds)


@pytest.mark.django_db
@pytest.mark.parametrize(("recommendations", "each"), [(1, 1), (1, 8), (3, 8)])
def test_reading_costs_the_same_queries_whatever_it_quotes(
    recommendations: int,
    each: int,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    consultation = make_scene(recommendations=recommendations)
    fill(consultation, each=each)
    edition = make_edition()

    with django_assert_num_queries(2):  # quotes, corrections to earlier digests
        seen = view(edition)

    quoted = [len(section.quotes) for section in seen.sections]
    assert quoted == [1 if each == 1 else 6] * recommendations
    assert as_plain(seen)["sections"][0]["quotes"][0]["text"] == seen.sections[0].quotes[0].text


def test_addresses_come_from_settings() -> None:
    assert address("/x/") == "http://localhost:8000/x/"


def one_comment(**fields: object) -> Comment:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    return say(recommendation, 0, kind=Kind.EMPLOYER, stance=Stance.SUPPORT, **fields)


def assert_removed(edition: Edition, note: str) -> None:
    [said] = view(edition).sections[0].quotes
    assert (said.text, said.said_by, said.path, said.removed) == ("", "", "", note)


def sentence(consultation: Consultation, at: datetime) -> str:
    return upcoming(next_edition_at(consultation, at), consultation, at)
