-- What happened to parts of charges afterwards: refunds, disputes and their fees; only ever added to.
CREATE TABLE card_return (
  id BIGSERIAL NOT NULL,
  "key" TEXT NOT NULL,
  external_id TEXT NOT NULL,
  act TEXT NOT NULL,
  card_payment_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  micros BIGINT NOT NULL,
  cleared_micros BIGINT NOT NULL,
  held_micros BIGINT NOT NULL,
  happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  effective_on DATE NOT NULL,
  entry_id BIGINT,
  noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  noted_by TEXT NOT NULL,
  CONSTRAINT pk_card_return PRIMARY KEY (id),
  CONSTRAINT ck_card_return_act CHECK (act IN ('pending', 'canceled', 'refund', 'refund_failed', 'withdrawn', 'won', 'lost', 'fee')),
  CONSTRAINT ck_card_return_amount CHECK (micros > 0 OR (act = 'fee' AND micros < 0)),
  CONSTRAINT ck_card_return_posted CHECK ((act IN ('pending', 'canceled')) = (entry_id IS NULL)),
  CONSTRAINT uq_card_return_key UNIQUE ("key"),
  CONSTRAINT fk_card_return_card_payment_id FOREIGN KEY(card_payment_id) REFERENCES card_payment (id) ON DELETE RESTRICT,
  CONSTRAINT fk_card_return_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT uq_card_return_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_card_return_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_card_return_card_payment_id ON card_return (card_payment_id);
--;;
CREATE INDEX ix_card_return_external_id ON card_return (external_id);
--;;
CREATE TRIGGER card_return_kept BEFORE DELETE OR UPDATE ON card_return
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER card_return_whole BEFORE TRUNCATE ON card_return
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
