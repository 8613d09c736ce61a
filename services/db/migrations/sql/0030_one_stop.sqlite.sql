-- A stop may be about a debt, and says whether a person lifted it; those of dunning come here from a table of their own.
DROP TRIGGER customer_stop_fixed;
--;;
ALTER TABLE customer_stop ADD COLUMN invoice_id INTEGER
  CONSTRAINT fk_customer_stop_invoice_id REFERENCES invoice (id) ON DELETE RESTRICT;
--;;
ALTER TABLE customer_stop ADD COLUMN lifted INTEGER NOT NULL DEFAULT 0
  CONSTRAINT ck_customer_stop_lifted CHECK (ended_at IS NOT NULL OR NOT lifted);
--;;
DROP INDEX uq_customer_stop_open;
--;;
CREATE UNIQUE INDEX uq_customer_stop_open ON customer_stop (customer_id, cause)
 WHERE ended_at IS NULL AND invoice_id IS NULL;
--;;
CREATE UNIQUE INDEX uq_customer_stop_open_debt ON customer_stop (invoice_id, cause)
 WHERE ended_at IS NULL AND invoice_id IS NOT NULL;
--;;
CREATE INDEX ix_customer_stop_invoice_id ON customer_stop (invoice_id);
--;;
UPDATE customer_stop SET lifted = 1 WHERE ended_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM limit_alert AS a JOIN commitment AS c ON c.id = a.commitment_id
  WHERE c.customer_id = customer_stop.customer_id AND a.lifted_at = customer_stop.ended_at);
--;;
INSERT INTO customer_stop
  (customer_id, cause, why, since, stopped_by, ended_at, ended_by, ended_why, invoice_id, lifted)
SELECT s.customer_id, 'unpaid debt', i.number || ' was to be paid by ' || i.due_on || ' and is still open.', s.set_at,
  s.set_by,
  CASE WHEN s.lifted_at IS NOT NULL THEN s.lifted_at WHEN i.status NOT IN ('issued', 'part-paid') THEN coalesce((
    SELECT max(moved.ended_at) FROM (
      SELECT invoice_id, allocated_at AS ended_at FROM allocation WHERE undone_at IS NULL
      UNION ALL SELECT invoice_id, decided_at FROM short_decision WHERE undone_at IS NULL
      UNION ALL SELECT invoice_id, issued_at FROM credit_note
      UNION ALL SELECT invoice_id, moved_at FROM invoice_transition) AS moved WHERE moved.invoice_id = i.id), s.set_at)
  END,
  CASE WHEN s.lifted_at IS NOT NULL THEN s.lifted_by WHEN i.status NOT IN ('issued', 'part-paid') THEN 'Ledgerdesk' END,
  CASE WHEN s.lifted_at IS NOT NULL THEN s.lifted_reason
    WHEN i.status NOT IN ('issued', 'part-paid') THEN i.number || ' is ' || i.status || '.' END,
  s.invoice_id, CASE WHEN s.lifted_at IS NOT NULL THEN 1 ELSE 0 END
FROM dunning_stop AS s JOIN invoice AS i ON i.id = s.invoice_id ORDER BY s.id;
--;;
DROP TABLE dunning_stop;
--;;
CREATE TRIGGER customer_stop_fixed BEFORE UPDATE ON customer_stop
WHEN OLD.ended_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.customer_id IS NOT OLD.customer_id OR NEW.cause IS NOT OLD.cause OR NEW.why IS NOT OLD.why OR NEW.since IS NOT OLD.since OR NEW.stopped_by IS NOT OLD.stopped_by OR NEW.invoice_id IS NOT OLD.invoice_id
BEGIN SELECT RAISE(ABORT, 'it is only ended, once'); END;
