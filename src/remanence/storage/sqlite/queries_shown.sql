-- Statements about what agents were shown.

-- name: insert_shown
INSERT INTO shown (item, items) VALUES (
    (SELECT item FROM item WHERE id = ?1),
    (SELECT json_group_array(i.item ORDER BY n.key) FROM json_each(?2) AS n JOIN item AS i ON i.id = n.value)
);

-- name: select_shown
SELECT s.id FROM item AS i JOIN shown AS w ON w.item = i.item
CROSS JOIN json_each(w.items) AS n JOIN item AS s ON s.item = n.value WHERE i.id = :item ORDER BY n.key;

-- name: delete_shown_of_items
DELETE FROM shown WHERE item IN (
    SELECT i.item FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
);
