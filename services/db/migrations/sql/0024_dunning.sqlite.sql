CREATE TABLE dunning_terms (
  id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  friendly_days INTEGER NOT NULL,
  firm_days INTEGER NOT NULL,
  final_days INTEGER NOT NULL,
  stop_days INTEGER NOT NULL,
  chosen_at TEXT NOT NULL,
  chosen_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pk_dunning_terms PRIMARY KEY (id),
  CONSTRAINT ck_dunning_terms_rising CHECK (friendly_days > 0 AND firm_days > friendly_days AND final_days > firm_days AND stop_days > final_days),
  CONSTRAINT ck_dunning_terms_reason CHECK (reason <> '')
)
 STRICT
--;;
CREATE TABLE dunning_reminder (
  id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  mail_id INTEGER NOT NULL,
  reminded_on TEXT NOT NULL,
  reminded_at TEXT NOT NULL,
  reminded_by TEXT NOT NULL,
  days INTEGER NOT NULL,
  open_micros INTEGER NOT NULL,
  CONSTRAINT pk_dunning_reminder PRIMARY KEY (id),
  CONSTRAINT uq_dunning_reminder_invoice_id_stage UNIQUE (invoice_id, stage),
  CONSTRAINT ck_dunning_reminder_whole CHECK (stage BETWEEN 1 AND 4 AND days > 0 AND open_micros > 0),
  CONSTRAINT fk_dunning_reminder_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT uq_dunning_reminder_mail_id UNIQUE (mail_id),
  CONSTRAINT fk_dunning_reminder_mail_id FOREIGN KEY(mail_id) REFERENCES mail_message (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE TABLE dunning_promise (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  micros INTEGER NOT NULL,
  promised_on TEXT NOT NULL,
  who TEXT NOT NULL,
  note TEXT NOT NULL,
  made_on TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  withdrawn_at TEXT,
  withdrawn_by TEXT,
  withdrawn_reason TEXT,
  CONSTRAINT pk_dunning_promise PRIMARY KEY (id),
  CONSTRAINT ck_dunning_promise_promised CHECK (micros > 0 AND promised_on >= made_on AND who <> ''),
  CONSTRAINT ck_dunning_promise_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_reason IS NULL)),
  CONSTRAINT uq_dunning_promise_nonce UNIQUE (nonce),
  CONSTRAINT fk_dunning_promise_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_promise_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_dunning_promise_customer_id ON dunning_promise (customer_id, currency, id)
--;;
CREATE TABLE dunning_pause (
  id INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  until TEXT,
  paused_on TEXT NOT NULL,
  paused_at TEXT NOT NULL,
  paused_by TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by TEXT,
  lifted_reason TEXT,
  CONSTRAINT pk_dunning_pause PRIMARY KEY (id),
  CONSTRAINT ck_dunning_pause_paused CHECK (reason <> '' AND until >= paused_on),
  CONSTRAINT ck_dunning_pause_lifted CHECK ((lifted_at IS NULL) = (lifted_reason IS NULL)),
  CONSTRAINT uq_dunning_pause_nonce UNIQUE (nonce),
  CONSTRAINT fk_dunning_pause_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_pause_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE UNIQUE INDEX uq_dunning_pause_holds ON dunning_pause (customer_id, currency) WHERE lifted_at IS NULL
--;;
CREATE TABLE dunning_stop (
  id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  invoice_id INTEGER NOT NULL,
  set_on TEXT NOT NULL,
  set_at TEXT NOT NULL,
  set_by TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by TEXT,
  lifted_reason TEXT,
  CONSTRAINT pk_dunning_stop PRIMARY KEY (id),
  CONSTRAINT ck_dunning_stop_lifted CHECK ((lifted_at IS NULL) = (lifted_reason IS NULL)),
  CONSTRAINT fk_dunning_stop_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_dunning_stop_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_dunning_stop_invoice_id UNIQUE (invoice_id),
  CONSTRAINT fk_dunning_stop_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
)
 STRICT
--;;
CREATE INDEX ix_dunning_stop_customer_id ON dunning_stop (customer_id)
