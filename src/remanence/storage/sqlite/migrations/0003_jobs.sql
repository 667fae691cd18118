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
