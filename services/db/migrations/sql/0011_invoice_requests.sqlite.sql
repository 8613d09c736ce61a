CREATE TABLE invoice_draft (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  amount TEXT NOT NULL,
  details TEXT NOT NULL,
  due_on TEXT,
  po_number TEXT NOT NULL,
  version INTEGER NOT NULL,
  owner_id INTEGER,
  owner TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  CONSTRAINT pk_invoice_draft PRIMARY KEY (id),
  CONSTRAINT ck_invoice_draft_begun CHECK (nonce <> '' AND version > 0),
  CONSTRAINT ck_invoice_draft_details CHECK (length(details) <= 10000),
  CONSTRAINT uq_invoice_draft_nonce UNIQUE (nonce),
  CONSTRAINT fk_invoice_draft_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_invoice_draft_owner_id FOREIGN KEY(owner_id) REFERENCES person (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_invoice_draft_customer_id ON invoice_draft (customer_id)
--;;
CREATE INDEX ix_invoice_draft_saved_at ON invoice_draft (saved_at)
--;;
CREATE TABLE invoice_request (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  form TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  gross_micros INTEGER,
  details TEXT NOT NULL,
  channel TEXT NOT NULL,
  received_on TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  po_number TEXT NOT NULL,
  note TEXT NOT NULL,
  owner_id INTEGER,
  owner TEXT NOT NULL,
  version INTEGER NOT NULL,
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  cancelled_at TEXT,
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
 STRICT
--;;
CREATE INDEX ix_invoice_request_customer_id ON invoice_request (customer_id)
--;;
CREATE INDEX ix_invoice_request_owner_id ON invoice_request (owner_id)
--;;
CREATE INDEX ix_invoice_request_received_on ON invoice_request (received_on, id)
--;;
CREATE TABLE invoice_request_step (
  id INTEGER NOT NULL,
  request_id INTEGER NOT NULL,
  done_at TEXT NOT NULL,
  done_by TEXT NOT NULL,
  did TEXT NOT NULL,
  said TEXT NOT NULL,
  CONSTRAINT pk_invoice_request_step PRIMARY KEY (id),
  CONSTRAINT ck_invoice_request_step_did CHECK (did <> ''),
  CONSTRAINT fk_invoice_request_step_request_id FOREIGN KEY(request_id) REFERENCES invoice_request (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_invoice_request_step_request_id ON invoice_request_step (request_id)
--;;
CREATE TRIGGER invoice_request_is_kept BEFORE DELETE ON invoice_request
BEGIN
    SELECT RAISE(ABORT, 'an invoice request is never deleted');
END
--;;
CREATE TRIGGER invoice_request_step_is_frozen BEFORE UPDATE ON invoice_request_step
BEGIN
    SELECT RAISE(ABORT, 'the history of a request never changes');
END
--;;
CREATE TRIGGER invoice_request_step_is_kept BEFORE DELETE ON invoice_request_step
BEGIN
    SELECT RAISE(ABORT, 'the history of a request is never deleted');
END
