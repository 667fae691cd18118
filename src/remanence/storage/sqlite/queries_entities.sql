-- Entities, names, aliases and mentions.

-- name: select_last_entity_numbers
SELECT (SELECT coalesce(max(entity), 0) FROM entity), (SELECT coalesce(max(name), 0) FROM name);

-- name: select_names_by_words
-- Aliases whose first or last word is among these: 2 borne out by what is believed now, 1 by what was once.
SELECT * FROM (
    SELECT a.entity, n.name, n.content, n.folded, a.speaker, a.origin, CASE
        WHEN a.origin IN ('given', 'speaks') THEN 2
        WHEN EXISTS (
            SELECT 1 FROM mention AS m JOIN revision AS r ON r.text = m.text AND r.closed_by IS NULL
            WHERE m.entity = a.entity AND m.name = a.name AND m.closed_by IS NULL
            AND (a.origin = 'heard' OR m.ground = 'link')
        ) THEN 2
        WHEN a.origin = 'heard' AND EXISTS (
            SELECT 1 FROM mention AS m WHERE m.entity = a.entity AND m.name = a.name AND m.closed_by IS NULL
        ) THEN 1
        -- What an erasure has just taken the mentions of is looked up once more, before names are cleared.
        ELSE NOT EXISTS (SELECT 1 FROM mention AS m WHERE m.entity = a.entity AND m.name = a.name)
    END AS standing
    FROM name AS n JOIN alias AS a ON a.name = n.name AND a.closed_by IS NULL
    WHERE n.name IN (
        SELECT f.name FROM json_each(:words) AS w CROSS JOIN name AS f ON f.first = w.value
        UNION SELECT l.name FROM json_each(:words) AS w CROSS JOIN name AS l ON l.last = w.value
    )
) WHERE standing > 0;

-- name: select_names_by_content
SELECT n.content, n.name FROM json_each(:contents) AS w CROSS JOIN name AS n ON n.content = w.value;

-- name: select_kind_evidence
-- How often each kind was evident, up to a bound that says enough.
SELECT e.value, k.value, f.value, (
    SELECT count(*) FROM (
        SELECT 1 FROM mention AS m INDEXED BY mention_kind_idx WHERE m.entity = e.value
        AND m.kind = k.value AND m.firm = f.value AND m.kind <> 'unknown' AND m.closed_by IS NULL LIMIT 16
    )
) AS times
FROM json_each(:entities) AS e, json_each('["person", "place", "organisation", "thing"]') AS k,
    json_each('[0, 1]') AS f
WHERE times > 0;

-- name: select_kinds_given
SELECT entity, kind FROM entity_kind WHERE closed_by IS NULL ORDER BY entity_kind;

-- name: select_mergers
SELECT entity, target FROM merger WHERE closed_by IS NULL ORDER BY merger;

-- name: select_last_sessions
-- The conversation in which each entity was last named for certain.
SELECT e.value, (
    SELECT s.name FROM mention AS m JOIN revision AS r ON r.text = m.text
    LEFT JOIN session AS s ON s.session = r.session
    WHERE m.entity = e.value AND m.closed_by IS NULL AND m.score >= 0.5 ORDER BY m.mention DESC LIMIT 1
) FROM json_each(:entities) AS e;

-- name: select_entities
SELECT entity, id FROM entity ORDER BY entity;

-- name: select_entity_aliases
-- Every alias that may stand; whether it does is told by the mentions.
SELECT a.alias, a.entity, n.name, n.content, n.folded, a.speaker, a.origin
FROM alias AS a JOIN name AS n ON n.name = a.name WHERE a.closed_by IS NULL ORDER BY a.alias;

-- name: select_standing_mentions
SELECT m.mention, m.entity, m.name, i.id, m.text, m.span_start, m.span_end, m.score, min(r.said_at)
FROM standing_mention AS m JOIN text AS t ON t.text = m.text JOIN item AS i ON i.item = t.item
JOIN revision AS r ON r.text = m.text AND r.closed_by IS NULL
GROUP BY m.mention ORDER BY min(r.said_at), m.mention;

-- name: select_standing_mentions_of
SELECT m.mention, m.entity, m.name, i.id, m.text, m.span_start, m.span_end, m.score, min(r.said_at)
FROM standing_mention AS m JOIN text AS t ON t.text = m.text JOIN item AS i ON i.item = t.item
JOIN revision AS r ON r.text = m.text AND r.closed_by IS NULL
WHERE m.entity IN (SELECT value FROM json_each(:entities))
GROUP BY m.mention ORDER BY min(r.said_at), m.mention;

