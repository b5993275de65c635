"""The moderator's queue where very many comments wait, a case's page, and the list of comments."""

from dataclasses import dataclass, field
from functools import partial

from allauth.mfa.models import Authenticator
from django.urls import reverse

from consultations.admin.cases import CaseAdmin
from consultations.admin.comments import CommentAdmin
from consultations.admin.places import place_of
from consultations.models import Comment, Consultation
from consultations.moderation import queue
from portal.bench import fill, spoken
from portal.bench.measure import Emit, Line, Plan, Site, Times, logged_in, queries

SLUG = "bench-queue"
# Of so many recommendations the comments wait, of as many they are decided.
RECOMMENDATIONS = 5
# Each decided comment was held so many times before it was published.
HELD = 2
MOST_QUERIES, MOST_GROWTH, MOST_FOR_A_WORD = 10, 1.5, 400
THOUSANDTH = 1_000
# A word of every second comment.
COMMON = "apprentice"


@dataclass
class Page:
    """One page, how it is compared with another, and what came out."""

    path: str
    first: str = ""
    most: float | None = None
    times: Times = field(default_factory=Times)


def run(plan: Plan, emit: Emit) -> None:
    """Open each page in turns, so that a busy moment of the machine meets them all alike."""
    consultation, cookies = _filled(plan.sizes[-1])
    site, pages = Site(), _pages(consultation)
    amount = consultation.cases.waiting().count()
    for name, page in pages.items():
        site.page(page.path, cookies=cookies)
        count = queries(partial(site.page, page.path, cookies=cookies))
        emit(Line(f"{name}.queries", count, "queries", amount, MOST_QUERIES))
    for _sample in range(plan.samples):
        for page in pages.values():
            page.times.add(site.page(page.path, cookies=cookies)[1])
    for name, page in pages.items():
        page.times.tell(name, amount, emit)
        if page.first:
            ratio = page.times.p50 / pages[page.first].times.p50
            emit(Line(f"{name}.ratio_to_first", ratio, "ratio", amount, MOST_GROWTH))
        if page.most:
            emit(Line(f"{name}.longest", page.times.p50, "ms", amount, page.most))


def _pages(consultation: Consultation) -> dict[str, Page]:
    """Return the pages: the first and the thousandth (or the last full one), searches, a case."""
    waiting = queue.in_consultations([consultation.pk]).waiting()
    size, amount = CaseAdmin.list_per_page, consultation.cases.waiting().count()
    before = max(min((THOUSANDTH - 1) * size, amount - size) - 1, 0)
    deep, oldest = waiting[before], waiting[0]
    rare = deep.comment.submitted_version if deep.comment else None
    word = rare.text.split()[-1].rstrip(".") if rare else ""
    cases = reverse("admin:consultations_case_changelist")
    return {
        "queue": Page(cases),
        "queue.deep": Page(f"{cases}?after={place_of(waiting, deep)}", "queue"),
        "queue.filtered": Page(f"{cases}?kind=employer&age=3"),
        "queue.word": Page(f"{cases}?q={COMMON}", most=MOST_FOR_A_WORD),
        "queue.rare": Page(f"{cases}?q={word}", most=MOST_FOR_A_WORD),
        "queue.absent": Page(f"{cases}?q=unheard-of", most=MOST_FOR_A_WORD),
        "queue.decided": Page(f"{cases}?state=decided"),
        **_comments(word),
        "review": Page(reverse("admin:consultations_case_change", args=[oldest.pk])),
    }


def _comments(rare: str) -> dict[str, Page]:
    """Return the list of all comments: the first page and the thousandth or last one, searches."""
    size, amount = CommentAdmin.list_per_page, Comment.objects.count()
    rows = Comment.objects.order_by(*CommentAdmin.ordering)
    deep = rows[max(min((THOUSANDTH - 1) * size, amount - size) - 1, 0)]
    comments = reverse("admin:consultations_comment_changelist")
    return {
        "comments": Page(comments),
        "comments.deep": Page(f"{comments}?after={place_of(rows, deep)}", "comments"),
        "comments.filtered": Page(f"{comments}?state__exact=submitted&kind__exact=employer"),
        "comments.word": Page(f"{comments}?q={COMMON}", most=MOST_FOR_A_WORD),
        "comments.rare": Page(f"{comments}?q={rare}", most=MOST_FOR_A_WORD),
        "comments.absent": Page(f"{comments}?q=unheard-of", most=MOST_FOR_A_WORD),
    }


def _filled(waiting: int) -> tuple[Consultation, str]:
    """Let so many comments wait, and as many be decided; return also a moderator's cookies."""
    if kept := fill.kept(SLUG):
        return kept[0], logged_in(kept[1])
    made = fill.consultation(SLUG, 2 * RECOMMENDATIONS)
    people = fill.people(made, -(-waiting // RECOMMENDATIONS))
    moderator = fill.moderator(made)
    for recommendation in made.recommendations.select_related("consultation", "current"):
        if recommendation.number <= RECOMMENDATIONS:
            spoken.comments(recommendation, people, waiting=True)
        else:
            spoken.comments(recommendation, people, decided_by=moderator, held=HELD)
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    fill.settle()
    return made, logged_in(moderator)
