-- The same table as in ../postgres. The keys that certificates of due times are signed with.

CREATE TABLE signing_keys (
    -- The one added last signs; those before it are kept, so that what they signed can be checked.
    place      INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE CHECK (length(id) = 16),
    -- Ed25519 (RFC 8032), in base64.
    public_key TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    made_at    INTEGER NOT NULL
) STRICT;
