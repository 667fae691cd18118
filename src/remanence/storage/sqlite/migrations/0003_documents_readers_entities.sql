-- Documents, message ids, readers and what waits for them, entities.

-- Documents: a row for each version. A document is known by its name; the version that is not closed is in force.
CREATE TABLE document (
    document  INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    format    TEXT NOT NULL,
    items     TEXT NOT NULL,                 -- JSON array of item numbers: its passages, in order
    unit      TEXT NOT NULL,                 -- the id of its topic unit
    digest    BLOB,                          -- keyed, of its bytes; NULL once one of its passages was erased
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE UNIQUE INDEX document_name_idx ON document (name) WHERE closed_by IS NULL;
CREATE INDEX document_all_names_idx ON document (name);
CREATE INDEX document_digest_idx ON document (digest) WHERE closed_by IS NULL;
CREATE INDEX document_opened_by_idx ON document (opened_by);
CREATE INDEX document_closed_by_idx ON document (closed_by) WHERE closed_by IS NOT NULL;
-- A document's unit bears its name: whether that is taken is asked without looking at all units.
CREATE INDEX unit_version_name_idx ON unit_version (name COLLATE NOCASE);

-- What came from elsewhere is known again by the id that it has there.
CREATE INDEX revision_message_id_idx ON revision (message_id) WHERE message_id IS NOT NULL;

-- Which reader has read which message, and the messages that wait for a language model to read them.

CREATE TABLE reader (
    reader   INTEGER PRIMARY KEY,
    family   TEXT NOT NULL,                  -- 'rules' or 'llm': of each one reads a message
    identity TEXT NOT NULL UNIQUE            -- name, version, model: never words of a message
) STRICT;

-- One reading of one text. The latest of a family that was not withdrawn counts.
CREATE TABLE reading (
    reading      INTEGER PRIMARY KEY,
    item         INTEGER NOT NULL REFERENCES item,
    text         INTEGER NOT NULL,
    reader       INTEGER NOT NULL REFERENCES reader,
    change_set   INTEGER NOT NULL,
    withdrawn_by INTEGER                     -- the change set that undid it
) STRICT;
CREATE INDEX reading_item_idx ON reading (item, text, withdrawn_by, reading, reader);
CREATE INDEX reading_change_set_idx ON reading (change_set);
CREATE INDEX reading_withdrawn_by_idx ON reading (withdrawn_by) WHERE withdrawn_by IS NOT NULL;

-- Of a cube from before, it is not known which version of the rules has read it.
INSERT INTO reader (family, identity)
SELECT 'rules', 'rules:0' WHERE EXISTS (SELECT 1 FROM revision WHERE kind = 'utterance');
INSERT INTO reading (item, text, reader, change_set)
SELECT DISTINCT r.item, r.text, d.reader, r.opened_by FROM revision AS r CROSS JOIN reader AS d
WHERE r.kind = 'utterance' AND r.method = 'observed' AND r.text IS NOT NULL AND r.closed_by IS NULL
      AND r.role IN ('user', 'assistant');

-- A message that waits. It counts only while its item has a live row, so that undo, retirement and redo need
-- no word here. No text: what is read is asked of the item when its turn has come.
CREATE TABLE job (
    job          INTEGER PRIMARY KEY AUTOINCREMENT,
    item         INTEGER NOT NULL UNIQUE REFERENCES item,
    session      INTEGER REFERENCES session,
    turn         INTEGER,
    queued_at    INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    not_before   INTEGER NOT NULL DEFAULT 0,
    parked       INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1)),
    lease        INTEGER,                    -- random: whose it is at present
    leased_until INTEGER NOT NULL DEFAULT 0,
    error        TEXT                        -- what went wrong the last time: one of a closed set
) STRICT;
CREATE INDEX job_session_idx ON job (session, turn);
CREATE INDEX job_attempts_idx ON job (attempts, job) WHERE parked = 0;
CREATE INDEX job_lease_idx ON job (lease) WHERE lease IS NOT NULL;

