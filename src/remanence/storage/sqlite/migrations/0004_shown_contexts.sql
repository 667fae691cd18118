-- What stood in an agent's prompt, so that what it repeats of it bears out nothing.

-- The items that an agent had been shown when it said this. It says so of the message for good: while the
-- message is undone or retired it counts for nothing, and it goes when the message is erased.
CREATE TABLE shown (
    item  INTEGER PRIMARY KEY REFERENCES item,  -- the message
    items TEXT NOT NULL                         -- JSON array of item numbers
) STRICT;

-- 1: an agent said it there while it stood in its prompt, which is no ground to believe it.
ALTER TABLE source ADD COLUMN echo INTEGER NOT NULL DEFAULT 0 CHECK (echo IN (0, 1));

-- Contexts handed out: row numbers and no word of the question. The audit of promises about memory reads them.
CREATE TABLE context (
    context   INTEGER PRIMARY KEY,
    handed_at INTEGER NOT NULL,
    given     TEXT NOT NULL,                 -- JSON array of row numbers, the best first
    left_out  TEXT NOT NULL                  -- JSON array of row numbers: preferences that did not get in
) STRICT;

-- What the ledger of promises is read from.
CREATE INDEX revision_promise_idx ON revision (revision)
WHERE closed_by IS NULL AND (kind = 'goal' OR instr(tags, '"assessment"') > 0);
