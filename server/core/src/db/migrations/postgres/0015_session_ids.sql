-- Of a session's id its hash is kept from now on, and nobody's plain id stays: everybody signs in once more.
DELETE FROM sessions;
