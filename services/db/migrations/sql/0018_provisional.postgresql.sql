-- Credit given ahead of bank transfers on proof, and what was taken of it since.
CREATE TABLE provisional_credit (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  invoice_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  aud_micros BIGINT NOT NULL,
  expires_on DATE NOT NULL,
  proof_name TEXT NOT NULL,
  proof_sha256 TEXT NOT NULL,
  proof BYTEA NOT NULL,
  reason TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by TEXT NOT NULL,
  approval_id BIGINT,
  approved_by TEXT NOT NULL,
  entry_id BIGINT,
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
);
--;;
CREATE INDEX ix_provisional_credit_customer_id ON provisional_credit (customer_id);
--;;
CREATE INDEX ix_provisional_credit_invoice_id ON provisional_credit (invoice_id);
--;;
CREATE TABLE provisional_taking (
  id BIGSERIAL NOT NULL,
  provisional_id BIGINT NOT NULL,
  allocation_id BIGINT,
  micros BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  reversal_entry_id BIGINT,
  taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
  taken_by TEXT NOT NULL,
  CONSTRAINT pk_provisional_taking PRIMARY KEY (id),
  CONSTRAINT ck_provisional_taking_amount CHECK (micros > 0),
  CONSTRAINT ck_provisional_taking_reversed CHECK (reversal_entry_id IS NULL OR allocation_id IS NOT NULL),
  CONSTRAINT fk_provisional_taking_provisional_id FOREIGN KEY(provisional_id) REFERENCES provisional_credit (id) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_taking_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_provisional_taking_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_provisional_taking_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_provisional_taking_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_provisional_taking_allocation_id ON provisional_taking (allocation_id);
--;;
CREATE INDEX ix_provisional_taking_provisional_id ON provisional_taking (provisional_id);
--;;
CREATE TRIGGER provisional_credit_kept BEFORE DELETE ON provisional_credit
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_credit_whole BEFORE TRUNCATE ON provisional_credit
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_credit_fixed BEFORE UPDATE ON provisional_credit FOR EACH ROW
WHEN (OLD.entry_id IS NOT NULL OR (OLD.approval_id IS NOT NULL AND NEW.approval_id IS DISTINCT FROM OLD.approval_id)
  OR (NEW.id, NEW.nonce, NEW.invoice_id, NEW.customer_id, NEW.currency, NEW.micros, NEW.expires_on, NEW.proof_name, NEW.proof_sha256, NEW.proof, NEW.reason, NEW.asked_at, NEW.asked_by)
  IS DISTINCT FROM (OLD.id, OLD.nonce, OLD.invoice_id, OLD.customer_id, OLD.currency, OLD.micros, OLD.expires_on, OLD.proof_name, OLD.proof_sha256, OLD.proof, OLD.reason, OLD.asked_at, OLD.asked_by))
EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_taking_kept BEFORE DELETE ON provisional_taking
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_taking_whole BEFORE TRUNCATE ON provisional_taking
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER provisional_taking_fixed BEFORE UPDATE ON provisional_taking FOR EACH ROW
WHEN (OLD.reversal_entry_id IS NOT NULL OR (NEW.id, NEW.provisional_id, NEW.allocation_id, NEW.micros, NEW.entry_id, NEW.taken_at, NEW.taken_by)
  IS DISTINCT FROM (OLD.id, OLD.provisional_id, OLD.allocation_id, OLD.micros, OLD.entry_id, OLD.taken_at, OLD.taken_by))
EXECUTE FUNCTION bank_refuse();