-- Entities: whom and what items mention, by which names.

CREATE TABLE entity (
    entity     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- A name as it was written somewhere, once for all that bear it.
CREATE TABLE name (
    name    INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE,
    folded  TEXT NOT NULL,                   -- by which names are compared
    first   TEXT NOT NULL,                   -- the first and the last word of `folded`: they find the rest
    last    TEXT NOT NULL
) STRICT;
CREATE INDEX name_first_idx ON name (first);
CREATE INDEX name_last_idx ON name (last);

-- Which entity a name may mean. One that was heard or linked counts while a mention bears it out, and needs no
-- closing; one that was given by hand stands from opened_by to closed_by.
CREATE TABLE alias (
    alias     INTEGER PRIMARY KEY,
    entity    INTEGER NOT NULL REFERENCES entity,
    name      INTEGER NOT NULL REFERENCES name,
    speaker   INTEGER REFERENCES entity,     -- whose "my sister" it is; NULL for everybody's
    origin    TEXT NOT NULL,
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE INDEX alias_name_idx ON alias (name);
CREATE INDEX alias_entity_idx ON alias (entity);
CREATE INDEX alias_opened_by_idx ON alias (opened_by) WHERE origin = 'given';

-- Characters [span_start, span_end) of a text. A mention lives and dies with its text; a split closes it and
-- opens it anew (moved) for another entity.
CREATE TABLE mention (
    mention    INTEGER PRIMARY KEY,
    entity     INTEGER NOT NULL REFERENCES entity,
    name       INTEGER NOT NULL REFERENCES name,
    text       INTEGER NOT NULL REFERENCES text,
    span_start INTEGER NOT NULL,
    span_end   INTEGER NOT NULL,
    kind       TEXT NOT NULL,                -- what this place says it is
    firm       INTEGER NOT NULL CHECK (firm IN (0, 1)),  -- 1: it says so beyond doubt
    ground     TEXT NOT NULL,
    score      REAL NOT NULL,
    moved      INTEGER NOT NULL CHECK (moved IN (0, 1)),
    opened_by  INTEGER NOT NULL,
    closed_by  INTEGER
) STRICT;
CREATE INDEX mention_entity_idx ON mention (entity, name, ground);
CREATE INDEX mention_text_idx ON mention (text);
CREATE INDEX mention_kind_idx ON mention (entity, kind, firm) WHERE kind <> 'unknown' AND closed_by IS NULL;
CREATE INDEX mention_moved_idx ON mention (opened_by) WHERE moved = 1;
CREATE INDEX mention_closed_by_idx ON mention (closed_by) WHERE closed_by IS NOT NULL;

-- Said by hand: two entities are one, and what sort of thing one is.
CREATE TABLE merger (
    merger    INTEGER PRIMARY KEY,
    entity    INTEGER NOT NULL REFERENCES entity,
    target    INTEGER NOT NULL REFERENCES entity,
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE TABLE entity_kind (
    entity_kind INTEGER PRIMARY KEY,
    entity      INTEGER NOT NULL REFERENCES entity,
    kind        TEXT NOT NULL,
    opened_by   INTEGER NOT NULL,
    closed_by   INTEGER
) STRICT;
CREATE INDEX entity_kind_entity_idx ON entity_kind (entity);

-- The mentions that count now: their text is recalled, and what they rest on stands.
CREATE VIEW standing_mention AS
SELECT m.mention, m.entity, m.name, m.text, m.span_start, m.span_end, m.score FROM mention AS m
WHERE m.closed_by IS NULL AND EXISTS (
    SELECT 1 FROM revision AS r WHERE r.text = m.text AND r.closed_by IS NULL
    AND r.state IN ('generated', 'active', 'dormant', 'frozen')
) AND (m.ground <> 'alias' OR EXISTS (
    SELECT 1 FROM mention AS l JOIN revision AS r ON r.text = l.text AND r.closed_by IS NULL
    WHERE l.entity = m.entity AND l.name = m.name AND l.ground = 'link' AND l.closed_by IS NULL
));
