-- Statements about support, conflicts and the reliability of sources.

-- name: select_slot_attributes
SELECT DISTINCT slot_attribute FROM revision INDEXED BY revision_slot_time_idx
WHERE slot_attribute IS NOT NULL AND closed_by IS NULL;

-- name: select_crowded_slots
-- Slots of these attributes in which some row begins before an earlier one has ended, and slots with a denial.
SELECT slot_subject, slot_attribute FROM (
    SELECT slot_subject, slot_attribute, valid_from, max(valid_to) OVER (
        PARTITION BY slot_attribute, slot_subject ORDER BY valid_from
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
    FROM revision INDEXED BY revision_slot_time_idx
    WHERE slot_attribute IS NOT NULL AND closed_by IS NULL
        AND slot_attribute IN (SELECT value FROM json_each(:single))
        AND state IN (SELECT value FROM json_each(:states))
) WHERE reached > valid_from
UNION
SELECT slot_subject, slot_attribute FROM revision INDEXED BY revision_slot_metadata_idx
WHERE slot_attribute IS NOT NULL AND closed_by IS NULL AND metadata IS NOT NULL;

-- name: insert_observation
INSERT INTO observation (author, method, borne_out, by_another, change_set) VALUES (?, ?, ?, ?, ?);

-- name: withdraw_observations
UPDATE observation SET withdrawn_by = :by WHERE change_set = :change_set AND withdrawn_by IS NULL;

-- name: withdraw_observations_after
UPDATE observation SET withdrawn_by = :by WHERE change_set > :sequence AND withdrawn_by IS NULL;

-- name: return_observations
UPDATE observation SET withdrawn_by = NULL WHERE withdrawn_by = :change_set;

-- name: select_track_records
SELECT author, method, sum(borne_out AND by_another), sum(NOT borne_out AND by_another),
       sum(borne_out), sum(NOT borne_out)
FROM observation WHERE withdrawn_by IS NULL GROUP BY author, method ORDER BY author, method;

-- name: select_voices
-- A claim may rest on thousands of passages: rows themselves are not read for the question who said them.
SELECT DISTINCT r.author, s.name FROM json_each(:ids) AS wanted
CROSS JOIN item AS i ON i.id = wanted.value
CROSS JOIN revision AS r ON r.item = i.item AND r.closed_by IS NULL
LEFT JOIN session AS s ON s.session = r.session;

-- name: insert_statement
INSERT INTO statement (text, sameness) VALUES (?, ?);

-- name: delete_statements_of_items
DELETE FROM statement WHERE text IN (
    SELECT t.text FROM json_each(:ids) AS wanted
    CROSS JOIN item AS i ON i.id = wanted.value JOIN text AS t ON t.item = i.item
);

-- name: select_rows_saying
SELECT r.revision FROM statement AS s JOIN revision AS r ON r.text = s.text
WHERE s.sameness = :sameness AND r.closed_by IS NULL ORDER BY r.revision;
