-- What the card processor knows: whose customer is whose, and cards on file, found by their last four digits.
CREATE TABLE processor_customer (
  id BIGSERIAL NOT NULL,
  external_id TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  livemode BOOLEAN NOT NULL,
  linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  linked_by TEXT NOT NULL,
  CONSTRAINT pk_processor_customer PRIMARY KEY (id),
  CONSTRAINT ck_processor_customer_named CHECK (external_id <> ''),
  CONSTRAINT uq_processor_customer_external_id UNIQUE (external_id),
  CONSTRAINT fk_processor_customer_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_processor_customer_customer_id ON processor_customer (customer_id);
--;;
CREATE TABLE card (
  id BIGSERIAL NOT NULL,
  external_id TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  brand TEXT NOT NULL,
  last_four TEXT NOT NULL,
  exp_month BIGINT NOT NULL,
  exp_year BIGINT NOT NULL,
  country TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  wallet TEXT NOT NULL,
  livemode BOOLEAN NOT NULL,
  added_at TIMESTAMP WITH TIME ZONE NOT NULL,
  removed_at TIMESTAMP WITH TIME ZONE,
  noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  noted_by TEXT NOT NULL,
  CONSTRAINT pk_card PRIMARY KEY (id),
  CONSTRAINT ck_card_named CHECK (external_id <> '' AND brand <> ''),
  CONSTRAINT ck_card_last_four CHECK (length(last_four) = 4),
  CONSTRAINT ck_card_expiry CHECK (exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100),
  CONSTRAINT uq_card_external_id UNIQUE (external_id),
  CONSTRAINT fk_card_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_card_customer_id_id ON card (customer_id, id);
--;;
CREATE TRIGGER processor_customer_kept BEFORE DELETE ON processor_customer
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER processor_customer_whole BEFORE TRUNCATE ON processor_customer
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER processor_customer_fixed BEFORE UPDATE ON processor_customer
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER card_kept BEFORE DELETE ON card
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER card_whole BEFORE TRUNCATE ON card
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER card_fixed BEFORE UPDATE ON card FOR EACH ROW
WHEN ((NEW.id, NEW.external_id, NEW.customer_id, NEW.livemode, NEW.noted_at, NEW.noted_by)
  IS DISTINCT FROM (OLD.id, OLD.external_id, OLD.customer_id, OLD.livemode, OLD.noted_at, OLD.noted_by)
  OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at))
EXECUTE FUNCTION bank_refuse();
--;;
CREATE FUNCTION search_card_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (3, OLD.id, OLD.customer_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.id <> OLD.id) THEN
    INSERT INTO search_change (source, record_id, customer_id) VALUES (3, NEW.id, NEW.customer_id);
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER search_card_noted AFTER INSERT OR DELETE OR UPDATE OF id, last_four, customer_id ON card
FOR EACH ROW EXECUTE FUNCTION search_card_noted();
