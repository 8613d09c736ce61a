-- Search: the index of terms, and the triggers that note every change of a row it is made from.
CREATE TABLE search_word (
  id SERIAL NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  CONSTRAINT pk_search_word PRIMARY KEY (id),
  CONSTRAINT uq_search_word_word UNIQUE (word)
);
--;;
CREATE TABLE search_gram (
  gram INTEGER NOT NULL,
  word_id INTEGER NOT NULL,
  CONSTRAINT pk_search_gram PRIMARY KEY (gram, word_id)
);
--;;
CREATE TABLE search_entry (
  word_id INTEGER NOT NULL,
  customer_id BIGINT NOT NULL,
  source INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  CONSTRAINT pk_search_entry PRIMARY KEY (word_id, customer_id, source, record_id)
);
--;;
CREATE TABLE search_item (
  record_id BIGINT NOT NULL,
  source INTEGER NOT NULL,
  customer_id BIGINT NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT pk_search_item PRIMARY KEY (record_id, source)
);
--;;
CREATE TABLE search_change (
  id BIGSERIAL NOT NULL,
  source INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  CONSTRAINT pk_search_change PRIMARY KEY (id)
);
--;;
CREATE FUNCTION search_customer_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (0, OLD.id, OLD.id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.id <> OLD.id) THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (0, NEW.id, NEW.id);
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER search_customer_noted AFTER INSERT OR DELETE OR UPDATE OF id, account_id, username, name, email, phone, contact_name ON customer
FOR EACH ROW EXECUTE FUNCTION search_customer_noted();
--;;
CREATE FUNCTION search_invoice_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (1, OLD.id, OLD.customer_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.id <> OLD.id) THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (1, NEW.id, NEW.customer_id);
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER search_invoice_noted AFTER INSERT OR DELETE OR UPDATE OF id, number, reference, customer_id ON invoice
FOR EACH ROW EXECUTE FUNCTION search_invoice_noted();
--;;
CREATE FUNCTION search_dedicated_number_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (2, OLD.id, OLD.customer_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.id <> OLD.id) THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (2, NEW.id, NEW.customer_id);
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER search_dedicated_number_noted AFTER INSERT OR DELETE OR UPDATE OF id, e164, customer_id ON dedicated_number
FOR EACH ROW EXECUTE FUNCTION search_dedicated_number_noted();
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
