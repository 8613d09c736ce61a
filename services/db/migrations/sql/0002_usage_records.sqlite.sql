-- Usage message by message: what an import brought, record by record, and its roll-ups.
ALTER TABLE usage_day ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
--;;
ALTER TABLE usage_day ADD COLUMN posted_on TEXT;
--;;
ALTER TABLE usage_total_day ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
--;;
ALTER TABLE usage_total_month ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
--;;
CREATE TABLE usage_import (
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  status TEXT NOT NULL,
  rows_good INTEGER NOT NULL,
  rows_bad INTEGER NOT NULL,
  rows_repeated INTEGER NOT NULL,
  rows_late INTEGER NOT NULL,
  first_day TEXT,
  last_day TEXT,
  first_record_id INTEGER,
  last_record_id INTEGER,
  complete_through TEXT,
  imported_at TEXT NOT NULL,
  imported_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  undone_reason TEXT,
  CONSTRAINT pk_usage_import PRIMARY KEY (id),
  CONSTRAINT ck_usage_import_status CHECK (status IN ('imported', 'undone')),
  CONSTRAINT ck_usage_import_undone CHECK ((status = 'undone') = (undone_at IS NOT NULL)),
  CONSTRAINT ck_usage_import_rows CHECK (rows_good >= 0 AND rows_bad >= 0 AND rows_repeated >= 0 AND rows_late >= 0)
) STRICT;
--;;
CREATE INDEX ix_usage_import_sha256 ON usage_import (sha256);
--;;
CREATE TABLE usage_record (
  id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  direction TEXT NOT NULL,
  sent_at TEXT NOT NULL,
  day TEXT NOT NULL,
  country TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  unit_price_micros INTEGER,
  price_micros INTEGER NOT NULL,
  carrier_fee_micros INTEGER NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  own_number TEXT,
  recipient TEXT,
  undone INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_usage_record PRIMARY KEY (id),
  CONSTRAINT ck_usage_record_product CHECK (product IN ('sms', 'mms', 'voice', 'fax', 'post', 'postcards', 'email', 'email_transactional')),
  CONSTRAINT ck_usage_record_direction CHECK (direction IN ('out', 'in')),
  CONSTRAINT ck_usage_record_external_id CHECK (external_id <> ''),
  CONSTRAINT ck_usage_record_codes CHECK (length(country) = 2 AND length(currency) = 3),
  CONSTRAINT ck_usage_record_figures CHECK (quantity > 0 AND parts >= 0 AND price_micros >= 0 AND carrier_fee_micros >= 0 AND (unit_price_micros IS NULL OR unit_price_micros >= 0)),
  CONSTRAINT fk_usage_record_import_id FOREIGN KEY(import_id) REFERENCES usage_import (id) ON DELETE RESTRICT,
  CONSTRAINT fk_usage_record_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_usage_record_customer ON usage_record (customer_id, day, id);
--;;
CREATE INDEX ix_usage_record_day ON usage_record (day, id);
--;;
CREATE INDEX ix_usage_record_product ON usage_record (product, day, id);
--;;
CREATE UNIQUE INDEX uq_usage_record_external_id ON usage_record (external_id) WHERE undone = 0;
--;;
CREATE TABLE usage_bad_row (
  id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_usage_bad_row PRIMARY KEY (id),
  CONSTRAINT fk_usage_bad_row_import_id FOREIGN KEY(import_id) REFERENCES usage_import (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_usage_bad_row_import_id ON usage_bad_row (import_id);
--;;
CREATE TABLE usage_sub_day (
  customer_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  records INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  CONSTRAINT pk_usage_sub_day PRIMARY KEY (customer_id, day, sub_account, product, country, currency),
  CONSTRAINT fk_usage_sub_day_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
) WITHOUT ROWID,
 STRICT;
--;;
CREATE INDEX ix_usage_sub_day_day ON usage_sub_day (day, customer_id, sub_account, product, country, currency, records, messages, parts, micros);
--;;
CREATE TABLE usage_sub_month (
  customer_id INTEGER NOT NULL,
  month TEXT NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  records INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  CONSTRAINT pk_usage_sub_month PRIMARY KEY (customer_id, month, sub_account, product, country, currency),
  CONSTRAINT fk_usage_sub_month_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
) WITHOUT ROWID,
 STRICT;
--;;
CREATE INDEX ix_usage_sub_month_month ON usage_sub_month (month, customer_id, sub_account, product, country, currency, records, messages, parts, micros);
--;;
CREATE TABLE usage_number_day (
  e164 TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  records INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  micros INTEGER NOT NULL,
  CONSTRAINT pk_usage_number_day PRIMARY KEY (e164, customer_id, day),
  CONSTRAINT fk_usage_number_day_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
) WITHOUT ROWID,
 STRICT;
--;;
CREATE INDEX ix_usage_number_day_customer ON usage_number_day (customer_id, day);
--;;
-- A record is a fact: it is never changed, only taken back with the whole import it came by.
CREATE TRIGGER usage_record_never_changes BEFORE UPDATE OF id, import_id, line, external_id, customer_id, sub_account, product, direction, sent_at, day, country, quantity, parts, unit_price_micros, price_micros, carrier_fee_micros, currency, status, own_number, recipient ON usage_record
BEGIN SELECT RAISE(ABORT, 'usage: a record is never changed'); END;
--;;
CREATE TRIGGER usage_record_stays_undone BEFORE UPDATE OF undone ON usage_record WHEN OLD.undone = 1
BEGIN SELECT RAISE(ABORT, 'usage: a record is never changed'); END;
--;;
CREATE TRIGGER usage_record_never_deleted BEFORE DELETE ON usage_record
BEGIN SELECT RAISE(ABORT, 'usage: a record is never deleted'); END;
--;;
CREATE TRIGGER usage_import_stays_undone BEFORE UPDATE ON usage_import WHEN OLD.status = 'undone'
BEGIN SELECT RAISE(ABORT, 'usage: an undone import is never changed'); END;
--;;
CREATE TRIGGER usage_import_never_deleted BEFORE DELETE ON usage_import
BEGIN SELECT RAISE(ABORT, 'usage: an import is never deleted'); END;
