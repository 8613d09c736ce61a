-- Receipts paid back to whoever sent them: how much, to which account, why, and who took it back.
CREATE TABLE receipt_refund (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  bank_line_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  micros INTEGER NOT NULL,
  base_micros INTEGER NOT NULL,
  payer TEXT NOT NULL,
  pay_to TEXT NOT NULL,
  reason TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  refunded_on TEXT NOT NULL,
  refunded_at TEXT NOT NULL,
  refunded_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id INTEGER,
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
) STRICT;
--;;
CREATE INDEX ix_receipt_refund_bank_line_id ON receipt_refund (bank_line_id);
--;;
CREATE INDEX ix_receipt_refund_counts ON receipt_refund (refunded_on, id) WHERE undone_at IS NULL;
--;;
CREATE TRIGGER receipt_refund_kept BEFORE DELETE ON receipt_refund
BEGIN SELECT RAISE(ABORT, 'a refund of a receipt is never deleted'); END;
--;;
CREATE TRIGGER receipt_refund_fixed BEFORE UPDATE ON receipt_refund
WHEN OLD.undone_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.nonce IS NOT OLD.nonce OR NEW.bank_line_id IS NOT OLD.bank_line_id OR NEW.currency IS NOT OLD.currency OR NEW.micros IS NOT OLD.micros OR NEW.base_micros IS NOT OLD.base_micros OR NEW.payer IS NOT OLD.payer OR NEW.pay_to IS NOT OLD.pay_to OR NEW.reason IS NOT OLD.reason OR NEW.entry_id IS NOT OLD.entry_id OR NEW.refunded_on IS NOT OLD.refunded_on OR NEW.refunded_at IS NOT OLD.refunded_at OR NEW.refunded_by IS NOT OLD.refunded_by OR NEW.approved_by IS NOT OLD.approved_by
BEGIN SELECT RAISE(ABORT, 'a refund of a receipt is only taken back, once'); END;
