-- Whether matching left nothing to decide is kept with each allocation; unknown of those made before.
ALTER TABLE allocation ADD COLUMN automatic INTEGER;
--;;
CREATE TRIGGER allocation_automatic_is_frozen BEFORE UPDATE OF automatic ON allocation
BEGIN SELECT RAISE(ABORT, 'an allocation never changes, it is only undone'); END;
--;;
-- A line that somebody sorted is marked: the list of money out that waits comes from an index alone.
ALTER TABLE bank_line ADD COLUMN is_sorted INTEGER NOT NULL DEFAULT 0;
--;;
UPDATE bank_line SET is_sorted = 1 WHERE undone_at IS NULL
  AND id IN (SELECT bank_line_id FROM bank_sorting WHERE undone_at IS NULL);
--;;
CREATE INDEX ix_bank_line_unsorted ON bank_line (booked_on, id)
 WHERE undone_at IS NULL AND is_sorted = 0 AND amount_micros < 0;
--;;
CREATE INDEX ix_allocation_rule ON allocation (allocated_on, rule, automatic, undone_at);
