-- Custom fees: what was agreed with a customer, every decision on it, and what of it reached the books.
CREATE TABLE custom_fee (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  recurring BOOLEAN NOT NULL,
  visible BOOLEAN NOT NULL,
  description TEXT NOT NULL,
  wording TEXT NOT NULL,
  currency TEXT NOT NULL,
  starts_on DATE NOT NULL,
  ends_before DATE,
  ended_at TIMESTAMP WITH TIME ZONE,
  ended_by TEXT,
  end_reason TEXT,
  CONSTRAINT pk_custom_fee PRIMARY KEY (id),
  CONSTRAINT ck_custom_fee_kind CHECK (kind IN ('keyword', 'short_code', 'set_up', 'other')),
  CONSTRAINT ck_custom_fee_named CHECK (description <> '' AND nonce <> ''),
  CONSTRAINT ck_custom_fee_wording CHECK (NOT visible OR wording <> ''),
  CONSTRAINT ck_custom_fee_days CHECK (ends_before IS NULL OR (recurring AND ends_before >= starts_on)),
  CONSTRAINT ck_custom_fee_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL OR ends_before IS NOT NULL)),
  CONSTRAINT uq_custom_fee_nonce UNIQUE (nonce),
  CONSTRAINT fk_custom_fee_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_custom_fee_customer_id ON custom_fee (customer_id);
--;;
CREATE TABLE custom_fee_version (
  fee_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  from_month DATE NOT NULL,
  micros BIGINT NOT NULL,
  judged_micros BIGINT NOT NULL,
  aud_micros BIGINT NOT NULL,
  rate_nano BIGINT NOT NULL,
  rate_on DATE NOT NULL,
  set_on DATE NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  set_by_id BIGINT,
  set_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  CONSTRAINT pk_custom_fee_version PRIMARY KEY (fee_id, version),
  CONSTRAINT ck_custom_fee_version_version CHECK (version >= 1),
  CONSTRAINT ck_custom_fee_version_amount CHECK (micros > 0 AND judged_micros IN (0, micros)),
  CONSTRAINT ck_custom_fee_version_equivalent CHECK (aud_micros > 0 AND rate_nano > 0),
  CONSTRAINT ck_custom_fee_version_reason CHECK (reason <> ''),
  CONSTRAINT fk_custom_fee_version_fee_id FOREIGN KEY(fee_id) REFERENCES custom_fee (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_custom_fee_version_set_on ON custom_fee_version (set_on, fee_id);
--;;
CREATE TABLE custom_fee_charge (
  id BIGSERIAL NOT NULL,
  fee_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  visible BOOLEAN NOT NULL,
  month DATE NOT NULL,
  starts_on DATE NOT NULL,
  ends_before DATE NOT NULL,
  posted_on DATE NOT NULL,
  posted_month DATE NOT NULL,
  micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  reverses_id BIGINT,
  charged_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_custom_fee_charge PRIMARY KEY (id),
  CONSTRAINT ck_custom_fee_charge_days CHECK (starts_on < ends_before AND starts_on >= month),
  CONSTRAINT ck_custom_fee_charge_amount CHECK (micros <> 0 AND (reverses_id IS NULL) = (micros > 0)),
  CONSTRAINT ck_custom_fee_charge_reason CHECK (reverses_id IS NULL OR reason <> ''),
  CONSTRAINT ck_custom_fee_charge_posted CHECK (posted_on >= posted_month),
  CONSTRAINT fk_custom_fee_charge_fee_id FOREIGN KEY(fee_id) REFERENCES custom_fee (id) ON DELETE RESTRICT,
  CONSTRAINT fk_custom_fee_charge_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT uq_custom_fee_charge_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_custom_fee_charge_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_custom_fee_charge_reverses_id UNIQUE (reverses_id),
  CONSTRAINT fk_custom_fee_charge_reverses_id FOREIGN KEY(reverses_id) REFERENCES custom_fee_charge (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_custom_fee_charge_customer ON custom_fee_charge (customer_id, posted_on);
--;;
CREATE INDEX ix_custom_fee_charge_posted_month ON custom_fee_charge (posted_month, customer_id);
--;;
CREATE UNIQUE INDEX uq_custom_fee_charge_month ON custom_fee_charge (fee_id, month) WHERE reverses_id IS NULL;
--;;
-- What was agreed and what was charged are facts: corrected by a reversal or a new version, never changed.
CREATE FUNCTION fees_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'fees: % is never changed or deleted', TG_TABLE_NAME; END $$;
--;;
CREATE TRIGGER custom_fee_version_never_changes BEFORE UPDATE OR DELETE ON custom_fee_version
FOR EACH ROW EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_version_never_emptied BEFORE TRUNCATE ON custom_fee_version
FOR EACH STATEMENT EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_charge_never_changes BEFORE UPDATE OR DELETE ON custom_fee_charge
FOR EACH ROW EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_charge_never_emptied BEFORE TRUNCATE ON custom_fee_charge
FOR EACH STATEMENT EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_keeps_what_was_agreed BEFORE UPDATE OF id, nonce, customer_id, kind, recurring, visible, description, wording, currency, starts_on ON custom_fee
FOR EACH ROW EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_never_deleted BEFORE DELETE ON custom_fee
FOR EACH ROW EXECUTE FUNCTION fees_never_changes();
--;;
CREATE TRIGGER custom_fee_never_emptied BEFORE TRUNCATE ON custom_fee
FOR EACH STATEMENT EXECUTE FUNCTION fees_never_changes();
