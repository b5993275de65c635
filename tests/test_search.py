"""Finding comments: what may not be seen is neither found nor counted; what is found is marked."""

from datetime import timedelta
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consultations import search, text
from consultations.models import (
    Comment,
    Consultation,
    Kind,
    Permission,
    Recommendation,
    Role,
    ShownTally,
    Stance,
    User,
    database_now,
)
from consultations.moderation import decide, memberships
from consultations.search import Choice, Wanted
from portal.bench import fill, spoken
from tests.factories import (
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_organisation_kind,
    make_reason,
    make_recommendation,
    make_region,
    make_response,
    make_staff,
    make_user,
)
from tests.trying import tried

pytestmark = pytest.mark.django_db
Published, State = Comment.State.PUBLISHED, Comment.State
Shown, Seen = Consultation.AnswersShown, Consultation.Visibility
# Where both conditions hide something; the others are for CI.
HARDEST = (Seen.INVITED, Shown.AFTER_CLOSE)


def facets_of(recommendation: Recommendation, user: User | None = None) -> search.Facets:
    """Return what a reader may choose now."""
    return search.facets(recommendation, search.tallies(recommendation, user, timezone.now()))


def ask(
    recommendation: Recommendation, wanted: Wanted, user: User | None = None, after: str = ""
) -> search.Found:
    """Return what a reader finds now."""
    shown = Comment.objects.visible_to(user, timezone.now()).filter(recommendation=recommendation)
    return search.find(shown, wanted, facets_of(recommendation, user), after=after)


def texts(found: search.Found) -> list[str]:
    """Return the texts of a page."""
    return [comment.public_text for comment in found.comments]


def counts(choices: search.Choices) -> dict[str, int]:
    """Return how many comments show each choice, without those that none shows."""
    return {value: choice.count for value, choice in choices.items() if choice.count}


def say(recommendation: Recommendation, words: str = "Gantries.", **fields: object) -> Comment:
    """Publish what a confirmed organisation says, its name shown unless it is said otherwise."""
    person = make_user()
    membership = make_membership(person, make_organisation(), claim="confirmed")
    response = make_response(
        recommendation.consultation,
        person,
        membership=membership,
        organisation=membership.organisation,
    )
    given = {"text": words, "state": Published, **fields}
    return make_comment(recommendation, response, **given)  # type: ignore[arg-type]


def every_door(recommendation: Recommendation, user: User | None) -> dict[str, object]:
    """Return what a reader learns of comments by listing, searching, filtering and counting."""
    kind = make_organisation_kind()
    region = make_region()
    choices = {
        "kind": Choice(Kind.EMPLOYER, ""),
        "region": Choice(region.code, "", keys=(region.pk,)),
        "organisation_kind": Choice(kind.code, "", keys=(kind.pk,)),
        "stance": Choice(Stance.SUPPORT, ""),
    }
    asked = {name: Wanted(**{name: choice}) for name, choice in choices.items()}  # type: ignore[arg-type]
    asked |= {"all": Wanted(), "words": Wanted(words="gantry"), "not": Wanted(words="gantry -no")}
    asked |= {"both": Wanted(words="gantry", kind=choices["kind"])}
    asked |= {"oldest": Wanted(words="gantry", oldest_first=True)}
    facets = facets_of(recommendation, user)
    found = {name: ask(recommendation, wanted, user) for name, wanted in asked.items()}
    return {
        **{name: one.count for name, one in found.items()},
        **{f"{name} page": len(texts(one)) for name, one in found.items()},
        "kinds": counts(facets.kinds),
        "regions": counts(facets.regions),
        "organisation kinds": counts(facets.organisation_kinds),
        "stances": counts(facets.stances),
        "listed": facets.listed,
    }


NOTHING = {
    **dict.fromkeys(
        [
            name + what
            for what in ("", " page")
            for name in (
                *("kind", "region", "organisation_kind", "stance", "all", "words", "not"),
                *("both", "oldest"),
            )
        ],
        0,
    ),
    "kinds": {},
    "regions": {},
    "organisation kinds": {},
    "stances": {},
    "listed": 0,
}
# Of all that was said two comments are public: one with a name, and one that shows no region.
ALLOWED = {
    **{name: 2 for name, found in NOTHING.items() if found == 0},
    **dict.fromkeys(["region", "organisation_kind", "region page", "organisation_kind page"], 1),
    "kinds": {"employer": 2},
    "regions": {"TLC": 1},
    "organisation kinds": {"employer": 1},
    "stances": {"support": 2},
}


