-- Charges that are over, what each paid, and what the processor settled and kept; all of it is only ever added to.
ALTER TABLE invoice ADD COLUMN paid_by TEXT DEFAULT '' NOT NULL;
--;;
CREATE TRIGGER invoice_paid_by_is_frozen BEFORE UPDATE OF paid_by ON invoice
BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END;
--;;
CREATE TABLE card_payment (
  id INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  payment_intent TEXT NOT NULL,
  payment_method TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  failure_code TEXT NOT NULL,
  failure TEXT NOT NULL,
  brand TEXT NOT NULL,
  last_four TEXT NOT NULL,
  currency TEXT NOT NULL,
  gross_micros INTEGER NOT NULL,
  base_micros INTEGER NOT NULL,
  owed_back_micros INTEGER NOT NULL,
  under_least INTEGER NOT NULL,
  charged_at TEXT NOT NULL,
  effective_on TEXT NOT NULL,
  livemode INTEGER NOT NULL,
  noted_at TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  CONSTRAINT pk_card_payment PRIMARY KEY (id),
  CONSTRAINT ck_card_payment_status CHECK (status IN ('succeeded', 'failed')),
  CONSTRAINT ck_card_payment_amounts CHECK (gross_micros > 0 AND owed_back_micros >= 0 AND owed_back_micros <= gross_micros),
  CONSTRAINT ck_card_payment_worth CHECK ((status = 'succeeded') = (base_micros > 0)),
  CONSTRAINT ck_card_payment_failure CHECK (status = 'failed' OR (failure_code = '' AND failure = '')),
  CONSTRAINT uq_card_payment_external_id UNIQUE (external_id),
  CONSTRAINT fk_card_payment_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_card_payment_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_card_payment_customer_id ON card_payment (customer_id);
--;;
CREATE INDEX ix_card_payment_newest ON card_payment (charged_at, id);
--;;
CREATE TRIGGER card_payment_kept BEFORE DELETE ON card_payment
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER card_payment_fixed BEFORE UPDATE ON card_payment
BEGIN SELECT RAISE(ABORT, 'card money is only ever added to'); END;
--;;
CREATE TABLE card_settlement (
  id INTEGER NOT NULL,
  card_payment_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  paid_micros INTEGER NOT NULL,
  net_micros INTEGER NOT NULL,
  base_micros INTEGER NOT NULL,
  settled_on TEXT NOT NULL,
  entry_id INTEGER NOT NULL,
  CONSTRAINT pk_card_settlement PRIMARY KEY (id),
  CONSTRAINT uq_card_settlement_card_payment_id_invoice_id UNIQUE (card_payment_id, invoice_id),
  CONSTRAINT ck_card_settlement_amounts CHECK (paid_micros > 0 AND net_micros >= 0 AND base_micros > 0),
  CONSTRAINT fk_card_settlement_card_payment_id FOREIGN KEY(card_payment_id) REFERENCES card_payment (id) ON DELETE RESTRICT,
  CONSTRAINT fk_card_settlement_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
  CONSTRAINT uq_card_settlement_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_card_settlement_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_card_settlement_card_payment_id ON card_settlement (card_payment_id);
--;;
CREATE INDEX ix_card_settlement_day ON card_settlement (settled_on, invoice_id, paid_micros);
--;;
CREATE INDEX ix_card_settlement_invoice_id ON card_settlement (invoice_id);
--;;
CREATE TRIGGER card_settlement_kept BEFORE DELETE ON card_settlement
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER card_settlement_fixed BEFORE UPDATE ON card_settlement
BEGIN SELECT RAISE(ABORT, 'card money is only ever added to'); END;
--;;
CREATE TABLE card_fee (
  id INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  card_payment_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  settled_micros INTEGER NOT NULL,
  fee_micros INTEGER NOT NULL,
  entry_id INTEGER,
  exchange_entry_id INTEGER,
  noted_at TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  CONSTRAINT pk_card_fee PRIMARY KEY (id),
  CONSTRAINT ck_card_fee_amounts CHECK (settled_micros > 0 AND fee_micros >= 0),
  CONSTRAINT ck_card_fee_fee_is_posted CHECK ((fee_micros > 0) = (entry_id IS NOT NULL)),
  CONSTRAINT uq_card_fee_external_id UNIQUE (external_id),
  CONSTRAINT uq_card_fee_card_payment_id UNIQUE (card_payment_id),
  CONSTRAINT fk_card_fee_card_payment_id FOREIGN KEY(card_payment_id) REFERENCES card_payment (id) ON DELETE RESTRICT,
  CONSTRAINT uq_card_fee_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_card_fee_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_card_fee_exchange_entry_id UNIQUE (exchange_entry_id),
  CONSTRAINT fk_card_fee_exchange_entry_id FOREIGN KEY(exchange_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE TRIGGER card_fee_kept BEFORE DELETE ON card_fee
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER card_fee_fixed BEFORE UPDATE ON card_fee
BEGIN SELECT RAISE(ABORT, 'card money is only ever added to'); END;
