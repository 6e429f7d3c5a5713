-- The same as in ../sqlite, and what SQLite does not have: TRUNCATE. Whoever goes to another customer takes no seat with them.

-- Seats are counted when somebody is designated or not any more, so the designation has to be withdrawn before.
CREATE FUNCTION refuse_move_with_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whoever is designated belongs to their customer';
END;
$$;
CREATE TRIGGER people_move_without_a_seat BEFORE UPDATE OF customer_id ON people
FOR EACH ROW WHEN (
    old.customer_id IS DISTINCT FROM new.customer_id
    AND (old.designated_at IS NOT NULL OR new.designated_at IS NOT NULL)
)
EXECUTE FUNCTION refuse_move_with_seat();

-- What is append-only is not emptied either.
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_not_truncated BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