@pytest.mark.parametrize(
    ("visibility", "shown"),
    [
        pytest.param(*each, marks=[] if each == HARDEST else pytest.mark.exhaustive)
        for each in product(Seen, Shown)
    ],
)
def test_what_may_not_be_seen_is_neither_found_nor_counted(visibility: str, shown: str) -> None:
    consultation = make_consultation(visibility=visibility, answers_shown=shown, recommendations=1)
    recommendation = consultation.recommendations.get()
    for state, permission in product(State, Permission):
        say(recommendation, state=state, permission=permission)
    readers = {
        "anonymous": None,
        "reader": make_user(),
        "auditor": make_staff(consultation, Role.Right.AUDITOR),
        "elsewhere": make_staff(make_consultation(), Role.Right.ANALYST),
        "analyst": make_staff(consultation, Role.Right.ANALYST),
    }
    for closed in (False, True):
        if closed:
            Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
        public = visibility == Seen.PUBLIC and (closed or shown == Shown.WHILE_OPEN)
        learnt = {name: every_door(recommendation, one) for name, one in readers.items()}
        assert learnt == {
            name: ALLOWED if public or name == "analyst" else NOTHING for name in readers
        }


@pytest.mark.parametrize("state", [State.HIDDEN, State.WITHDRAWN, State.ERASED])
def test_comment_taken_from_the_public_is_found_no_longer(state: str) -> None:
    comment = say(make_recommendation())
    comment.unpublish(state, None)
    comment.save()

    assert every_door(comment.recommendation, None) == NOTHING


def test_a_narrower_choice_that_waits_is_searched_by_what_it_shows() -> None:
    comment = say(make_recommendation())
    comment.submitted_version.permission = Permission.UNNAMED
    comment.show()
    comment.save()

    facets = facets_of(comment.recommendation)

    assert (facets.listed, counts(facets.organisation_kinds)) == (1, {})


def test_old_words_of_an_edited_comment_are_found_no_longer() -> None:
    comment = say(make_recommendation(), "Gantries.")
    Comment.objects.filter(pk=comment.pk).update(public_text="Ladders.")

    assert texts(ask(comment.recommendation, Wanted(words="gantry"))) == []
    assert texts(ask(comment.recommendation, Wanted(words="ladder"))) == ["Ladders."]


def test_another_recommendations_comments_are_neither_found_nor_counted() -> None:
    consultation = make_consultation()
    first, second = consultation.recommendations.order_by("number")
    say(first)

    assert every_door(second, None) == NOTHING


def test_region_is_filtered_and_counted_as_it_is_shown() -> None:
    recommendation = make_recommendation()
    nameless = [say(recommendation, permission=Permission.UNNAMED) for _n in range(4)]
    region = make_region()
    choice = Choice(region.code, region.name, 0, (region.pk,))
    withheld = (
        ask(recommendation, Wanted(region=choice)).count,
        counts(facets_of(recommendation).regions),
    )

    say(recommendation, permission=Permission.UNNAMED)

    assert withheld == (0, {})
    shared = facets_of(recommendation).regions["TLC"]
    assert (shared.count, ask(recommendation, Wanted(region=shared)).count) == (5, 5)
    by = make_staff(recommendation.consultation)
    decide.hide(comment=nameless[0], reason=make_reason(), note="", by=by, at=database_now())
    assert counts(facets_of(recommendation).regions) == {}


def test_organisation_kind_goes_with_the_name() -> None:
    comment = say(make_recommendation())
    member = comment.response.membership
    assert counts(facets_of(comment.recommendation).organisation_kinds) == {"employer": 1}
    officer = make_staff(comment.recommendation.consultation, Role.Right.OFFICER)

    memberships.revoke(membership=member, by=officer, at=database_now())

    assert counts(facets_of(comment.recommendation).organisation_kinds) == {}


