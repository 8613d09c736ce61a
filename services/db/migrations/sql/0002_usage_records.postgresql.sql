-- Usage message by message: what an import brought, record by record, and its roll-ups.
ALTER TABLE usage_day ADD COLUMN records BIGINT NOT NULL DEFAULT 0;
--;;
ALTER TABLE usage_day ADD COLUMN posted_on DATE;
--;;
ALTER TABLE usage_total_day ADD COLUMN records BIGINT NOT NULL DEFAULT 0;
--;;
ALTER TABLE usage_total_month ADD COLUMN records BIGINT NOT NULL DEFAULT 0;
--;;
CREATE TABLE usage_import (
  id BIGSERIAL NOT NULL,
  source TEXT NOT NULL,
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  status TEXT NOT NULL,
  rows_good BIGINT NOT NULL,
  rows_bad BIGINT NOT NULL,
  rows_repeated BIGINT NOT NULL,
  rows_late BIGINT NOT NULL,
  first_day DATE,
  last_day DATE,
  first_record_id BIGINT,
  last_record_id BIGINT,
  complete_through DATE,
  imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
  imported_by TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  CONSTRAINT pk_usage_import PRIMARY KEY (id),
  CONSTRAINT ck_usage_import_status CHECK (status IN ('imported', 'undone')),
  CONSTRAINT ck_usage_import_undone CHECK ((status = 'undone') = (undone_at IS NOT NULL)),
  CONSTRAINT ck_usage_import_rows CHECK (rows_good >= 0 AND rows_bad >= 0 AND rows_repeated >= 0 AND rows_late >= 0)
);
--;;
CREATE INDEX ix_usage_import_sha256 ON usage_import (sha256);
--;;
CREATE TABLE usage_record (
  id BIGSERIAL NOT NULL,
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  direction TEXT NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
  day DATE NOT NULL,
  country TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  unit_price_micros BIGINT,
  price_micros BIGINT NOT NULL,
  carrier_fee_micros BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  own_number TEXT,
  recipient TEXT,
  undone BOOLEAN DEFAULT '0' NOT NULL,
  CONSTRAINT pk_usage_record PRIMARY KEY (id),
  CONSTRAINT ck_usage_record_product CHECK (product IN ('sms', 'mms', 'voice', 'fax', 'post', 'postcards', 'email', 'email_transactional')),
  CONSTRAINT ck_usage_record_direction CHECK (direction IN ('out', 'in')),
  CONSTRAINT ck_usage_record_external_id CHECK (external_id <> ''),
  CONSTRAINT ck_usage_record_codes CHECK (length(country) = 2 AND length(currency) = 3),
  CONSTRAINT ck_usage_record_figures CHECK (quantity > 0 AND parts >= 0 AND price_micros >= 0 AND carrier_fee_micros >= 0 AND (unit_price_micros IS NULL OR unit_price_micros >= 0)),
  CONSTRAINT fk_usage_record_import_id FOREIGN KEY(import_id) REFERENCES usage_import (id) ON DELETE RESTRICT,
  CONSTRAINT fk_usage_record_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_record_customer ON usage_record (customer_id, day, id);
--;;
CREATE INDEX ix_usage_record_day ON usage_record (day, id);
--;;
CREATE INDEX ix_usage_record_product ON usage_record (product, day, id);
--;;
CREATE UNIQUE INDEX uq_usage_record_external_id ON usage_record (external_id) WHERE NOT undone;
--;;
CREATE TABLE usage_bad_row (
  id BIGSERIAL NOT NULL,
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_usage_bad_row PRIMARY KEY (id),
  CONSTRAINT fk_usage_bad_row_import_id FOREIGN KEY(import_id) REFERENCES usage_import (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_bad_row_import_id ON usage_bad_row (import_id);
--;;
CREATE TABLE usage_sub_day (
  customer_id BIGINT NOT NULL,
  day DATE NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  records BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  CONSTRAINT pk_usage_sub_day PRIMARY KEY (customer_id, day, sub_account, product, country, currency),
  CONSTRAINT fk_usage_sub_day_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_sub_day_day ON usage_sub_day (day, customer_id, sub_account, product, country, currency, records, messages, parts, micros);
--;;
CREATE TABLE usage_sub_month (
  customer_id BIGINT NOT NULL,
  month DATE NOT NULL,
  sub_account TEXT NOT NULL,
  product TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  records BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  CONSTRAINT pk_usage_sub_month PRIMARY KEY (customer_id, month, sub_account, product, country, currency),
  CONSTRAINT fk_usage_sub_month_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_sub_month_month ON usage_sub_month (month, customer_id, sub_account, product, country, currency, records, messages, parts, micros);
--;;
CREATE TABLE usage_number_day (
  e164 TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  day DATE NOT NULL,
  records BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  CONSTRAINT pk_usage_number_day PRIMARY KEY (e164, customer_id, day),
  CONSTRAINT fk_usage_number_day_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_usage_number_day_customer ON usage_number_day (customer_id, day);
--;;
-- A record is a fact: it is never changed, only taken back with the whole import it came by.
CREATE TRIGGER usage_record_never_changes BEFORE UPDATE OF id, import_id, line, external_id, customer_id, sub_account, product, direction, sent_at, day, country, quantity, parts, unit_price_micros, price_micros, carrier_fee_micros, currency, status, own_number, recipient ON usage_record
FOR EACH ROW EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_record_stays_undone BEFORE UPDATE OF undone ON usage_record
FOR EACH ROW WHEN (OLD.undone) EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_record_never_deleted BEFORE DELETE ON usage_record
FOR EACH ROW EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_record_never_emptied BEFORE TRUNCATE ON usage_record
FOR EACH STATEMENT EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_import_stays_undone BEFORE UPDATE ON usage_import
FOR EACH ROW WHEN (OLD.status = 'undone') EXECUTE FUNCTION usage_never_changes();
--;;
CREATE TRIGGER usage_import_never_deleted BEFORE DELETE ON usage_import
FOR EACH ROW EXECUTE FUNCTION usage_never_changes();
