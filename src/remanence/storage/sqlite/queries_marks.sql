-- Marks: uses and expiries.

-- name: select_marks_of_items
SELECT m.mark, i.id, m.sort, m.at, m.opened_by, m.closed_by
FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
JOIN mark AS m ON m.item = i.item WHERE m.closed_by IS NULL ORDER BY m.mark;

-- name: select_marks_opened_by
SELECT m.mark, i.id, m.sort, m.at, m.opened_by, m.closed_by
FROM mark AS m JOIN item AS i ON i.item = m.item WHERE m.opened_by = :change_set ORDER BY m.mark;

-- name: select_marks_closed_by
SELECT m.mark, i.id, m.sort, m.at, m.opened_by, m.closed_by
FROM mark AS m JOIN item AS i ON i.item = m.item WHERE m.closed_by = :change_set ORDER BY m.mark;

-- name: select_open_marks
SELECT item, sort, at FROM mark WHERE closed_by IS NULL ORDER BY item, sort, at DESC;

-- name: select_open_marks_of_item_numbers
SELECT m.item, m.sort, m.at FROM json_each(:items) AS wanted CROSS JOIN mark AS m ON m.item = wanted.value
WHERE m.closed_by IS NULL ORDER BY m.item, m.sort, m.at DESC;

-- name: insert_mark
INSERT INTO mark (item, sort, at, opened_by) VALUES (?, ?, ?, ?);

-- name: close_marks
UPDATE mark SET closed_by = :by WHERE closed_by IS NULL AND mark IN (SELECT value FROM json_each(:numbers));

-- name: delete_marks_of_items
DELETE FROM mark WHERE item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));