-- name: select_mentions_by_name
SELECT m.entity, m.name, count(*) FROM standing_mention AS m
WHERE m.entity IN (SELECT value FROM json_each(:entities)) GROUP BY m.entity, m.name;

-- name: select_span_of_mentions
SELECT count(DISTINCT t.item), min(r.said_at), max(r.said_at)
FROM standing_mention AS m JOIN text AS t ON t.text = m.text
JOIN revision AS r ON r.text = m.text AND r.closed_by IS NULL
WHERE m.entity IN (SELECT value FROM json_each(:entities));

-- name: select_open_mentions_of
-- Also of what is not believed now.
SELECT m.mention, m.entity, m.name, i.id, m.text, m.span_start, m.span_end, m.score, min(r.said_at)
FROM mention AS m JOIN text AS t ON t.text = m.text JOIN item AS i ON i.item = t.item
JOIN revision AS r ON r.text = m.text
WHERE m.closed_by IS NULL AND m.entity IN (SELECT value FROM json_each(:entities))
GROUP BY m.mention ORDER BY m.mention;

-- name: select_texts_mentioning
-- Of what was ever believed too: a recall of the past asks for it.
SELECT DISTINCT m.text FROM json_each(:entities) AS e CROSS JOIN mention AS m ON m.entity = e.value
WHERE m.closed_by IS NULL AND (m.ground <> 'alias' OR EXISTS (
    SELECT 1 FROM mention AS l JOIN revision AS r ON r.text = l.text AND r.closed_by IS NULL
    WHERE l.entity = m.entity AND l.name = m.name AND l.ground = 'link' AND l.closed_by IS NULL
));

-- name: select_names_in_texts
SELECT m.text, m.entity, n.content FROM json_each(:texts) AS t CROSS JOIN mention AS m ON m.text = t.value
JOIN name AS n ON n.name = m.name
WHERE m.closed_by IS NULL AND m.entity IN (SELECT value FROM json_each(:entities))
ORDER BY m.text, m.span_start;

-- name: select_texts_read
SELECT DISTINCT m.text FROM json_each(:texts) AS t CROSS JOIN mention AS m ON m.text = t.value;

-- name: select_entity_sets_built_on
-- The later sets that ended what this one said by hand.
SELECT closed_by FROM mention WHERE opened_by = :change_set AND moved = 1 AND closed_by IS NOT NULL
UNION SELECT closed_by FROM merger WHERE opened_by = :change_set AND closed_by IS NOT NULL
UNION SELECT closed_by FROM entity_kind WHERE opened_by = :change_set AND closed_by IS NOT NULL
UNION SELECT closed_by FROM alias WHERE opened_by = :change_set AND origin = 'given' AND closed_by IS NOT NULL;

-- name: insert_entity
INSERT INTO entity (entity, id, created_at) VALUES (?, ?, ?);

-- name: insert_name
INSERT INTO name (name, content, folded, first, last) VALUES (?, ?, ?, ?, ?);

-- name: insert_alias
INSERT INTO alias (entity, name, speaker, origin, opened_by) VALUES (?, ?, ?, ?, ?);

-- name: insert_mention
INSERT INTO mention (entity, name, text, span_start, span_end, kind, firm, ground, score, moved, opened_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?);

-- name: insert_merger
INSERT INTO merger (entity, target, opened_by) VALUES (:entity, :target, :by);

-- name: close_entity_kinds
UPDATE entity_kind SET closed_by = :by
WHERE closed_by IS NULL AND entity IN (SELECT value FROM json_each(:entities));

-- name: insert_entity_kind
INSERT INTO entity_kind (entity, kind, opened_by) VALUES (:entity, :kind, :by);

-- name: close_aliases
UPDATE alias SET closed_by = :by WHERE closed_by IS NULL AND alias IN (SELECT value FROM json_each(:aliases));

-- name: move_mentions
INSERT INTO mention (entity, name, text, span_start, span_end, kind, firm, ground, score, moved, opened_by)
SELECT :entity, name, text, span_start, span_end, kind, firm, ground, score, 1, :by FROM mention
WHERE mention IN (SELECT value FROM json_each(:mentions)) ORDER BY mention;