def test_stored_counters_are_those_of_the_comments_whatever_writes() -> None:
    recommendation = make_recommendation()
    by = make_staff(recommendation.consultation)
    said = [
        say(recommendation, permission=[Permission.NAMED, Permission.UNNAMED][n % 2])
        for n in range(11)
    ]
    for comment in said[:3]:
        decide.hide(comment=comment, reason=make_reason(), note="", by=by, at=database_now())
    decide.restore(comment=said[0], note="", by=by, at=database_now())
    Comment.objects.filter(pk=said[4].pk).update(shown_region=make_region("TLM", "Scotland"))
    for column in ("region", "organisation_kind"):
        listed = Comment.objects.filter(**{f"shown_{column}__isnull": False}).order_by()
        real = dict(listed.values_list(f"shown_{column}").annotate(Count("pk")))
        kept = ShownTally.objects.filter(**{f"{column}__isnull": False}, listed__gt=0)
        assert dict(kept.values_list(column, "listed")) == real != {}


def test_words_are_found_by_their_stems_and_phrases_as_they_stand() -> None:
    recommendation = make_recommendation()
    for words in ("Skills for apprentices.", "An apprentice needs a bus.", "A bus for skills."):
        say(recommendation, words)

    def found(words: str) -> list[str]:
        return sorted(texts(ask(recommendation, Wanted(words=words))))

    assert found("skill") == ["A bus for skills.", "Skills for apprentices."]
    assert found('"needs a bus"') == ["An apprentice needs a bus."]
    assert found("bus -skill") == ["An apprentice needs a bus."]
    assert (
        found("skill or bus")
        == found("a bus or skills")
        == sorted(["Skills for apprentices.", "An apprentice needs a bus.", "A bus for skills."])
    )
    # what is only to be missing, too common, or no word at all finds nothing
    assert found("-skill") == found("the") == found("' & | ! ( ) :* <->") == []


def test_what_looks_like_a_tag_or_a_path_is_found_and_marked() -> None:
    recommendation = make_recommendation()
    say(recommendation, "Say <strong>gantries</strong> and/or <b>.")

    (comment,) = ask(recommendation, Wanted(words="strong gantry")).comments

    assert comment.pieces() == [
        ("Say <", False),
        ("strong", True),
        (">", False),
        ("gantries", True),
        ("</", False),
        ("strong", True),
        ("> and/or <b>.", False),
    ]


def test_marks_in_a_text_are_harmless() -> None:
    """No text that was made tidy holds them; what comes by another way is shown as it is."""
    start, stop = text.MARKS
    for mark in text.MARKS:
        with pytest.raises(text.TextError):
            text.tidy(f"Gantries {mark}.", limit=100)
    recommendation = make_recommendation()
    say(recommendation, f"Gantries {start}and{stop} more.")

    (comment,) = ask(recommendation, Wanted(words="gantry")).comments

    assert comment.pieces() == [(f"Gantries {start}and{stop} more.", False)]


ODD = st.text(st.sampled_from("aé gantry<>&;/\\'\"=-_.:@#!|()*\n\t0123?%,–“”’"), max_size=80)


