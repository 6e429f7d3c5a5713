-- The same table as in ../postgres. What the keys of forms are proven with.

-- One secret, which the first server makes that needs it.
CREATE TABLE form_secret (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
