-- Items, page by page.

-- name: select_listed_rows
-- Of each item the row in force: the first that has not ended, else the last. The newest item first.
SELECT r.revision FROM item AS i JOIN revision AS r ON r.revision = (
    SELECT o.revision FROM revision AS o WHERE o.item = i.item AND o.closed_by IS NULL
    ORDER BY o.valid_to <= :at, iif(o.valid_to > :at, o.valid_from, -o.valid_from) LIMIT 1
)
LEFT JOIN session AS s ON s.session = r.session
WHERE (:after IS NULL OR i.item < (SELECT item FROM item WHERE id = :after))
      AND r.text IS NOT NULL AND (NOT :holding OR r.valid_to > :at)
      AND (:kinds IS NULL OR r.kind IN (SELECT value FROM json_each(:kinds)))
      AND (:states IS NULL OR r.state IN (SELECT value FROM json_each(:states)))
      AND (:session IS NULL OR s.name = :session)
      AND (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(r.tags) AS own WHERE own.value = :tag))
      AND (:items IS NULL OR i.item IN (SELECT value FROM json_each(:items)))
ORDER BY i.item DESC LIMIT :limit;

-- name: select_tagged_rows
-- The fragment is the tag as JSON has it: a first look, since to take a list apart costs ten times more.
SELECT revision FROM revision
WHERE instr(tags, :fragment) AND EXISTS (SELECT 1 FROM json_each(tags) AS own WHERE own.value = :tag);

-- name: select_described_rows
-- The fragment is of one of the keys, as above; 1 and 1.0 are one number, 1 and true are two values.
SELECT r.revision FROM revision AS r
WHERE instr(r.metadata, :fragment) AND NOT EXISTS (
    SELECT 1 FROM json_each(:asked) AS asked WHERE NOT EXISTS (
        SELECT 1 FROM json_each(r.metadata) AS own
        WHERE own.key = asked.key AND own.value IS asked.value
              AND (own.type = asked.type OR (own.type IN ('integer', 'real') AND asked.type IN ('integer', 'real')))
    )
);
