-- All items in one pass: what lifecycle rules and consolidation look at.

-- name: select_life_rows
-- The other columns are those of the row with the latest beginning: SQLite's own promise for a lone max().
SELECT r.item, i.id, r.kind, r.state, r.said_at, r.author, r.role, r.trust, r.method, s.name, r.domain, r.tags,
       r.support, r.doubt, t.tokens, r.valid_to, max(r.valid_from)
FROM revision AS r JOIN item AS i ON i.item = r.item JOIN text AS t ON t.text = r.text
LEFT JOIN session AS s ON s.session = r.session
WHERE r.closed_by IS NULL AND r.valid_from <= :at GROUP BY r.item ORDER BY r.item;

-- name: select_statement_rows
-- Texts that SQLite can't hold word for word are left out: they are compared with nothing. So is what others
-- rest on: they would fall with it; and what was recorded as done or promised: twice, it is two deeds.
SELECT r.revision, r.item, r.text, t.content, r.kind, r.trust, r.author, s.name, r.domain, r.metadata,
       r.event_from, r.event_to, r.valid_to, r.slot_subject, r.slot_attribute, r.slot_value
FROM revision AS r JOIN text AS t ON t.text = r.text LEFT JOIN session AS s ON s.session = r.session
WHERE r.closed_by IS NULL AND r.kind <> 'utterance' AND r.state IN ('active', 'dormant')
      AND r.valid_from <= :at AND r.valid_to > :at AND t.exact IS NULL
      AND (r.metadata IS NULL OR r.metadata NOT LIKE '%"deed":{%')
      AND (r.tags IS NULL OR (instr(r.tags, '"promise"') = 0 AND instr(r.tags, '"commitment"') = 0
                              AND instr(r.tags, '"assessment"') = 0))
      AND NOT EXISTS (SELECT 1 FROM revision AS o
                      WHERE o.item = r.item AND o.closed_by IS NULL AND o.revision <> r.revision)
      AND NOT EXISTS (SELECT 1 FROM source AS d WHERE d.source_item = r.item)
      AND NOT EXISTS (SELECT 1 FROM mark AS m WHERE m.item = r.item AND m.sort = 2 AND m.closed_by IS NULL)
ORDER BY r.revision;

-- name: select_words_by_state
SELECT r.state, sum(t.tokens) FROM revision AS r JOIN text AS t ON t.text = r.text
WHERE r.closed_by IS NULL GROUP BY r.state;
