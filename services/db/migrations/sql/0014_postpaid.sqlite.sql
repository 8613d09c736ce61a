ALTER TABLE invoice ADD COLUMN kind TEXT DEFAULT 'top-up' NOT NULL CONSTRAINT ck_invoice_kind CHECK (kind IN ('top-up', 'arrears'))
--;;
CREATE TABLE invoice_line (
  invoice_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  label TEXT NOT NULL,
  detail TEXT NOT NULL,
  quantity INTEGER,
  net_micros INTEGER NOT NULL,
  CONSTRAINT pk_invoice_line PRIMARY KEY (invoice_id, place),
  CONSTRAINT ck_invoice_line_said CHECK (place > 0 AND label <> ''),
  CONSTRAINT ck_invoice_line_counted CHECK (quantity > 0),
  CONSTRAINT fk_invoice_line_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TABLE postpaid_application (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  asked_minimum_micros INTEGER NOT NULL,
  asked_limit_micros INTEGER NOT NULL,
  asked_months INTEGER NOT NULL,
  note TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  opened_on TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  opened_by_id INTEGER,
  recommendation TEXT,
  recommended_minimum_micros INTEGER,
  recommended_limit_micros INTEGER,
  recommended_months INTEGER,
  recommended_reason TEXT,
  recommended_at TEXT,
  recommended_by TEXT,
  recommended_by_id INTEGER,
  dossier TEXT,
  decision TEXT,
  decided_minimum_micros INTEGER,
  decided_limit_micros INTEGER,
  decided_months INTEGER,
  conditions TEXT,
  decided_reason TEXT,
  decided_at TEXT,
  decided_by TEXT,
  decided_by_id INTEGER,
  agreed_by TEXT,
  approval_id INTEGER,
  withdrawn_reason TEXT,
  CONSTRAINT pk_postpaid_application PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_application_status CHECK (status IN ('open', 'waiting', 'recommended', 'deciding', 'approved', 'declined', 'withdrawn')),
  CONSTRAINT ck_postpaid_application_asked CHECK (asked_minimum_micros > 0 AND asked_limit_micros >= 0 AND asked_months > 0),
  CONSTRAINT ck_postpaid_application_recommendation CHECK (recommendation IN ('approve', 'decline')),
  CONSTRAINT ck_postpaid_application_decision CHECK (decision IN ('approve', 'decline')),
  CONSTRAINT ck_postpaid_application_recommended CHECK ((recommendation IS NULL) = (recommended_at IS NULL)),
  CONSTRAINT ck_postpaid_application_decided CHECK ((status IN ('approved', 'declined')) = (decided_at IS NOT NULL)),
  CONSTRAINT ck_postpaid_application_four_eyes CHECK (decided_by_id <> recommended_by_id AND decided_by_id <> opened_by_id),
  CONSTRAINT ck_postpaid_application_said_why CHECK (decision IS NULL OR decided_reason <> ''),
  CONSTRAINT uq_postpaid_application_nonce UNIQUE (nonce),
  CONSTRAINT fk_postpaid_application_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_postpaid_application_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_postpaid_application_approval_id UNIQUE (approval_id),
  CONSTRAINT fk_postpaid_application_approval_id FOREIGN KEY(approval_id) REFERENCES approval (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE UNIQUE INDEX uq_postpaid_application_open ON postpaid_application (customer_id) WHERE status IN ('open', 'waiting', 'recommended', 'deciding')
--;;
CREATE TABLE postpaid_question (
  id INTEGER NOT NULL,
  application_id INTEGER NOT NULL,
  question TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  answer TEXT,
  answered_at TEXT,
  answered_by TEXT,
  CONSTRAINT pk_postpaid_question PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_question_said CHECK (question <> '' AND answer <> ''),
  CONSTRAINT ck_postpaid_question_answered CHECK ((answer IS NULL) = (answered_at IS NULL)),
  CONSTRAINT fk_postpaid_question_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_postpaid_question_application_id ON postpaid_question (application_id)
--;;
CREATE TABLE postpaid_file (
  id INTEGER NOT NULL,
  application_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  content BLOB NOT NULL,
  added_at TEXT NOT NULL,
  added_by TEXT NOT NULL,
  CONSTRAINT pk_postpaid_file PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_file_kind CHECK (kind IN ('evidence', 'contract')),
  CONSTRAINT ck_postpaid_file_something CHECK (name <> '' AND size > 0),
  CONSTRAINT uq_postpaid_file_application_id_kind_sha256 UNIQUE (application_id, kind, sha256),
  CONSTRAINT fk_postpaid_file_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TABLE commitment (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  application_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  signed_on TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  started_at TEXT,
  left_before TEXT,
  left_reason TEXT,
  left_at TEXT,
  left_by TEXT,
  charges_rest INTEGER,
  ended_at TEXT,
  CONSTRAINT pk_commitment PRIMARY KEY (id),
  CONSTRAINT ck_commitment_left_after_start CHECK (left_before IS NULL OR left_before > starts_on),
  CONSTRAINT ck_commitment_left CHECK ((left_before IS NULL) = (left_at IS NULL)),
  CONSTRAINT ck_commitment_ended_after_started CHECK (ended_at IS NULL OR started_at IS NOT NULL),
  CONSTRAINT uq_commitment_nonce UNIQUE (nonce),
  CONSTRAINT fk_commitment_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT uq_commitment_application_id UNIQUE (application_id),
  CONSTRAINT fk_commitment_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT,
  CONSTRAINT fk_commitment_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_commitment_customer_id ON commitment (customer_id)
--;;
CREATE TABLE commitment_version (
  commitment_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  effective_on TEXT NOT NULL,
  ends_before TEXT NOT NULL,
  minimum_micros INTEGER NOT NULL,
  true_up TEXT NOT NULL,
  payment_days INTEGER NOT NULL,
  limit_micros INTEGER NOT NULL,
  notice_days INTEGER NOT NULL,
  at_limit TEXT NOT NULL,
  aud_micros INTEGER NOT NULL,
  rate TEXT NOT NULL,
  rate_on TEXT NOT NULL,
  rate_source TEXT NOT NULL,
  file_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  agreed_by TEXT NOT NULL,
  CONSTRAINT pk_commitment_version PRIMARY KEY (commitment_id, version),
  CONSTRAINT ck_commitment_version_version CHECK (version >= 1 AND ends_before > effective_on),
  CONSTRAINT ck_commitment_version_amounts CHECK (minimum_micros > 0 AND limit_micros > 0 AND aud_micros > 0),
  CONSTRAINT ck_commitment_version_choices CHECK (true_up IN ('monthly', 'term') AND at_limit IN ('alert', 'stop')),
  CONSTRAINT ck_commitment_version_days CHECK (payment_days > 0 AND notice_days > 0),
  CONSTRAINT fk_commitment_version_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT,
  CONSTRAINT fk_commitment_version_file_id FOREIGN KEY(file_id) REFERENCES postpaid_file (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TABLE commitment_month (
  id INTEGER NOT NULL,
  commitment_id INTEGER NOT NULL,
  month TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_before TEXT NOT NULL,
  consumed_micros INTEGER NOT NULL,
  minimum_micros INTEGER NOT NULL,
  true_up_micros INTEGER NOT NULL,
  true_up_entry_id INTEGER,
  invoice_id INTEGER,
  billed_at TEXT NOT NULL,
  billed_by TEXT NOT NULL,
  CONSTRAINT pk_commitment_month PRIMARY KEY (id),
  CONSTRAINT uq_commitment_month_commitment_id_month UNIQUE (commitment_id, month),
  CONSTRAINT ck_commitment_month_days CHECK (ends_before > starts_on),
  CONSTRAINT ck_commitment_month_amounts CHECK (minimum_micros >= 0 AND true_up_micros >= 0),
  CONSTRAINT ck_commitment_month_true_up_posted CHECK ((true_up_micros > 0) = (true_up_entry_id IS NOT NULL)),
  CONSTRAINT fk_commitment_month_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT,
  CONSTRAINT uq_commitment_month_true_up_entry_id UNIQUE (true_up_entry_id),
  CONSTRAINT fk_commitment_month_true_up_entry_id FOREIGN KEY(true_up_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_commitment_month_invoice_id UNIQUE (invoice_id),
  CONSTRAINT fk_commitment_month_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TRIGGER invoice_kind_is_frozen BEFORE UPDATE OF kind ON invoice
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice never changes');
END
--;;
CREATE TRIGGER invoice_line_is_frozen BEFORE UPDATE ON invoice_line
BEGIN
    SELECT RAISE(ABORT, 'a line of an issued invoice never changes');
END
--;;
CREATE TRIGGER invoice_line_is_kept BEFORE DELETE ON invoice_line
BEGIN
    SELECT RAISE(ABORT, 'a line of an issued invoice is never deleted');
END
--;;
CREATE TRIGGER invoice_line_is_not_replaced BEFORE INSERT ON invoice_line
WHEN EXISTS (SELECT 1 FROM invoice_line WHERE invoice_id = NEW.invoice_id AND place = NEW.place)
BEGIN
    SELECT RAISE(ABORT, 'a line of an issued invoice never changes');
END
--;;
CREATE TRIGGER commitment_version_is_frozen BEFORE UPDATE ON commitment_version
BEGIN
    SELECT RAISE(ABORT, 'a version of a commitment never changes');
END
--;;
CREATE TRIGGER commitment_version_is_kept BEFORE DELETE ON commitment_version
BEGIN
    SELECT RAISE(ABORT, 'a version of a commitment is never deleted');
END
--;;
CREATE TRIGGER commitment_version_is_not_replaced BEFORE INSERT ON commitment_version
WHEN EXISTS (SELECT 1 FROM commitment_version WHERE commitment_id = NEW.commitment_id AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'a version of a commitment never changes');
END
--;;
CREATE TRIGGER postpaid_file_is_frozen BEFORE UPDATE ON postpaid_file
BEGIN
    SELECT RAISE(ABORT, 'a kept file never changes');
END
--;;
CREATE TRIGGER postpaid_file_is_kept BEFORE DELETE ON postpaid_file
BEGIN
    SELECT RAISE(ABORT, 'a kept file is never deleted');
END
--;;
CREATE TRIGGER postpaid_file_is_not_replaced BEFORE INSERT ON postpaid_file
WHEN EXISTS (SELECT 1 FROM postpaid_file WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a kept file never changes');
END
