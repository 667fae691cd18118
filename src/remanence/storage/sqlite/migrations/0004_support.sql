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
