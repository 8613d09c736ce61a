-- E-mail to customers: the outbox, the bytes that were sent, addresses mail came back from.
CREATE TABLE mail_content (
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_mail_content PRIMARY KEY (sha256),
  CONSTRAINT ck_mail_content_hash CHECK (length(sha256) = 64)
);
--;;
CREATE TABLE mail_message (
  id BIGSERIAL NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  about_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  invoice_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  to_address TEXT NOT NULL,
  to_key TEXT NOT NULL,
  language TEXT NOT NULL,
  facts TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  via TEXT,
  attempts BIGINT NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE,
  lease_until TIMESTAMP WITH TIME ZONE,
  handed_at TIMESTAMP WITH TIME ZONE,
  message_id TEXT NOT NULL,
  sha256 TEXT,
  queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  queued_by TEXT NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE,
  said TEXT NOT NULL,
  again_of_id BIGINT,
  reason TEXT NOT NULL,
  CONSTRAINT pk_mail_message PRIMARY KEY (id),
  CONSTRAINT ck_mail_message_kind CHECK (kind IN ('invoice', 'corrected copy', 'credit note', 'payment received', 'short payment', 'reminder')),
  CONSTRAINT ck_mail_message_about CHECK (about IN ('invoice', 'credit note', 'allocation')),
  CONSTRAINT ck_mail_message_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled', 'uncertain')),
  CONSTRAINT ck_mail_message_via CHECK (via IS NULL OR via IN ('smtp', 'mail room')),
  CONSTRAINT ck_mail_message_language CHECK (language IN ('en', 'fr')),
  CONSTRAINT ck_mail_message_whole CHECK (version > 0 AND attempts >= 0 AND to_key <> '' AND subject <> ''),
  CONSTRAINT ck_mail_message_queued CHECK ((state = 'queued') = (next_at IS NOT NULL)),
  CONSTRAINT ck_mail_message_leased CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
  CONSTRAINT ck_mail_message_sent CHECK (state <> 'sent' OR (via IS NOT NULL AND sent_at IS NOT NULL)),
  CONSTRAINT ck_mail_message_bytes_kept CHECK (via IS NULL OR via <> 'smtp' OR sha256 IS NOT NULL),
  CONSTRAINT ck_mail_message_uncertain CHECK (state <> 'uncertain' OR (handed_at IS NOT NULL AND sha256 IS NOT NULL)),
  CONSTRAINT ck_mail_message_sent_again_for_a_reason CHECK ((again_of_id IS NULL) = (reason = '')),
  CONSTRAINT uq_mail_message_key UNIQUE (key),
  CONSTRAINT fk_mail_message_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT fk_mail_message_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT uq_mail_message_message_id UNIQUE (message_id),
  CONSTRAINT fk_mail_message_sha256 FOREIGN KEY(sha256) REFERENCES mail_content (sha256) ON DELETE RESTRICT,
  CONSTRAINT fk_mail_message_again_of_id FOREIGN KEY(again_of_id) REFERENCES mail_message (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_mail_message_about ON mail_message (about, about_id);
--;;
CREATE INDEX ix_mail_message_again_of ON mail_message (again_of_id);
--;;
CREATE INDEX ix_mail_message_customer ON mail_message (customer_id, queued_at);
--;;
CREATE INDEX ix_mail_message_due ON mail_message (next_at) WHERE state = 'queued';
--;;
CREATE INDEX ix_mail_message_invoice_id ON mail_message (invoice_id);
--;;
CREATE INDEX ix_mail_message_leased ON mail_message (lease_until) WHERE state = 'sending';
--;;
CREATE INDEX ix_mail_message_not_sent ON mail_message (state) WHERE state <> 'sent';
--;;
CREATE INDEX ix_mail_message_queued_at ON mail_message (queued_at, id);
--;;
CREATE TABLE mail_mark (
  address_key TEXT NOT NULL,
  address TEXT NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  said TEXT NOT NULL,
  mail_id BIGINT NOT NULL,
  CONSTRAINT pk_mail_mark PRIMARY KEY (address_key),
  CONSTRAINT ck_mail_mark_address CHECK (address_key <> ''),
  CONSTRAINT fk_mail_mark_mail_id FOREIGN KEY(mail_id) REFERENCES mail_message (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE mail_choice (
  id BIGSERIAL NOT NULL,
  receipts BOOLEAN NOT NULL,
  chosen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  chosen_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_mail_choice PRIMARY KEY (id)
);
