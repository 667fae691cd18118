-- Units: named, versioned sets of items, and links between units and items.

CREATE TABLE unit (
    unit       INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Every change of a unit writes one version, in one change set.
CREATE TABLE unit_version (
    unit        INTEGER NOT NULL REFERENCES unit,
    version     INTEGER NOT NULL,
    change_set  INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    standing    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    annotations TEXT,                        -- JSON object, NULL for none
    rule        TEXT,                        -- JSON object, NULL for none
    PRIMARY KEY (unit, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_version_change_set_idx ON unit_version (change_set);

-- A member stands in the versions from opened_by up to closed_by. One that was erased keeps its numbers only.
CREATE TABLE membership (
    membership INTEGER PRIMARY KEY,
    unit       INTEGER NOT NULL REFERENCES unit,
    item       INTEGER NOT NULL REFERENCES item,
    left_out   INTEGER NOT NULL CHECK (left_out IN (0, 1)),  -- 1: taken out of what the rule brings in
    role       TEXT,
    place      INTEGER,
    opened_by  INTEGER NOT NULL,
    closed_by  INTEGER
) STRICT;
CREATE INDEX membership_unit_idx ON membership (unit, closed_by);
CREATE INDEX membership_item_idx ON membership (item);

-- From a unit or an item to a unit or an item. A unit's own links are part of its versions.
CREATE TABLE link (
    link        INTEGER PRIMARY KEY,
    source_unit INTEGER REFERENCES unit,
    source_item INTEGER REFERENCES item,
    type        TEXT NOT NULL,
    target_unit INTEGER REFERENCES unit,
    target_item INTEGER REFERENCES item,
    opened_by   INTEGER NOT NULL,
    closed_by   INTEGER,
    CHECK ((source_unit IS NULL) <> (source_item IS NULL)),
    CHECK ((target_unit IS NULL) <> (target_item IS NULL))
) STRICT;
CREATE INDEX link_source_unit_idx ON link (source_unit) WHERE source_unit IS NOT NULL;
CREATE INDEX link_source_item_idx ON link (source_item) WHERE source_item IS NOT NULL;
CREATE INDEX link_target_unit_idx ON link (target_unit) WHERE target_unit IS NOT NULL;
CREATE INDEX link_target_item_idx ON link (target_item) WHERE target_item IS NOT NULL;
CREATE INDEX link_opened_by_idx ON link (opened_by);
CREATE INDEX link_closed_by_idx ON link (closed_by) WHERE closed_by IS NOT NULL;

-- A name for one version of a unit.
CREATE TABLE unit_tag (
    unit_tag  INTEGER PRIMARY KEY,
    unit      INTEGER NOT NULL REFERENCES unit,
    version   INTEGER NOT NULL,
    tag       TEXT NOT NULL,
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE INDEX unit_tag_unit_idx ON unit_tag (unit);
CREATE INDEX unit_tag_opened_by_idx ON unit_tag (opened_by);
CREATE INDEX unit_tag_closed_by_idx ON unit_tag (closed_by) WHERE closed_by IS NOT NULL;

-- A proposed unit that nobody wanted: what holds much the same items is not proposed again.
CREATE TABLE refusal (
    refusal   INTEGER PRIMARY KEY,
    items     TEXT NOT NULL,                 -- JSON array of item numbers
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE INDEX refusal_opened_by_idx ON refusal (opened_by);
CREATE INDEX refusal_closed_by_idx ON refusal (closed_by) WHERE closed_by IS NOT NULL;

-- Marks: when an item was used, and when it expires. Each is opened by one change set and closed by another,
-- so that undo takes it back without a trace in the rows.
CREATE TABLE mark (
    mark      INTEGER PRIMARY KEY,
    item      INTEGER NOT NULL REFERENCES item,
    sort      INTEGER NOT NULL CHECK (sort IN (1, 2)),  -- 1: used then, 2: recalled until then
    at        INTEGER NOT NULL,
    opened_by INTEGER NOT NULL,
    closed_by INTEGER
) STRICT;
CREATE INDEX mark_item_idx ON mark (item, sort, at) WHERE closed_by IS NULL;
CREATE INDEX mark_opened_by_idx ON mark (opened_by);
CREATE INDEX mark_closed_by_idx ON mark (closed_by) WHERE closed_by IS NOT NULL;

-- What a derived row rests on to the word, which slots are in conflict, and how reliable a source has been.

-- The very text that the passage stands in; NULL where an older cube did not say.
ALTER TABLE source ADD COLUMN source_text INTEGER;

-- Finds rows that claim one slot for the same time without reading them.
CREATE INDEX revision_slot_time_idx ON revision (slot_attribute, slot_subject, valid_from, valid_to, state)
    WHERE slot_attribute IS NOT NULL AND closed_by IS NULL;
-- Denials bear metadata; few other rows in a slot do.
CREATE INDEX revision_slot_metadata_idx ON revision (slot_subject, slot_attribute)
    WHERE slot_attribute IS NOT NULL AND closed_by IS NULL AND metadata IS NOT NULL;

-- One observation of how a source did: it was borne out by another, or it was not.
CREATE TABLE observation (
    observation  INTEGER PRIMARY KEY,
    author       TEXT NOT NULL,              -- whose statement it was
    method       TEXT NOT NULL,              -- how it became a row
    borne_out    INTEGER NOT NULL CHECK (borne_out IN (0, 1)),
    by_another   INTEGER NOT NULL CHECK (by_another IN (0, 1)),  -- another author; else it says nothing of this one
    change_set   INTEGER NOT NULL,
    withdrawn_by INTEGER                     -- the change set that undid it
) STRICT;
CREATE INDEX observation_change_set_idx ON observation (change_set);
CREATE INDEX observation_withdrawn_by_idx ON observation (withdrawn_by) WHERE withdrawn_by IS NOT NULL;

-- Statements by what they say, so that one said again is known: a keyed digest of the wording. Utterances
-- are not here: each stands for itself.
CREATE TABLE statement (
    text     INTEGER PRIMARY KEY REFERENCES text,
    sameness BLOB NOT NULL
) STRICT;
CREATE INDEX statement_sameness_idx ON statement (sameness);
