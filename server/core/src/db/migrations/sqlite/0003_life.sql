-- The same tables as in ../postgres. The life of an incident after its notice.

-- A row is a projection of its events. The long texts come last: a list does not read that far.
CREATE TABLE incidents_new (
    id               INTEGER PRIMARY KEY,
    year             INTEGER NOT NULL,
    number           INTEGER NOT NULL CHECK (number >= 1),
    customer_id      INTEGER NOT NULL REFERENCES customers (id),
    contact_id       INTEGER NOT NULL REFERENCES people (id),
    -- The idempotency key of the form that it was filed with.
    form_key         TEXT NOT NULL CHECK (length(form_key) = 36),
    received_at      INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    -- The level that sets the targets: the designated one, else the claimed one.
    severity         INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 9),
    claimed          INTEGER NOT NULL CHECK (claimed BETWEEN 1 AND 9),
    state            TEXT NOT NULL CHECK (state IN ('awaiting_response', 'acknowledged', 'verified', 'designated', 'in_work', 'reopened', 'resolved', 'closed', 'withdrawn')),
    excluded         INTEGER NOT NULL CHECK (excluded IN (0, 1)),
    -- When the Response was complete, and who is assigned.
    responded_at     INTEGER,
    assigned_to      INTEGER REFERENCES people (id),
    -- What the vendor owes next, and by when: the Response, then the next update; none while it waits, and in the end.
    next_due_at      INTEGER,
    waiting_since    INTEGER,
    -- Whether an objection to the designation, or a wish for another severity, waits for an engineer.
    contested        INTEGER NOT NULL DEFAULT 0 CHECK (contested IN (0, 1)),
    escalated        INTEGER NOT NULL DEFAULT 0 CHECK (escalated IN (0, 1)),
    title            TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    -- What a search looks at: title and number in lower case, as Rust folds them.
    search           TEXT NOT NULL,
    -- The hash of the last event; empty until the events from before this migration are chained.
    head             TEXT NOT NULL DEFAULT '',
    -- Under what it was filed; nothing of this is ever changed.
    plan_version     TEXT NOT NULL,
    calendar_version TEXT NOT NULL,
    tz_version       TEXT NOT NULL,
    tier             TEXT NOT NULL,
    zone             TEXT NOT NULL,
    release          TEXT NOT NULL,
    release_name     TEXT NOT NULL,
    answers          TEXT NOT NULL,
    outcome          TEXT NOT NULL CHECK (json_valid(outcome)),
    explanation      TEXT NOT NULL CHECK (json_valid(explanation)),
    -- Why the Response is due when it is due now: as a designation or a closed day moved it; none if nothing did.
    promise          TEXT CHECK (json_valid(promise)),
    description      TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    steps            TEXT NOT NULL CHECK (length(steps) <= 10000),
    business_impact  TEXT NOT NULL CHECK (length(business_impact) <= 4000),
    UNIQUE (year, number),
    UNIQUE (contact_id, form_key)
) STRICT;
INSERT INTO incidents_new (
    id, year, number, customer_id, contact_id, form_key, received_at, due_at, severity, claimed, state, excluded,
    next_due_at, title, search, plan_version, calendar_version, tz_version, tier, zone, release, release_name, answers,
    outcome, explanation, description, steps, business_impact
) SELECT
    id, year, number, customer_id, contact_id, form_key, received_at, due_at, severity, severity,
    CASE state WHEN 'in_progress' THEN 'acknowledged' ELSE state END, excluded,
    CASE state WHEN 'awaiting_response' THEN due_at END, title, search, plan_version, calendar_version, tz_version, tier,
    zone, release, release_name, answers, outcome, explanation, description, steps, business_impact
FROM incidents;
DROP TABLE incidents;
ALTER TABLE incidents_new RENAME TO incidents;

-- The list: newest first, by keyset. What a filter looks at rides along: rows that it leaves out are never read.
CREATE INDEX incidents_newest ON incidents (customer_id, received_at, id, state, severity, search);
-- How many there are of a state or a severity.
CREATE INDEX incidents_filter ON incidents (customer_id, state, severity);
-- The engineers' queue: what is owed next, over all customers.
CREATE INDEX incidents_owed ON incidents (next_due_at, id) WHERE state NOT IN ('resolved', 'closed', 'withdrawn');

-- Each event carries the hash of the one before; those from before this migration get it once, when the portal starts.
DROP TRIGGER events_are_not_edited;
ALTER TABLE events ADD COLUMN by_id INTEGER REFERENCES people (id);
ALTER TABLE events ADD COLUMN party TEXT NOT NULL DEFAULT 'portal'
    CHECK (party IN ('customer', 'engineer', 'account_manager', 'portal'));
ALTER TABLE events ADD COLUMN prev_hash TEXT NOT NULL DEFAULT '' CHECK (length(prev_hash) IN (0, 64));
-- Whether only the vendor's people may see it.
ALTER TABLE events ADD COLUMN internal INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1));
-- The idempotency key of the form that it came of.
ALTER TABLE events ADD COLUMN form_key TEXT CHECK (length(form_key) = 36);
UPDATE events SET party = 'customer',
    by_id = (SELECT contact_id FROM incidents WHERE incidents.id = events.incident_id)
    WHERE seq = 1;
UPDATE events SET party = 'engineer'
    WHERE seq > 1 AND (event LIKE '{"type":"responded"%' OR event LIKE '{"type":"resolved"%');
CREATE UNIQUE INDEX events_of_form ON events (incident_id, form_key) WHERE form_key IS NOT NULL;

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
WHEN old.prev_hash <> '' OR old.incident_id <> new.incident_id OR old.seq <> new.seq OR old.at <> new.at
    OR old.event <> new.event OR old.by_name IS NOT new.by_name OR old.by_id IS NOT new.by_id OR old.party <> new.party
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
