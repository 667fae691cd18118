-- The record as it stood after one of its lines; see storage.past_port.

-- name: select_line_time
-- Record times rise with the lines, so that a search by halves finds a time without an index of its own.
SELECT recorded_at FROM journal WHERE sequence = :sequence;

-- name: select_ids_known_at
SELECT id FROM item WHERE id >= :low AND id < :high AND created_at <= :time ORDER BY id LIMIT :limit;

-- name: select_newest_journal_at
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.sequence <= :sequence ORDER BY j.sequence DESC LIMIT :limit;

-- name: select_newest_journal_of_item_at
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.item_id = :item_id AND j.sequence <= :sequence ORDER BY j.sequence DESC LIMIT :limit;

-- name: select_counts_at
SELECT 'items', count(*) FROM item WHERE created_at <= :time
UNION ALL SELECT 'revisions', count(*) FROM revision WHERE opened_by <= :sequence
UNION ALL SELECT 'journal lines', count(*) FROM journal WHERE sequence <= :sequence
UNION ALL SELECT 'erasures', count(*) FROM receipt WHERE change_set <= :sequence;

-- name: select_open_counts_at
-- One pass over the rows. Sessions are numbered as they are first heard, so that the highest number counts them.
SELECT kind, state, count(*), count(text), max(session),
       closed_by IS NULL OR closed_by > :sequence AS then_open
FROM revision WHERE opened_by <= :sequence GROUP BY then_open, kind, state;

-- name: select_rows_about
SELECT revision FROM revision
WHERE slot_subject IN (SELECT value FROM json_each(:subjects)) AND slot_attribute IS NOT NULL
      AND (:attribute IS NULL OR slot_attribute = :attribute) AND closed_by IS NULL;

-- name: select_rows_about_at
-- What is open still lies in the index of slots; of what was closed since, that of closing sets is the shortest way.
SELECT revision FROM revision
WHERE slot_subject IN (SELECT value FROM json_each(:subjects)) AND slot_attribute IS NOT NULL
      AND (:attribute IS NULL OR slot_attribute = :attribute) AND closed_by IS NULL AND opened_by <= :sequence
UNION ALL
SELECT revision FROM revision INDEXED BY revision_closed_by_idx
WHERE closed_by > :sequence AND opened_by <= :sequence AND slot_attribute IS NOT NULL
      AND slot_subject IN (SELECT value FROM json_each(:subjects))
      AND (:attribute IS NULL OR slot_attribute = :attribute);

-- name: select_revisions_closed_since
SELECT revision FROM revision WHERE closed_by > :sequence AND opened_by <= :sequence ORDER BY revision;

-- name: select_revisions_opened_since
SELECT revision FROM revision WHERE opened_by > :sequence AND closed_by IS NULL ORDER BY revision;

-- name: select_items_given_sources_after
-- A line that derives and opens nothing tells of a further source.
SELECT DISTINCT item_id FROM journal
WHERE sequence > :sequence AND verb = 'derive' AND opened = '[]' AND detail <> '{}' AND item_id IS NOT NULL;

-- name: select_undos_after
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, NULL
FROM journal AS j WHERE j.sequence > :sequence AND j.verb = 'undo' AND j.sequence = j.change_set
ORDER BY j.sequence;

-- name: select_change_sets
SELECT change_set, count(*) FROM journal WHERE change_set BETWEEN :first AND :last
GROUP BY change_set ORDER BY change_set LIMIT :limit;
