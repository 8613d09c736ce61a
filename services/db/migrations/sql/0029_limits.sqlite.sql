-- Marks of credit limits that were passed, and what stops a customer.
CREATE TABLE customer_stop (
  id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  cause TEXT NOT NULL,
  why TEXT NOT NULL,
  since TEXT NOT NULL,
  stopped_by TEXT NOT NULL,
  ended_at TEXT,
  ended_by TEXT,
  ended_why TEXT,
  CONSTRAINT pk_customer_stop PRIMARY KEY (id),
  CONSTRAINT ck_customer_stop_said CHECK (cause <> '' AND why <> ''),
  CONSTRAINT ck_customer_stop_ended CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
  CONSTRAINT fk_customer_stop_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_customer_stop_customer_id ON customer_stop (customer_id);
--;;
CREATE UNIQUE INDEX uq_customer_stop_open ON customer_stop (customer_id, cause) WHERE ended_at IS NULL;
--;;
CREATE TABLE limit_alert (
  id INTEGER NOT NULL,
  commitment_id INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  owed_micros INTEGER NOT NULL,
  limit_micros INTEGER NOT NULL,
  crossed_at TEXT NOT NULL,
  mail_id INTEGER,
  fell_at TEXT,
  lifted_at TEXT,
  lifted_by TEXT,
  lifted_why TEXT,
  CONSTRAINT pk_limit_alert PRIMARY KEY (id),
  CONSTRAINT ck_limit_alert_mark CHECK (mark IN (50, 80, 100)),
  CONSTRAINT ck_limit_alert_amounts CHECK (owed_micros > 0 AND limit_micros > 0),
  CONSTRAINT ck_limit_alert_lifted CHECK (lifted_at IS NULL OR (mark = 100 AND lifted_by <> '' AND lifted_why <> '')),
  CONSTRAINT fk_limit_alert_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT,
  CONSTRAINT fk_limit_alert_mail_id FOREIGN KEY(mail_id) REFERENCES mail_message (id) ON DELETE RESTRICT
) STRICT;
--;;
CREATE INDEX ix_limit_alert_commitment_id ON limit_alert (commitment_id);
--;;
CREATE UNIQUE INDEX uq_limit_alert_standing ON limit_alert (commitment_id, mark) WHERE fell_at IS NULL;
--;;
CREATE TRIGGER customer_stop_kept BEFORE DELETE ON customer_stop
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER customer_stop_fixed BEFORE UPDATE ON customer_stop
WHEN OLD.ended_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.customer_id IS NOT OLD.customer_id OR NEW.cause IS NOT OLD.cause OR NEW.why IS NOT OLD.why OR NEW.since IS NOT OLD.since OR NEW.stopped_by IS NOT OLD.stopped_by
BEGIN SELECT RAISE(ABORT, 'it is only ended, once'); END;
--;;
CREATE TRIGGER limit_alert_kept BEFORE DELETE ON limit_alert
BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;
--;;
CREATE TRIGGER limit_alert_fixed BEFORE UPDATE ON limit_alert
WHEN OLD.fell_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.commitment_id IS NOT OLD.commitment_id OR NEW.mark IS NOT OLD.mark OR NEW.owed_micros IS NOT OLD.owed_micros OR NEW.limit_micros IS NOT OLD.limit_micros OR NEW.crossed_at IS NOT OLD.crossed_at OR NEW.mail_id IS NOT OLD.mail_id
BEGIN SELECT RAISE(ABORT, 'it is only ended, once'); END;
