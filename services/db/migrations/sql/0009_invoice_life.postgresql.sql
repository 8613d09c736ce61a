CREATE TABLE invoice_transition (
  id BIGSERIAL NOT NULL,
  invoice_id BIGINT NOT NULL,
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  moved_on DATE NOT NULL,
  moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
  moved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  gross_micros BIGINT NOT NULL,
  tax_micros BIGINT NOT NULL,
  CONSTRAINT pk_invoice_transition PRIMARY KEY (id),
  CONSTRAINT ck_invoice_transition_moves CHECK (from_status <> to_status),
  CONSTRAINT fk_invoice_transition_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT uq_invoice_transition_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_invoice_transition_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
--;;
COMMENT ON COLUMN invoice_transition.gross_micros IS 'what the books stop asking for; less than 0 if again'
--;;
COMMENT ON COLUMN invoice_transition.tax_micros IS 'the tax in it'
--;;
CREATE INDEX ix_invoice_transition_invoice_id ON invoice_transition (invoice_id)
--;;
CREATE TABLE credit_note (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  series TEXT NOT NULL,
  serial_no BIGINT NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  invoice_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  gross_micros BIGINT NOT NULL,
  net_micros BIGINT NOT NULL,
  tax_micros BIGINT NOT NULL,
  returned_micros BIGINT NOT NULL,
  returned_net_micros BIGINT NOT NULL,
  before_micros BIGINT NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  issued_on DATE NOT NULL,
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  issued_by TEXT NOT NULL,
  language TEXT NOT NULL,
  buyer TEXT NOT NULL,
  seller TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
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
--;;
COMMENT ON COLUMN credit_note.returned_micros IS 'of the gross, what had been paid and is owed back'
--;;
COMMENT ON COLUMN credit_note.returned_net_micros IS 'the net in it'
--;;
COMMENT ON COLUMN credit_note.before_micros IS 'what the invoice came to before this note'
--;;
COMMENT ON COLUMN credit_note.buyer IS 'JSON: the buyer as printed'
--;;
COMMENT ON COLUMN credit_note.seller IS 'JSON: the seller as printed'
--;;
CREATE INDEX ix_credit_note_customer_id ON credit_note (customer_id)
--;;
CREATE INDEX ix_credit_note_invoice_id ON credit_note (invoice_id)
--;;
CREATE INDEX ix_credit_note_issued_on ON credit_note (issued_on, id)
--;;
CREATE OR REPLACE FUNCTION invoice_core_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{status,allocated_micros,fee_micros,credited_micros,short_micros,cleared_net_micros}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{status,allocated_micros,fee_micros,credited_micros,short_micros,cleared_net_micros}'::text[] THEN
        RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
--;;
CREATE FUNCTION document_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' never changes', ERRCODE = 'integrity_constraint_violation';
END $$
--;;
CREATE TRIGGER credit_note_is_frozen BEFORE UPDATE ON credit_note FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER credit_note_is_kept BEFORE DELETE OR TRUNCATE ON credit_note
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE TRIGGER invoice_transition_is_frozen BEFORE UPDATE ON invoice_transition FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER invoice_transition_is_kept BEFORE DELETE OR TRUNCATE ON invoice_transition
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
UPDATE invoice SET cleared_net_micros = COALESCE(
    (SELECT SUM(net_micros + fee_micros) FROM allocation WHERE invoice_id = invoice.id AND undone_at IS NULL), 0)
--;;
ALTER TABLE account DROP CONSTRAINT ck_account_owner
--;;
ALTER TABLE account ADD CONSTRAINT ck_account_owner CHECK ((customer_id IS NOT NULL)
  = (purpose IN ('credit', 'credit_unpaid', 'promo_deferred', 'receivable', 'refund_payable')))
