-- The same as in ../postgres, which also refuses TRUNCATE. Whoever goes to another customer takes no seat with them.

-- Seats are counted when somebody is designated or not any more, so the designation has to be withdrawn before.
CREATE TRIGGER people_move_without_a_seat BEFORE UPDATE OF customer_id ON people
WHEN old.customer_id IS NOT new.customer_id
    AND (old.designated_at IS NOT NULL OR new.designated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'whoever is designated belongs to their customer');
END;
