-- The same tables as in ../sqlite. Instants are milliseconds since 1970-01-01T00:00:00Z, UTC.
-- Lengths are in characters, as in domain::incident::Field::most; a test compares them.

CREATE TABLE customers (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    -- What the customer bought: a version, a tier and a zone of one plan document.
    plan_version TEXT NOT NULL,
    tier         TEXT NOT NULL,
    zone         TEXT NOT NULL
);

CREATE TABLE contacts (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id   BIGINT NOT NULL REFERENCES customers (id),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email         TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- In lower case; somebody signs in with it.
    email_folded  TEXT NOT NULL UNIQUE,
    -- argon2id, as a PHC string.
    password_hash TEXT NOT NULL
);

CREATE INDEX contacts_of_customer ON contacts (customer_id);

CREATE TABLE products (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Its name in answers: the part before the colon in `studio:8.4.2`.
    slug     TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 50),
    name     TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    position BIGINT NOT NULL
);

CREATE TABLE releases (
    product_id   BIGINT NOT NULL REFERENCES products (id),
    version      TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 50),
    discontinued BOOLEAN NOT NULL,
    PRIMARY KEY (product_id, version)
);

-- The last number given in each year (UTC).
CREATE TABLE counters (
    year        BIGINT PRIMARY KEY,
    last_number BIGINT NOT NULL CHECK (last_number >= 1)
);

-- A row is a projection of its events. The long texts come last: a list does not read that far.
CREATE TABLE incidents (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year             BIGINT NOT NULL,
    number           BIGINT NOT NULL CHECK (number >= 1),
    customer_id      BIGINT NOT NULL REFERENCES customers (id),
    contact_id       BIGINT NOT NULL REFERENCES contacts (id),
    -- The idempotency key of the form that it was filed with.
    form_key         TEXT NOT NULL CHECK (length(form_key) = 36),
    received_at      BIGINT NOT NULL,
    due_at           BIGINT NOT NULL,
    severity         SMALLINT NOT NULL CHECK (severity BETWEEN 1 AND 9),
    state            TEXT NOT NULL CHECK (state IN ('awaiting_response', 'in_progress', 'resolved')),
    excluded         BOOLEAN NOT NULL,
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
    outcome          TEXT NOT NULL,
    explanation      TEXT NOT NULL,
    description      TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    steps            TEXT NOT NULL CHECK (length(steps) <= 10000),
    business_impact  TEXT NOT NULL CHECK (length(business_impact) <= 4000),
    UNIQUE (year, number),
    UNIQUE (contact_id, form_key)
);

-- The list: newest first, by keyset. What a filter looks at rides along: rows that it leaves out are never read.
CREATE INDEX incidents_newest ON incidents (customer_id, received_at, id, state, severity, search);
-- How many there are of a state or a severity.
CREATE INDEX incidents_filter ON incidents (customer_id, state, severity);

-- Append-only: what happened to an incident, in order.
CREATE TABLE events (
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    seq         BIGINT NOT NULL CHECK (seq >= 1),
    at          BIGINT NOT NULL,
    -- Whose name is shown; a name is kept as it was.
    by_name     TEXT,
    event       TEXT NOT NULL,
    PRIMARY KEY (incident_id, seq)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END;
$$;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    data       TEXT NOT NULL,
    -- Who is signed in, if somebody is.
    contact_id BIGINT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_contact ON sessions (contact_id);
