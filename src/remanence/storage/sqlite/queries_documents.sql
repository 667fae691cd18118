-- Documents and their versions.

-- name: select_documents
SELECT d.document, d.name, d.format, d.unit, d.digest, d.opened_by, d.closed_by,
       (SELECT json_group_array(i.id ORDER BY wanted.key) FROM json_each(d.items) AS wanted
        JOIN item AS i ON i.item = wanted.value)
FROM document AS d WHERE d.closed_by IS NULL ORDER BY d.name;

-- name: select_document_named
SELECT d.document, d.name, d.format, d.unit, d.digest, d.opened_by, d.closed_by,
       (SELECT json_group_array(i.id ORDER BY wanted.key) FROM json_each(d.items) AS wanted
        JOIN item AS i ON i.item = wanted.value)
FROM document AS d WHERE d.closed_by IS NULL AND d.name = :name;

-- name: select_document_of_digest
SELECT d.document, d.name, d.format, d.unit, d.digest, d.opened_by, d.closed_by,
       (SELECT json_group_array(i.id ORDER BY wanted.key) FROM json_each(d.items) AS wanted
        JOIN item AS i ON i.item = wanted.value)
FROM document AS d WHERE d.closed_by IS NULL AND d.digest = :digest ORDER BY d.document LIMIT 1;

-- name: select_documents_opened_by
SELECT d.document, d.name, d.format, d.unit, d.digest, d.opened_by, d.closed_by,
       (SELECT json_group_array(i.id ORDER BY wanted.key) FROM json_each(d.items) AS wanted
        JOIN item AS i ON i.item = wanted.value)
FROM document AS d WHERE d.opened_by = :change_set ORDER BY d.document;

-- name: select_documents_closed_by
SELECT d.document, d.name, d.format, d.unit, d.digest, d.opened_by, d.closed_by,
       (SELECT json_group_array(i.id ORDER BY wanted.key) FROM json_each(d.items) AS wanted
        JOIN item AS i ON i.item = wanted.value)
FROM document AS d WHERE d.closed_by = :change_set ORDER BY d.document;

-- name: insert_document
INSERT INTO document (name, format, items, unit, digest, opened_by) VALUES (?, ?, ?, ?, ?, ?);

-- name: close_documents
UPDATE document SET closed_by = :by WHERE closed_by IS NULL AND document IN (SELECT value FROM json_each(:numbers));

-- name: clear_document_digests_of_items
-- With the rest of the document in hand, a digest of the whole would tell which guess at a passage is right.
UPDATE document SET digest = NULL WHERE digest IS NOT NULL AND EXISTS (
    SELECT 1 FROM json_each(document.items) AS own JOIN item AS i ON i.item = own.value
    WHERE i.id IN (SELECT value FROM json_each(:ids))
);

-- name: select_items_of_document
SELECT i.id FROM document AS d JOIN json_each(d.items) AS own JOIN item AS i ON i.item = own.value
WHERE d.name = :name GROUP BY i.item ORDER BY i.item;

-- name: erase_document_words
UPDATE document SET name = '', digest = NULL, closed_by = coalesce(closed_by, :by) WHERE name = :name;

-- name: select_topic_named
SELECT 1 FROM unit_version AS v JOIN unit AS u ON u.unit = v.unit
WHERE v.name = :name COLLATE NOCASE AND v.standing = 'active' AND u.kind = 'topic'
AND v.version = (SELECT max(version) FROM unit_version WHERE unit = v.unit) LIMIT 1;
