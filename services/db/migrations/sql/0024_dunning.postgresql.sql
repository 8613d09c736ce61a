CREATE TABLE dunning_terms (
  id BIGSERIAL NOT NULL,
  currency TEXT NOT NULL,
  friendly_days BIGINT NOT NULL,
  firm_days BIGINT NOT NULL,
  final_days BIGINT NOT NULL,
  stop_days BIGINT NOT NULL,
  chosen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  chosen_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_dunning_terms PRIMARY KEY (id),
  CONSTRAINT ck_dunning_terms_rising CHECK (friendly_days > 0 AND firm_days > friendly_days AND final_days > firm_days AND stop_days > final_days),
  CONSTRAINT ck_dunning_terms_reason CHECK (reason <> '')
)
--;;
CREATE TABLE dunning_reminder (
  id BIGSERIAL NOT NULL,
  invoice_id BIGINT NOT NULL,
  stage BIGINT NOT NULL,
  mail_id BIGINT NOT NULL,
  reminded_on DATE NOT NULL,
  reminded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  reminded_by TEXT NOT NULL,
  days BIGINT NOT NULL,
  open_micros BIGINT NOT NULL,
  CONSTRAINT pk_dunning_reminder PRIMARY KEY (id),
  CONSTRAINT uq_dunning_reminder_invoice_id_stage UNIQUE (invoice_id, stage),
  CONSTRAINT ck_dunning_reminder_whole CHECK (stage BETWEEN 1 AND 4 AND days > 0 AND open_micros > 0),
  CONSTRAINT fk_dunning_reminder_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT uq_dunning_reminder_mail_id UNIQUE (mail_id),
  CONSTRAINT fk_dunning_reminder_mail_id FOREIGN KEY(mail_id) REFERENCES mail_message (id) ON DELETE RESTRICT
)
--;;
COMMENT ON COLUMN dunning_reminder.days IS 'how long it was overdue'
--;;
COMMENT ON COLUMN dunning_reminder.open_micros IS 'what was open of it'
--;;
CREATE TABLE dunning_promise (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  promised_on DATE NOT NULL,
  who TEXT NOT NULL,
  note TEXT NOT NULL,
  made_on DATE NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  made_by TEXT NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  withdrawn_by TEXT,
  withdrawn_reason TEXT,
  CONSTRAINT pk_dunning_promise PRIMARY KEY (id),
  CONSTRAINT ck_dunning_promise_promised CHECK (micros > 0 AND promised_on >= made_on AND who <> ''),
  CONSTRAINT ck_dunning_promise_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_reason IS NULL)),
  CONSTRAINT uq_dunning_promise_nonce UNIQUE (nonce),
  CONSTRAINT fk_dunning_promise_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_promise_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
--;;
CREATE INDEX ix_dunning_promise_customer_id ON dunning_promise (customer_id, currency, id)
--;;
COMMENT ON COLUMN dunning_promise.promised_on IS 'the day the money is to be here'
--;;
COMMENT ON COLUMN dunning_promise.who IS 'who of the customer said so'
--;;
CREATE TABLE dunning_pause (
  id BIGSERIAL NOT NULL,
  nonce TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  until DATE,
  paused_on DATE NOT NULL,
  paused_at TIMESTAMP WITH TIME ZONE NOT NULL,
  paused_by TEXT NOT NULL,
  lifted_at TIMESTAMP WITH TIME ZONE,
  lifted_by TEXT,
  lifted_reason TEXT,
  CONSTRAINT pk_dunning_pause PRIMARY KEY (id),
  CONSTRAINT ck_dunning_pause_paused CHECK (reason <> '' AND until >= paused_on),
  CONSTRAINT ck_dunning_pause_lifted CHECK ((lifted_at IS NULL) = (lifted_reason IS NULL)),
  CONSTRAINT uq_dunning_pause_nonce UNIQUE (nonce),
  CONSTRAINT fk_dunning_pause_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_pause_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
--;;
CREATE UNIQUE INDEX uq_dunning_pause_holds ON dunning_pause (customer_id, currency) WHERE lifted_at IS NULL
--;;
COMMENT ON COLUMN dunning_pause.until IS 'the last day it holds'
--;;
CREATE TABLE dunning_stop (
  id BIGSERIAL NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  invoice_id BIGINT NOT NULL,
  set_on DATE NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  set_by TEXT NOT NULL,
  lifted_at TIMESTAMP WITH TIME ZONE,
  lifted_by TEXT,
  lifted_reason TEXT,
  CONSTRAINT pk_dunning_stop PRIMARY KEY (id),
  CONSTRAINT ck_dunning_stop_lifted CHECK ((lifted_at IS NULL) = (lifted_reason IS NULL)),
  CONSTRAINT fk_dunning_stop_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_stop_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_dunning_stop_invoice_id UNIQUE (invoice_id),
  CONSTRAINT fk_dunning_stop_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
)
--;;
CREATE INDEX ix_dunning_stop_customer_id ON dunning_stop (customer_id)
