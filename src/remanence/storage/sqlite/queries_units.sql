-- Units, their members, and links. A row stands from the change set opened_by up to closed_by.

-- name: select_newest_units
SELECT u.id, u.kind, v.version, v.name, v.change_set, v.recorded_at, v.standing, v.description, v.annotations,
       v.rule,
       (SELECT json_group_array(t.tag) FROM unit_tag AS t
        WHERE t.unit = v.unit AND t.version = v.version AND t.closed_by IS NULL)
FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit
     AND v.version = (SELECT max(version) FROM unit_version WHERE unit = u.unit)
ORDER BY u.unit;

-- name: select_unit_versions
SELECT u.id, u.kind, v.version, v.name, v.change_set, v.recorded_at, v.standing, v.description, v.annotations,
       v.rule,
       (SELECT json_group_array(t.tag) FROM unit_tag AS t
        WHERE t.unit = v.unit AND t.version = v.version AND t.closed_by IS NULL)
FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit WHERE u.id = :id ORDER BY v.version;

-- name: select_unit_versions_of_change_set
SELECT u.id, u.kind, v.version, v.name, v.change_set, v.recorded_at, v.standing, v.description, v.annotations,
       v.rule,
       (SELECT json_group_array(t.tag) FROM unit_tag AS t
        WHERE t.unit = v.unit AND t.version = v.version AND t.closed_by IS NULL)
FROM unit_version AS v JOIN unit AS u ON u.unit = v.unit WHERE v.change_set = :change_set ORDER BY v.unit;

-- name: select_members
-- What is said of items in a unit, in order; one that was erased is told apart.
SELECT i.id, m.left_out, m.role, m.place,
       EXISTS (SELECT 1 FROM revision AS r WHERE r.item = m.item AND r.state = 'erased')
FROM unit AS u JOIN membership AS m ON m.unit = u.unit JOIN item AS i ON i.item = m.item
WHERE u.id = :id AND m.opened_by <= :at AND (m.closed_by IS NULL OR m.closed_by > :at)
ORDER BY m.place IS NULL, m.place, m.membership;

-- name: select_links_of_source_unit
SELECT su.id, NULL, l.type, tu.id, ti.id
FROM unit AS su JOIN link AS l ON l.source_unit = su.unit
LEFT JOIN unit AS tu ON tu.unit = l.target_unit LEFT JOIN item AS ti ON ti.item = l.target_item
WHERE su.id = :id AND l.opened_by <= :at AND (l.closed_by IS NULL OR l.closed_by > :at) ORDER BY l.link;

-- name: select_links_of_unit
SELECT su.id, si.id, l.type, tu.id, ti.id
FROM unit AS u JOIN link AS l ON l.source_unit = u.unit OR l.target_unit = u.unit
LEFT JOIN unit AS su ON su.unit = l.source_unit LEFT JOIN item AS si ON si.item = l.source_item
LEFT JOIN unit AS tu ON tu.unit = l.target_unit LEFT JOIN item AS ti ON ti.item = l.target_item
WHERE u.id = :id AND l.closed_by IS NULL ORDER BY l.link;

-- name: select_links_of_item
SELECT su.id, si.id, l.type, tu.id, ti.id
FROM item AS i JOIN link AS l ON l.source_item = i.item OR l.target_item = i.item
LEFT JOIN unit AS su ON su.unit = l.source_unit LEFT JOIN item AS si ON si.item = l.source_item
LEFT JOIN unit AS tu ON tu.unit = l.target_unit LEFT JOIN item AS ti ON ti.item = l.target_item
WHERE i.id = :id AND l.closed_by IS NULL ORDER BY l.link;

-- name: select_unit_words
SELECT v.name FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit WHERE u.id = :id
UNION SELECT v.description FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit WHERE u.id = :id
UNION SELECT v.annotations FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit
      WHERE u.id = :id AND v.annotations IS NOT NULL
UNION SELECT v.rule FROM unit AS u JOIN unit_version AS v ON v.unit = u.unit
      WHERE u.id = :id AND v.rule IS NOT NULL
UNION SELECT t.tag FROM unit AS u JOIN unit_tag AS t ON t.unit = u.unit WHERE u.id = :id
UNION SELECT m.role FROM unit AS u JOIN membership AS m ON m.unit = u.unit WHERE u.id = :id AND m.role IS NOT NULL
UNION SELECT l.type FROM unit AS u JOIN link AS l ON l.source_unit = u.unit OR l.target_unit = u.unit
      WHERE u.id = :id
