-- Custom fees: what was agreed with a customer, every decision on it, and what of it reached the books.
CREATE TABLE custom_fee (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  recurring INTEGER NOT NULL,
  visible INTEGER NOT NULL,
  description TEXT NOT NULL,
  wording TEXT NOT NULL,
  currency TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_before TEXT,
  ended_at TEXT,
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
)
 STRICT;
--;;
CREATE INDEX ix_custom_fee_customer_id ON custom_fee (customer_id);
--;;
CREATE TABLE custom_fee_version (
  fee_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  from_month TEXT NOT NULL,
  micros INTEGER NOT NULL,
  judged_micros INTEGER NOT NULL,
  aud_micros INTEGER NOT NULL,
  rate_nano INTEGER NOT NULL,
  rate_on TEXT NOT NULL,
  set_on TEXT NOT NULL,
  set_at TEXT NOT NULL,
  set_by_id INTEGER,
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
)
 STRICT;
--;;
CREATE INDEX ix_custom_fee_version_set_on ON custom_fee_version (set_on, fee_id);
--;;
CREATE TABLE custom_fee_charge (
  id INTEGER NOT NULL,
  fee_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  visible INTEGER NOT NULL,
  month TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_before TEXT NOT NULL,
  posted_on TEXT NOT NULL,
  posted_month TEXT NOT NULL,
  micros INTEGER NOT NULL,
  currency TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  reverses_id INTEGER,
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
)
 STRICT;
--;;
CREATE INDEX ix_custom_fee_charge_customer ON custom_fee_charge (customer_id, posted_on);
--;;
CREATE INDEX ix_custom_fee_charge_posted_month ON custom_fee_charge (posted_month, customer_id);
--;;
CREATE UNIQUE INDEX uq_custom_fee_charge_month ON custom_fee_charge (fee_id, month) WHERE reverses_id IS NULL;
--;;
-- What was agreed and what was charged are facts: corrected by a reversal or a new version, never changed.
CREATE TRIGGER custom_fee_version_never_changes BEFORE UPDATE ON custom_fee_version
BEGIN SELECT RAISE(ABORT, 'fees: a decision on a fee is never changed'); END;
--;;
CREATE TRIGGER custom_fee_version_never_deleted BEFORE DELETE ON custom_fee_version
BEGIN SELECT RAISE(ABORT, 'fees: a decision on a fee is never deleted'); END;
--;;
CREATE TRIGGER custom_fee_version_never_replaced BEFORE INSERT ON custom_fee_version
WHEN EXISTS (SELECT 1 FROM custom_fee_version WHERE fee_id = NEW.fee_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'fees: this version of the fee stands already'); END;
--;;
CREATE TRIGGER custom_fee_charge_never_changes BEFORE UPDATE ON custom_fee_charge
BEGIN SELECT RAISE(ABORT, 'fees: what was charged is never changed'); END;
--;;
CREATE TRIGGER custom_fee_charge_never_deleted BEFORE DELETE ON custom_fee_charge
BEGIN SELECT RAISE(ABORT, 'fees: what was charged is never deleted'); END;
--;;
CREATE TRIGGER custom_fee_charge_never_replaced BEFORE INSERT ON custom_fee_charge
WHEN EXISTS (SELECT 1 FROM custom_fee_charge WHERE id = NEW.id OR entry_id = NEW.entry_id OR (NEW.reverses_id IS NULL AND reverses_id IS NULL AND fee_id = NEW.fee_id AND month = NEW.month))
BEGIN SELECT RAISE(ABORT, 'fees: this month is charged already'); END;
--;;
CREATE TRIGGER custom_fee_keeps_what_was_agreed BEFORE UPDATE OF id, nonce, customer_id, kind, recurring, visible, description, wording, currency, starts_on ON custom_fee
BEGIN SELECT RAISE(ABORT, 'fees: what was agreed is never changed'); END;
--;;
CREATE TRIGGER custom_fee_never_deleted BEFORE DELETE ON custom_fee
BEGIN SELECT RAISE(ABORT, 'fees: a fee is ended, never deleted'); END;
--;;
CREATE TRIGGER custom_fee_never_replaced BEFORE INSERT ON custom_fee
WHEN EXISTS (SELECT 1 FROM custom_fee WHERE id = NEW.id OR nonce = NEW.nonce)
BEGIN SELECT RAISE(ABORT, 'fees: this fee stands already'); END;
