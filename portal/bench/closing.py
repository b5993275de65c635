"""The final summary of so many comments: what making it costs, and its page beside a lean view."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from time import process_time

from django.db import connection
from django.test import override_settings
from django.urls import reverse

from consultations.digests import build, final, workbook
from consultations.models import Consultation, Edition, Question, database_now
from portal.bench import campaigns, fill, lean, pages, spoken
from portal.bench.crowd import most_megabytes
from portal.bench.measure import BenchError, Emit, Line, Plan, Site, Times, queries

MOST_SECONDS, MOST_MEGABYTES = 40.0, 1_024  # for 100,000 comments or fewer
MOST_QUERIES, MOST_TO_LEAN = 10, 6
KINDS = ("page", "lean")
ANSWERS = """
WITH answered AS (
    INSERT INTO consultations_questionanswer (response_id, question_id, state, submitted_at)
    SELECT id, %(question)s, 'submitted', submitted_at FROM consultations_response
     WHERE consultation_id = %(consultation)s
    RETURNING id, response_id, question_id
)
INSERT INTO consultations_questionanswerversion
       (answer_id, response_id, question_id, number, chosen, text, why, written_at, key)
SELECT id, response_id, question_id, 1, ARRAY[1 + id %% 3], '', '', now(), gen_random_uuid()
  FROM answered
"""
STAND = """
UPDATE consultations_questionanswer AS answer SET current_id = version.id
  FROM consultations_questionanswerversion AS version
 WHERE version.answer_id = answer.id AND answer.question_id = %(question)s
"""


@override_settings(ROOT_URLCONF="portal.bench.urls")
def run(plan: Plan, emit: Emit) -> None:
    """Make the final summary of so many comments on one recommendation, and read it."""
    site = Site()
    for size in plan.sizes:
        edition = _made(_closed(size), size, emit)
        path = reverse("digests.show", args=[edition.consultation.slug, edition.number])
        name = f"final-{size}"
        lean.record(name, partial(site.page, path))
        paths = {"page": path, "lean": reverse("bench.lean", args=[name])}
        asked = queries(partial(site.page, path))
        times = {kind: Times() for kind in KINDS}
        for _round in range(plan.samples):
            for kind in KINDS:
                times[kind].add(site.page(paths[kind])[1])
        emit(Line("final.page.queries", asked, "queries", size, MOST_QUERIES))
        for kind in KINDS:
            times[kind].tell(f"final.{kind}", size, emit)
        ratio = times["page"].p50 / times["lean"].p50
        emit(Line("final.page.ratio_to_lean", ratio, "ratio", size, MOST_TO_LEAN))


def _closed(size: int) -> Consultation:
    """Return a consultation with so many comments and two questions answered by all, closed.

    One comment in ten is of a campaign; each was compared with the others when it was sent.
    """
    made = fill.consultation(f"bench-final-{size}", 1)
    [recommendation] = pages.recommendations(made)
    spoken.comments(recommendation, fill.people(made, size), say=campaigns.text)
    campaigns.remember(recommendation)
    for number in (1, 2):
        question = Question.objects.create(
            consultation=made, number=number, kind="single", words="Why?", options=["A", "B", "C"]
        )
        with connection.cursor() as cursor:
            values = {"question": question.pk, "consultation": made.pk}
            cursor.execute(ANSWERS, values)
            cursor.execute(STAND, values)
    fill.settle()
    at = database_now()
    Consultation.objects.filter(pk=made.pk).update(
        closes_at=at - timedelta(hours=1), final_asked_at=at - timedelta(minutes=2)
    )
    return made


def _made(consultation: Consultation, size: int, emit: Emit) -> Edition:
    """Make the edition and its workbook, and tell the CPU seconds and the memory of both."""
    at = database_now()
    [due] = [each for each in final.due_finals(at) if each.consultation_id == consultation.pk]
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins here
    began = process_time()
    edition = build.make(due, at=at)
    made = process_time()
    if edition is None:
        raise BenchError(f"{size} comments: no final summary was made")
    workbook.build_missing(at)
    emit(Line("final.cpu", made - began, "s", size, MOST_SECONDS))
    emit(Line("final.cpu.workbook", process_time() - made, "s", size))
    emit(Line("final.memory", most_megabytes(), "MB", size, MOST_MEGABYTES))
    return edition
