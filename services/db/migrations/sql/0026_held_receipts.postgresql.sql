-- Receipts held in suspense: why, whose work it is, and who took them out.
CREATE TABLE held_receipt (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  bank_line_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  base_micros BIGINT NOT NULL,
  reason TEXT NOT NULL,
  owner_id BIGINT,
  owner TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  held_on DATE NOT NULL,
  held_at TIMESTAMP WITH TIME ZONE NOT NULL,
  held_by TEXT NOT NULL,
  out_at TIMESTAMP WITH TIME ZONE,
  out_by TEXT,
  out_reason TEXT,
  reversal_entry_id BIGINT,
  CONSTRAINT pk_held_receipt PRIMARY KEY (id),
  CONSTRAINT ck_held_receipt_amount CHECK (micros > 0 AND base_micros >= 0),
  CONSTRAINT ck_held_receipt_said CHECK (reason <> '' AND owner <> ''),
  CONSTRAINT ck_held_receipt_out_by CHECK ((out_at IS NULL) = (out_by IS NULL)),
  CONSTRAINT ck_held_receipt_out_reason CHECK ((out_at IS NULL) = (out_reason IS NULL)),
  CONSTRAINT ck_held_receipt_out_entry CHECK ((out_at IS NULL) = (reversal_entry_id IS NULL)),
  CONSTRAINT uq_held_receipt_nonce UNIQUE (nonce),
  CONSTRAINT fk_held_receipt_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id) ON DELETE RESTRICT,
  CONSTRAINT fk_held_receipt_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT fk_held_receipt_owner_id FOREIGN KEY(owner_id) REFERENCES person (id) ON DELETE RESTRICT,
  CONSTRAINT uq_held_receipt_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_held_receipt_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_held_receipt_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_held_receipt_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_held_receipt_bank_line_id ON held_receipt (bank_line_id);
--;;
CREATE INDEX ix_held_receipt_waits ON held_receipt (held_on, id) WHERE out_at IS NULL;
--;;
CREATE TRIGGER held_receipt_kept BEFORE DELETE ON held_receipt
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER held_receipt_whole BEFORE TRUNCATE ON held_receipt
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER held_receipt_fixed BEFORE UPDATE ON held_receipt FOR EACH ROW
WHEN (OLD.out_at IS NOT NULL OR (NEW.id, NEW.nonce, NEW.bank_line_id, NEW.currency, NEW.micros, NEW.base_micros, NEW.reason, NEW.entry_id, NEW.held_on, NEW.held_at, NEW.held_by)
  IS DISTINCT FROM (OLD.id, OLD.nonce, OLD.bank_line_id, OLD.currency, OLD.micros, OLD.base_micros, OLD.reason, OLD.entry_id, OLD.held_on, OLD.held_at, OLD.held_by))
EXECUTE FUNCTION bank_refuse();
