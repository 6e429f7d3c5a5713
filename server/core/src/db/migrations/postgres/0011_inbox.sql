-- The same table as in ../sqlite. Why the mailbox could not be read that answers come back to.

-- One row at most: what came of the last look, and none once one succeeded.
CREATE TABLE inbox_problems (
    id  BIGINT PRIMARY KEY CHECK (id = 1),
    at  BIGINT NOT NULL,
    why TEXT NOT NULL
);
