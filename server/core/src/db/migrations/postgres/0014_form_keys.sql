-- The same table as in ../sqlite. What the keys of forms are proven with.

-- One secret, which the first server makes that needs it.
CREATE TABLE form_secret (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    secret BYTEA NOT NULL CHECK (length(secret) = 32)
);
