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
