"""The decision log, three decisions on each comment: its pages, however deep, and filters."""

from functools import partial

from allauth.mfa.models import Authenticator
from django.db import connection
from django.urls import reverse

from consultations.admin.places import place_of
from consultations.models import Decision, User
from portal.bench import fill, spoken
from portal.bench.measure import Emit, Line, Plan, Site, Times, logged_in, queries

SLUG = "bench-log"
RECOMMENDATIONS = 5
A_COMMENT = 3
PAGE = 50
MOST_QUERIES = 10
MOST_TIMES_FIRST = 1.5
AGAIN = """
INSERT INTO consultations_decision
       (case_id, version_id, verb, state_before, state_after, note, stood, decided_by_id,
        decided_at)
SELECT case_id, version_id, 'hold', 'submitted', 'held', '', '{}', decided_by_id,
       decided_at - make_interval(mins => %s)
  FROM consultations_decision WHERE verb = 'publish'
"""


def run(plan: Plan, emit: Emit) -> None:
    """Open the first page, the thousandth, a filtered one and one by its reference."""
    reader = _filled(plan.sizes[-1])
    site, cookies = Site(), logged_in(reader)
    amount = Decision.objects.count()
    log = reverse("admin:consultations_decision_changelist")
    deep = min(1_000 * PAGE, amount) - 1
    rows = Decision.objects.order_by("-decided_at", "-pk")
    found = Decision.objects.select_related("case__comment").order_by("pk")[0].case.comment
    medians: dict[str, float] = {}
    for name, path in (
        ("log", log),
        ("log.deep", f"{log}?after={place_of(rows, rows[deep])}"),
        ("log.filtered", f"{log}?verb__exact=hold&subject=comment&from=2020-01-01"),
        ("log.searched", f"{log}?q={found.reference if found else ''}"),
    ):
        site.page(path, cookies=cookies)
        count = queries(partial(site.page, path, cookies=cookies))
        emit(Line(f"{name}.queries", count, "queries", amount, MOST_QUERIES))
        times = Times()
        for _sample in range(plan.samples):
            times.add(site.page(path, cookies=cookies)[1])
        times.tell(name, amount, emit)
        medians[name] = times.p50
    ratio = medians["log.deep"] / medians["log"]
    emit(Line("log.deep.ratio_to_first", ratio, "ratio", amount, MOST_TIMES_FIRST))


def _filled(comments: int) -> User:
    """Decide three times on so many comments; return a moderator."""
    if kept := fill.kept(SLUG):
        return kept[1]
    made = fill.consultation(SLUG, RECOMMENDATIONS)
    people = fill.people(made, -(-comments // RECOMMENDATIONS))
    moderator = fill.moderator(made)
    for recommendation in made.recommendations.select_related("consultation", "current"):
        spoken.comments(recommendation, people, decided_by=moderator)
    with connection.cursor() as cursor:
        for before in range(1, A_COMMENT):
            cursor.execute(AGAIN, [before])
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    fill.settle()
    return moderator
