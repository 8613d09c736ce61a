-- Whether matching left nothing to decide is kept with each allocation; unknown of those made before.
ALTER TABLE allocation ADD COLUMN automatic BOOLEAN;
--;;
-- A line that somebody sorted is marked: the list of money out that waits comes from an index alone.
ALTER TABLE bank_line ADD COLUMN is_sorted BOOLEAN NOT NULL DEFAULT FALSE;
--;;
UPDATE bank_line SET is_sorted = TRUE WHERE undone_at IS NULL
  AND id IN (SELECT bank_line_id FROM bank_sorting WHERE undone_at IS NULL);
--;;
CREATE INDEX ix_bank_line_unsorted ON bank_line (booked_on, id)
 WHERE undone_at IS NULL AND NOT is_sorted AND amount_micros < 0;
--;;
CREATE INDEX ix_allocation_rule ON allocation (allocated_on, rule, automatic, undone_at);
