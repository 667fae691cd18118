-- Readings, and the messages that wait for one. A message is live while a row of it is open, worded and recalled.

-- name: insert_reader
INSERT INTO reader (family, identity) VALUES (:family, :identity) ON CONFLICT (identity) DO NOTHING;

-- name: select_reader
SELECT reader FROM reader WHERE identity = :identity;

-- name: insert_readings_of_change
INSERT INTO reading (item, text, reader, change_set)
SELECT DISTINCT item, text, :reader, :change_set FROM revision
WHERE opened_by = :change_set AND closed_by IS NULL AND text IS NOT NULL AND kind = 'utterance'
      AND method = 'observed' AND role IN ('user', 'assistant');

-- name: insert_reading
INSERT INTO reading (item, text, reader, change_set) VALUES (?, ?, ?, ?);

-- name: withdraw_readings
UPDATE reading SET withdrawn_by = :by WHERE change_set = :change_set AND withdrawn_by IS NULL;

-- name: withdraw_readings_after
UPDATE reading SET withdrawn_by = :by WHERE change_set > :sequence AND withdrawn_by IS NULL;

-- name: return_readings
UPDATE reading SET withdrawn_by = NULL WHERE withdrawn_by = :change_set;

-- name: delete_readings_of_items
DELETE FROM reading WHERE reader IN (SELECT reader FROM reader WHERE family = :family)
      AND item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: select_unread
-- What waits in the queue anyway is left out for the family that reads the queue. The latest reading is looked
-- for in the index alone: this goes over every message.
SELECT u.revision, d.identity FROM (
    SELECT r.revision, r.item,
           (SELECT g.reader FROM reading AS g
            WHERE g.item = r.item AND g.text = r.text AND g.withdrawn_by IS NULL
                  AND g.reader IN (SELECT reader FROM reader WHERE family = :family)
            ORDER BY g.reading DESC LIMIT 1) AS last
    FROM revision AS r
    WHERE r.closed_by IS NULL AND r.text IS NOT NULL AND r.kind = 'utterance'
          AND r.method = 'observed' AND r.role IN ('user', 'assistant')
          AND r.state IN ('generated', 'active', 'dormant', 'frozen')
    LIMIT -1
) AS u LEFT JOIN reader AS d ON d.reader = u.last
WHERE (u.last IS NULL OR u.last IS NOT (SELECT reader FROM reader WHERE identity = :identity))
      AND NOT (:family = 'llm' AND EXISTS (SELECT 1 FROM job AS j WHERE j.item = u.item))
ORDER BY u.revision;

-- name: insert_jobs_of_change
INSERT INTO job (item, session, turn, queued_at)
SELECT item, session, turn, :at FROM revision
WHERE opened_by = :change_set AND closed_by IS NULL AND text IS NOT NULL AND kind = 'utterance'
      AND method = 'observed' AND role IN ('user', 'assistant')
GROUP BY item ORDER BY min(revision)
ON CONFLICT (item) DO UPDATE SET attempts = 0, not_before = 0, parked = 0, lease = NULL, leased_until = 0, error = NULL;

-- name: insert_jobs_of_items
INSERT INTO job (item, session, turn, queued_at)
SELECT r.item, r.session, r.turn, :at
FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value JOIN revision AS r ON r.item = i.item
WHERE r.closed_by IS NULL AND r.text IS NOT NULL
GROUP BY r.item ORDER BY min(r.revision)
ON CONFLICT (item) DO NOTHING;

-- name: select_first_due_job
SELECT j.session, j.turn, j.job FROM job AS j
WHERE j.parked = 0 AND j.not_before <= :at AND j.leased_until <= :at
      AND EXISTS (SELECT 1 FROM revision AS r WHERE r.item = j.item AND r.closed_by IS NULL AND r.text IS NOT NULL
                  AND r.method = 'observed' AND r.state IN ('generated', 'active', 'dormant', 'frozen'))
ORDER BY j.attempts, j.job LIMIT 1;

-- name: select_due_jobs
-- The first that is due, and those of its session from there on.
SELECT j.job, i.id, max(r.revision), j.attempts, j.error
FROM job AS j JOIN item AS i ON i.item = j.item JOIN revision AS r ON r.item = j.item
WHERE (j.job = :job OR (j.session = :session AND j.turn >= :turn)) AND j.parked = 0
      AND j.not_before <= :at AND j.leased_until <= :at
      AND r.closed_by IS NULL AND r.text IS NOT NULL AND r.method = 'observed'
      AND r.state IN ('generated', 'active', 'dormant', 'frozen')
GROUP BY j.job ORDER BY j.turn LIMIT :limit;

-- name: select_leased_jobs
SELECT j.job, i.id, max(r.revision), j.attempts, j.error
FROM job AS j JOIN item AS i ON i.item = j.item JOIN revision AS r ON r.item = j.item
WHERE j.lease = :lease AND r.closed_by IS NULL AND r.text IS NOT NULL AND r.method = 'observed'
      AND r.state IN ('generated', 'active', 'dormant', 'frozen')
GROUP BY j.job ORDER BY j.turn;

-- name: select_parked_jobs
SELECT i.id, j.attempts, j.error FROM job AS j JOIN item AS i ON i.item = j.item
WHERE j.parked = 1
      AND EXISTS (SELECT 1 FROM revision AS r WHERE r.item = j.item AND r.closed_by IS NULL AND r.text IS NOT NULL
                  AND r.method = 'observed' AND r.state IN ('generated', 'active', 'dormant', 'frozen'))
ORDER BY j.job LIMIT :limit;

-- name: select_job_counts
SELECT count(*) FILTER (WHERE j.parked = 0), count(*) FILTER (WHERE j.parked = 1) FROM job AS j
WHERE EXISTS (SELECT 1 FROM revision AS r WHERE r.item = j.item AND r.closed_by IS NULL AND r.text IS NOT NULL
              AND r.method = 'observed' AND r.state IN ('generated', 'active', 'dormant', 'frozen'));

-- name: lease_jobs
UPDATE job SET lease = :lease, leased_until = :until WHERE job IN (SELECT value FROM json_each(:numbers));

-- name: extend_lease
UPDATE job SET leased_until = :until WHERE lease = :lease;

-- name: put_jobs_back
UPDATE job SET lease = NULL, leased_until = 0, attempts = attempts + 1, not_before = :not_before, error = :error,
               parked = attempts + 1 >= :attempts_max
WHERE lease = :lease;

-- name: release_jobs
UPDATE job SET lease = NULL, leased_until = 0 WHERE lease = :lease;

-- name: delete_leased_jobs
DELETE FROM job WHERE lease = :lease AND item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: retry_parked_jobs
UPDATE job SET parked = 0, attempts = 0, not_before = 0
WHERE parked = 1 AND (:every OR item IN (SELECT i.item FROM json_each(:ids) AS wanted JOIN item AS i ON i.id = wanted.value));

-- name: delete_jobs_of_items
DELETE FROM job WHERE item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));
