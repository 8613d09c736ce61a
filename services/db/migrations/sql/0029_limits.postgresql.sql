-- Marks of credit limits that were passed, and what stops a customer.
CREATE TABLE customer_stop (
  id BIGSERIAL NOT NULL,
  customer_id BIGINT NOT NULL,
  cause TEXT NOT NULL,
  why TEXT NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  stopped_by TEXT NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  ended_by TEXT,
  ended_why TEXT,
  CONSTRAINT pk_customer_stop PRIMARY KEY (id),
  CONSTRAINT ck_customer_stop_said CHECK (cause <> '' AND why <> ''),
  CONSTRAINT ck_customer_stop_ended CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
  CONSTRAINT fk_customer_stop_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_customer_stop_customer_id ON customer_stop (customer_id);
--;;
CREATE UNIQUE INDEX uq_customer_stop_open ON customer_stop (customer_id, cause) WHERE ended_at IS NULL;
--;;
COMMENT ON COLUMN customer_stop.cause IS 'which rule stopped it, such as the credit limit';
--;;
COMMENT ON COLUMN customer_stop.why IS 'a sentence for whoever meets the stop';
--;;
CREATE TABLE limit_alert (
  id BIGSERIAL NOT NULL,
  commitment_id BIGINT NOT NULL,
  mark BIGINT NOT NULL,
  owed_micros BIGINT NOT NULL,
  limit_micros BIGINT NOT NULL,
  crossed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  mail_id BIGINT,
  fell_at TIMESTAMP WITH TIME ZONE,
  lifted_at TIMESTAMP WITH TIME ZONE,
  lifted_by TEXT,
  lifted_why TEXT,
  CONSTRAINT pk_limit_alert PRIMARY KEY (id),
  CONSTRAINT ck_limit_alert_mark CHECK (mark IN (50, 80, 100)),
  CONSTRAINT ck_limit_alert_amounts CHECK (owed_micros > 0 AND limit_micros > 0),
  CONSTRAINT ck_limit_alert_lifted CHECK (lifted_at IS NULL OR (mark = 100 AND lifted_by <> '' AND lifted_why <> '')),
  CONSTRAINT fk_limit_alert_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id) ON DELETE RESTRICT,
  CONSTRAINT fk_limit_alert_mail_id FOREIGN KEY(mail_id) REFERENCES mail_message (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_limit_alert_commitment_id ON limit_alert (commitment_id);
--;;
CREATE UNIQUE INDEX uq_limit_alert_standing ON limit_alert (commitment_id, mark) WHERE fell_at IS NULL;
--;;
COMMENT ON COLUMN limit_alert.mark IS 'per cent of the credit limit';
--;;
COMMENT ON COLUMN limit_alert.owed_micros IS 'when it was seen';
--;;
COMMENT ON COLUMN limit_alert.fell_at IS 'when less than the mark was owed again';
--;;
COMMENT ON COLUMN limit_alert.lifted_at IS 'when somebody let the customer go on in spite of it';
--;;
CREATE TRIGGER customer_stop_kept BEFORE DELETE ON customer_stop
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER customer_stop_whole BEFORE TRUNCATE ON customer_stop
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER customer_stop_fixed BEFORE UPDATE ON customer_stop FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL OR (NEW.id, NEW.customer_id, NEW.cause, NEW.why, NEW.since, NEW.stopped_by)
  IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.cause, OLD.why, OLD.since, OLD.stopped_by))
EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER limit_alert_kept BEFORE DELETE ON limit_alert
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER limit_alert_whole BEFORE TRUNCATE ON limit_alert
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER limit_alert_fixed BEFORE UPDATE ON limit_alert FOR EACH ROW
WHEN (OLD.fell_at IS NOT NULL OR (NEW.id, NEW.commitment_id, NEW.mark, NEW.owed_micros, NEW.limit_micros, NEW.crossed_at, NEW.mail_id)
  IS DISTINCT FROM (OLD.id, OLD.commitment_id, OLD.mark, OLD.owed_micros, OLD.limit_micros, OLD.crossed_at, OLD.mail_id))
EXECUTE FUNCTION bank_refuse();
