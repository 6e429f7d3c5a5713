-- The same tables as in ../postgres. Dates are local dates of the customer's zone, written 2026-02-27, so that they sort.
-- Migrations run without foreign keys and are checked for them afterwards: see db/dialect.rs.

-- ── Customers: what each subscribed to, and until when ──────────────────────────────────────────────────────────────
-- A customer from before this migration has an open term; an administrator enters the real one.
ALTER TABLE customers ADD COLUMN starts_on TEXT NOT NULL DEFAULT '1970-01-01' CHECK (length(starts_on) = 10);
ALTER TABLE customers ADD COLUMN ends_on TEXT NOT NULL DEFAULT '9999-12-31' CHECK (length(ends_on) = 10);
-- Seats of Designated Customer Support Contacts: in the tier, elected on top, and taken. The triggers below count.
ALTER TABLE customers ADD COLUMN included_seats INTEGER NOT NULL DEFAULT 0 CHECK (included_seats >= 0);
ALTER TABLE customers ADD COLUMN elected_seats INTEGER NOT NULL DEFAULT 0 CHECK (elected_seats >= 0);
ALTER TABLE customers ADD COLUMN used_seats INTEGER NOT NULL DEFAULT 0
    CHECK (used_seats BETWEEN 0 AND included_seats + elected_seats);

-- The e-mail domains that are a customer's own: single sign-on links nobody beyond them.
CREATE TABLE customer_domains (
    domain      TEXT PRIMARY KEY CHECK (length(domain) BETWEEN 3 AND 253),
    customer_id INTEGER NOT NULL REFERENCES customers (id)
) STRICT;

-- The products and versions that a customer has in use.
CREATE TABLE installations (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id  INTEGER NOT NULL,
    version     TEXT NOT NULL,
    PRIMARY KEY (customer_id, product_id, version),
    FOREIGN KEY (product_id, version) REFERENCES releases (product_id, version)
) STRICT;

-- ── People: contacts of customers, and the vendor's own ─────────────────────────────────────────────────────────────
ALTER TABLE contacts RENAME TO people;
CREATE TABLE people_new (
    id              INTEGER PRIMARY KEY,
    -- Of a contact; the vendor's people have none.
    customer_id     INTEGER REFERENCES customers (id),
    role            TEXT NOT NULL DEFAULT 'contact'
        CHECK (role IN ('contact', 'coordinator', 'account_manager', 'engineer', 'administrator')),
    name            TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email           TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- In lower case; somebody signs in with it.
    email_folded    TEXT NOT NULL UNIQUE,
    -- argon2id, as a PHC string; none until an invitation is accepted.
    password_hash   TEXT,
    -- Since when they are a Designated Customer Support Contact (section 4); a seat is taken as long.
    designated_at   INTEGER,
    -- Since when they may not sign in any more.
    left_at         INTEGER,
    -- Their choices; none follows the browser, and the customer's zone.
    language        TEXT CHECK (language IN ('en', 'ko')),
    zone            TEXT CHECK (length(zone) BETWEEN 1 AND 50),
    -- The authenticator app: its secret (base32), since when it is on, and the last step that was used, so that no
    -- code is taken twice.
    totp_secret     TEXT,
    totp_since      INTEGER,
    totp_last_step  INTEGER NOT NULL DEFAULT 0,
    CHECK ((customer_id IS NOT NULL) = (role IN ('contact', 'coordinator'))),
    CHECK (designated_at IS NULL OR (customer_id IS NOT NULL AND left_at IS NULL))
) STRICT;
INSERT INTO people_new (id, customer_id, name, email, email_folded, password_hash)
    SELECT id, customer_id, name, email, email_folded, password_hash FROM people;
DROP TABLE people;
ALTER TABLE people_new RENAME TO people;
CREATE INDEX people_of_customer ON people (customer_id);

CREATE TRIGGER seats_taken_at_once AFTER INSERT ON people WHEN new.designated_at IS NOT NULL
BEGIN
    UPDATE customers SET used_seats = used_seats + 1 WHERE id = new.customer_id;
END;
CREATE TRIGGER seats_taken AFTER UPDATE OF designated_at ON people
WHEN old.designated_at IS NULL AND new.designated_at IS NOT NULL
BEGIN
    UPDATE customers SET used_seats = used_seats + 1 WHERE id = new.customer_id;
