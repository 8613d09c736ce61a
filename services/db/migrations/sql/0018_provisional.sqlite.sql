-- Credit given ahead of bank transfers on proof, and what was taken of it since.
CREATE TABLE provisional_credit (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  micros INTEGER NOT NULL,
  aud_micros INTEGER NOT NULL,
  expires_on TEXT NOT NULL,
  proof_name TEXT NOT NULL,
  proof_sha256 TEXT NOT NULL,
  proof BLOB NOT NULL,
  reason TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  approval_id INTEGER,
  approved_by TEXT NOT NULL,
  entry_id INTEGER,
  CONSTRAINT pk_provisional_credit PRIMARY KEY (id),
  CONSTRAINT ck_provisional_credit_amount CHECK (micros > 0 AND aud_micros > 0),
  CONSTRAINT ck_provisional_credit_approved CHECK ((entry_id IS NULL) = (approved_by = '')),
  CONSTRAINT ck_provisional_credit_proof CHECK (length(proof_sha256) = 64 AND proof_name <> ''),
  CONSTRAINT ck_provisional_credit_reason CHECK (reason <> ''),
  CONSTRAINT uq_provisional_credit_nonce UNIQUE (nonce),
  CONSTRAINT fk_provisional_credit_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_provisional_credit_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_provisional_credit_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_credit_approval_id UNIQUE (approval_id),
  CONSTRAINT fk_provisional_credit_approval_id FOREIGN KEY(approval_id) REFERENCES approval (id) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_credit_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_provisional_credit_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_provisional_credit_customer_id ON provisional_credit (customer_id);
--;;
CREATE INDEX ix_provisional_credit_invoice_id ON provisional_credit (invoice_id);
--;;
CREATE TABLE provisional_taking (
  id INTEGER NOT NULL,
  provisional_id INTEGER NOT NULL,
  allocation_id INTEGER,
  micros INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  reversal_entry_id INTEGER,
  taken_at TEXT NOT NULL,
  taken_by TEXT NOT NULL,
  CONSTRAINT pk_provisional_taking PRIMARY KEY (id),
  CONSTRAINT ck_provisional_taking_amount CHECK (micros > 0),
  CONSTRAINT ck_provisional_taking_reversed CHECK (reversal_entry_id IS NULL OR allocation_id IS NOT NULL),
  CONSTRAINT fk_provisional_taking_provisional_id FOREIGN KEY(provisional_id) REFERENCES provisional_credit (id) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_taking_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_provisional_taking_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_taking_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_provisional_taking_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_provisional_taking_allocation_id ON provisional_taking (allocation_id);
--;;
CREATE INDEX ix_provisional_taking_provisional_id ON provisional_taking (provisional_id);
--;;
CREATE TRIGGER provisional_credit_kept BEFORE DELETE ON provisional_credit
BEGIN SELECT RAISE(ABORT, 'credit ahead of a transfer is never deleted'); END;
--;;
CREATE TRIGGER provisional_credit_fixed BEFORE UPDATE ON provisional_credit
WHEN OLD.entry_id IS NOT NULL OR (OLD.approval_id IS NOT NULL AND NEW.approval_id IS NOT OLD.approval_id) OR NEW.id IS NOT OLD.id OR NEW.nonce IS NOT OLD.nonce OR NEW.invoice_id IS NOT OLD.invoice_id OR NEW.customer_id IS NOT OLD.customer_id OR NEW.currency IS NOT OLD.currency OR NEW.micros IS NOT OLD.micros OR NEW.expires_on IS NOT OLD.expires_on OR NEW.proof_name IS NOT OLD.proof_name OR NEW.proof_sha256 IS NOT OLD.proof_sha256 OR NEW.proof IS NOT OLD.proof OR NEW.reason IS NOT OLD.reason OR NEW.asked_at IS NOT OLD.asked_at OR NEW.asked_by IS NOT OLD.asked_by
BEGIN SELECT RAISE(ABORT, 'credit ahead of a transfer is never changed'); END;
--;;
CREATE TRIGGER provisional_taking_kept BEFORE DELETE ON provisional_taking
BEGIN SELECT RAISE(ABORT, 'what was taken is never deleted'); END;
--;;
CREATE TRIGGER provisional_taking_fixed BEFORE UPDATE ON provisional_taking
WHEN OLD.reversal_entry_id IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.provisional_id IS NOT OLD.provisional_id OR NEW.allocation_id IS NOT OLD.allocation_id OR NEW.micros IS NOT OLD.micros OR NEW.entry_id IS NOT OLD.entry_id OR NEW.taken_at IS NOT OLD.taken_at OR NEW.taken_by IS NOT OLD.taken_by
BEGIN SELECT RAISE(ABORT, 'what was taken is never changed'); END;