-- name: close_mentions
UPDATE mention SET closed_by = :by WHERE closed_by IS NULL AND mention IN (SELECT value FROM json_each(:mentions));

-- Taking sets back: what they opened by hand is closed, and what they closed returns, but for what another of
-- them had opened. A mention that a text brought in stays: it counts while the text is believed.

-- name: close_mentions_of_change_sets
UPDATE mention SET closed_by = :by
WHERE opened_by IN (SELECT value FROM json_each(:change_sets)) AND moved = 1 AND closed_by IS NULL;

-- name: return_mentions_of_change_sets
INSERT INTO mention (entity, name, text, span_start, span_end, kind, firm, ground, score, moved, opened_by)
SELECT entity, name, text, span_start, span_end, kind, firm, ground, score, 1, :by FROM mention
WHERE closed_by IN (SELECT value FROM json_each(:change_sets))
AND (moved = 0 OR opened_by NOT IN (SELECT value FROM json_each(:change_sets)))
ORDER BY mention;

-- name: close_mergers_of_change_sets
UPDATE merger SET closed_by = :by
WHERE opened_by IN (SELECT value FROM json_each(:change_sets)) AND closed_by IS NULL;

-- name: return_mergers_of_change_sets
INSERT INTO merger (entity, target, opened_by)
SELECT entity, target, :by FROM merger
WHERE closed_by IN (SELECT value FROM json_each(:change_sets)) AND opened_by NOT IN (SELECT value FROM json_each(:change_sets))
ORDER BY merger;

-- name: close_entity_kinds_of_change_sets
UPDATE entity_kind SET closed_by = :by
WHERE opened_by IN (SELECT value FROM json_each(:change_sets)) AND closed_by IS NULL;

-- name: return_entity_kinds_of_change_sets
INSERT INTO entity_kind (entity, kind, opened_by)
SELECT entity, kind, :by FROM entity_kind
WHERE closed_by IN (SELECT value FROM json_each(:change_sets)) AND opened_by NOT IN (SELECT value FROM json_each(:change_sets))
ORDER BY entity_kind;

-- name: close_given_aliases_of_change_sets
UPDATE alias SET closed_by = :by
WHERE opened_by IN (SELECT value FROM json_each(:change_sets)) AND origin = 'given' AND closed_by IS NULL;

-- name: return_given_aliases_of_change_sets
INSERT INTO alias (entity, name, speaker, origin, opened_by)
SELECT entity, name, speaker, origin, :by FROM alias
WHERE closed_by IN (SELECT value FROM json_each(:change_sets)) AND origin = 'given' AND opened_by NOT IN (SELECT value FROM json_each(:change_sets))
ORDER BY alias;

-- name: delete_mentions_of_items
DELETE FROM mention WHERE text IN (
    SELECT t.text FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
    JOIN text AS t ON t.item = i.item
);

-- name: delete_mentions_without_link
-- What rests on an alias that no passage says any more.
DELETE FROM mention WHERE ground = 'alias' AND NOT EXISTS (
    SELECT 1 FROM mention AS l WHERE l.entity = mention.entity AND l.name = mention.name AND l.ground = 'link'
);

-- name: delete_aliases_without_mention
DELETE FROM alias WHERE origin IN ('heard', 'linked') AND NOT EXISTS (
    SELECT 1 FROM mention AS m WHERE m.entity = alias.entity AND m.name = alias.name
);

-- name: delete_given_names_of_nothing
-- A name given by hand goes with the last mention of what it was given to; who speaks is there without one.
DELETE FROM alias WHERE origin = 'given' AND NOT EXISTS (
    WITH RECURSIVE one (entity) AS (
        SELECT alias.entity
        UNION SELECT m.entity FROM merger AS m JOIN one ON m.target = one.entity WHERE m.closed_by IS NULL
        UNION SELECT m.target FROM merger AS m JOIN one ON m.entity = one.entity WHERE m.closed_by IS NULL
    )
    SELECT 1 FROM one WHERE EXISTS (SELECT 1 FROM mention AS m WHERE m.entity = one.entity)
    OR EXISTS (SELECT 1 FROM alias AS s WHERE s.entity = one.entity AND s.origin = 'speaks')
);

-- name: delete_unused_names
DELETE FROM name WHERE name NOT IN (SELECT name FROM mention UNION SELECT name FROM alias);
