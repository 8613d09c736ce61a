-- Decisions on invoices paid short, and on the invoice the part of a shortfall that we bear.
ALTER TABLE invoice ADD COLUMN absorbed_micros INTEGER DEFAULT '0' NOT NULL CONSTRAINT ck_invoice_absorbed CHECK (absorbed_micros >= 0 AND absorbed_micros <= allocated_micros);
--;;
CREATE INDEX ix_invoice_short ON invoice (issued_on, id) WHERE status = 'part-paid' OR fee_micros + short_micros + absorbed_micros > 0;
--;;
CREATE INDEX ix_allocation_fee ON allocation (currency, invoice_id, fee_micros) WHERE fee_micros > 0 AND undone_at IS NULL;
--;;
CREATE TABLE short_decision (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  decision TEXT NOT NULL,
  cause TEXT NOT NULL,
  currency TEXT NOT NULL,
  micros INTEGER NOT NULL,
  net_micros INTEGER NOT NULL,
  was_fee INTEGER NOT NULL,
  reason TEXT NOT NULL,
  wait_until TEXT,
  entry_id INTEGER,
  decided_at TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id INTEGER,
  CONSTRAINT pk_short_decision PRIMARY KEY (id),
  CONSTRAINT ck_short_decision_decision CHECK (decision IN ('settled', 'absorbed', 'waits')),
  CONSTRAINT ck_short_decision_cause CHECK (cause IN ('rounding', 'bank_fee', 'exchange', 'part')),
  CONSTRAINT ck_short_decision_amount CHECK (micros > 0 AND net_micros >= 0 AND net_micros <= micros),
  CONSTRAINT ck_short_decision_posted CHECK ((decision = 'waits') = (entry_id IS NULL)),
  CONSTRAINT ck_short_decision_waits CHECK ((decision = 'waits') = (wait_until IS NOT NULL)),
  CONSTRAINT ck_short_decision_approved CHECK ((decision = 'absorbed') = (approved_by <> '')),
  CONSTRAINT ck_short_decision_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_short_decision_undone_reason CHECK ((undone_at IS NULL) = (undone_reason IS NULL)),
  CONSTRAINT ck_short_decision_undone_entry CHECK ((reversal_entry_id IS NOT NULL) = (undone_at IS NOT NULL AND entry_id IS NOT NULL)),
  CONSTRAINT uq_short_decision_nonce UNIQUE (nonce),
  CONSTRAINT fk_short_decision_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_short_decision_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_short_decision_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_short_decision_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_short_decision_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_short_decision_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_short_decision_invoice_id ON short_decision (invoice_id);
--;;
CREATE TRIGGER short_decision_kept BEFORE DELETE ON short_decision
BEGIN SELECT RAISE(ABORT, 'a decision on a short payment is never deleted'); END;
--;;
CREATE TRIGGER short_decision_fixed BEFORE UPDATE ON short_decision
WHEN OLD.undone_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.nonce IS NOT OLD.nonce OR NEW.invoice_id IS NOT OLD.invoice_id OR NEW.decision IS NOT OLD.decision OR NEW.cause IS NOT OLD.cause OR NEW.currency IS NOT OLD.currency OR NEW.micros IS NOT OLD.micros OR NEW.net_micros IS NOT OLD.net_micros OR NEW.was_fee IS NOT OLD.was_fee OR NEW.reason IS NOT OLD.reason OR NEW.wait_until IS NOT OLD.wait_until OR NEW.entry_id IS NOT OLD.entry_id OR NEW.decided_at IS NOT OLD.decided_at OR NEW.decided_by IS NOT OLD.decided_by OR NEW.approved_by IS NOT OLD.approved_by
BEGIN SELECT RAISE(ABORT, 'a decision on a short payment is never changed, only taken back'); END;
