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
