-- Search: the index of terms, and the triggers that note every change of a row it is made from.
CREATE TABLE search_word (
  id INTEGER NOT NULL,
  word TEXT NOT NULL,
  CONSTRAINT pk_search_word PRIMARY KEY (id),
  CONSTRAINT uq_search_word_word UNIQUE (word)
) STRICT;
--;;
CREATE TABLE search_gram (
  gram INTEGER NOT NULL,
  word_id INTEGER NOT NULL,
  CONSTRAINT pk_search_gram PRIMARY KEY (gram, word_id)
) STRICT, WITHOUT ROWID;
--;;
CREATE TABLE search_entry (
  word_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  source INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  CONSTRAINT pk_search_entry PRIMARY KEY (word_id, customer_id, source, record_id)
) STRICT, WITHOUT ROWID;
--;;
CREATE TABLE search_item (
  record_id INTEGER NOT NULL,
  source INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT pk_search_item PRIMARY KEY (record_id, source)
) STRICT, WITHOUT ROWID;
--;;
CREATE TABLE search_change (
  id INTEGER NOT NULL,
  source INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  CONSTRAINT pk_search_change PRIMARY KEY (id)
) STRICT;
--;;
CREATE TRIGGER search_customer_added AFTER INSERT ON customer
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (0, NEW.id, NEW.id);
END;
--;;
CREATE TRIGGER search_customer_changed AFTER UPDATE OF id, account_id, username, name, email, phone, contact_name ON customer
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (0, NEW.id, NEW.id);
  INSERT INTO search_change (source, record_id, customer_id) SELECT 0, OLD.id, OLD.id WHERE OLD.id <> NEW.id;
END;
--;;
CREATE TRIGGER search_customer_gone AFTER DELETE ON customer
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (0, OLD.id, OLD.id);
END;
--;;
CREATE TRIGGER search_invoice_added AFTER INSERT ON invoice
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (1, NEW.id, NEW.customer_id);
END;
--;;
CREATE TRIGGER search_invoice_changed AFTER UPDATE OF id, number, reference, customer_id ON invoice
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (1, NEW.id, NEW.customer_id);
  INSERT INTO search_change (source, record_id, customer_id) SELECT 1, OLD.id, OLD.customer_id WHERE OLD.id <> NEW.id;
END;
--;;
CREATE TRIGGER search_invoice_gone AFTER DELETE ON invoice
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (1, OLD.id, OLD.customer_id);
END;
--;;
CREATE TRIGGER search_dedicated_number_added AFTER INSERT ON dedicated_number
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (2, NEW.id, NEW.customer_id);
END;
--;;
CREATE TRIGGER search_dedicated_number_changed AFTER UPDATE OF id, e164, customer_id ON dedicated_number
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (2, NEW.id, NEW.customer_id);
  INSERT INTO search_change (source, record_id, customer_id) SELECT 2, OLD.id, OLD.customer_id WHERE OLD.id <> NEW.id;
END;
--;;
CREATE TRIGGER search_dedicated_number_gone AFTER DELETE ON dedicated_number
BEGIN
  INSERT INTO search_change (source, record_id, customer_id) VALUES (2, OLD.id, OLD.customer_id);
END;
--;;
-- What is there already is noted once.
INSERT INTO search_change (source, record_id, customer_id) SELECT 0, id, id FROM customer ORDER BY id;
--;;
INSERT INTO search_change (source, record_id, customer_id) SELECT 1, id, customer_id FROM invoice ORDER BY id;
--;;
INSERT INTO search_change (source, record_id, customer_id) SELECT 2, id, customer_id FROM dedicated_number ORDER BY id;
--;;
-- The index takes the place of this text.
ALTER TABLE customer DROP COLUMN search_text;
