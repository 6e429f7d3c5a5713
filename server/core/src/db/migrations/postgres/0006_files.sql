-- The same tables as in ../sqlite. Files that are attached to incidents: what is known of them. Their bytes lie in the
-- files' store, in pieces, each under its id.

CREATE TABLE files (
    id          TEXT PRIMARY KEY CHECK (length(id) = 36),
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    -- Whoever sends it; nobody else can go on with it.
    person_id   BIGINT NOT NULL REFERENCES people (id),
    -- The idempotency key of the form that it came with.
    form_key    TEXT NOT NULL CHECK (length(form_key) = 36),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- Whether only the vendor's people may see it.
    internal    BOOLEAN NOT NULL,
    -- How many bytes it was said to have, and how many are there.
    announced   BIGINT CHECK (announced BETWEEN 0 AND 26214400),
    size        BIGINT NOT NULL DEFAULT 0 CHECK (size BETWEEN 0 AND 26214400),
    -- Where the computation of the hash stands after these bytes; the hash once it is complete.
    digest      TEXT NOT NULL,
    sha256      TEXT CHECK (length(sha256) = 64),
    picture     TEXT CHECK (picture IN ('png', 'jpeg', 'gif', 'webp')),
    -- When bytes came last; when the event was recorded that it belongs to.
    touched_at  BIGINT NOT NULL,
    stored_at   BIGINT,
    -- It is about to be deleted.
    dropped     BOOLEAN NOT NULL DEFAULT FALSE,
    CHECK (stored_at IS NULL OR (sha256 IS NOT NULL AND size > 0 AND NOT dropped))
);
CREATE INDEX files_unfinished ON files (touched_at) WHERE stored_at IS NULL;

-- A piece is named before it is put into the store, so that nothing lies there that nobody knows of. It counts from when
-- it has a place.
CREATE TABLE file_pieces (
    id        TEXT PRIMARY KEY CHECK (length(id) = 36),
    file_id   TEXT NOT NULL REFERENCES files (id),
    from_byte BIGINT CHECK (from_byte >= 0),
    size      BIGINT NOT NULL CHECK (size > 0),
    UNIQUE (file_id, from_byte)
);

CREATE TRIGGER files_stay BEFORE DELETE OR UPDATE ON files
FOR EACH ROW WHEN (old.stored_at IS NOT NULL)
EXECUTE FUNCTION refuse_change();
