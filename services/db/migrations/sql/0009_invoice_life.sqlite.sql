CREATE TABLE invoice_transition (
  id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  moved_on TEXT NOT NULL,
  moved_at TEXT NOT NULL,
  moved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  gross_micros INTEGER NOT NULL,
  tax_micros INTEGER NOT NULL,
  CONSTRAINT pk_invoice_transition PRIMARY KEY (id),
  CONSTRAINT ck_invoice_transition_moves CHECK (from_status <> to_status),
  CONSTRAINT fk_invoice_transition_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT uq_invoice_transition_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_invoice_transition_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_invoice_transition_invoice_id ON invoice_transition (invoice_id)
--;;
CREATE TABLE credit_note (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  series TEXT NOT NULL,
  serial_no INTEGER NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  gross_micros INTEGER NOT NULL,
  net_micros INTEGER NOT NULL,
  tax_micros INTEGER NOT NULL,
  returned_micros INTEGER NOT NULL,
  returned_net_micros INTEGER NOT NULL,
  before_micros INTEGER NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  language TEXT NOT NULL,
  buyer TEXT NOT NULL,
  seller TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  CONSTRAINT pk_credit_note PRIMARY KEY (id),
  CONSTRAINT uq_credit_note_series_serial_no UNIQUE (series, serial_no),
  CONSTRAINT ck_credit_note_numbered CHECK (serial_no > 0),
  CONSTRAINT ck_credit_note_kind CHECK (kind IN ('credit', 'adjustment')),
  CONSTRAINT ck_credit_note_cause CHECK (cause IN ('short payment', 'cancelled', 'wrong details', 'price', 'other')),
  CONSTRAINT ck_credit_note_signs CHECK (gross_micros > 0 AND net_micros >= 0 AND tax_micros >= 0),
  CONSTRAINT ck_credit_note_adds_up CHECK (net_micros + tax_micros = gross_micros),
  CONSTRAINT ck_credit_note_returned CHECK (returned_micros >= 0 AND returned_micros <= gross_micros),
  CONSTRAINT ck_credit_note_returned_net CHECK (returned_net_micros >= 0 AND returned_net_micros <= net_micros),
  CONSTRAINT ck_credit_note_not_more_than_the_invoice CHECK (gross_micros <= before_micros),
  CONSTRAINT ck_credit_note_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT uq_credit_note_nonce UNIQUE (nonce),
  CONSTRAINT uq_credit_note_number UNIQUE (number),
  CONSTRAINT fk_credit_note_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_credit_note_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT uq_credit_note_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_credit_note_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_credit_note_customer_id ON credit_note (customer_id)
--;;
CREATE INDEX ix_credit_note_invoice_id ON credit_note (invoice_id)
--;;
CREATE INDEX ix_credit_note_issued_on ON credit_note (issued_on, id)
--;;
DROP TRIGGER invoice_core_is_frozen
--;;
CREATE TRIGGER invoice_core_is_frozen BEFORE UPDATE OF
    id, nonce, request_hash, series, serial_no, number, reference, customer_id, account_id, username, country, currency,
    gross_micros, net_micros, tax_micros, issued_on, due_on, issued_at, issued_by, language, company_name, address,
    business_id, email, contact_name, contact_phone, po_number, seller, bank_account, bank_lines, tax_code, tax_title, tax_note,
    tax_label, shows_tax, minimum_micros, rate, rate_on, rate_source, aud_equivalent_micros, entry_id
ON invoice
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice never changes');
END
--;;
CREATE TRIGGER credit_note_is_frozen BEFORE UPDATE ON credit_note
BEGIN
    SELECT RAISE(ABORT, 'a credit note never changes');
END
--;;
CREATE TRIGGER credit_note_is_kept BEFORE DELETE ON credit_note
BEGIN
    SELECT RAISE(ABORT, 'a credit note is never deleted');
END
--;;
CREATE TRIGGER invoice_transition_is_frozen BEFORE UPDATE ON invoice_transition
BEGIN
    SELECT RAISE(ABORT, 'the life of an invoice never changes');
END
--;;
CREATE TRIGGER invoice_transition_is_kept BEFORE DELETE ON invoice_transition
BEGIN
    SELECT RAISE(ABORT, 'the life of an invoice is never deleted');
END
--;;
CREATE TRIGGER credit_note_is_not_replaced BEFORE INSERT ON credit_note
WHEN EXISTS (SELECT 1 FROM credit_note WHERE id = NEW.id OR number = NEW.number OR nonce = NEW.nonce)
BEGIN
    SELECT RAISE(ABORT, 'a credit note is never replaced');
END
--;;
CREATE TRIGGER invoice_transition_is_not_replaced BEFORE INSERT ON invoice_transition
WHEN EXISTS (SELECT 1 FROM invoice_transition WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the life of an invoice is never replaced');
END
--;;
UPDATE invoice SET cleared_net_micros = COALESCE(
    (SELECT SUM(net_micros + fee_micros) FROM allocation WHERE invoice_id = invoice.id AND undone_at IS NULL), 0)
--;;
PRAGMA writable_schema = ON
--;;
UPDATE sqlite_schema SET sql = replace(sql, '''receivable''))', '''receivable'', ''refund_payable''))')
 WHERE type = 'table' AND name = 'account'
--;;
PRAGMA writable_schema = RESET
