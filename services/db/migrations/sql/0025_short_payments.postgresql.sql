-- Decisions on invoices paid short, and on the invoice the part of a shortfall that we bear.
ALTER TABLE invoice ADD COLUMN absorbed_micros BIGINT DEFAULT '0' NOT NULL CONSTRAINT ck_invoice_absorbed CHECK (absorbed_micros >= 0 AND absorbed_micros <= allocated_micros);
--;;
CREATE INDEX ix_invoice_short ON invoice (issued_on, id) WHERE status = 'part-paid' OR fee_micros + short_micros + absorbed_micros > 0;
--;;
CREATE INDEX ix_allocation_fee ON allocation (currency, invoice_id, fee_micros) WHERE fee_micros > 0 AND undone_at IS NULL;
--;;
CREATE TABLE short_decision (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  invoice_id BIGINT NOT NULL,
  decision TEXT NOT NULL,
  cause TEXT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  net_micros BIGINT NOT NULL,
  was_fee BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  wait_until DATE,
  entry_id BIGINT,
  decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
  decided_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id BIGINT,
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
);
--;;
CREATE INDEX ix_short_decision_invoice_id ON short_decision (invoice_id);
--;;
CREATE OR REPLACE FUNCTION invoice_core_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{status,allocated_micros,fee_micros,credited_micros,short_micros,cleared_net_micros,absorbed_micros}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{status,allocated_micros,fee_micros,credited_micros,short_micros,cleared_net_micros,absorbed_micros}'::text[] THEN
        RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE TRIGGER short_decision_kept BEFORE DELETE ON short_decision
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER short_decision_whole BEFORE TRUNCATE ON short_decision
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER short_decision_fixed BEFORE UPDATE ON short_decision FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (NEW.id, NEW.nonce, NEW.invoice_id, NEW.decision, NEW.cause, NEW.currency, NEW.micros, NEW.net_micros, NEW.was_fee, NEW.reason, NEW.wait_until, NEW.entry_id, NEW.decided_at, NEW.decided_by, NEW.approved_by)
  IS DISTINCT FROM (OLD.id, OLD.nonce, OLD.invoice_id, OLD.decision, OLD.cause, OLD.currency, OLD.micros, OLD.net_micros, OLD.was_fee, OLD.reason, OLD.wait_until, OLD.entry_id, OLD.decided_at, OLD.decided_by, OLD.approved_by))
EXECUTE FUNCTION bank_refuse();
