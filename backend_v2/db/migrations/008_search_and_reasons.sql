ALTER TABLE paper_orders ADD COLUMN reject_reason VARCHAR(100);

ALTER TABLE symbols ADD COLUMN search_name TEXT DEFAULT '' NOT NULL;

UPDATE symbols SET search_name = lower(name);
