-- Dedicated numbers grown up: registration, capabilities, set-up price, price changes, refunds, warnings.
ALTER TABLE dedicated_number ADD COLUMN setup_micros INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_dedicated_number_setup CHECK (setup_micros >= 0);
--;;
ALTER TABLE dedicated_number ADD COLUMN registration TEXT NOT NULL DEFAULT 'registered'
  CONSTRAINT ck_dedicated_number_registration CHECK (registration IN ('requested', 'documents needed', 'submitted', 'in review', 'registered', 'rejected'));
--;;
ALTER TABLE dedicated_number ADD COLUMN sms INTEGER NOT NULL DEFAULT 1;
--;;
ALTER TABLE dedicated_number ADD COLUMN mms INTEGER NOT NULL DEFAULT 0;
--;;
ALTER TABLE dedicated_number ADD COLUMN voice INTEGER NOT NULL DEFAULT 0;
--;;
ALTER TABLE dedicated_number ADD COLUMN fax INTEGER NOT NULL DEFAULT 0;
--;;
ALTER TABLE dedicated_number ADD COLUMN two_way INTEGER NOT NULL DEFAULT 0
  CONSTRAINT ck_dedicated_number_capability CHECK (sms OR mms OR voice OR fax);
--;;
ALTER TABLE dedicated_number ADD COLUMN cancellation_recorded_at TEXT;
--;;
ALTER TABLE company_profile ADD COLUMN rental_grace_days INTEGER NOT NULL DEFAULT 14
  CONSTRAINT ck_company_profile_rental_grace CHECK (rental_grace_days BETWEEN 0 AND 90);
--;;
CREATE INDEX ix_number_rental_ends ON number_rental (number_id, ends_before);
--;;
CREATE TABLE number_price (
  id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  month TEXT NOT NULL,
  micros INTEGER NOT NULL,
  set_at TEXT NOT NULL,
  set_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_number_price PRIMARY KEY (id),
  CONSTRAINT ck_number_price_amount CHECK (micros > 0),
  CONSTRAINT fk_number_price_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_number_price_month ON number_price (number_id, month, id);
--;;
CREATE TABLE number_registration (
  id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_number_registration PRIMARY KEY (id),
  CONSTRAINT ck_number_registration_state CHECK (state IN ('requested', 'documents needed', 'submitted', 'in review', 'registered', 'rejected')),
  CONSTRAINT fk_number_registration_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_number_registration_number_id ON number_registration (number_id);
--;;
CREATE TABLE number_setup (
  number_id INTEGER NOT NULL,
  charged_on TEXT NOT NULL,
  micros INTEGER NOT NULL,
  currency TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  CONSTRAINT pk_number_setup PRIMARY KEY (number_id),
  CONSTRAINT ck_number_setup_amount CHECK (micros > 0),
  CONSTRAINT fk_number_setup_number_id FOREIGN KEY(number_id) REFERENCES dedicated_number (id) ON DELETE RESTRICT,
  CONSTRAINT uq_number_setup_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_number_setup_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE TABLE number_refund (
  id INTEGER NOT NULL,
  rental_id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  starts_on TEXT NOT NULL,
  ends_before TEXT NOT NULL,
  micros INTEGER NOT NULL,
  currency TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  refunded_on TEXT NOT NULL,
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
)
 STRICT;
--;;
CREATE INDEX ix_number_refund_number_id ON number_refund (number_id);
--;;
CREATE TABLE number_warning (
  customer_id INTEGER NOT NULL,
  unpaid_since TEXT NOT NULL,
  warned_on TEXT NOT NULL,
  warned_at TEXT NOT NULL,
  warned_by TEXT NOT NULL,
  how TEXT NOT NULL,
  CONSTRAINT pk_number_warning PRIMARY KEY (customer_id, unpaid_since),
  CONSTRAINT ck_number_warning_days CHECK (warned_on >= unpaid_since),
  CONSTRAINT fk_number_warning_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
)
 STRICT;
--;;
-- What was set, charged, given back or said is a fact; another one is a new row.
CREATE TRIGGER number_price_never_changes BEFORE UPDATE ON number_price
BEGIN SELECT RAISE(ABORT, 'numbers: a price set is never changed'); END;
--;;
CREATE TRIGGER number_price_never_deleted BEFORE DELETE ON number_price
BEGIN SELECT RAISE(ABORT, 'numbers: a price set is never deleted'); END;
--;;
CREATE TRIGGER number_price_never_replaced BEFORE INSERT ON number_price
WHEN EXISTS (SELECT 1 FROM number_price WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'numbers: a price set is never replaced'); END;
--;;
CREATE TRIGGER number_registration_never_changes BEFORE UPDATE ON number_registration
BEGIN SELECT RAISE(ABORT, 'numbers: a state of registration is never changed'); END;
--;;
CREATE TRIGGER number_registration_never_deleted BEFORE DELETE ON number_registration
BEGIN SELECT RAISE(ABORT, 'numbers: a state of registration is never deleted'); END;
--;;
CREATE TRIGGER number_registration_never_replaced BEFORE INSERT ON number_registration
WHEN EXISTS (SELECT 1 FROM number_registration WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'numbers: a state of registration is never replaced'); END;
--;;
CREATE TRIGGER number_setup_never_changes BEFORE UPDATE ON number_setup
BEGIN SELECT RAISE(ABORT, 'numbers: a set-up charged is never changed'); END;
--;;
CREATE TRIGGER number_setup_never_deleted BEFORE DELETE ON number_setup
BEGIN SELECT RAISE(ABORT, 'numbers: a set-up charged is never deleted'); END;
--;;
CREATE TRIGGER number_setup_never_replaced BEFORE INSERT ON number_setup
WHEN EXISTS (SELECT 1 FROM number_setup WHERE number_id = NEW.number_id OR entry_id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'numbers: a set-up charged is never replaced'); END;
--;;
CREATE TRIGGER number_refund_never_changes BEFORE UPDATE ON number_refund
BEGIN SELECT RAISE(ABORT, 'numbers: a refund is never changed'); END;
--;;
CREATE TRIGGER number_refund_never_deleted BEFORE DELETE ON number_refund
BEGIN SELECT RAISE(ABORT, 'numbers: a refund is never deleted'); END;
--;;
CREATE TRIGGER number_refund_never_replaced BEFORE INSERT ON number_refund
WHEN EXISTS (SELECT 1 FROM number_refund WHERE id = NEW.id OR rental_id = NEW.rental_id OR entry_id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'numbers: a refund is never replaced'); END;
--;;
CREATE TRIGGER number_warning_never_changes BEFORE UPDATE ON number_warning
BEGIN SELECT RAISE(ABORT, 'numbers: a warning is never changed'); END;
--;;
CREATE TRIGGER number_warning_never_deleted BEFORE DELETE ON number_warning
BEGIN SELECT RAISE(ABORT, 'numbers: a warning is never deleted'); END;
--;;
CREATE TRIGGER number_warning_never_replaced BEFORE INSERT ON number_warning
WHEN EXISTS (SELECT 1 FROM number_warning WHERE customer_id = NEW.customer_id AND unpaid_since = NEW.unpaid_since)
BEGIN SELECT RAISE(ABORT, 'numbers: a warning is never replaced'); END;
--;;
-- What a number was added with stays; a later price is a row of its own.
CREATE TRIGGER dedicated_number_keeps_its_start
BEFORE UPDATE OF id, e164, customer_id, monthly_price_micros, currency, activated_on, setup_micros ON dedicated_number
BEGIN SELECT RAISE(ABORT, 'numbers: what a number was added with is never changed'); END;
