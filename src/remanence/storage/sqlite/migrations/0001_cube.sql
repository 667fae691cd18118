-- The cube: everything one owner's memory consists of, in one file.
-- Times are microseconds since 1970-01-01 UTC; the smallest and largest integers mean "without bound".

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE embedder (
    embedder INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    revision TEXT NOT NULL,
    dims     INTEGER NOT NULL CHECK (dims > 0),
    UNIQUE (name, revision, dims)
) STRICT;

CREATE TABLE item (
    item       INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- What was said, once for all rows of an item that say the same. Erasure removes the row.
-- AUTOINCREMENT: a vector on its way to an erased text must never meet another text under its number.
CREATE TABLE text (
    text     INTEGER PRIMARY KEY AUTOINCREMENT,
    item     INTEGER NOT NULL REFERENCES item,
    content  TEXT NOT NULL,    -- NUL and lone surrogates replaced, since SQLite can't hold them
    exact    BLOB,             -- the very text (UTF-8, surrogates passed), where that differs
    words    TEXT,             -- what the text index reads, where that differs (scripts without spaces)
    salt     BLOB NOT NULL,    -- of the journal's digest of this text
    sameness BLOB NOT NULL,    -- keyed digest: equal texts have equal vectors, embedded once a cube
    terms    BLOB NOT NULL,    -- term ids in order, uint32 little-endian
    tokens   INTEGER NOT NULL,
    flags    INTEGER NOT NULL,
    embedded INTEGER NOT NULL DEFAULT 0 CHECK (embedded IN (0, 1))
) STRICT;
CREATE INDEX text_item_idx ON text (item);
CREATE INDEX text_sameness_idx ON text (sameness) WHERE embedded = 1;
CREATE INDEX text_pending_idx ON text (text) WHERE embedded = 0;

CREATE TABLE session (
    session INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE
) STRICT;

-- The order in which a conversation was heard. A place outlives the erasure of what was said there.
CREATE TABLE turn (
    session INTEGER NOT NULL REFERENCES session,
    turn    INTEGER NOT NULL,
    item    INTEGER NOT NULL UNIQUE REFERENCES item,
    timed   INTEGER NOT NULL CHECK (timed IN (0, 1)),  -- whether the message named its own time
    PRIMARY KEY (session, turn)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision (
    revision       INTEGER PRIMARY KEY,
    item           INTEGER NOT NULL REFERENCES item,
    text           INTEGER REFERENCES text,  -- NULL once erased
    kind           TEXT NOT NULL,
    state          TEXT NOT NULL,
    domain         TEXT,
    tags           TEXT,                     -- JSON array, NULL for none
    metadata       TEXT,                     -- JSON object, NULL for none
    support        REAL NOT NULL,
    doubt          REAL NOT NULL,
    event_from     INTEGER,
    event_to       INTEGER,
    times          TEXT,                     -- JSON array of [start, end, from, to, grain, kind], NULL for none
    slot_subject   TEXT,
    slot_attribute TEXT,
    slot_value     TEXT,
    valid_from     INTEGER NOT NULL,
    valid_to       INTEGER NOT NULL,
    recorded_from  INTEGER NOT NULL,
    recorded_to    INTEGER NOT NULL,
    author         TEXT NOT NULL,
    role           TEXT NOT NULL,
    trust          TEXT NOT NULL,
    method         TEXT NOT NULL,
    said_at        INTEGER NOT NULL,
    session        INTEGER REFERENCES session,
    turn           INTEGER,
    message_id     TEXT,
    opened_by      INTEGER NOT NULL,         -- the change set that wrote it
    closed_by      INTEGER,                  -- the change set that ended it
    CHECK (valid_from < valid_to),
    CHECK (recorded_from < recorded_to),
    CHECK ((closed_by IS NULL) = (recorded_to = 9223372036854775807))
) STRICT;
CREATE INDEX revision_item_idx ON revision (item);
CREATE INDEX revision_text_idx ON revision (text);
CREATE INDEX revision_opened_by_idx ON revision (opened_by);
CREATE INDEX revision_slot_idx ON revision (slot_subject, slot_attribute)
    WHERE slot_attribute IS NOT NULL AND closed_by IS NULL;
CREATE INDEX revision_closed_by_idx ON revision (closed_by) WHERE closed_by IS NOT NULL;

-- Derived from what: an item, and characters [span_start, span_end) of its content.
CREATE TABLE source (
    revision    INTEGER NOT NULL REFERENCES revision,
    place       INTEGER NOT NULL,
    source_item INTEGER NOT NULL REFERENCES item,
    span_start  INTEGER,
    span_end    INTEGER,
    PRIMARY KEY (revision, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_source_item_idx ON source (source_item);

-- A (source, rule) pair that must not be derived again: what it gave was erased.
CREATE TABLE blocked (
    item   INTEGER NOT NULL REFERENCES item,
    method TEXT NOT NULL,
    PRIMARY KEY (item, method)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT again: a memory index asks for what came after the last it saw, so numbers never return.
CREATE TABLE vector (
    vector     INTEGER PRIMARY KEY AUTOINCREMENT,
    text       INTEGER NOT NULL REFERENCES text,
    embedder   INTEGER NOT NULL REFERENCES embedder,
    span_start INTEGER NOT NULL,
    span_end   INTEGER NOT NULL,
    value      BLOB NOT NULL                 -- float16 [dims], little-endian, unit length
) STRICT;
CREATE INDEX vector_text_idx ON vector (text);

CREATE TABLE journal (
    sequence      INTEGER PRIMARY KEY,
    change_set    INTEGER NOT NULL,
    recorded_at   INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    verb          TEXT NOT NULL,
    item_id       TEXT,
    opened        TEXT NOT NULL,             -- JSON array of revision numbers
    closed        TEXT NOT NULL,
    digests       BLOB NOT NULL,             -- 32 bytes for each text the opened rows bring in
    detail        TEXT NOT NULL,             -- JSON object of ids and numbers
    reason_digest BLOB,
    previous      BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE INDEX journal_item_id_idx ON journal (item_id);
CREATE INDEX journal_change_set_idx ON journal (change_set);

CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

-- Why a change set was made, apart from the journal so that it can be erased.
CREATE TABLE reason (
    change_set INTEGER PRIMARY KEY,
    content    TEXT NOT NULL,
    salt       BLOB NOT NULL
) STRICT;

CREATE TABLE receipt (
    receipt    INTEGER PRIMARY KEY,
    change_set INTEGER NOT NULL,
    content    TEXT NOT NULL,                -- JSON: ids, times, counts; no text
    pending    INTEGER NOT NULL CHECK (pending IN (0, 1))
) STRICT;

-- The text index sees exactly the rows of this view (its integrity check wants no others).
CREATE VIEW indexed_text (text, content) AS SELECT text, coalesce(words, content) FROM text;
CREATE VIRTUAL TABLE text_index USING fts5 (
    content, content = 'indexed_text', content_rowid = 'text', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO text_index (text_index, rank) VALUES ('secure-delete', 1);
