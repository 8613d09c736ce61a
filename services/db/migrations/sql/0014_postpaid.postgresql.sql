ALTER TABLE invoice ADD COLUMN kind TEXT DEFAULT 'top-up' NOT NULL CONSTRAINT ck_invoice_kind CHECK (kind IN ('top-up', 'arrears'))
--;;
COMMENT ON COLUMN invoice.kind IS 'for credit, or for use in arrears'
--;;
CREATE TABLE invoice_line (
  invoice_id BIGINT NOT NULL,
  place BIGINT NOT NULL,
  label TEXT NOT NULL,
  detail TEXT NOT NULL,
  quantity BIGINT,
  net_micros BIGINT NOT NULL,
  CONSTRAINT pk_invoice_line PRIMARY KEY (invoice_id, place),
  CONSTRAINT ck_invoice_line_said CHECK (place > 0 AND label <> ''),
  CONSTRAINT ck_invoice_line_counted CHECK (quantity > 0),
  CONSTRAINT fk_invoice_line_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
)
--;;
COMMENT ON COLUMN invoice_line.quantity IS 'messages or numbers, where they are counted'
--;;
CREATE TABLE postpaid_application (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  asked_minimum_micros BIGINT NOT NULL,
  asked_limit_micros BIGINT NOT NULL,
  asked_months BIGINT NOT NULL,
  note TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  opened_on DATE NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  opened_by TEXT NOT NULL,
  opened_by_id BIGINT,
  recommendation TEXT,
  recommended_minimum_micros BIGINT,
  recommended_limit_micros BIGINT,
  recommended_months BIGINT,
  recommended_reason TEXT,
  recommended_at TIMESTAMP WITH TIME ZONE,
  recommended_by TEXT,
  recommended_by_id BIGINT,
  dossier TEXT,
  decision TEXT,
  decided_minimum_micros BIGINT,
  decided_limit_micros BIGINT,
  decided_months BIGINT,
  conditions TEXT,
  decided_reason TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  decided_by TEXT,
  decided_by_id BIGINT,
  agreed_by TEXT,
  approval_id BIGINT,
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
--;;
CREATE UNIQUE INDEX uq_postpaid_application_open ON postpaid_application (customer_id) WHERE status IN ('open', 'waiting', 'recommended', 'deciding')
--;;
COMMENT ON COLUMN postpaid_application.asked_minimum_micros IS 'a month, as the customer asks'
--;;
COMMENT ON COLUMN postpaid_application.dossier IS 'JSON: what was known when accounting recommended'
--;;
COMMENT ON COLUMN postpaid_application.agreed_by IS 'the second person, from the limit of two'
--;;
CREATE TABLE postpaid_question (
  id BIGSERIAL NOT NULL,
  application_id BIGINT NOT NULL,
  question TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by TEXT NOT NULL,
  answer TEXT,
  answered_at TIMESTAMP WITH TIME ZONE,
  answered_by TEXT,
  CONSTRAINT pk_postpaid_question PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_question_said CHECK (question <> '' AND answer <> ''),
  CONSTRAINT ck_postpaid_question_answered CHECK ((answer IS NULL) = (answered_at IS NULL)),
  CONSTRAINT fk_postpaid_question_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT
)
--;;
CREATE INDEX ix_postpaid_question_application_id ON postpaid_question (application_id)
--;;
CREATE TABLE postpaid_file (
  id BIGSERIAL NOT NULL,
  application_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  size BIGINT NOT NULL,
  content BYTEA NOT NULL,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  added_by TEXT NOT NULL,
  CONSTRAINT pk_postpaid_file PRIMARY KEY (id),
  CONSTRAINT ck_postpaid_file_kind CHECK (kind IN ('evidence', 'contract')),
  CONSTRAINT ck_postpaid_file_something CHECK (name <> '' AND size > 0),
  CONSTRAINT uq_postpaid_file_application_id_kind_sha256 UNIQUE (application_id, kind, sha256),
  CONSTRAINT fk_postpaid_file_application_id FOREIGN KEY(application_id) REFERENCES postpaid_application (id) ON DELETE RESTRICT
)
--;;
CREATE TABLE commitment (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  starts_on DATE NOT NULL,
  signed_on DATE NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  made_by TEXT NOT NULL,
  started_at TIMESTAMP WITH TIME ZONE,
  left_before DATE,
  left_reason TEXT,
  left_at TIMESTAMP WITH TIME ZONE,
  left_by TEXT,
  charges_rest BOOLEAN,
  ended_at TIMESTAMP WITH TIME ZONE,
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
--;;
CREATE INDEX ix_commitment_customer_id ON commitment (customer_id)
--;;
COMMENT ON COLUMN commitment.started_at IS 'when the customer''s billing really changed'
--;;
COMMENT ON COLUMN commitment.left_before IS 'the first day after it, where it ends before its term'
--;;
COMMENT ON COLUMN commitment.charges_rest IS 'whether what is left of the commitment is billed'
--;;
COMMENT ON COLUMN commitment.ended_at IS 'when the customer''s billing was prepaid again'
--;;
CREATE TABLE commitment_version (
  commitment_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  effective_on DATE NOT NULL,
  ends_before DATE NOT NULL,
  minimum_micros BIGINT NOT NULL,
  true_up TEXT NOT NULL,
  payment_days BIGINT NOT NULL,
  limit_micros BIGINT NOT NULL,
  notice_days BIGINT NOT NULL,
  at_limit TEXT NOT NULL,
  aud_micros BIGINT NOT NULL,
  rate TEXT NOT NULL,
  rate_on DATE NOT NULL,
  rate_source TEXT NOT NULL,
  file_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
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
--;;
COMMENT ON COLUMN commitment_version.aud_micros IS 'the minimum''s worth at signature, frozen'
--;;
COMMENT ON COLUMN commitment_version.rate IS 'AUD for one unit, exact decimal'
--;;
CREATE TABLE commitment_month (
  id BIGSERIAL NOT NULL,
  commitment_id BIGINT NOT NULL,
  month DATE NOT NULL,
  starts_on DATE NOT NULL,
  ends_before DATE NOT NULL,
  consumed_micros BIGINT NOT NULL,
  minimum_micros BIGINT NOT NULL,
  true_up_micros BIGINT NOT NULL,
  true_up_entry_id BIGINT,
  invoice_id BIGINT,
  billed_at TIMESTAMP WITH TIME ZONE NOT NULL,
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
--;;
CREATE TRIGGER invoice_line_is_frozen BEFORE UPDATE ON invoice_line FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER invoice_line_is_kept BEFORE DELETE OR TRUNCATE ON invoice_line
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE TRIGGER commitment_version_is_frozen BEFORE UPDATE ON commitment_version FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER commitment_version_is_kept BEFORE DELETE OR TRUNCATE ON commitment_version
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
--;;
CREATE TRIGGER postpaid_file_is_frozen BEFORE UPDATE ON postpaid_file FOR EACH ROW EXECUTE FUNCTION document_never_changes()
--;;
CREATE TRIGGER postpaid_file_is_kept BEFORE DELETE OR TRUNCATE ON postpaid_file
FOR EACH STATEMENT EXECUTE FUNCTION document_is_kept()
