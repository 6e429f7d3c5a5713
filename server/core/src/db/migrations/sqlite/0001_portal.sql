-- The same tables as in ../postgres. Instants are milliseconds since 1970-01-01T00:00:00Z, UTC.
-- Lengths are in characters, as in domain::incident::Field::most; a test compares them.

CREATE TABLE customers (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    -- What the customer bought: a version, a tier and a zone of one plan document.
    plan_version TEXT NOT NULL,
    tier         TEXT NOT NULL,
    zone         TEXT NOT NULL
) STRICT;

CREATE TABLE contacts (
    id            INTEGER PRIMARY KEY,
    customer_id   INTEGER NOT NULL REFERENCES customers (id),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email         TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- In lower case; somebody signs in with it.
    email_folded  TEXT NOT NULL UNIQUE,
    -- argon2id, as a PHC string.
    password_hash TEXT NOT NULL
) STRICT;

CREATE INDEX contacts_of_customer ON contacts (customer_id);

CREATE TABLE products (
    id       INTEGER PRIMARY KEY,
    -- Its name in answers: the part before the colon in `studio:8.4.2`.
    slug     TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 50),
    name     TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE releases (
    product_id   INTEGER NOT NULL REFERENCES products (id),
    version      TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 50),
    discontinued INTEGER NOT NULL CHECK (discontinued IN (0, 1)),
    PRIMARY KEY (product_id, version)
) STRICT;

-- The last number given in each year (UTC).
CREATE TABLE counters (
    year        INTEGER PRIMARY KEY,
    last_number INTEGER NOT NULL CHECK (last_number >= 1)
) STRICT;

-- A row is a projection of its events. The long texts come last: a list does not read that far.
CREATE TABLE incidents (
    id               INTEGER PRIMARY KEY,
    year             INTEGER NOT NULL,
    number           INTEGER NOT NULL CHECK (number >= 1),
    customer_id      INTEGER NOT NULL REFERENCES customers (id),
    contact_id       INTEGER NOT NULL REFERENCES contacts (id),
    -- The idempotency key of the form that it was filed with.
    form_key         TEXT NOT NULL CHECK (length(form_key) = 36),
    received_at      INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    severity         INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 9),
    state            TEXT NOT NULL CHECK (state IN ('awaiting_response', 'in_progress', 'resolved')),
    excluded         INTEGER NOT NULL CHECK (excluded IN (0, 1)),
    title            TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    -- What a search looks at: title and number in lower case, as Rust folds them.
    search           TEXT NOT NULL,
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
    description      TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    steps            TEXT NOT NULL CHECK (length(steps) <= 10000),
    business_impact  TEXT NOT NULL CHECK (length(business_impact) <= 4000),
    UNIQUE (year, number),
    UNIQUE (contact_id, form_key)
) STRICT;

-- The list: newest first, by keyset. What a filter looks at rides along: rows that it leaves out are never read.
CREATE INDEX incidents_newest ON incidents (customer_id, received_at, id, state, severity, search);
-- How many there are of a state or a severity.
CREATE INDEX incidents_filter ON incidents (customer_id, state, severity);

-- Append-only: what happened to an incident, in order.
CREATE TABLE events (
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    at          INTEGER NOT NULL,
    -- Whose name is shown; a name is kept as it was.
    by_name     TEXT,
    event       TEXT NOT NULL CHECK (json_valid(event)),
    PRIMARY KEY (incident_id, seq)
) STRICT;

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    data       TEXT NOT NULL,
    -- Who is signed in, if somebody is.
    contact_id INTEGER,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_contact ON sessions (contact_id);
