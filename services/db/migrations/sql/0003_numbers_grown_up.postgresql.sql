-- Dedicated numbers grown up: registration, capabilities, set-up price, price changes, refunds, warnings.
ALTER TABLE dedicated_number ADD COLUMN setup_micros BIGINT NOT NULL DEFAULT 0 CONSTRAINT ck_dedicated_number_setup CHECK (setup_micros >= 0);
--;;
ALTER TABLE dedicated_number ADD COLUMN registration TEXT NOT NULL DEFAULT 'registered'
  CONSTRAINT ck_dedicated_number_registration CHECK (registration IN ('requested', 'documents needed', 'submitted', 'in review', 'registered', 'rejected'));
--;;
ALTER TABLE dedicated_number ADD COLUMN sms BOOLEAN NOT NULL DEFAULT true;
--;;
ALTER TABLE dedicated_number ADD COLUMN mms BOOLEAN NOT NULL DEFAULT false;
--;;
ALTER TABLE dedicated_number ADD COLUMN voice BOOLEAN NOT NULL DEFAULT false;
--;;
ALTER TABLE dedicated_number ADD COLUMN fax BOOLEAN NOT NULL DEFAULT false;
--;;
ALTER TABLE dedicated_number ADD COLUMN two_way BOOLEAN NOT NULL DEFAULT false
  CONSTRAINT ck_dedicated_number_capability CHECK (sms OR mms OR voice OR fax);
--;;
ALTER TABLE dedicated_number ADD COLUMN cancellation_recorded_at TIMESTAMP WITH TIME ZONE;
--;;
ALTER TABLE company_profile ADD COLUMN rental_grace_days BIGINT NOT NULL DEFAULT 14
  CONSTRAINT ck_company_profile_rental_grace CHECK (rental_grace_days BETWEEN 0 AND 90);
--;;
CREATE INDEX ix_number_rental_ends ON number_rental (number_id, ends_before);
--;;
CREATE TABLE number_price (
  id BIGSERIAL NOT NULL,
  number_id BIGINT NOT NULL,
  month DATE NOT NULL,
  micros BIGINT NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  set_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_number_price PRIMARY KEY (id),
  CONSTRAINT ck_number_price_amount CHECK (micros > 0),
  CONSTRAINT fk_number_price_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_number_price_month ON number_price (number_id, month, id);
--;;
CREATE TABLE number_registration (
  id BIGSERIAL NOT NULL,
  number_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_number_registration PRIMARY KEY (id),
  CONSTRAINT ck_number_registration_state CHECK (state IN ('requested', 'documents needed', 'submitted', 'in review', 'registered', 'rejected')),
  CONSTRAINT fk_number_registration_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_number_registration_number_id ON number_registration (number_id);
--;;
CREATE TABLE number_setup (
  number_id BIGINT NOT NULL,
  charged_on DATE NOT NULL,
  micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  CONSTRAINT pk_number_setup PRIMARY KEY (number_id),
  CONSTRAINT ck_number_setup_amount CHECK (micros > 0),
  CONSTRAINT fk_number_setup_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT,
  CONSTRAINT uq_number_setup_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_number_setup_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE TABLE number_refund (
  id BIGSERIAL NOT NULL,
  rental_id BIGINT NOT NULL,
  number_id BIGINT NOT NULL,
  starts_on DATE NOT NULL,
  ends_before DATE NOT NULL,
  micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  entry_id BIGINT NOT NULL,
  refunded_on DATE NOT NULL,
  refunded_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_number_refund PRIMARY KEY (id),
  CONSTRAINT ck_number_refund_days CHECK (starts_on < ends_before),
  CONSTRAINT ck_number_refund_amount CHECK (micros > 0),
  CONSTRAINT uq_number_refund_rental_id UNIQUE (rental_id),
  CONSTRAINT fk_number_refund_rental_id FOREIGN KEY(rental_id) REFERENCES number_rental (id) ON DELETE RESTRICT,
  CONSTRAINT fk_number_refund_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT,
  CONSTRAINT uq_number_refund_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_number_refund_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_number_refund_number_id ON number_refund (number_id);
--;;
CREATE TABLE number_warning (
  customer_id BIGINT NOT NULL,
  unpaid_since DATE NOT NULL,
  warned_on DATE NOT NULL,
  warned_at TIMESTAMP WITH TIME ZONE NOT NULL,
  warned_by TEXT NOT NULL,
  how TEXT NOT NULL,
  CONSTRAINT pk_number_warning PRIMARY KEY (customer_id, unpaid_since),
  CONSTRAINT ck_number_warning_days CHECK (warned_on >= unpaid_since),
  CONSTRAINT fk_number_warning_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
-- What was set, charged, given back or said is a fact; another one is a new row.
CREATE TRIGGER number_price_never_changes BEFORE UPDATE OR DELETE ON number_price
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_price_never_emptied BEFORE TRUNCATE ON number_price
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_registration_never_changes BEFORE UPDATE OR DELETE ON number_registration
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_registration_never_emptied BEFORE TRUNCATE ON number_registration
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_setup_never_changes BEFORE UPDATE OR DELETE ON number_setup
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_setup_never_emptied BEFORE TRUNCATE ON number_setup
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_refund_never_changes BEFORE UPDATE OR DELETE ON number_refund
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_refund_never_emptied BEFORE TRUNCATE ON number_refund
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_warning_never_changes BEFORE UPDATE OR DELETE ON number_warning
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
--;;
CREATE TRIGGER number_warning_never_emptied BEFORE TRUNCATE ON number_warning
FOR EACH STATEMENT EXECUTE FUNCTION numbers_never_changes();
--;;
-- What a number was added with stays; a later price is a row of its own.
CREATE TRIGGER dedicated_number_keeps_its_start
BEFORE UPDATE OF id, e164, customer_id, monthly_price_micros, currency, activated_on, setup_micros ON dedicated_number
FOR EACH ROW EXECUTE FUNCTION numbers_never_changes();
