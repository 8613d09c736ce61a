-- Receipts paid back to whoever sent them: how much, to which account, why, and who took it back.
CREATE TABLE receipt_refund (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  bank_line_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  base_micros BIGINT NOT NULL,
  payer TEXT NOT NULL,
  pay_to TEXT NOT NULL,
  reason TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  refunded_on DATE NOT NULL,
  refunded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  refunded_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id BIGINT,
  CONSTRAINT pk_receipt_refund PRIMARY KEY (id),
  CONSTRAINT ck_receipt_refund_amount CHECK (micros > 0 AND base_micros >= 0),
  CONSTRAINT ck_receipt_refund_said CHECK (reason <> '' AND pay_to <> ''),
  CONSTRAINT ck_receipt_refund_four_eyes CHECK (approved_by <> refunded_by),
  CONSTRAINT ck_receipt_refund_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_receipt_refund_undone_reason CHECK ((undone_at IS NULL) = (undone_reason IS NULL)),
  CONSTRAINT ck_receipt_refund_undone_entry CHECK ((undone_at IS NULL) = (reversal_entry_id IS NULL)),
  CONSTRAINT uq_receipt_refund_nonce UNIQUE (nonce),
  CONSTRAINT fk_receipt_refund_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id) ON DELETE RESTRICT,
  CONSTRAINT fk_receipt_refund_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_receipt_refund_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_receipt_refund_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_receipt_refund_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_receipt_refund_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_receipt_refund_bank_line_id ON receipt_refund (bank_line_id);
--;;
CREATE INDEX ix_receipt_refund_counts ON receipt_refund (refunded_on, id) WHERE undone_at IS NULL;
--;;
CREATE TRIGGER receipt_refund_kept BEFORE DELETE ON receipt_refund
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER receipt_refund_whole BEFORE TRUNCATE ON receipt_refund
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER receipt_refund_fixed BEFORE UPDATE ON receipt_refund FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (NEW.id, NEW.nonce, NEW.bank_line_id, NEW.currency, NEW.micros, NEW.base_micros, NEW.payer, NEW.pay_to, NEW.reason, NEW.entry_id, NEW.refunded_on, NEW.refunded_at, NEW.refunded_by, NEW.approved_by)
  IS DISTINCT FROM (OLD.id, OLD.nonce, OLD.bank_line_id, OLD.currency, OLD.micros, OLD.base_micros, OLD.payer, OLD.pay_to, OLD.reason, OLD.entry_id, OLD.refunded_on, OLD.refunded_at, OLD.refunded_by, OLD.approved_by))
EXECUTE FUNCTION bank_refuse();
