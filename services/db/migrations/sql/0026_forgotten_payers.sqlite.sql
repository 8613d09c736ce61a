-- Payers that were forgotten, because they were learned wrongly.
CREATE TABLE forgotten_payer (
  id INTEGER NOT NULL,
  account TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  reason TEXT NOT NULL,
  forgotten_at TEXT NOT NULL,
  forgotten_by TEXT NOT NULL,
  CONSTRAINT pk_forgotten_payer PRIMARY KEY (id),
  CONSTRAINT ck_forgotten_payer_said CHECK (account <> '' AND reason <> ''),
  CONSTRAINT fk_forgotten_payer_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_forgotten_payer_upto FOREIGN KEY(upto) REFERENCES allocation (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_forgotten_payer ON forgotten_payer (account, customer_id);
--;;
CREATE TRIGGER forgotten_payer_kept BEFORE DELETE ON forgotten_payer
BEGIN SELECT RAISE(ABORT, 'what was forgotten is never deleted'); END;
--;;
CREATE TRIGGER forgotten_payer_fixed BEFORE UPDATE ON forgotten_payer
BEGIN SELECT RAISE(ABORT, 'what was forgotten is never changed'); END;
