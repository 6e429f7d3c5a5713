-- The same tables as in ../postgres. Files that are attached to incidents: what is known of them. Their bytes lie in the
-- files' store, in pieces, each under its id.

CREATE TABLE files (
    id          TEXT PRIMARY KEY CHECK (length(id) = 36),
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    -- Whoever sends it; nobody else can go on with it.
    person_id   INTEGER NOT NULL REFERENCES people (id),
    -- The idempotency key of the form that it came with.
    form_key    TEXT NOT NULL CHECK (length(form_key) = 36),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- Whether only the vendor's people may see it.
    internal    INTEGER NOT NULL CHECK (internal IN (0, 1)),
    -- How many bytes it was said to have, and how many are there.
    announced   INTEGER CHECK (announced BETWEEN 0 AND 26214400),
    size        INTEGER NOT NULL DEFAULT 0 CHECK (size BETWEEN 0 AND 26214400),
    -- Where the computation of the hash stands after these bytes; the hash once it is complete.
    digest      TEXT NOT NULL,
    sha256      TEXT CHECK (length(sha256) = 64),
    picture     TEXT CHECK (picture IN ('png', 'jpeg', 'gif', 'webp')),
    -- When bytes came last; when the event was recorded that it belongs to.
    touched_at  INTEGER NOT NULL,
    stored_at   INTEGER,
    -- It is about to be deleted.
    dropped     INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)),
    CHECK (stored_at IS NULL OR (sha256 IS NOT NULL AND size > 0 AND dropped = 0))
) STRICT;
CREATE INDEX files_unfinished ON files (touched_at) WHERE stored_at IS NULL;

-- A piece is named before it is put into the store, so that nothing lies there that nobody knows of. It counts from when
-- it has a place.
CREATE TABLE file_pieces (
    id        TEXT PRIMARY KEY CHECK (length(id) = 36),
    file_id   TEXT NOT NULL REFERENCES files (id),
    from_byte INTEGER CHECK (from_byte >= 0),
    size      INTEGER NOT NULL CHECK (size > 0),
    UNIQUE (file_id, from_byte)
) STRICT;

CREATE TRIGGER files_stay BEFORE DELETE ON files
WHEN old.stored_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a file of an event is not deleted');
END;
CREATE TRIGGER files_are_not_edited BEFORE UPDATE ON files
WHEN old.stored_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a file of an event is not changed');
END;