END;
CREATE TRIGGER seats_freed AFTER UPDATE OF designated_at ON people
WHEN old.designated_at IS NOT NULL AND new.designated_at IS NULL
BEGIN
    UPDATE customers SET used_seats = used_seats - 1 WHERE id = old.customer_id;
END;

-- The list of an administrator, by keyset.
CREATE INDEX people_by_name ON people (name, id);

-- Which account manager looks after which customer.
CREATE TABLE assignments (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    person_id   INTEGER NOT NULL REFERENCES people (id),
    PRIMARY KEY (customer_id, person_id)
) STRICT;
CREATE INDEX assignments_of_person ON assignments (person_id);

-- Section 4. Valid from the day of issue to the day of expiry, both included.
CREATE TABLE certifications (
    id         INTEGER PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    -- The English names of the plan's track and of a level of its ladder.
    track      TEXT NOT NULL CHECK (length(track) BETWEEN 1 AND 100),
    level      TEXT NOT NULL CHECK (length(level) BETWEEN 1 AND 100),
    number     TEXT NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 50),
    issued_on  TEXT NOT NULL CHECK (length(issued_on) = 10),
    expires_on TEXT NOT NULL CHECK (length(expires_on) = 10),
    CHECK (expires_on >= issued_on)
) STRICT;
CREATE INDEX certifications_of_person ON certifications (person_id, expires_on);

-- To be sent so many days before a certification expires, once.
CREATE TABLE reminders (
    certification_id INTEGER NOT NULL REFERENCES certifications (id) ON DELETE CASCADE,
    days_before      INTEGER NOT NULL CHECK (days_before IN (7, 30, 90)),
    due_on           TEXT NOT NULL CHECK (length(due_on) = 10),
    sent_at          INTEGER,
    PRIMARY KEY (certification_id, days_before)
) STRICT;

-- A coordinator asks for more seats; the account manager answers.
CREATE TABLE seat_requests (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    asked_by    INTEGER NOT NULL REFERENCES people (id),
    asked_at    INTEGER NOT NULL,
    seats       INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 100),
    note        TEXT NOT NULL CHECK (length(note) <= 1000),
    answered_by INTEGER REFERENCES people (id),
    answered_at INTEGER,
    granted     INTEGER CHECK (granted IN (0, 1)),
    reply       TEXT NOT NULL DEFAULT '' CHECK (length(reply) <= 1000),
    CHECK ((answered_at IS NULL) = (granted IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL))
) STRICT;
-- One open request at a time.
CREATE UNIQUE INDEX seat_requests_open ON seat_requests (customer_id) WHERE answered_at IS NULL;

-- An incident that somebody prepared who may not file it, for a colleague who may.
CREATE TABLE drafts (
    id              INTEGER PRIMARY KEY,
    customer_id     INTEGER NOT NULL REFERENCES customers (id),
    prepared_by     INTEGER NOT NULL REFERENCES people (id),
    prepared_at     INTEGER NOT NULL,
    handed_to       INTEGER NOT NULL REFERENCES people (id),
    -- The idempotency key of the form, as of an incident; the same that it is filed with.
    form_key        TEXT NOT NULL UNIQUE CHECK (length(form_key) = 36),
    answers         TEXT NOT NULL,
    title           TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description     TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    steps           TEXT NOT NULL CHECK (length(steps) <= 10000),
    business_impact TEXT NOT NULL CHECK (length(business_impact) <= 4000),
    -- What came of it.
    incident_id     INTEGER REFERENCES incidents (id),
    discarded_at    INTEGER
) STRICT;
CREATE INDEX drafts_of_customer ON drafts (customer_id);

