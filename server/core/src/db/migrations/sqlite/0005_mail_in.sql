-- The same tables as in ../postgres. Mail that comes in.

-- What the tokens in addresses and links are made with: one secret, which the first server makes that needs it.
CREATE TABLE mail_secrets (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

-- Mail that could not be taken as a message: kept as it came, for an engineer to look at.
CREATE TABLE mails_aside (
    id      INTEGER PRIMARY KEY,
    -- The hash of the mail: the same one is never there twice.
    key     TEXT NOT NULL UNIQUE CHECK (length(key) = 64),
    at      INTEGER NOT NULL,
    reason  TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 50),
    -- Who sent it, by its own word, what it is called, and its text; empty where that could not be read.
    sender  TEXT NOT NULL,
    subject TEXT NOT NULL,
    text    TEXT NOT NULL,
    -- The mail; of one that is too large, how it begins.
    raw     BLOB NOT NULL,
    -- Of how many bytes the whole mail is.
    size    INTEGER NOT NULL CHECK (size >= 0),
    -- When, and by whom, it was dealt with.
    done_at INTEGER,
    done_by INTEGER REFERENCES people (id),
    CHECK ((done_at IS NULL) = (done_by IS NULL))
) STRICT;
CREATE INDEX mails_aside_open ON mails_aside (at DESC, id DESC) WHERE done_at IS NULL;
