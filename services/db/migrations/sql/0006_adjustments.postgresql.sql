-- Adjustments of credit by decision, and which undelivered messages were refunded.
CREATE TABLE adjustment (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  kind TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  reason TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  aud_micros BIGINT NOT NULL,
  day_aud_micros BIGINT NOT NULL,
  rate_nano BIGINT NOT NULL,
  rate_on DATE NOT NULL,
  rate_source TEXT NOT NULL,
  expires_on DATE,
  messages BIGINT NOT NULL,
  first_day DATE,
  last_day DATE,
  product TEXT,
  promotional_micros BIGINT NOT NULL,
  asked_on DATE NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  asked_by TEXT NOT NULL,
  approval_id BIGINT,
  entry_id BIGINT,
  approved_by TEXT,
  expired_micros BIGINT,
  expiry_entry_id BIGINT,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id BIGINT,
  CONSTRAINT pk_adjustment PRIMARY KEY (id),
  CONSTRAINT ck_adjustment_kind CHECK (kind IN ('goodwill', 'promotion', 'undelivered', 'correction')),
  CONSTRAINT ck_adjustment_sign CHECK (micros <> 0 AND (micros > 0 OR kind = 'correction')),
  CONSTRAINT ck_adjustment_said CHECK (reason <> '' AND ticket_id <> ''),
  CONSTRAINT ck_adjustment_judged CHECK (aud_micros >= 0 AND day_aud_micros >= aud_micros AND rate_nano > 0),
  CONSTRAINT ck_adjustment_posted_or_asked CHECK (entry_id IS NOT NULL OR approval_id IS NOT NULL),
  CONSTRAINT ck_adjustment_approved CHECK ((approved_by IS NOT NULL) = (entry_id IS NOT NULL AND approval_id IS NOT NULL)),
  CONSTRAINT ck_adjustment_expires CHECK (expires_on IS NULL OR kind = 'promotion'),
  CONSTRAINT ck_adjustment_expired CHECK (expired_micros IS NULL OR (expires_on IS NOT NULL AND expired_micros BETWEEN 0 AND micros)),
  CONSTRAINT ck_adjustment_expiry_entry CHECK ((expiry_entry_id IS NOT NULL) = (COALESCE(expired_micros, 0) > 0)),
  CONSTRAINT ck_adjustment_messages CHECK ((kind = 'undelivered') = (messages > 0)),
  CONSTRAINT ck_adjustment_days CHECK ((messages > 0) = (first_day IS NOT NULL AND last_day IS NOT NULL)),
  CONSTRAINT ck_adjustment_product CHECK (product IS NULL OR messages > 0),
  CONSTRAINT ck_adjustment_promotional CHECK (promotional_micros BETWEEN 0 AND abs(micros)),
  CONSTRAINT ck_adjustment_undone CHECK (undone_at IS NULL OR (entry_id IS NOT NULL AND expired_micros IS NULL)),
  CONSTRAINT ck_adjustment_undone_by CHECK ((undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL) AND (undone_at IS NULL) = (reversal_entry_id IS NULL)),
  CONSTRAINT uq_adjustment_nonce UNIQUE (nonce),
  CONSTRAINT fk_adjustment_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_adjustment_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_adjustment_approval_id UNIQUE (approval_id),
  CONSTRAINT fk_adjustment_approval_id FOREIGN KEY(approval_id) REFERENCES approval (id) ON DELETE RESTRICT,
  CONSTRAINT uq_adjustment_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_adjustment_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_adjustment_expiry_entry_id UNIQUE (expiry_entry_id),
  CONSTRAINT fk_adjustment_expiry_entry_id FOREIGN KEY(expiry_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_adjustment_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_adjustment_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_adjustment_customer ON adjustment (customer_id, asked_on, id);
--;;
CREATE INDEX ix_adjustment_expires ON adjustment (expires_on) WHERE expires_on IS NOT NULL AND expired_micros IS NULL;
--;;
CREATE INDEX ix_adjustment_newest ON adjustment (asked_on, id);
--;;
CREATE TABLE usage_refund (
  record_id BIGINT NOT NULL,
  adjustment_id BIGINT NOT NULL,
  CONSTRAINT pk_usage_refund PRIMARY KEY (record_id),
  CONSTRAINT fk_usage_refund_record_id FOREIGN KEY(record_id) REFERENCES usage_record (id) ON DELETE RESTRICT,
  CONSTRAINT fk_usage_refund_adjustment_id FOREIGN KEY(adjustment_id) REFERENCES adjustment (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_refund_adjustment_id ON usage_refund (adjustment_id);
