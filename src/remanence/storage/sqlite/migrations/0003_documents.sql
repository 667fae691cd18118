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
