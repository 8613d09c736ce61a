CREATE TABLE invoice_draft (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  details TEXT NOT NULL,
  due_on DATE,
  po_number TEXT NOT NULL,
  version BIGINT NOT NULL,
  owner_id BIGINT,
  owner TEXT NOT NULL,
  begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
  saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
  saved_by TEXT NOT NULL,
  CONSTRAINT pk_invoice_draft PRIMARY KEY (id),
  CONSTRAINT ck_invoice_draft_begun CHECK (nonce <> '' AND version > 0),
  CONSTRAINT ck_invoice_draft_details CHECK (length(details) <= 10000),
  CONSTRAINT uq_invoice_draft_nonce UNIQUE (nonce),
  CONSTRAINT fk_invoice_draft_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_invoice_draft_owner_id FOREIGN KEY(owner_id) REFERENCES person (id) ON DELETE RESTRICT
)
--;;
COMMENT ON COLUMN invoice_draft.nonce IS 'the invoice''s own, once it is issued'
--;;
COMMENT ON COLUMN invoice_draft.amount IS 'as typed'
--;;
COMMENT ON COLUMN invoice_draft.details IS 'JSON: the buyer''s details as typed'
--;;
CREATE INDEX ix_invoice_draft_customer_id ON invoice_draft (customer_id)
--;;
CREATE INDEX ix_invoice_draft_saved_at ON invoice_draft (saved_at)
--;;
CREATE TABLE invoice_request (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  form TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  gross_micros BIGINT,
  details TEXT NOT NULL,
  channel TEXT NOT NULL,
  received_on DATE NOT NULL,
  ticket_id TEXT NOT NULL,
  po_number TEXT NOT NULL,
  note TEXT NOT NULL,
  owner_id BIGINT,
  owner TEXT NOT NULL,
  version BIGINT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  opened_by TEXT NOT NULL,
  cancelled_at TIMESTAMP WITH TIME ZONE,
  cancelled_by TEXT NOT NULL,
  cancel_reason TEXT NOT NULL,
  CONSTRAINT pk_invoice_request PRIMARY KEY (id),
  CONSTRAINT ck_invoice_request_channel CHECK (channel IN ('e-mail', 'phone', 'support ticket', 'other')),
  CONSTRAINT ck_invoice_request_amount CHECK (gross_micros > 0),
  CONSTRAINT ck_invoice_request_named CHECK (nonce <> '' AND length(form) >= 16 AND version > 0),
  CONSTRAINT ck_invoice_request_owner CHECK ((owner_id IS NULL) = (owner = '')),
  CONSTRAINT ck_invoice_request_cancelled CHECK ((cancelled_at IS NULL) = (cancelled_by = '') AND (cancelled_at IS NULL) = (cancel_reason = '')),
  CONSTRAINT uq_invoice_request_nonce UNIQUE (nonce),
  CONSTRAINT uq_invoice_request_form UNIQUE (form),
  CONSTRAINT fk_invoice_request_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_invoice_request_owner_id FOREIGN KEY(owner_id) REFERENCES person (id) ON DELETE RESTRICT
)
--;;
COMMENT ON COLUMN invoice_request.form IS 'the nonce of the invoice issued out of it'
--;;
COMMENT ON COLUMN invoice_request.gross_micros IS 'including tax; nothing while nobody said it'
--;;
COMMENT ON COLUMN invoice_request.details IS 'JSON: what was asked to be printed'
--;;
CREATE INDEX ix_invoice_request_customer_id ON invoice_request (customer_id)
--;;
CREATE INDEX ix_invoice_request_owner_id ON invoice_request (owner_id)
--;;
CREATE INDEX ix_invoice_request_received_on ON invoice_request (received_on, id)
--;;
CREATE TABLE invoice_request_step (
  id BIGSERIAL NOT NULL,
  request_id BIGINT NOT NULL,
  done_at TIMESTAMP WITH TIME ZONE NOT NULL,
  done_by TEXT NOT NULL,
  did TEXT NOT NULL,
  said TEXT NOT NULL,
  CONSTRAINT pk_invoice_request_step PRIMARY KEY (id),
  CONSTRAINT ck_invoice_request_step_did CHECK (did <> ''),
  CONSTRAINT fk_invoice_request_step_request_id FOREIGN KEY(request_id) REFERENCES invoice_request (id) ON DELETE RESTRICT
)
--;;
CREATE INDEX ix_invoice_request_step_request_id ON invoice_request_step (request_id)
--;;
CREATE FUNCTION invoice_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice request is never deleted, and its history never changes';
END;
$$
--;;
CREATE TRIGGER invoice_request_is_kept BEFORE DELETE ON invoice_request
    FOR EACH ROW EXECUTE FUNCTION invoice_request_guard()
--;;
CREATE TRIGGER invoice_request_step_is_frozen BEFORE UPDATE OR DELETE ON invoice_request_step
    FOR EACH ROW EXECUTE FUNCTION invoice_request_guard()
