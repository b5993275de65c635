"""Stored counters of comments by declared facts, and the trigger that keeps them."""

from django.db import models
from django.db.models import Q

from consultations.models.recommendation import Recommendation
from consultations.models.reference import Kind, OrganisationKind, Region
from consultations.models.stance import Stance

# Keeps the stored counters true whatever writes: pages read at most a few hundred Tally rows
# of a recommendation, never the comments themselves. Where two rows change, both are locked in the
# order of their keys first: two respondents who change places would otherwise wait for one another.
COUNT_COMMENTS = """
    IF TG_OP = 'UPDATE' AND (OLD.kind, OLD.region_id, OLD.stance)
            IS DISTINCT FROM (NEW.kind, NEW.region_id, NEW.stance) THEN
        PERFORM FROM consultations_tally
          WHERE recommendation_id = NEW.recommendation_id
            AND (kind = OLD.kind AND region_id IS NOT DISTINCT FROM OLD.region_id
                 AND stance = OLD.stance
                 OR kind = NEW.kind AND region_id IS NOT DISTINCT FROM NEW.region_id
                 AND stance = NEW.stance)
          ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') AND (OLD.counted OR OLD.listed OR OLD.waiting) THEN
        UPDATE consultations_tally
           SET counted = counted - OLD.counted::int,
               listed = listed - OLD.listed::int,
               waiting = waiting - OLD.waiting::int
         WHERE recommendation_id = OLD.recommendation_id AND kind = OLD.kind
           AND region_id IS NOT DISTINCT FROM OLD.region_id AND stance = OLD.stance;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.counted OR NEW.listed OR NEW.waiting) THEN
        INSERT INTO consultations_tally AS tally
               (recommendation_id, kind, region_id, stance, counted, listed, waiting)
        VALUES (NEW.recommendation_id, NEW.kind, NEW.region_id, NEW.stance,
                NEW.counted::int, NEW.listed::int, NEW.waiting::int)
        ON CONFLICT ON CONSTRAINT tally_once
        DO UPDATE SET counted = tally.counted + EXCLUDED.counted,
                      listed = tally.listed + EXCLUDED.listed,
                      waiting = tally.waiting + EXCLUDED.waiting;
    END IF;
    RETURN NULL;
"""

# New comments are counted by the statement: a thousand rows of one kind, region and stance would
# otherwise write one counter a thousand times in a transaction, each time over all that went
# before. Several counters are locked in the same order as above.
COUNT_ADDED = """
    IF (SELECT count(*) FROM (SELECT FROM added LIMIT 2) AS two) > 1 THEN
        PERFORM FROM consultations_tally AS tally
          WHERE EXISTS (SELECT FROM added
                         WHERE added.recommendation_id = tally.recommendation_id
                           AND added.kind = tally.kind AND added.stance = tally.stance
                           AND added.region_id IS NOT DISTINCT FROM tally.region_id)
          ORDER BY tally.id FOR NO KEY UPDATE;
    END IF;
    INSERT INTO consultations_tally AS tally
           (recommendation_id, kind, region_id, stance, counted, listed, waiting)
    SELECT recommendation_id, kind, region_id, stance,
           sum(counted::int), sum(listed::int), sum(waiting::int)
      FROM added WHERE counted OR listed OR waiting
     GROUP BY recommendation_id, kind, region_id, stance
     ORDER BY recommendation_id, kind, region_id, stance
    ON CONFLICT ON CONSTRAINT tally_once
    DO UPDATE SET counted = tally.counted + EXCLUDED.counted,
                  listed = tally.listed + EXCLUDED.listed,
                  waiting = tally.waiting + EXCLUDED.waiting;
    RETURN NULL;
"""

# Runs where `counted` and its date disagree, so that whatever writes leaves a date; verbs write
# their own `at`.
DATE_COUNTED = """
    IF NOT NEW.counted THEN
        NEW.counted_since := NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        NEW.counted_since := coalesce(OLD.counted_since, statement_timestamp());
    ELSE
        NEW.counted_since := coalesce(NEW.first_published_at, statement_timestamp());
    END IF;
    RETURN NEW;
"""


# Counts by what the public is shown of an author, which is not all that they declared. One
# statement writes in the order of its keys, so that two who write at once wait and do not lock.
COUNT_SHOWN = """
    IF OLD.shown_region_id IS DISTINCT FROM NEW.shown_region_id
            OR OLD.shown_organisation_kind_id IS DISTINCT FROM NEW.shown_organisation_kind_id THEN
        INSERT INTO consultations_showntally AS tally
               (recommendation_id, region_id, organisation_kind_id, listed)
        SELECT recommendation, region, kind, sum(n)
          FROM (VALUES
               (OLD.recommendation_id, OLD.shown_region_id, NULL::bigint, -1),
               (NEW.recommendation_id, NEW.shown_region_id, NULL, 1),
               (OLD.recommendation_id, NULL, OLD.shown_organisation_kind_id, -1),
               (NEW.recommendation_id, NULL, NEW.shown_organisation_kind_id, 1)
               ) AS change (recommendation, region, kind, n)
         WHERE region IS NOT NULL OR kind IS NOT NULL
         GROUP BY recommendation, region, kind HAVING sum(n) <> 0
         ORDER BY recommendation, region, kind
        ON CONFLICT ON CONSTRAINT shown_tally_once
        DO UPDATE SET listed = tally.listed + EXCLUDED.listed;
    END IF;
    RETURN NULL;
"""


class Tally(models.Model):
    """Stored counters of a recommendation by declared facts, kept by a trigger on Comment."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="tallies"
    )
    kind = models.CharField(max_length=30, choices=Kind)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    stance = models.CharField(max_length=20, choices=Stance)
    counted = models.IntegerField(default=0)
    listed = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "kind", "region", "stance"],
                nulls_distinct=False,
                name="tally_once",
            )
        ]


class ShownTally(models.Model):
    """How many comments a recommendation shows of one region, or of one kind of organisation.

    Kept by a trigger on Comment. A region that is withheld is in none of them.
    """

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="shown_tallies"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    organisation_kind = models.ForeignKey(
        OrganisationKind, on_delete=models.PROTECT, null=True, related_name="+"
    )
    listed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "region", "organisation_kind"],
                nulls_distinct=False,
                name="shown_tally_once",
            ),
            models.CheckConstraint(
                condition=Q(region__isnull=False, organisation_kind__isnull=True)
                | Q(region__isnull=True, organisation_kind__isnull=False),
                name="shown_tally_of_one_facet",
            ),
        ]
