-- Imports: what a cube holds already of another store.

-- name: select_imported_revisions
-- All rows of the items that were brought in under these ids; a message of a conversation is none of them.
SELECT DISTINCT r.revision
FROM json_each(:keys) AS wanted CROSS JOIN revision AS k ON k.message_id = wanted.value
JOIN revision AS r ON r.item = k.item
WHERE k.message_id IS NOT NULL AND k.turn IS NULL AND k.method IN (:method, 'redacted') ORDER BY r.revision;

-- name: select_sessions_of_messages
SELECT DISTINCT r.message_id, s.name
FROM json_each(:ids) AS wanted CROSS JOIN revision AS r ON r.message_id = wanted.value
JOIN session AS s ON s.session = r.session
WHERE r.message_id IS NOT NULL AND r.turn IS NOT NULL AND r.closed_by IS NULL;
