-- Every statement of the engine but the migrations, each under its name.
-- Lists come in as JSON arrays (json_each), so that no statement is put together in Python.

-- name: select_any_table
SELECT 1 FROM sqlite_schema LIMIT 1;

-- name: select_meta
SELECT key, value FROM meta;

-- name: upsert_meta
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: select_head
SELECT sequence, hash, recorded_at FROM journal ORDER BY sequence DESC LIMIT 1;

-- name: select_ids_with_prefix
SELECT id FROM item WHERE id >= :low AND id < :high ORDER BY id LIMIT :limit;

-- name: select_rows_of_items
SELECT * FROM (
    SELECT r.revision, i.id, r.text, t.content, t.exact, r.kind, r.state, r.domain, r.tags, r.metadata,
           r.support, r.doubt, r.event_from, r.event_to, r.times, r.slot_subject, r.slot_attribute, r.slot_value,
           r.valid_from, r.valid_to, r.recorded_from, r.recorded_to, r.author, r.role, r.trust, r.method,
           r.said_at, s.name, r.turn, r.message_id, r.opened_by, r.closed_by
    FROM item AS i JOIN revision AS r ON r.item = i.item
    LEFT JOIN text AS t ON t.text = r.text LEFT JOIN session AS s ON s.session = r.session
    WHERE i.id IN (SELECT value FROM json_each(:ids)) AND (:all OR r.closed_by IS NULL)
) ORDER BY revision;

-- name: select_revisions
SELECT r.revision, i.id, r.text, t.content, t.exact, r.kind, r.state, r.domain, r.tags, r.metadata,
       r.support, r.doubt, r.event_from, r.event_to, r.times, r.slot_subject, r.slot_attribute, r.slot_value,
       r.valid_from, r.valid_to, r.recorded_from, r.recorded_to, r.author, r.role, r.trust, r.method,
       r.said_at, s.name, r.turn, r.message_id, r.opened_by, r.closed_by
FROM json_each(:ids) AS wanted CROSS JOIN revision AS r ON r.revision = wanted.value
JOIN item AS i ON i.item = r.item
LEFT JOIN text AS t ON t.text = r.text LEFT JOIN session AS s ON s.session = r.session;

-- name: select_turns_between
SELECT r.revision, i.id, r.text, t.content, t.exact, r.kind, r.state, r.domain, r.tags, r.metadata,
       r.support, r.doubt, r.event_from, r.event_to, r.times, r.slot_subject, r.slot_attribute, r.slot_value,
       r.valid_from, r.valid_to, r.recorded_from, r.recorded_to, r.author, r.role, r.trust, r.method,
       r.said_at, s.name, r.turn, r.message_id, r.opened_by, r.closed_by
FROM session AS s JOIN turn AS p ON p.session = s.session
JOIN item AS i ON i.item = p.item
JOIN revision AS r ON r.item = p.item AND r.closed_by IS NULL
JOIN text AS t ON t.text = r.text
WHERE s.name = :session AND p.turn BETWEEN :first AND :last
ORDER BY p.turn, r.valid_from;

-- name: select_revisions_opened_by
SELECT revision FROM revision WHERE opened_by = :change_set ORDER BY revision;

-- name: select_revisions_closed_by
SELECT revision FROM revision WHERE closed_by = :change_set ORDER BY revision;

-- name: select_sources
SELECT s.revision, i.id, s.span_start, s.span_end, s.source_text, s.echo
FROM json_each(:revisions) AS wanted CROSS JOIN source AS s ON s.revision = wanted.value
JOIN item AS i ON i.item = s.source_item ORDER BY s.revision, s.place;

-- name: select_rows_in_slot
SELECT revision FROM revision
WHERE slot_subject = :subject AND slot_attribute = :attribute AND slot_attribute IS NOT NULL
      AND closed_by IS NULL ORDER BY revision;

-- name: select_last_turn
SELECT coalesce(max(p.turn), -1) FROM session AS s JOIN turn AS p ON p.session = s.session
WHERE s.name = :session;

