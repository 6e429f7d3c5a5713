-- The same as in ../sqlite. What somebody is refused again and again does not fill the audit log.

-- How often somebody was refused the same within an hour: no more than so many are written down.
CREATE INDEX audit_refused ON audit (person_id, subject, at) WHERE kind = 'refused';
