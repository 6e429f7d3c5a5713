-- The same tables as in ../sqlite. How many Responses were in time.

-- What a Response is counted by, as the events say it; empty in rows from before this migration until the portal starts.
-- The month in which it is due, by the wall clock of the contract's zone: months since January of the year 0.
ALTER TABLE incidents ADD COLUMN due_month BIGINT;
-- The level that set the due time.
ALTER TABLE incidents ADD COLUMN due_severity SMALLINT CHECK (due_severity BETWEEN 1 AND 9);
-- What became of it; one that is open is late once its due time has passed.
ALTER TABLE incidents ADD COLUMN response TEXT
    CHECK (response IN ('in_time', 'late', 'open', 'excluded', 'withdrawn'));

-- Counting reads nothing but this.
CREATE INDEX incidents_attained ON incidents (customer_id, due_month, due_severity, tier, response, due_at);