-- name: select_what_holds
-- Whether a row that is left has these bytes: then they are no trace of what was erased.
SELECT 1 WHERE EXISTS (
    SELECT 1 FROM text WHERE instr(CAST(content AS BLOB), :fragment) OR instr(exact, :fragment)
        OR instr(CAST(words AS BLOB), :fragment)
) OR EXISTS (
    SELECT 1 FROM revision WHERE instr(CAST(metadata AS BLOB), :fragment) OR instr(CAST(tags AS BLOB), :fragment)
        OR instr(CAST(domain AS BLOB), :fragment) OR instr(CAST(slot_subject AS BLOB), :fragment)
        OR instr(CAST(slot_attribute AS BLOB), :fragment) OR instr(CAST(slot_value AS BLOB), :fragment)
        OR instr(CAST(author AS BLOB), :fragment) OR instr(CAST(message_id AS BLOB), :fragment)
) OR EXISTS (SELECT 1 FROM reason WHERE instr(CAST(content AS BLOB), :fragment))
OR EXISTS (SELECT 1 FROM session WHERE instr(CAST(name AS BLOB), :fragment))
OR EXISTS (
    SELECT 1 FROM name WHERE instr(CAST(content AS BLOB), :fragment) OR instr(CAST(folded AS BLOB), :fragment)
)
OR EXISTS (
    SELECT 1 FROM unit_version WHERE instr(CAST(name AS BLOB), :fragment)
        OR instr(CAST(description AS BLOB), :fragment) OR instr(CAST(annotations AS BLOB), :fragment)
        OR instr(CAST(rule AS BLOB), :fragment)
) OR EXISTS (SELECT 1 FROM unit_tag WHERE instr(CAST(tag AS BLOB), :fragment))
OR EXISTS (SELECT 1 FROM membership WHERE instr(CAST(role AS BLOB), :fragment))
OR EXISTS (SELECT 1 FROM link WHERE instr(CAST(type AS BLOB), :fragment))
OR EXISTS (
    SELECT 1 FROM journal WHERE instr(CAST(actor AS BLOB), :fragment)
        OR instr(CAST(detail AS BLOB), :fragment)  -- ids, which what was erased may have named too
) OR EXISTS (SELECT 1 FROM receipt WHERE instr(CAST(content AS BLOB), :fragment));

-- name: select_derived_items
SELECT DISTINCT d.id FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
JOIN source AS s ON s.source_item = i.item JOIN revision AS r ON r.revision = s.revision
JOIN item AS d ON d.item = r.item;

-- name: select_session_tail
-- The last places, and those that stand outside of the order; the time where the message named its own. The row believed at each place; an erased one shows no text, an undone one is not there.
SELECT p.turn, i.id, r.role, r.author, coalesce(t.exact, t.content), CASE WHEN p.timed THEN r.said_at END,
       r.message_id, r.method = 'redacted' AND t.content IS NOT NULL
FROM session AS s JOIN turn AS p ON p.session = s.session
JOIN item AS i ON i.item = p.item
JOIN revision AS r ON r.revision = (SELECT max(revision) FROM revision WHERE item = p.item AND closed_by IS NULL)
LEFT JOIN text AS t ON t.text = r.text
WHERE s.name = :session AND (
    p.turn > (SELECT max(turn) FROM turn WHERE session = s.session) - :limit
    OR r.role IN ('system', 'developer')
    OR r.message_id IN (SELECT value FROM json_each(:message_ids))
) ORDER BY p.turn;

-- name: select_journal
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.sequence > :after ORDER BY j.sequence LIMIT :limit;

-- name: select_journal_of_item
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.sequence > :after AND j.item_id = :item_id ORDER BY j.sequence LIMIT :limit;

-- name: select_journal_of_change_set
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.sequence > :after AND j.change_set = :change_set ORDER BY j.sequence LIMIT :limit;

-- name: select_newest_journal
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
ORDER BY j.sequence DESC LIMIT :limit;

-- name: select_newest_journal_of_item
SELECT j.sequence, j.change_set, j.recorded_at, j.actor, j.verb, j.item_id, j.opened, j.closed, j.digests,
       j.detail, j.reason_digest, j.previous, j.hash, r.content
FROM journal AS j LEFT JOIN reason AS r ON r.change_set = j.change_set
WHERE j.item_id = :item_id ORDER BY j.sequence DESC LIMIT :limit;

-- name: select_items_changed_after
SELECT DISTINCT i.item FROM journal AS j JOIN item AS i ON i.id = j.item_id WHERE j.sequence > :sequence;