UNION SELECT r.content FROM reason AS r JOIN journal AS j ON j.change_set = r.change_set
      WHERE json_extract(j.detail, '$.unit') = :id;

-- name: select_speakers
SELECT author FROM revision WHERE text IS NOT NULL AND role IN ('user', 'assistant')
GROUP BY author ORDER BY min(revision);

-- name: select_sessions_in_use
SELECT s.name FROM session AS s WHERE s.session IN (
    SELECT session FROM revision WHERE session IS NOT NULL AND text IS NOT NULL
) ORDER BY s.session;

-- name: select_one_of_speaker
SELECT 1 FROM revision WHERE author = :name AND text IS NOT NULL AND role IN ('user', 'assistant') LIMIT 1;

-- name: select_one_of_session
-- Crossed, so that nothing is looked through for a name that no session has.
SELECT 1 FROM session AS s CROSS JOIN revision AS r ON r.session = s.session
WHERE s.name = :name AND r.text IS NOT NULL LIMIT 1;

-- name: select_item_numbers
SELECT i.item FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value;

-- name: select_items_by_words
-- An entity is the subject of a slot, or named in the text: as a phrase, or anywhere in a script without spaces.
SELECT DISTINCT r.item FROM revision AS r JOIN text AS t ON t.text = r.text
WHERE CASE WHEN :known_at IS NULL THEN r.closed_by IS NULL
           ELSE r.recorded_from <= :known_at AND r.recorded_to > :known_at END
AND (json_array_length(:tags) = 0
     OR EXISTS (SELECT 1 FROM json_each(r.tags) AS own JOIN json_each(:tags) AS tag ON tag.value = own.value))
AND (json_array_length(:entities) = 0
     OR lower(r.slot_subject) IN (SELECT value FROM json_each(:entities))
     OR t.text IN (SELECT rowid FROM text_index WHERE text_index MATCH :phrases)
     OR EXISTS (SELECT 1 FROM json_each(:unspaced) AS e WHERE instr(t.content, e.value)));

-- name: select_refusals
SELECT items FROM refusal WHERE closed_by IS NULL;

-- name: insert_unit
INSERT INTO unit (id, kind, created_at) VALUES (:id, :kind, :created_at) ON CONFLICT (id) DO NOTHING;

-- name: select_unit_number
SELECT unit FROM unit WHERE id = :id;

-- name: insert_unit_version
INSERT INTO unit_version (unit, version, change_set, recorded_at, standing, name, description, annotations, rule)
VALUES (:unit, :version, :change_set, :recorded_at, :standing, :name, :description, :annotations, :rule);

-- name: insert_member
INSERT INTO membership (unit, item, left_out, role, place, opened_by) VALUES (?, ?, ?, ?, ?, ?);

-- name: close_members
UPDATE membership SET closed_by = :by WHERE unit = :unit AND closed_by IS NULL
AND item IN (SELECT i.item FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value);

-- name: insert_link
INSERT INTO link (source_unit, source_item, type, target_unit, target_item, opened_by) VALUES (?, ?, ?, ?, ?, ?);

-- name: close_link
UPDATE link SET closed_by = ?6 WHERE closed_by IS NULL AND source_unit IS ?1 AND source_item IS ?2
AND type = ?3 AND target_unit IS ?4 AND target_item IS ?5;

-- name: insert_unit_tag
INSERT INTO unit_tag (unit, version, tag, opened_by) VALUES (:unit, :version, :tag, :by);

-- name: insert_refusal
INSERT INTO refusal (items, opened_by) VALUES (:items, :by);

-- name: close_links_of_change_set
UPDATE link SET closed_by = :by
WHERE opened_by = :change_set AND closed_by IS NULL AND source_item IS NOT NULL;

-- name: return_links_of_change_set
INSERT INTO link (source_unit, source_item, type, target_unit, target_item, opened_by)
SELECT l.source_unit, l.source_item, l.type, l.target_unit, l.target_item, :by FROM link AS l
WHERE l.closed_by = :change_set AND l.source_item IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM link AS o WHERE o.closed_by IS NULL AND o.source_item = l.source_item AND o.type = l.type
    AND o.target_unit IS l.target_unit AND o.target_item IS l.target_item
);

-- name: close_unit_tags_of_change_set
UPDATE unit_tag SET closed_by = :by WHERE opened_by = :change_set AND closed_by IS NULL;

