-- Contexts that were handed out, and what promises are read from.

-- name: select_contexts
SELECT handed_at, given, left_out FROM context ORDER BY context;

-- name: insert_context
-- Of what was erased meanwhile nothing is kept.
INSERT INTO context (handed_at, given, left_out) VALUES (
    ?1,
    (SELECT json_group_array(g.value ORDER BY g.key) FROM json_each(?2) AS g
     JOIN revision AS r ON r.revision = g.value WHERE r.text IS NOT NULL),
    (SELECT json_group_array(g.value ORDER BY g.key) FROM json_each(?3) AS g
     JOIN revision AS r ON r.revision = g.value WHERE r.text IS NOT NULL)
);

-- name: delete_old_contexts
DELETE FROM context WHERE context <= (SELECT max(context) FROM context) - :kept;

-- name: clear_contexts_of_items
WITH gone AS MATERIALIZED (
    SELECT r.revision FROM item AS i JOIN revision AS r ON r.item = i.item
    WHERE i.id IN (SELECT value FROM json_each(:ids))
)
UPDATE context SET
    given = (SELECT json_group_array(g.value ORDER BY g.key) FROM json_each(context.given) AS g
             WHERE g.value NOT IN (SELECT revision FROM gone)),
    left_out = (SELECT json_group_array(g.value ORDER BY g.key) FROM json_each(context.left_out) AS g
                WHERE g.value NOT IN (SELECT revision FROM gone))
WHERE EXISTS (SELECT 1 FROM json_each(context.given) AS g WHERE g.value IN (SELECT revision FROM gone))
   OR EXISTS (SELECT 1 FROM json_each(context.left_out) AS g WHERE g.value IN (SELECT revision FROM gone));

-- name: select_promise_rows
SELECT revision FROM revision
WHERE closed_by IS NULL AND (kind = 'goal' OR instr(tags, '"assessment"') > 0) ORDER BY revision;

-- name: select_holding_goals
SELECT revision FROM revision
WHERE closed_by IS NULL AND (kind = 'goal' OR instr(tags, '"assessment"') > 0)
      AND kind = 'goal' AND valid_to > :at ORDER BY revision;

-- name: select_replacements
-- Of the row that holds now: rows of its item with another text that were closed when it was opened, or that
-- hold for a time before it. How far a deed has come corrects nothing.
SELECT o.revision, n.revision FROM revision AS n
JOIN revision AS o ON o.item = n.item AND o.text <> n.text
     AND (o.closed_by = n.opened_by OR (o.closed_by IS NULL AND o.valid_to <= n.valid_from))
WHERE n.closed_by IS NULL AND n.kind <> 'utterance' AND n.method <> 'redacted'
      AND (n.metadata IS NULL OR n.metadata NOT LIKE '%"deed":{%')
      AND n.valid_from <= :at AND n.valid_to > :at
      AND n.state IN ('generated', 'active', 'dormant', 'frozen')
ORDER BY o.revision;

-- name: select_doubted_rows
SELECT o.revision, n.revision FROM revision AS n
JOIN revision AS o ON o.item = n.item AND o.closed_by = n.opened_by
JOIN journal AS j ON j.change_set = n.opened_by AND j.verb = 'resolve'
JOIN item AS i ON i.item = n.item AND i.id = j.item_id
WHERE n.closed_by IS NULL AND n.state = 'superseded' ORDER BY o.revision;

-- name: select_rows_with_text
SELECT r.revision FROM item AS i JOIN revision AS r ON r.item = i.item
WHERE i.id IN (SELECT value FROM json_each(:ids)) AND r.text IS NOT NULL;

-- name: select_messages_saying
-- What was said since, by anybody or in one role, in which these words follow one another.
SELECT r.revision FROM text_index AS x JOIN revision AS r ON r.text = x.rowid
WHERE text_index MATCH :phrase AND r.closed_by IS NULL AND r.kind = 'utterance' AND (:role IS NULL OR r.role = :role)
      AND r.said_at > :after AND r.state IN ('generated', 'active', 'dormant', 'frozen')
ORDER BY r.revision LIMIT :limit;