-- name: select_index_rows
SELECT r.revision, r.item, r.text, r.kind, r.state, r.valid_from, r.valid_to, r.recorded_from, r.recorded_to,
       r.said_at, coalesce(r.session, 0), coalesce(r.turn, -1), r.author, r.role,
       r.support / (r.support + r.doubt),
       CASE r.kind WHEN 'summary' THEN 0 ELSE coalesce(
           (SELECT source_item FROM source WHERE revision = r.revision AND place = 0 AND echo = 0), 0) END,
       coalesce(r.event_from, 0), coalesce(r.event_to, 0), t.tokens,
       t.flags | iif(r.slot_attribute IS NOT NULL AND r.metadata LIKE '%"negated":true%', 64, 0)
           | iif(instr(r.tags, '"commitment"') OR instr(r.tags, '"promise"'), 1048576, 0), t.terms,
       coalesce(r.slot_subject || char(31) || r.slot_attribute, '')
FROM revision AS r JOIN text AS t ON t.text = r.text
WHERE :all OR r.closed_by IS NULL ORDER BY r.revision;

-- name: select_index_rows_of_items
SELECT r.revision, r.item, r.text, r.kind, r.state, r.valid_from, r.valid_to, r.recorded_from, r.recorded_to,
       r.said_at, coalesce(r.session, 0), coalesce(r.turn, -1), r.author, r.role,
       r.support / (r.support + r.doubt),
       CASE r.kind WHEN 'summary' THEN 0 ELSE coalesce(
           (SELECT source_item FROM source WHERE revision = r.revision AND place = 0 AND echo = 0), 0) END,
       coalesce(r.event_from, 0), coalesce(r.event_to, 0), t.tokens,
       t.flags | iif(r.slot_attribute IS NOT NULL AND r.metadata LIKE '%"negated":true%', 64, 0)
           | iif(instr(r.tags, '"commitment"') OR instr(r.tags, '"promise"'), 1048576, 0), t.terms,
       coalesce(r.slot_subject || char(31) || r.slot_attribute, '')
FROM json_each(:items) AS wanted CROSS JOIN revision AS r ON r.item = wanted.value
JOIN text AS t ON t.text = r.text
WHERE :all OR r.closed_by IS NULL ORDER BY r.revision;

-- name: select_texts_matching
SELECT rowid FROM text_index WHERE text_index MATCH :phrase ORDER BY rank LIMIT :limit;

-- name: select_texts_of_items
SELECT t.content, t.exact FROM json_each(:ids) AS wanted
CROSS JOIN item AS i ON i.id = wanted.value JOIN text AS t ON t.item = i.item;

-- name: select_words_of_items
-- What else of these items erasure takes, as it is stored; the attribute of a slot is the reader's word.
SELECT DISTINCT v.value FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
JOIN revision AS r ON r.item = i.item
JOIN json_each(json_array(r.domain, r.tags, r.metadata, r.slot_subject, r.slot_value)) AS v
WHERE v.value IS NOT NULL
UNION SELECT e.content FROM journal AS j JOIN reason AS e ON e.change_set = j.change_set
WHERE j.item_id IN (SELECT value FROM json_each(:ids))
UNION SELECT m.role FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
JOIN membership AS m ON m.item = i.item WHERE m.role IS NOT NULL
UNION SELECT l.type FROM json_each(:ids) AS wanted CROSS JOIN item AS i ON i.id = wanted.value
JOIN link AS l ON l.source_item = i.item OR l.target_item = i.item;

-- name: select_integrity
SELECT integrity_check FROM pragma_integrity_check LIMIT :faults_max;

-- name: select_all_texts
SELECT text, salt, content, exact FROM text;

-- name: select_all_reasons
SELECT change_set, salt, content FROM reason;

-- name: select_overlapping_rows
SELECT a.revision, b.revision FROM revision AS a JOIN revision AS b
ON b.item = a.item AND b.revision > a.revision AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to
WHERE a.closed_by IS NULL AND b.closed_by IS NULL LIMIT 20;

-- name: select_blocked
SELECT i.id, b.method FROM json_each(:ids) AS wanted
CROSS JOIN item AS i ON i.id = wanted.value JOIN blocked AS b ON b.item = i.item;

-- name: select_authors
SELECT DISTINCT author, role FROM revision;

-- name: select_sessions
SELECT session, name FROM session;

-- name: select_last_receipt
SELECT coalesce(max(receipt), 0) FROM receipt;

-- name: select_receipts
SELECT content, pending FROM receipt ORDER BY receipt;

