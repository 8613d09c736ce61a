-- Receipts held in suspense: why, whose work it is, and who took them out.
CREATE TABLE held_receipt (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  bank_line_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  micros INTEGER NOT NULL,
  base_micros INTEGER NOT NULL,
  reason TEXT NOT NULL,
  owner_id INTEGER,
  owner TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  held_on TEXT NOT NULL,
  held_at TEXT NOT NULL,
  held_by TEXT NOT NULL,
  out_at TEXT,
  out_by TEXT,
  out_reason TEXT,
  reversal_entry_id INTEGER,
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
) STRICT;
--;;
CREATE INDEX ix_held_receipt_bank_line_id ON held_receipt (bank_line_id);
--;;
CREATE INDEX ix_held_receipt_waits ON held_receipt (held_on, id) WHERE out_at IS NULL;
--;;
CREATE TRIGGER held_receipt_kept BEFORE DELETE ON held_receipt
BEGIN SELECT RAISE(ABORT, 'a held receipt is never deleted'); END;
--;;
CREATE TRIGGER held_receipt_fixed BEFORE UPDATE ON held_receipt
WHEN OLD.out_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.nonce IS NOT OLD.nonce OR NEW.bank_line_id IS NOT OLD.bank_line_id OR NEW.currency IS NOT OLD.currency OR NEW.micros IS NOT OLD.micros OR NEW.base_micros IS NOT OLD.base_micros OR NEW.reason IS NOT OLD.reason OR NEW.entry_id IS NOT OLD.entry_id OR NEW.held_on IS NOT OLD.held_on OR NEW.held_at IS NOT OLD.held_at OR NEW.held_by IS NOT OLD.held_by
BEGIN SELECT RAISE(ABORT, 'a held receipt only changes its owner, or is taken out'); END;
