-- Payers that were forgotten, because they were learned wrongly.
CREATE TABLE forgotten_payer (
  id BIGSERIAL NOT NULL,
  account TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  upto BIGINT NOT NULL,
  reason TEXT NOT NULL,
  forgotten_at TIMESTAMP WITH TIME ZONE NOT NULL,
  forgotten_by TEXT NOT NULL,
  CONSTRAINT pk_forgotten_payer PRIMARY KEY (id),
  CONSTRAINT ck_forgotten_payer_said CHECK (account <> '' AND reason <> ''),
  CONSTRAINT fk_forgotten_payer_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_forgotten_payer_upto FOREIGN KEY(upto) REFERENCES allocation (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_forgotten_payer ON forgotten_payer (account, customer_id);
--;;
CREATE TRIGGER forgotten_payer_kept BEFORE DELETE OR UPDATE ON forgotten_payer
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER forgotten_payer_whole BEFORE TRUNCATE ON forgotten_payer
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
