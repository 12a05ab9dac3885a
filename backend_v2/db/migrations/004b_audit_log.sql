-- The other definition of audit_log: it knows the actor by name, and the request.
-- Both were in use at the same time; from here on the table holds the union of their columns.
ALTER TABLE audit_log ADD COLUMN actor VARCHAR(254);

ALTER TABLE audit_log ADD COLUMN request_id VARCHAR(64);