-- name: select_counts
SELECT 'items', count(*) FROM item
UNION ALL SELECT 'revisions', count(*) FROM revision
UNION ALL SELECT 'open revisions', count(*) FROM revision WHERE closed_by IS NULL AND text IS NOT NULL
UNION ALL SELECT 'sessions', count(*) FROM session
UNION ALL SELECT 'texts', count(*) FROM text
UNION ALL SELECT 'texts without vector', count(*) FROM text WHERE embedded = 0
UNION ALL SELECT 'vectors', count(*) FROM vector WHERE embedder = (SELECT value FROM meta WHERE key = 'embedder')
UNION ALL SELECT 'texts embedded anew', count(DISTINCT text) FROM vector
    WHERE embedder = (SELECT value FROM meta WHERE key = 'coming_embedder') HAVING count(*) > 0
UNION ALL SELECT 'journal lines', count(*) FROM journal
UNION ALL SELECT 'erasures', count(*) FROM receipt
UNION ALL SELECT 'erasures pending', count(*) FROM receipt WHERE pending = 1
UNION ALL SELECT 'kind ' || kind, count(*) FROM revision WHERE closed_by IS NULL AND text IS NOT NULL GROUP BY kind
UNION ALL SELECT 'state ' || state, count(*) FROM revision WHERE closed_by IS NULL GROUP BY state;

-- name: select_last_numbers
SELECT (SELECT coalesce(max(revision), 0) FROM revision), coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'text'), 0),
       (SELECT coalesce(max(item), 0) FROM item);

-- name: select_item_number
SELECT item FROM item WHERE id = :id;

-- name: insert_item
INSERT INTO item (item, id, created_at) VALUES (:item, :id, :created_at);

-- name: insert_text
INSERT INTO text (text, item, content, exact, words, salt, sameness, terms, tokens, flags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_text_index
INSERT INTO text_index (rowid, content) VALUES (?, ?);

-- name: insert_session
INSERT INTO session (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;

-- name: select_session
SELECT session FROM session WHERE name = :name;

-- name: insert_turn
INSERT INTO turn (session, turn, item, timed) VALUES (?, ?, ?, ?);

-- name: insert_revision
INSERT INTO revision (
    revision, item, text, kind, state, domain, tags, metadata, support, doubt, event_from, event_to,
    times, slot_subject, slot_attribute, slot_value, valid_from, valid_to, recorded_from, recorded_to,
    author, role, trust, method, said_at, session, turn, message_id, opened_by
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_source
INSERT INTO source (revision, place, source_item, span_start, span_end, source_text, echo)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: insert_further_source
INSERT INTO source (revision, place, source_item, span_start, span_end, source_text, echo)
SELECT ?1, coalesce(max(place), -1) + 1, ?2, ?3, ?4, ?5, ?6 FROM source WHERE revision = ?1;

-- name: close_revisions
UPDATE revision SET recorded_to = :at, closed_by = :by
WHERE closed_by IS NULL AND revision IN (SELECT value FROM json_each(:ids));

-- name: insert_journal
INSERT INTO journal (
    sequence, change_set, recorded_at, actor, verb, item_id, opened, closed, digests, detail,
    reason_digest, previous, hash
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_reason
INSERT INTO reason (change_set, content, salt) VALUES (:change_set, :content, :salt);

-- name: clear_text_index_of_items
-- An external-content index is told what it held.
INSERT INTO text_index (text_index, rowid, content)
SELECT 'delete', t.text, coalesce(t.words, t.content) FROM json_each(:ids) AS wanted
CROSS JOIN item AS i ON i.id = wanted.value JOIN text AS t ON t.item = i.item;

-- name: clear_revisions_of_items
UPDATE revision SET text = NULL, domain = NULL, tags = NULL, metadata = NULL,
    slot_subject = NULL, slot_attribute = NULL, slot_value = NULL, event_from = NULL, event_to = NULL,
    times = NULL
WHERE item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: delete_texts_of_items
DELETE FROM text WHERE item IN (SELECT item FROM item WHERE id IN (SELECT value FROM json_each(:ids)));

-- name: delete_reasons_of_items
DELETE FROM reason WHERE change_set IN (
    SELECT change_set FROM journal WHERE item_id IN (SELECT value FROM json_each(:ids))
);

-- name: insert_blocked
INSERT INTO blocked (item, method) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: insert_receipt
INSERT INTO receipt (change_set, content, pending) VALUES (:change_set, :content, :pending);

-- name: rewrite_file
VACUUM;

-- name: select_pending_receipts
SELECT 1 FROM receipt WHERE pending = 1 LIMIT 1;

-- name: settle_receipts
UPDATE receipt SET pending = 0 WHERE pending = 1;