-- name: return_unit_tags_of_change_set
INSERT INTO unit_tag (unit, version, tag, opened_by)
SELECT t.unit, t.version, t.tag, :by FROM unit_tag AS t WHERE t.closed_by = :change_set AND NOT EXISTS (
    SELECT 1 FROM unit_tag AS o WHERE o.closed_by IS NULL AND o.unit = t.unit AND o.tag = t.tag
);

-- name: close_refusals_of_change_set
UPDATE refusal SET closed_by = :by WHERE opened_by = :change_set AND closed_by IS NULL;

-- name: return_refusals_of_change_set
INSERT INTO refusal (items, opened_by) SELECT items, :by FROM refusal WHERE closed_by = :change_set;

-- name: clear_memberships_of_items
UPDATE membership SET role = NULL, place = NULL
WHERE item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: delete_links_of_items
DELETE FROM link WHERE source_item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)))
OR target_item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: delete_line_from_descriptions
-- Line breaks are doubled, so that each line has its own two and equal lines next to each other all go.
UPDATE unit_version SET description = trim(replace(replace(
    char(10) || replace(description, char(10), char(10) || char(10)) || char(10),
    char(10) || :line || char(10), ''), char(10) || char(10), char(10)), char(10))
WHERE unit IN (SELECT m.unit FROM membership AS m JOIN item AS i ON i.item = m.item WHERE i.id = :id)
AND instr(char(10) || description || char(10), char(10) || :line || char(10));

-- name: clear_unit_versions
UPDATE unit_version SET name = '', description = '', annotations = NULL, rule = NULL
WHERE unit = (SELECT unit FROM unit WHERE id = :id);

-- name: clear_memberships_of_unit
UPDATE membership SET role = NULL WHERE unit = (SELECT unit FROM unit WHERE id = :id);

-- name: delete_links_of_unit
DELETE FROM link WHERE source_unit = (SELECT unit FROM unit WHERE id = :id)
OR target_unit = (SELECT unit FROM unit WHERE id = :id);

-- name: delete_tags_of_unit
DELETE FROM unit_tag WHERE unit = (SELECT unit FROM unit WHERE id = :id);

-- name: delete_reasons_of_unit
DELETE FROM reason WHERE change_set IN (
    SELECT change_set FROM journal WHERE json_extract(detail, '$.unit') = :id
);

-- name: select_sessions_spoken
SELECT s.name, count(*), max(r.revision), min(r.said_at), max(r.said_at)
FROM session AS s JOIN revision AS r ON r.session = s.session
WHERE r.kind = 'utterance' AND r.closed_by IS NULL AND r.text IS NOT NULL
      AND r.state IN ('generated', 'active', 'dormant', 'frozen')
GROUP BY s.session ORDER BY s.session;

-- name: select_rows_made_by
SELECT DISTINCT s.name, r.revision FROM revision AS m JOIN session AS s ON s.session = m.session
JOIN revision AS r ON r.item = m.item AND r.closed_by IS NULL AND r.text IS NOT NULL
WHERE m.method = :method ORDER BY r.revision;

-- name: select_items_made_by
SELECT s.name, i.id FROM (
    SELECT session, min(item) AS item FROM revision
    WHERE method = :method AND text IS NOT NULL AND session IS NOT NULL GROUP BY session
) AS first JOIN session AS s ON s.session = first.session JOIN item AS i ON i.item = first.item;

-- name: select_rows_said_between
SELECT r.revision FROM revision AS r
WHERE r.said_at >= :start AND r.said_at < :end AND r.closed_by IS NULL AND r.text IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM source AS s WHERE s.revision = r.revision)
ORDER BY r.said_at, r.session, r.turn, r.revision;

-- name: select_unit_sets_after
-- The change sets after a line that changed units, links, tags, refusals or documents, the newest first.
SELECT change_set FROM unit_version WHERE change_set > :sequence
UNION SELECT opened_by FROM link WHERE opened_by > :sequence
UNION SELECT closed_by FROM link WHERE closed_by > :sequence
UNION SELECT opened_by FROM unit_tag WHERE opened_by > :sequence
UNION SELECT closed_by FROM unit_tag WHERE closed_by > :sequence
UNION SELECT opened_by FROM refusal WHERE opened_by > :sequence
UNION SELECT closed_by FROM refusal WHERE closed_by > :sequence
UNION SELECT opened_by FROM document WHERE opened_by > :sequence
UNION SELECT closed_by FROM document WHERE closed_by > :sequence
ORDER BY 1 DESC;
