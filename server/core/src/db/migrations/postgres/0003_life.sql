-- The same tables as in ../sqlite. The life of an incident after its notice.

ALTER TABLE incidents DROP CONSTRAINT incidents_state_check;
UPDATE incidents SET state = 'acknowledged' WHERE state = 'in_progress';
ALTER TABLE incidents ADD CONSTRAINT incidents_state_check
    CHECK (state IN ('awaiting_response', 'acknowledged', 'verified', 'designated', 'in_work', 'reopened', 'resolved', 'closed', 'withdrawn'));
-- `severity` is the level that sets the targets: the designated one, else the claimed one.
ALTER TABLE incidents ADD COLUMN claimed SMALLINT CHECK (claimed BETWEEN 1 AND 9);
UPDATE incidents SET claimed = severity;
ALTER TABLE incidents ALTER COLUMN claimed SET NOT NULL;
-- When the Response was complete, and who is assigned.
ALTER TABLE incidents ADD COLUMN responded_at BIGINT;
ALTER TABLE incidents ADD COLUMN assigned_to BIGINT REFERENCES people (id);
-- What the vendor owes next, and by when: the Response, then the next update; none while it waits, and in the end.
ALTER TABLE incidents ADD COLUMN next_due_at BIGINT;
UPDATE incidents SET next_due_at = due_at WHERE state = 'awaiting_response';
ALTER TABLE incidents ADD COLUMN waiting_since BIGINT;
-- Whether an objection to the designation, or a wish for another severity, waits for an engineer.
ALTER TABLE incidents ADD COLUMN contested BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE incidents ADD COLUMN escalated BOOLEAN NOT NULL DEFAULT FALSE;
-- The hash of the last event; empty until the events from before this migration are chained.
ALTER TABLE incidents ADD COLUMN head TEXT NOT NULL DEFAULT '';
-- Why the Response is due when it is due now: as a designation or a closed day moved it; none if nothing did.
ALTER TABLE incidents ADD COLUMN promise TEXT;

-- The engineers' queue: what is owed next, over all customers.
CREATE INDEX incidents_owed ON incidents (next_due_at, id) WHERE state NOT IN ('resolved', 'closed', 'withdrawn');

-- Each event carries the hash of the one before; those from before this migration get it once, when the portal starts.
DROP TRIGGER events_are_not_changed ON events;
ALTER TABLE events ADD COLUMN by_id BIGINT REFERENCES people (id);
ALTER TABLE events ADD COLUMN party TEXT NOT NULL DEFAULT 'portal'
    CHECK (party IN ('customer', 'engineer', 'account_manager', 'portal'));
ALTER TABLE events ADD COLUMN prev_hash TEXT NOT NULL DEFAULT '' CHECK (length(prev_hash) IN (0, 64));
-- Whether only the vendor's people may see it.
ALTER TABLE events ADD COLUMN internal BOOLEAN NOT NULL DEFAULT FALSE;
-- The idempotency key of the form that it came of.
ALTER TABLE events ADD COLUMN form_key TEXT CHECK (length(form_key) = 36);
UPDATE events SET party = 'customer',
    by_id = (SELECT contact_id FROM incidents WHERE incidents.id = events.incident_id)
    WHERE seq = 1;
UPDATE events SET party = 'engineer'
    WHERE seq > 1 AND (event LIKE '{"type":"responded"%' OR event LIKE '{"type":"resolved"%');
CREATE UNIQUE INDEX events_of_form ON events (incident_id, form_key) WHERE form_key IS NOT NULL;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
FOR EACH ROW WHEN (
    old.prev_hash <> '' OR old.incident_id <> new.incident_id OR old.seq <> new.seq OR old.at <> new.at
    OR old.event <> new.event OR old.by_name IS DISTINCT FROM new.by_name OR old.by_id IS DISTINCT FROM new.by_id
    OR old.party <> new.party
)
EXECUTE FUNCTION refuse_change();
