-- Vectors, in generations: `:generation` is the key of meta that names its embedder, 'embedder' for the present
-- one and 'coming_embedder' for the one that is to take its place.

-- name: select_embedder
SELECT name, revision, dims FROM embedder WHERE embedder = (SELECT value FROM meta WHERE key = :generation);

-- name: insert_embedder
INSERT INTO embedder (name, revision, dims) VALUES (:name, :revision, :dims)
ON CONFLICT (name, revision, dims) DO UPDATE SET name = excluded.name
RETURNING embedder;

-- name: delete_coming_embedder
DELETE FROM meta WHERE key = 'coming_embedder';

-- name: select_last_vector
SELECT coalesce(max(vector), 0) FROM vector;

-- name: select_vectors_after
SELECT vector, text, value FROM vector
WHERE vector > :number AND embedder = (SELECT value FROM meta WHERE key = 'embedder') ORDER BY vector;

-- name: select_shown_after
-- The highest bits of a text's flags are storage.vectors_port.SHOWN_UNIT's.
SELECT t.text, t.flags >> 21 FROM vector AS v CROSS JOIN text AS t ON t.text = v.text
WHERE v.vector > :number AND v.span_start = 0 AND t.flags >> 21;

-- name: select_vectors_of_texts
SELECT v.vector, v.text, v.value
FROM json_each(:texts) AS wanted CROSS JOIN vector AS v
ON v.text = wanted.value AND v.embedder = (SELECT value FROM meta WHERE key = 'embedder') ORDER BY v.vector;

-- name: select_pending_texts
SELECT text, content, exact FROM text WHERE embedded = 0 ORDER BY text LIMIT :limit;

-- name: select_texts_to_come
SELECT t.text, t.content, t.exact FROM text AS t
WHERE t.text > :after AND NOT EXISTS (
    SELECT 1 FROM vector AS v
    WHERE v.text = t.text AND v.embedder = (SELECT value FROM meta WHERE key = 'coming_embedder')
) ORDER BY t.text LIMIT :limit;

-- name: select_progress_to_come
SELECT (SELECT count(DISTINCT text) FROM vector
        WHERE embedder = (SELECT value FROM meta WHERE key = 'coming_embedder')),
       (SELECT count(*) FROM text);

-- name: select_same_text_vectors
-- Only texts that have their present vectors are found by what they say (text_sameness_idx).
WITH maker AS MATERIALIZED (
    SELECT embedder FROM embedder WHERE name = :name AND revision = :revision AND dims = :dims
)
SELECT v.span_start, v.span_end, v.value, (SELECT t.flags >> 21 FROM text AS t WHERE t.text = v.text)
FROM vector AS v
WHERE v.embedder = (SELECT embedder FROM maker) AND v.text = (
    SELECT t.text FROM text AS t WHERE t.sameness = :sameness AND t.embedded = 1 AND EXISTS (
        SELECT 1 FROM vector AS w WHERE w.text = t.text AND w.embedder = (SELECT embedder FROM maker)
    ) LIMIT 1
) ORDER BY v.span_start;

-- name: insert_vector
-- A text that was erased meanwhile takes no vector, and one that has this vector already takes no second.
INSERT INTO vector (text, embedder, span_start, span_end, value)
SELECT text, (SELECT value FROM meta WHERE key = ?5), ?2, ?3, ?4 FROM text WHERE text = ?1
ON CONFLICT (text, embedder, span_start) DO NOTHING;

-- name: mark_embedded
UPDATE text SET embedded = max(embedded, :present),
                flags = iif(judged.shown, (flags & 2097151) | (judged.shown << 21), flags)
FROM (SELECT value ->> 0 AS number, value ->> 1 AS shown FROM json_each(:texts)) AS judged
WHERE text.text = judged.number;

-- name: mark_as_embedded_now
-- Which texts have vectors of the present embedder, after another became it.
UPDATE text SET embedded = 1 - embedded WHERE embedded <> EXISTS (
    SELECT 1 FROM vector AS v
    WHERE v.text = text.text AND v.embedder = (SELECT value FROM meta WHERE key = 'embedder')
);

-- name: select_stale_vectors
SELECT vector FROM vector WHERE vector > :after AND embedder NOT IN (
    SELECT value FROM meta WHERE key IN ('embedder', 'coming_embedder')
) ORDER BY vector LIMIT :limit;

-- name: delete_stale_vectors
DELETE FROM vector WHERE vector IN (SELECT value FROM json_each(:numbers)) AND embedder NOT IN (
    SELECT value FROM meta WHERE key IN ('embedder', 'coming_embedder')
);

-- name: delete_vectors_of_items
DELETE FROM vector WHERE text IN (
    SELECT t.text FROM json_each(:ids) AS wanted
    CROSS JOIN item AS i ON i.id = wanted.value JOIN text AS t ON t.item = i.item
);
