-- What the mirror reads: all that was said and done, what it found before, and what the agent gave slots.

-- name: select_rows_spoken_or_done
SELECT r.revision FROM revision AS r
WHERE r.closed_by IS NULL AND r.text IS NOT NULL AND r.kind IN ('utterance', 'action');

-- The prefix ends in a colon; methods are ASCII.
-- name: select_rows_made_like
SELECT DISTINCT r.revision FROM revision AS m
JOIN revision AS r ON r.item = m.item AND r.closed_by IS NULL AND r.text IS NOT NULL
WHERE substr(m.method, 1, length(:prefix)) = :prefix;

-- name: select_rows_slotted_by
SELECT r.revision FROM revision AS r
WHERE r.closed_by IS NULL AND r.text IS NOT NULL AND r.slot_attribute IS NOT NULL AND r.author = :author;
