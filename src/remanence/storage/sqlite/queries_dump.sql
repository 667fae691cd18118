-- A complete export and its load: dump_SECTION gives the columns that storage.dump_port names, load_SECTION takes them.

-- name: dump_session
SELECT name FROM session ORDER BY session;

-- name: load_session
INSERT INTO session (name) VALUES (?1);

-- name: dump_item
SELECT i.id, i.created_at, s.name, p.turn, p.timed,
       (SELECT json_group_array(b.method ORDER BY b.method) FROM blocked AS b WHERE b.item = i.item HAVING count(*))
FROM item AS i LEFT JOIN turn AS p ON p.item = i.item LEFT JOIN session AS s ON s.session = p.session
ORDER BY i.item;

-- name: load_item
INSERT INTO item (id, created_at) VALUES (?1, ?2);

-- name: load_item_turn
INSERT INTO turn (session, turn, item, timed)
SELECT s.session, ?4, i.item, ?5 FROM item AS i JOIN session AS s ON s.name = ?3 WHERE i.id = ?1;

-- name: load_item_blocked
INSERT INTO blocked (item, method)
SELECT i.item, m.value FROM item AS i JOIN json_each(?6) AS m WHERE i.id = ?1;

-- name: dump_revision
SELECT r.revision, i.id, r.text, t.content, t.exact, t.salt,
       EXISTS (SELECT 1 FROM statement AS st WHERE st.text = r.text),
       r.kind, r.state, r.domain, r.tags, r.metadata, r.support, r.doubt, r.event_from, r.event_to, r.times,
       r.slot_subject, r.slot_attribute, r.slot_value, r.valid_from, r.valid_to, r.recorded_from, r.recorded_to,
       r.author, r.role, r.trust, r.method, r.said_at, s.name, r.turn, r.message_id,
       (SELECT json_group_array(
            json_object('item', si.id, 'start', so.span_start, 'end', so.span_end, 'text', so.source_text,
                        'echo', so.echo)
            ORDER BY so.place)
        FROM source AS so JOIN item AS si ON si.item = so.source_item WHERE so.revision = r.revision HAVING count(*)),
       r.opened_by, r.closed_by
FROM revision AS r JOIN item AS i ON i.item = r.item
LEFT JOIN text AS t ON t.text = r.text LEFT JOIN session AS s ON s.session = r.session
ORDER BY r.revision;

-- name: load_revision
INSERT INTO revision (
    revision, item, text, kind, state, domain, tags, metadata, support, doubt, event_from, event_to, times,
    slot_subject, slot_attribute, slot_value, valid_from, valid_to, recorded_from, recorded_to,
    author, role, trust, method, said_at, session, turn, message_id, opened_by, closed_by
) VALUES (
    ?1, (SELECT item FROM item WHERE id = ?2), ?3, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, (SELECT session FROM session WHERE name = ?29), ?30, ?31, ?33, ?34
);

-- name: load_revision_sources
INSERT INTO source (revision, place, source_item, span_start, span_end, source_text, echo)
SELECT ?1, s.key, (SELECT item FROM item WHERE id = s.value ->> 'item'),
       s.value ->> 'start', s.value ->> 'end', s.value ->> 'text', coalesce(s.value ->> 'echo', 0) FROM json_each(?32) AS s;

-- name: dump_vector
SELECT v.text, v.span_start, v.span_end, v.value, nullif(t.flags >> 21, 0)
FROM vector AS v JOIN text AS t ON t.text = v.text
WHERE v.embedder = (SELECT value FROM meta WHERE key = 'embedder') ORDER BY v.vector;

-- name: dump_mark
SELECT m.mark, i.id, iif(m.sort = 1, 'use', 'expiry'), m.at, m.opened_by, m.closed_by
FROM mark AS m JOIN item AS i ON i.item = m.item ORDER BY m.mark;

-- name: load_mark
INSERT INTO mark (mark, item, sort, at, opened_by, closed_by)
VALUES (?1, (SELECT item FROM item WHERE id = ?2), iif(?3 = 'use', 1, 2), ?4, ?5, ?6);

-- name: dump_observation
SELECT author, method, borne_out, by_another, change_set, withdrawn_by FROM observation ORDER BY observation;

