"""How rows on the stage are compared with one another and with what is there, in SQL."""

# Rows without a reference are told apart by all that stands in them, and counted where alike.
NAME_BY_DIGEST = """
UPDATE stage_row SET external_reference = 'row-' || numbered.digest || '-' || numbered.n
  FROM (SELECT line, digest, row_number() OVER (PARTITION BY digest ORDER BY line) AS n
          FROM stage_row WHERE external_reference = '') AS numbered
 WHERE stage_row.line = numbered.line
"""
ORGANISATIONS = """
UPDATE stage_row SET organisation_id = found.id
  FROM (SELECT DISTINCT ON (lower(name), kind_id) id, lower(name) AS name, kind_id
          FROM consultations_organisation
         WHERE merged_into_id IS NULL AND (starts IS NULL OR starts <= CURRENT_DATE)
           AND (ends IS NULL OR ends > CURRENT_DATE)
         ORDER BY lower(name), kind_id, id) AS found
 WHERE found.name = lower(stage_row.organisation) AND found.kind_id = organisation_kind_id
   AND stage_row.organisation <> '' AND organisation_id IS NULL
"""
TWICE = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY channel, external_reference) AS first FROM stage_row
) AS paired WHERE line <> first ORDER BY line
"""
THERE = """
CREATE TEMPORARY TABLE stage_there ON COMMIT DROP AS
SELECT stage_row.line, there.id, there.reference FROM stage_row
  JOIN consultations_response AS there USING (channel, external_reference)
 WHERE there.consultation_id = %s
"""
# What stands there is compared as it came: what an officer put right since is no conflict, and
# of what was erased only that it is there.
OTHER_WORDS = """
SELECT line, stage_there.reference FROM stage_there WHERE line IN (
    SELECT coalesce(now.line, before.line) FROM
        (SELECT said.* FROM stage_said AS said JOIN stage_there USING (line)) AS now
    FULL JOIN
        (SELECT stage_there.line, comment.recommendation_id, version.stance, version.text,
                version.permission, version.erased_at
           FROM stage_there
           JOIN consultations_comment AS comment ON comment.response_id = stage_there.id
           JOIN consultations_commentversion AS version
             ON version.comment_id = comment.id AND version.number = 1) AS before
    ON now.line = before.line AND now.recommendation_id = before.recommendation_id
    WHERE now.line IS NULL OR before.line IS NULL
       OR before.erased_at IS NULL AND (now.stance, now.permission, now.text)
          IS DISTINCT FROM (before.stance, before.permission, before.text)
) ORDER BY line
"""
# Of the questions whose columns were named now; a row that is refused already is told once.
OTHER_ANSWERS = """
SELECT line, stage_there.reference FROM stage_there JOIN stage_row USING (line) WHERE line IN (
    SELECT coalesce(now.line, before.line) FROM
        (SELECT reply.* FROM stage_reply AS reply JOIN stage_there USING (line)) AS now
    FULL JOIN
        (SELECT stage_there.line, version.question_id, version.chosen, version.text, version.why,
                version.erased_at
           FROM stage_there
           JOIN consultations_questionanswerversion AS version
             ON version.response_id = stage_there.id AND version.number = 1
          WHERE version.question_id = ANY(%s)) AS before
    ON now.line = before.line AND now.question_id = before.question_id
    WHERE now.line IS NULL OR before.line IS NULL
       OR before.erased_at IS NULL AND (now.chosen, now.text, now.why)
          IS DISTINCT FROM (before.chosen, before.text, before.why)
) ORDER BY line
"""
SAME_BODY = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY lower(organisation), organisation_kind_id) AS first
      FROM stage_row WHERE organisation <> ''
) AS paired WHERE line <> first ORDER BY line
"""
BODY_THERE = """
SELECT line, there.reference FROM stage_row
  JOIN consultations_response AS there USING (organisation_id)
 WHERE there.consultation_id = %s ORDER BY line
"""