@example(
    words="http://gantry.example/a?b=c&d <gantry/> gantry-gantry's gan­try gantry@x.org /gantry.txt"
)
@given(words=ODD | st.text(max_size=60))
@settings(
    max_examples=tried(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_pieces_joined_are_the_text(words: str, hypothesis_comment: Comment) -> None:
    try:
        said = text.tidy(f"gantry {words}", limit=200)
    except text.TextError:
        return
    Comment.objects.filter(pk=hypothesis_comment.pk).update(public_text=said)

    (found,) = ask(hypothesis_comment.recommendation, Wanted(words="gantry")).comments

    assert "".join(piece for piece, _marked in found.pieces()) == said
    assert found.pieces()[0] == ("gantry", True) or not words.startswith((" ", "\n"))


@pytest.fixture
def hypothesis_comment() -> Comment:
    """Publish one comment, whose words the test changes."""
    return say(make_recommendation())


@given(words=st.text(max_size=60))
@settings(
    max_examples=tried(100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_words_can_be_looked_for(words: str, hypothesis_comment: Comment) -> None:
    try:
        wanted = text.tidy(words, limit=search.MOST_CHARACTERS, lines=False)
    except text.TextError:
        return

    assert ask(hypothesis_comment.recommendation, Wanted(words=wanted)).count in {0, 1}


def test_searched_counts_stop_and_single_choices_are_exact() -> None:
    call_command("load_reference_data", stdout=StringIO())
    consultation = fill.consultation("many", 1)
    recommendation = consultation.recommendations.select_related("current").get()
    spoken.comments(recommendation, fill.people(consultation, 1_300))
    listed = Comment.objects.filter(listed=True).count()
    facets = facets_of(recommendation)
    several = {
        "words": Wanted(words="reader"),
        "both": Wanted(words="reader", kind=facets.kinds["employer"]),
    }
    single = {"all": Wanted(), "kind": Wanted(kind=facets.kinds["employer"])}

    found = {name: ask(recommendation, wanted) for name, wanted in {**several, **single}.items()}

    employers = Comment.objects.filter(listed=True, kind="employer").count()
    assert listed > search.MOST_COUNTED > employers
    assert {name: (one.count, one.more) for name, one in found.items()} == {
        "words": (1_000, True),
        "both": (employers, False),
        "all": (listed, False),
        "kind": (employers, False),
    }


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.exhaustive
def test_pages_of_what_is_found_follow_one_another(oldest_first: bool) -> None:
    recommendation = make_recommendation()
    now = timezone.now()
    for n in range(70):
        # three at each instant, every second one found
        words = ("Gantries.", "Ladders.")[n % 2]
        make_comment(recommendation, state=Published, text=words, at=now - timedelta(hours=n // 3))
    wanted = Wanted(words="gantry", oldest_first=oldest_first)

    pages, after = [], ""
    while not pages or after:
        pages.append(ask(recommendation, wanted, after=after))
        after = pages[-1].last
    seen = [one for page in pages for one in page.comments]

    order = [(one.first_published_at, one.pk) for one in seen]
    assert [page.count for page in pages] == [35, 35]
    assert order == sorted(order, reverse=not oldest_first)
    assert len(set(order)) == 35


def test_page_follows_a_comment_that_is_not_among_the_found() -> None:
    recommendation = make_recommendation()
    now = timezone.now()
    old, other, new = (
        make_comment(recommendation, state=Published, text=words, at=now - timedelta(hours=ago))
        for words, ago in (("Gantries old.", 3), ("Ladders.", 2), ("Gantries new.", 1))
    )
    find = Wanted(words="gantry")

    assert texts(ask(recommendation, find, after=other.reference)) == [old.public_text]
    find = Wanted(words="gantry", oldest_first=True)
    assert texts(ask(recommendation, find, after=other.reference)) == [new.public_text]
    with pytest.raises(search.NoSuchPlace):
        ask(recommendation, find, after="22222222")


def test_editions_of_one_code_are_one_choice() -> None:
    recommendation = make_recommendation()
    newer = make_region()
    newer.pk, newer.edition = None, "2030"
    newer.save()
    for region in (make_region(), newer):
        person = make_user(region=region)
        make_comment(
            recommendation, make_response(recommendation.consultation, person), state=Published
        )

    (choice,) = facets_of(recommendation).regions.values()

    assert (choice.count, len(choice.keys)) == (2, 2)
    assert ask(recommendation, Wanted(region=choice)).count == 2


def test_finding_costs_the_same_with_one_comment_and_with_three() -> None:
    recommendation = make_recommendation()
    costs = []
    for times in (1, 2):
        for _n in range(times):
            say(recommendation)
        with CaptureQueriesContext(connection) as queries:
            kind = facets_of(recommendation).kinds["employer"]
            found = ask(recommendation, Wanted(words="gantry", kind=kind))
            assert all(one.signature() and one.pieces() for one in found.comments)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_stems_stay_in_the_database() -> None:
    comment = say(make_recommendation())

    assert Comment.objects.get(pk=comment.pk).get_deferred_fields() == {"search"}
