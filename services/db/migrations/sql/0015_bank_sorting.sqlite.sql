-- What bank lines are that pay no invoice, and the rules that know them.
CREATE TABLE bank_rule (
  id INTEGER NOT NULL,
  sort TEXT NOT NULL,
  incoming INTEGER NOT NULL,
  words TEXT NOT NULL,
  counterparty TEXT NOT NULL,
  bank_account TEXT NOT NULL,
  automatic INTEGER NOT NULL,
  learned INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  off_at TEXT,
  off_by TEXT,
  CONSTRAINT pk_bank_rule PRIMARY KEY (id),
  CONSTRAINT ck_bank_rule_sort CHECK (sort IN ('card_payout', 'bank_fee', 'interest', 'transfer', 'refund', 'tax', 'supplier')),
  CONSTRAINT ck_bank_rule_says_something CHECK (words <> '[]' OR counterparty <> ''),
  CONSTRAINT ck_bank_rule_off CHECK ((off_at IS NULL) = (off_by IS NULL))
) STRICT;
--;;
CREATE TABLE bank_sorting (
  id INTEGER NOT NULL,
  bank_line_id INTEGER NOT NULL,
  sort TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_micros INTEGER NOT NULL,
  customer_id INTEGER,
  pair_id INTEGER,
  rule_id INTEGER,
  entry_id INTEGER NOT NULL,
  sorted_on TEXT NOT NULL,
  sorted_at TEXT NOT NULL,
  sorted_by TEXT NOT NULL,
  undone_at TEXT,
  undone_by TEXT,
  undone_reason TEXT,
  reversal_entry_id INTEGER,
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
) STRICT;
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
BEGIN SELECT RAISE(ABORT, 'what a bank line was is never deleted'); END;
--;;
CREATE TRIGGER bank_sorting_fixed BEFORE UPDATE ON bank_sorting
WHEN OLD.undone_at IS NOT NULL OR (OLD.pair_id IS NOT NULL AND NEW.pair_id IS NOT OLD.pair_id) OR NEW.id IS NOT OLD.id OR NEW.bank_line_id IS NOT OLD.bank_line_id OR NEW.sort IS NOT OLD.sort OR NEW.currency IS NOT OLD.currency OR NEW.amount_micros IS NOT OLD.amount_micros OR NEW.customer_id IS NOT OLD.customer_id OR NEW.rule_id IS NOT OLD.rule_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.sorted_on IS NOT OLD.sorted_on OR NEW.sorted_at IS NOT OLD.sorted_at OR NEW.sorted_by IS NOT OLD.sorted_by
BEGIN SELECT RAISE(ABORT, 'what a bank line was is only taken back, once'); END;
--;;
CREATE TRIGGER bank_rule_kept BEFORE DELETE ON bank_rule
BEGIN SELECT RAISE(ABORT, 'a rule is never deleted, only switched off'); END;
--;;
CREATE TRIGGER bank_rule_fixed BEFORE UPDATE ON bank_rule
WHEN (OLD.off_at IS NOT NULL AND (NEW.off_at IS NOT OLD.off_at OR NEW.automatic)) OR NEW.id IS NOT OLD.id OR NEW.sort IS NOT OLD.sort OR NEW.incoming IS NOT OLD.incoming OR NEW.words IS NOT OLD.words OR NEW.counterparty IS NOT OLD.counterparty OR NEW.bank_account IS NOT OLD.bank_account OR NEW.learned IS NOT OLD.learned OR NEW.made_at IS NOT OLD.made_at OR NEW.made_by IS NOT OLD.made_by
BEGIN SELECT RAISE(ABORT, 'what a rule says is never changed'); END;
