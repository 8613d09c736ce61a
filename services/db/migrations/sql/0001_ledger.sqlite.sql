-- Append-only: a posted entry, its postings and its seal are never changed. BEFORE INSERT stops INSERT OR REPLACE.
CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'ledger: journal entries are never changed'); END;
--;;
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'ledger: journal entries are never deleted'); END;
--;;
CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM journal_entry WHERE source = NEW.source AND "key" = NEW."key")
BEGIN SELECT RAISE(ABORT, 'ledger: this event is posted already'); END;
--;;
CREATE TRIGGER journal_entry_period BEFORE INSERT ON journal_entry
WHEN NOT EXISTS (SELECT 1 FROM accounting_period WHERE period = NEW.period AND status = 'open')
  OR NEW.period <> CAST(substr(NEW.effective_on, 1, 4) || substr(NEW.effective_on, 6, 2) AS INTEGER)
BEGIN SELECT RAISE(ABORT, 'ledger: the period is not open'); END;
--;;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'ledger: postings are never changed'); END;
--;;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'ledger: postings are never deleted'); END;
--;;
CREATE TRIGGER posting_no_late BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM journal_seal WHERE entry_id = NEW.entry_id)
  OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'ledger: a sealed entry takes no more postings'); END;
--;;
CREATE TRIGGER journal_seal_no_update BEFORE UPDATE ON journal_seal
BEGIN SELECT RAISE(ABORT, 'ledger: seals are never changed'); END;
--;;
CREATE TRIGGER journal_seal_no_delete BEFORE DELETE ON journal_seal
BEGIN SELECT RAISE(ABORT, 'ledger: seals are never deleted'); END;
--;;
-- The seal is the one check of an entry: its number of postings, two at least, zero in each currency and in AUD,
-- and no guarded entry beyond a limit.
CREATE TRIGGER journal_seal_check BEFORE INSERT ON journal_seal
BEGIN
  SELECT RAISE(ABORT, 'ledger: the entry is sealed already')
    WHERE EXISTS (SELECT 1 FROM journal_seal WHERE entry_id = NEW.entry_id);
  SELECT RAISE(ABORT, 'ledger: the entry does not sum to zero')
    FROM (SELECT COUNT(*) AS n, SUM(base_amount) AS base FROM posting WHERE entry_id = NEW.entry_id)
    WHERE n < 2 OR n <> NEW.postings OR base <> 0
       OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id GROUP BY currency HAVING SUM(amount) <> 0);
  SELECT RAISE(ABORT, 'ledger: beyond the limit of the account')
    WHERE EXISTS (
      SELECT 1 FROM posting AS p
        JOIN account_balance AS b ON b.account_id = p.account_id
       WHERE p.entry_id = NEW.entry_id
         AND ((p.amount > 0 AND p.balance_after > b.max_balance) OR (p.amount < 0 AND p.balance_after < b.min_balance))
         AND EXISTS (SELECT 1 FROM journal_entry AS e WHERE e.id = NEW.entry_id AND e.guarded = 1));
END;
--;;
CREATE TRIGGER accounting_period_no_delete BEFORE DELETE ON accounting_period
BEGIN SELECT RAISE(ABORT, 'ledger: periods are never deleted'); END;
--;;
CREATE TRIGGER chain_block_no_update BEFORE UPDATE ON chain_block
BEGIN SELECT RAISE(ABORT, 'ledger: blocks of the hash chain are never changed'); END;
--;;
CREATE TRIGGER chain_block_no_delete BEFORE DELETE ON chain_block
BEGIN SELECT RAISE(ABORT, 'ledger: blocks of the hash chain are never deleted'); END;
