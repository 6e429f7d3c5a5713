-- The same tables as in ../postgres. Work beside the requests, and the mail that is owed.

-- Work to be done once, by whichever server claims it. What is claimed and not ended when its lease ends is claimed again.
CREATE TABLE jobs (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    -- What it is about: the same work is never there twice.
    key           TEXT NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 300),
    payload       TEXT NOT NULL CHECK (json_valid(payload)),
    -- Not before then.
    run_at        INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'given_up')),
    -- How often it was claimed; a retry by hand begins anew. What failed too often is given up: counted, not timed, so that
    -- a clock that jumps gives nothing up.
    attempts      INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    claimed_by    TEXT,
    claimed_until INTEGER,
    last_error    TEXT,
    created_at    INTEGER NOT NULL,
    -- When it was done, or given up.
    done_at       INTEGER,
    CHECK ((state = 'waiting') = (done_at IS NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_ended ON jobs (state, done_at, id) WHERE state <> 'waiting';

-- The outbox: written in the transaction of what it tells.
CREATE TABLE mails (
    id          INTEGER PRIMARY KEY,
    -- What it tells whom: the same mail is never there twice.
    key         TEXT NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 300),
    -- To somebody the portal knows, at the address that they have when it is sent, or to an address.
    person_id   INTEGER REFERENCES people (id),
    to_address  TEXT CHECK (length(to_address) BETWEEN 3 AND 254),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    -- What it is about: an incident, and the event of it.
    incident_id INTEGER REFERENCES incidents (id),
    seq         INTEGER,
    -- What its text is made of, as JSON.
    data        TEXT NOT NULL CHECK (json_valid(data)),
    -- The left half of its Message-ID: the same however often it is sent.
    message_id  TEXT NOT NULL UNIQUE CHECK (length(message_id) BETWEEN 1 AND 100),
    created_at  INTEGER NOT NULL,
    -- When the mail server took it.
    sent_at     INTEGER,
    CHECK ((person_id IS NULL) <> (to_address IS NULL)),
    CHECK (seq IS NULL OR incident_id IS NOT NULL)
) STRICT;
CREATE INDEX mails_of_incident ON mails (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE INDEX mails_of_person ON mails (person_id, id) WHERE person_id IS NOT NULL;

-- What somebody chose about optional mail; what is not here is as the portal proposes it.
CREATE TABLE mail_choices (
    person_id INTEGER NOT NULL REFERENCES people (id),
    topic     TEXT NOT NULL CHECK (length(topic) BETWEEN 1 AND 50),
    wanted    INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (person_id, topic)
) STRICT;

-- An address that a mail server refused for good, when, and in which words. Of another address than theirs it says nothing.
ALTER TABLE people ADD COLUMN refused_address TEXT;
ALTER TABLE people ADD COLUMN refused_at INTEGER;
ALTER TABLE people ADD COLUMN refused_why TEXT;
