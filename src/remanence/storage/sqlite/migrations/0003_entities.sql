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
