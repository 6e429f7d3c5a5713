-- The same tables as in ../postgres. What the desk works with.

-- What engineers write again and again; the limits are those of domain::incident.
CREATE TABLE templates (
    id       INTEGER PRIMARY KEY,
    language TEXT NOT NULL CHECK (language IN ('en', 'ko')),
    name     TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    body     TEXT NOT NULL CHECK (length(body) BETWEEN 1 AND 10000),
    UNIQUE (language, name)
) STRICT;