-- name: load_observation
INSERT INTO observation (author, method, borne_out, by_another, change_set, withdrawn_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: dump_unit
SELECT id, kind, created_at FROM unit ORDER BY unit;

-- name: load_unit
INSERT INTO unit (id, kind, created_at) VALUES (?1, ?2, ?3);

-- name: dump_unit_version
SELECT u.id, v.version, v.change_set, v.recorded_at, v.standing, v.name, v.description, v.annotations, v.rule
FROM unit_version AS v JOIN unit AS u ON u.unit = v.unit ORDER BY v.unit, v.version;

-- name: load_unit_version
INSERT INTO unit_version (unit, version, change_set, recorded_at, standing, name, description, annotations, rule)
VALUES ((SELECT unit FROM unit WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: dump_member
SELECT u.id, i.id, m.left_out, m.role, m.place, m.opened_by, m.closed_by
FROM membership AS m JOIN unit AS u ON u.unit = m.unit JOIN item AS i ON i.item = m.item ORDER BY m.membership;

-- name: load_member
INSERT INTO membership (unit, item, left_out, role, place, opened_by, closed_by) VALUES (
    (SELECT unit FROM unit WHERE id = ?1), (SELECT item FROM item WHERE id = ?2), ?3, ?4, ?5, ?6, ?7
);

-- name: dump_link
SELECT su.id, si.id, l.type, tu.id, ti.id, l.opened_by, l.closed_by FROM link AS l
LEFT JOIN unit AS su ON su.unit = l.source_unit LEFT JOIN item AS si ON si.item = l.source_item
LEFT JOIN unit AS tu ON tu.unit = l.target_unit LEFT JOIN item AS ti ON ti.item = l.target_item
ORDER BY l.link;

-- name: load_link
INSERT INTO link (source_unit, source_item, type, target_unit, target_item, opened_by, closed_by) VALUES (
    (SELECT unit FROM unit WHERE id = ?1), (SELECT item FROM item WHERE id = ?2), ?3,
    (SELECT unit FROM unit WHERE id = ?4), (SELECT item FROM item WHERE id = ?5), ?6, ?7
);

-- name: dump_unit_tag
SELECT u.id, t.version, t.tag, t.opened_by, t.closed_by
FROM unit_tag AS t JOIN unit AS u ON u.unit = t.unit ORDER BY t.unit_tag;

-- name: load_unit_tag
INSERT INTO unit_tag (unit, version, tag, opened_by, closed_by)
VALUES ((SELECT unit FROM unit WHERE id = ?1), ?2, ?3, ?4, ?5);

-- name: dump_entity
SELECT e.id, e.created_at FROM entity AS e ORDER BY e.entity;

-- name: load_entity
INSERT INTO entity (id, created_at) VALUES (?1, ?2);

-- name: dump_name
SELECT n.content, n.folded, n.first, n.last FROM name AS n ORDER BY n.name;

-- name: load_name
INSERT INTO name (content, folded, first, last) VALUES (?1, ?2, ?3, ?4);

-- name: dump_alias
SELECT e.id, n.content, s.id, a.origin, a.opened_by, a.closed_by
FROM alias AS a JOIN entity AS e ON e.entity = a.entity JOIN name AS n ON n.name = a.name
LEFT JOIN entity AS s ON s.entity = a.speaker ORDER BY a.alias;

-- name: load_alias
INSERT INTO alias (entity, name, speaker, origin, opened_by, closed_by) VALUES (
    (SELECT entity FROM entity WHERE id = ?1), (SELECT name FROM name WHERE content = ?2),
    (SELECT entity FROM entity WHERE id = ?3), ?4, ?5, ?6
);

-- name: dump_mention
SELECT e.id, n.content, m.text, m.span_start, m.span_end, m.kind, m.firm, m.ground, m.score, m.moved,
       m.opened_by, m.closed_by
FROM mention AS m JOIN entity AS e ON e.entity = m.entity JOIN name AS n ON n.name = m.name ORDER BY m.mention;

-- name: load_mention
INSERT INTO mention
    (entity, name, text, span_start, span_end, kind, firm, ground, score, moved, opened_by, closed_by)
VALUES (
    (SELECT entity FROM entity WHERE id = ?1), (SELECT name FROM name WHERE content = ?2),
    ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
);

-- name: dump_merger
SELECT e.id, t.id, g.opened_by, g.closed_by
FROM merger AS g JOIN entity AS e ON e.entity = g.entity JOIN entity AS t ON t.entity = g.target ORDER BY g.merger;

-- name: load_merger
INSERT INTO merger (entity, target, opened_by, closed_by) VALUES (
    (SELECT entity FROM entity WHERE id = ?1), (SELECT entity FROM entity WHERE id = ?2), ?3, ?4
);

-- name: dump_entity_kind
SELECT e.id, k.kind, k.opened_by, k.closed_by
FROM entity_kind AS k JOIN entity AS e ON e.entity = k.entity ORDER BY k.entity_kind;

-- name: load_entity_kind
INSERT INTO entity_kind (entity, kind, opened_by, closed_by) VALUES (
    (SELECT entity FROM entity WHERE id = ?1), ?2, ?3, ?4
);

-- name: dump_reader
SELECT d.family, d.identity FROM reader AS d ORDER BY d.reader;

-- name: load_reader
INSERT INTO reader (family, identity) VALUES (?1, ?2);

-- name: dump_reading
SELECT i.id, g.text, d.identity, g.change_set, g.withdrawn_by
FROM reading AS g JOIN item AS i ON i.item = g.item JOIN reader AS d ON d.reader = g.reader ORDER BY g.reading;

-- name: load_reading
INSERT INTO reading (item, text, reader, change_set, withdrawn_by) VALUES (
    (SELECT item FROM item WHERE id = ?1), ?2, (SELECT reader FROM reader WHERE identity = ?3), ?4, ?5
);

-- name: dump_job
-- What waits, and nothing of who was at it.
SELECT i.id, s.name, j.turn, j.queued_at
FROM job AS j JOIN item AS i ON i.item = j.item LEFT JOIN session AS s ON s.session = j.session ORDER BY j.job;

-- name: load_job
INSERT INTO job (item, session, turn, queued_at) VALUES (
    (SELECT item FROM item WHERE id = ?1), (SELECT session FROM session WHERE name = ?2), ?3, ?4
);

-- name: dump_shown
SELECT i.id,
       (SELECT json_group_array(s.id ORDER BY n.key) FROM json_each(w.items) AS n JOIN item AS s ON s.item = n.value)
FROM shown AS w JOIN item AS i ON i.item = w.item ORDER BY w.item;

-- name: load_shown
INSERT INTO shown (item, items) VALUES (
    (SELECT item FROM item WHERE id = ?1),
    (SELECT json_group_array(i.item ORDER BY n.key) FROM json_each(?2) AS n JOIN item AS i ON i.id = n.value)
);

-- name: dump_document
SELECT d.name, d.format,
       (SELECT json_group_array(i.id ORDER BY n.key) FROM json_each(d.items) AS n JOIN item AS i ON i.item = n.value),
       d.unit, d.opened_by, d.closed_by
FROM document AS d ORDER BY d.document;

-- name: load_document
-- Without its digest, which is keyed: a document that comes again is read once more, and is found to be the same.
INSERT INTO document (name, format, items, unit, opened_by, closed_by) VALUES (
    ?1, ?2,
    (SELECT json_group_array(i.item ORDER BY n.key) FROM json_each(?3) AS n JOIN item AS i ON i.id = n.value),
    ?4, ?5, ?6
);

-- name: dump_refusal
SELECT (SELECT json_group_array(i.id ORDER BY i.item) FROM json_each(f.items) AS n JOIN item AS i ON i.item = n.value),
       f.opened_by, f.closed_by
FROM refusal AS f ORDER BY f.refusal;

-- name: load_refusal
INSERT INTO refusal (items, opened_by, closed_by) VALUES (
    (SELECT json_group_array(i.item ORDER BY i.item) FROM json_each(?1) AS n JOIN item AS i ON i.id = n.value), ?2, ?3
);

-- name: dump_context
SELECT handed_at, given, left_out FROM context ORDER BY context;

-- name: load_context
INSERT INTO context (handed_at, given, left_out) VALUES (?1, ?2, ?3);

-- name: dump_journal
SELECT sequence, change_set, recorded_at, actor, verb, item_id, opened, closed, digests, detail, reason_digest,
       previous, hash
FROM journal ORDER BY sequence;

-- name: load_journal
INSERT INTO journal (
    sequence, change_set, recorded_at, actor, verb, item_id, opened, closed, digests, detail, reason_digest,
    previous, hash
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: dump_reason
SELECT change_set, content, salt FROM reason ORDER BY change_set;

-- name: load_reason
INSERT INTO reason (change_set, content, salt) VALUES (?1, ?2, ?3);

-- name: dump_receipt
SELECT content, pending FROM receipt ORDER BY receipt;

-- name: load_receipt
-- What is loaded never lay in this file, so nothing is left to drive out of it.
INSERT INTO receipt (change_set, content, pending) VALUES (?1 ->> 'change_set', ?1, ?2 AND 0);

-- name: select_last_text
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'text'), 0);

-- name: select_texts_held
SELECT t.text, t.content, t.exact FROM json_each(:texts) AS wanted CROSS JOIN text AS t ON t.text = wanted.value;

-- name: delete_text_sequence
DELETE FROM sqlite_sequence WHERE name = 'text';

-- name: insert_text_sequence
INSERT INTO sqlite_sequence (name, seq) VALUES ('text', :number);

-- name: select_row_numbers
SELECT revision FROM revision WHERE revision > :after AND (:all OR closed_by IS NULL) ORDER BY revision LIMIT :limit;
