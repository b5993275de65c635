"""The moderator's queue with very many comments that wait, and the page of the oldest case."""

from functools import partial

from allauth.mfa.models import Authenticator
from django.urls import reverse

from consultations.models import Consultation
from portal.bench import fill, spoken
from portal.bench.measure import Emit, Line, Plan, Site, Times, logged_in, queries

SLUG = "bench-queue"
RECOMMENDATIONS = 5
MOST_QUERIES = 10


def run(plan: Plan, emit: Emit) -> None:
    """Open a queue as long as the largest size, its last page, a filtered one, and one case."""
    consultation, cookies = _filled(plan.sizes[-1])
    site, waiting = Site(), consultation.cases.waiting()
    amount, oldest = waiting.count(), waiting.order_by("since", "pk")[0]
    queue = reverse("admin:consultations_case_changelist")
    for name, path in (
        ("queue", queue),
        ("queue.deep", f"{queue}?p={min(amount // 50, 80)}"),  # the last that the admin pages to
        ("queue.filtered", f"{queue}?kind=employer&age=3"),
        ("review", reverse("admin:consultations_case_change", args=[oldest.pk])),
    ):
        site.page(path, cookies=cookies)
        count = queries(partial(site.page, path, cookies=cookies))
        emit(Line(f"{name}.queries", count, "queries", amount, MOST_QUERIES))
        times = Times()
        for _sample in range(plan.samples):
            times.add(site.page(path, cookies=cookies)[1])
        times.tell(name, amount, emit)


def _filled(waiting: int) -> tuple[Consultation, str]:
    """Let so many comments wait; return the consultation, and a moderator's cookies."""
    made = fill.consultation(SLUG, RECOMMENDATIONS)
    people = fill.people(made, -(-waiting // RECOMMENDATIONS))
    for recommendation in made.recommendations.select_related("consultation", "current"):
        spoken.comments(recommendation, people, waiting=True)
    moderator = fill.moderator(made)
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    fill.settle()
    return made, logged_in(moderator)
