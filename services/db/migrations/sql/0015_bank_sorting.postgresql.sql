-- What bank lines are that pay no invoice, and the rules that know them.
CREATE TABLE bank_rule (
  id BIGSERIAL NOT NULL,
  sort TEXT NOT NULL,
  incoming BOOLEAN NOT NULL,
  words TEXT NOT NULL,
  counterparty TEXT NOT NULL,
  bank_account TEXT NOT NULL,
  automatic BOOLEAN NOT NULL,
  learned BOOLEAN NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  made_by TEXT NOT NULL,
  off_at TIMESTAMP WITH TIME ZONE,
  off_by TEXT,
  CONSTRAINT pk_bank_rule PRIMARY KEY (id),
  CONSTRAINT ck_bank_rule_sort CHECK (sort IN ('card_payout', 'bank_fee', 'interest', 'transfer', 'refund', 'tax', 'supplier')),
  CONSTRAINT ck_bank_rule_says_something CHECK (words <> '[]' OR counterparty <> ''),
  CONSTRAINT ck_bank_rule_off CHECK ((off_at IS NULL) = (off_by IS NULL))
);
--;;
CREATE TABLE bank_sorting (
  id BIGSERIAL NOT NULL,
  bank_line_id BIGINT NOT NULL,
  sort TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_micros BIGINT NOT NULL,
  customer_id BIGINT,
  pair_id BIGINT,
  rule_id BIGINT,
  entry_id BIGINT NOT NULL,
  sorted_on DATE NOT NULL,
  sorted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sorted_by TEXT NOT NULL,
  undone_at TIMESTAMP WITH TIME ZONE,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id BIGINT,
  CONSTRAINT pk_bank_sorting PRIMARY KEY (id),
  CONSTRAINT ck_bank_sorting_sort CHECK (sort IN ('card_payout', 'bank_fee', 'interest', 'transfer', 'refund', 'tax', 'supplier')),
  CONSTRAINT ck_bank_sorting_amount CHECK (amount_micros <> 0),
  CONSTRAINT ck_bank_sorting_whose CHECK ((sort = 'refund') = (customer_id IS NOT NULL)),
  CONSTRAINT ck_bank_sorting_pair CHECK (pair_id IS NULL OR sort = 'transfer'),
  CONSTRAINT ck_bank_sorting_undone CHECK ((undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL) AND (undone_at IS NULL) = (reversal_entry_id IS NULL)),
  CONSTRAINT fk_bank_sorting_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_sorting_currency FOREIGN KEY(currency) REFERENCES currency (code) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_sorting_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_sorting_pair_id FOREIGN KEY(pair_id) REFERENCES bank_sorting (id) ON DELETE RESTRICT,
  CONSTRAINT fk_bank_sorting_rule_id FOREIGN KEY(rule_id) REFERENCES bank_rule (id) ON DELETE RESTRICT,
  CONSTRAINT uq_bank_sorting_entry_id UNIQUE (entry_id),
  CONSTRAINT fk_bank_sorting_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT,
  CONSTRAINT uq_bank_sorting_reversal_entry_id UNIQUE (reversal_entry_id),
  CONSTRAINT fk_bank_sorting_reversal_entry_id FOREIGN KEY(reversal_entry_id) REFERENCES journal_entry (id) ON DELETE RESTRICT
);
--;;
CREATE INDEX ix_bank_sorting_bank_line_id ON bank_sorting (bank_line_id);
--;;
CREATE INDEX ix_bank_sorting_customer_id ON bank_sorting (customer_id);
--;;
CREATE INDEX ix_bank_sorting_rule_id ON bank_sorting (rule_id);
--;;
CREATE INDEX ix_bank_sorting_sorted_on ON bank_sorting (sorted_on, id);
--;;
CREATE UNIQUE INDEX uq_bank_sorting_line ON bank_sorting (bank_line_id) WHERE undone_at IS NULL;
--;;
CREATE TRIGGER bank_sorting_kept BEFORE DELETE ON bank_sorting
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_sorting_whole BEFORE TRUNCATE ON bank_sorting
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_sorting_fixed BEFORE UPDATE ON bank_sorting FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (OLD.pair_id IS NOT NULL AND NEW.pair_id IS DISTINCT FROM OLD.pair_id)
  OR (NEW.id, NEW.bank_line_id, NEW.sort, NEW.currency, NEW.amount_micros, NEW.customer_id, NEW.rule_id, NEW.entry_id, NEW.sorted_on, NEW.sorted_at, NEW.sorted_by)
  IS DISTINCT FROM (OLD.id, OLD.bank_line_id, OLD.sort, OLD.currency, OLD.amount_micros, OLD.customer_id, OLD.rule_id, OLD.entry_id, OLD.sorted_on, OLD.sorted_at, OLD.sorted_by))
EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_rule_kept BEFORE DELETE ON bank_rule
FOR EACH ROW EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_rule_whole BEFORE TRUNCATE ON bank_rule
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse();
--;;
CREATE TRIGGER bank_rule_fixed BEFORE UPDATE ON bank_rule FOR EACH ROW
WHEN ((OLD.off_at IS NOT NULL AND (NEW.off_at IS DISTINCT FROM OLD.off_at OR NEW.automatic))
  OR (NEW.id, NEW.sort, NEW.incoming, NEW.words, NEW.counterparty, NEW.bank_account, NEW.learned, NEW.made_at, NEW.made_by)
  IS DISTINCT FROM (OLD.id, OLD.sort, OLD.incoming, OLD.words, OLD.counterparty, OLD.bank_account, OLD.learned, OLD.made_at, OLD.made_by))
EXECUTE FUNCTION bank_refuse();
