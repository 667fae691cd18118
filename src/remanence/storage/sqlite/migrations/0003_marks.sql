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
