-- What the card processor knows: whose customer is whose, and cards on file, found by their last four digits.
CREATE TABLE processor_customer (
  id INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  livemode INTEGER NOT NULL,
  linked_at TEXT NOT NULL,
  linked_by TEXT NOT NULL,
  CONSTRAINT pk_processor_customer PRIMARY KEY (id),
  CONSTRAINT ck_processor_customer_named CHECK (external_id <> ''),
  CONSTRAINT uq_processor_customer_external_id UNIQUE (external_id),
  CONSTRAINT fk_processor_customer_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_processor_customer_customer_id ON processor_customer (customer_id);
--;;
CREATE TABLE card (
  id INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  brand TEXT NOT NULL,
  last_four TEXT NOT NULL,
  exp_month INTEGER NOT NULL,
  exp_year INTEGER NOT NULL,
  country TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  wallet TEXT NOT NULL,
  livemode INTEGER NOT NULL,
  added_at TEXT NOT NULL,
  removed_at TEXT,
  noted_at TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  CONSTRAINT pk_card PRIMARY KEY (id),
  CONSTRAINT ck_card_named CHECK (external_id <> '' AND brand <> ''),
  CONSTRAINT ck_card_last_four CHECK (length(last_four) = 4),
  CONSTRAINT ck_card_expiry CHECK (exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100),
  CONSTRAINT uq_card_external_id UNIQUE (external_id),
  CONSTRAINT fk_card_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
)
 STRICT;
--;;
CREATE INDEX ix_card_customer_id_id ON card (customer_id, id);
--;;
CREATE TRIGGER processor_customer_kept BEFORE DELETE ON processor_customer
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER processor_customer_fixed BEFORE UPDATE ON processor_customer
BEGIN SELECT RAISE(ABORT, 'whose a customer of the processor is never changes'); END;
--;;
CREATE TRIGGER card_kept BEFORE DELETE ON card
BEGIN SELECT RAISE(ABORT, 'a card is taken off, never deleted'); END;
--;;
CREATE TRIGGER card_fixed BEFORE UPDATE ON card
WHEN NEW.id IS NOT OLD.id OR NEW.external_id IS NOT OLD.external_id OR NEW.customer_id IS NOT OLD.customer_id
  OR NEW.livemode IS NOT OLD.livemode OR NEW.noted_at IS NOT OLD.noted_at OR NEW.noted_by IS NOT OLD.noted_by
  OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS NOT OLD.removed_at)
BEGIN SELECT RAISE(ABORT, 'a card stays its customer''s, and what was taken off stays off'); END;
--;;
CREATE TRIGGER search_card_added AFTER INSERT ON card
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (3, NEW.id, NEW.customer_id);
END;
--;;
CREATE TRIGGER search_card_changed AFTER UPDATE OF id, last_four, customer_id ON card
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (3, NEW.id, NEW.customer_id);
  INSERT INTO search_change (source, record_id, customer_id) SELECT 3, OLD.id, OLD.customer_id WHERE OLD.id <> NEW.id;
END;
--;;
CREATE TRIGGER search_card_gone AFTER DELETE ON card
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (3, OLD.id, OLD.customer_id);
END;