-- ── Getting in ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- A link that works once: only the SHA-256 of what it carries is kept.
CREATE TABLE links (
    hash       TEXT PRIMARY KEY CHECK (length(hash) = 64),
    kind       TEXT NOT NULL CHECK (kind IN ('invitation', 'reset')),
    person_id  INTEGER NOT NULL REFERENCES people (id),
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX links_of_person ON links (person_id);

CREATE TABLE recovery_codes (
    person_id INTEGER NOT NULL REFERENCES people (id),
    hash      TEXT NOT NULL CHECK (length(hash) = 64),
    used_at   INTEGER,
    PRIMARY KEY (person_id, hash)
) STRICT;

-- Who somebody is to a provider of single sign-on.
CREATE TABLE identities (
    issuer    TEXT NOT NULL CHECK (length(issuer) <= 500),
    subject   TEXT NOT NULL CHECK (length(subject) <= 255),
    person_id INTEGER NOT NULL REFERENCES people (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX identities_of_person ON identities (person_id);

-- Failed tries to sign in, by what they are counted for: an account at an address, or an account as a whole.
CREATE TABLE sign_in_tries (
    counted_for TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL CHECK (failures >= 1),
    last_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_age ON sign_in_tries (last_at);

ALTER TABLE sessions RENAME COLUMN contact_id TO person_id;
DROP INDEX sessions_of_contact;
CREATE INDEX sessions_of_person ON sessions (person_id);
-- What their owner recognizes them by.
ALTER TABLE sessions ADD COLUMN begun_at INTEGER;
ALTER TABLE sessions ADD COLUMN seen_at INTEGER;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN agent TEXT;

-- ── The catalog and the calendar, as administrators keep them ───────────────────────────────────────────────────────
ALTER TABLE releases ADD COLUMN kind TEXT NOT NULL DEFAULT 'minor' CHECK (kind IN ('major', 'minor'));
ALTER TABLE releases ADD COLUMN released_on TEXT CHECK (length(released_on) = 10);
ALTER TABLE releases ADD COLUMN notes_en TEXT NOT NULL DEFAULT '' CHECK (length(notes_en) <= 4000);
ALTER TABLE releases ADD COLUMN notes_ko TEXT NOT NULL DEFAULT '' CHECK (length(notes_ko) <= 4000);

-- Temporary holidays and elections that were announced after this program was made. One that is withdrawn stays here.
CREATE TABLE closed_days (
    id           INTEGER PRIMARY KEY,
    -- The calendar: the IANA name of its zone and whose holidays it has.
    tz           TEXT NOT NULL,
    holidays     TEXT NOT NULL,
    day          TEXT NOT NULL CHECK (length(day) = 10),
    name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_ko      TEXT NOT NULL CHECK (length(name_ko) BETWEEN 1 AND 200),
    kind         TEXT NOT NULL CHECK (kind IN ('temporary', 'election')),
    added_at     INTEGER NOT NULL,
    withdrawn_at INTEGER
) STRICT;
CREATE UNIQUE INDEX closed_days_once ON closed_days (tz, holidays, day) WHERE withdrawn_at IS NULL;

-- A file between its dry run and its import; kept for an hour, and only for whoever uploaded it.
CREATE TABLE imports (
    id          TEXT PRIMARY KEY CHECK (length(id) = 36),
    person_id   INTEGER NOT NULL REFERENCES people (id),
    kind        TEXT NOT NULL CHECK (kind IN ('contacts', 'certifications')),
    file_name   TEXT NOT NULL CHECK (length(file_name) <= 200),
    -- Emptied when it was imported.
    content     BLOB NOT NULL,
    expires_at  INTEGER NOT NULL,
    -- When it was imported, and what came of it.
    imported_at INTEGER,
    result      TEXT CHECK (json_valid(result)),
    CHECK ((imported_at IS NULL) = (result IS NULL))
) STRICT;
CREATE INDEX imports_expiry ON imports (expires_at);

-- ── What was done: who, when, from where, before and after ──────────────────────────────────────────────────────────
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    -- Who did it; names and addresses are kept as they were.
    person_id   INTEGER REFERENCES people (id),
    by_name     TEXT NOT NULL,
    -- From where: the address, and the request as the log names it.
    address     TEXT NOT NULL,
    request     TEXT NOT NULL,
    -- Whose record it is; none for the vendor's own.
    customer_id INTEGER REFERENCES customers (id),
    subject     TEXT NOT NULL,
    before      TEXT CHECK (json_valid(before)),
    after       TEXT CHECK (json_valid(after))
) STRICT;
CREATE INDEX audit_newest ON audit (at, id);
CREATE INDEX audit_of_customer ON audit (customer_id, at, id);

CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
