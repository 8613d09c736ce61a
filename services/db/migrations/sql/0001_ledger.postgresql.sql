CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger: % is append-only', TG_TABLE_NAME;
END $$;
--;;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER journal_seal_append_only BEFORE UPDATE OR DELETE ON journal_seal
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER journal_seal_no_truncate BEFORE TRUNCATE ON journal_seal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER chain_block_append_only BEFORE UPDATE OR DELETE ON chain_block
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
--;;
CREATE TRIGGER accounting_period_no_delete BEFORE DELETE ON accounting_period
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
--;;
-- Books restored on another server go on counting where they were: transaction numbers there may start lower.
CREATE FUNCTION ledger_mark_offset() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 0::bigint';
--;;
CREATE FUNCTION ledger_settle_in() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE needed bigint;
BEGIN
  SELECT GREATEST(COALESCE(MAX(commit_mark), 0) + 1, (SELECT COALESCE(MAX(before_mark), 0) FROM chain_block))
      - pg_current_xact_id()::text::bigint INTO needed FROM journal_entry;
  needed := GREATEST(needed, ledger_mark_offset());
  EXECUTE format('CREATE OR REPLACE FUNCTION ledger_mark_offset() RETURNS bigint LANGUAGE sql STABLE AS %L',
    format('SELECT %s::bigint', needed));
  RETURN needed;
END $$;
--;;
ALTER TABLE journal_entry ALTER COLUMN commit_mark SET DEFAULT (pg_current_xact_id()::text::bigint + ledger_mark_offset());
--;;
ALTER TABLE journal_entry ALTER COLUMN commit_mark SET NOT NULL;
--;;
-- FOR SHARE: without it a posting in flight lands in a month that closes meanwhile (ledger.md, 0.8).
CREATE FUNCTION ledger_period_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM accounting_period
    WHERE period IN (SELECT DISTINCT period FROM added) ORDER BY period FOR SHARE;
  IF EXISTS (SELECT 1 FROM added LEFT JOIN accounting_period USING (period)
             WHERE status IS DISTINCT FROM 'open'
                OR period <> EXTRACT(YEAR FROM effective_on) * 100 + EXTRACT(MONTH FROM effective_on)) THEN
    RAISE EXCEPTION 'ledger: the period is not open';
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER journal_entry_period AFTER INSERT ON journal_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_period_open();
--;;
-- One look-up an entry by subquery, never a join: a connection keeps the plan it made for its first insert, and the
-- hash join it would choose for a large batch reads the whole table for every single entry after it.
CREATE FUNCTION ledger_no_late_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added WHERE (SELECT true FROM journal_seal AS s WHERE s.entry_id = added.entry_id)) THEN
    RAISE EXCEPTION 'ledger: a sealed entry takes no more postings';
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER posting_no_late AFTER INSERT ON posting
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_no_late_posting();
--;;
CREATE FUNCTION ledger_check_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added CROSS JOIN LATERAL (
      SELECT COUNT(*) AS n, SUM(p.base_amount) AS base FROM posting AS p WHERE p.entry_id = added.entry_id) AS held
     WHERE held.n < 2 OR held.n <> added.postings OR held.base <> 0)
  OR EXISTS (
    SELECT 1 FROM added CROSS JOIN LATERAL (
      SELECT 1 FROM posting AS p WHERE p.entry_id = added.entry_id GROUP BY p.currency HAVING SUM(p.amount) <> 0) AS odd) THEN
    RAISE EXCEPTION 'ledger: the entry does not sum to zero';
  END IF;
  IF EXISTS (
    SELECT 1 FROM added CROSS JOIN LATERAL (
      SELECT p.amount, p.balance_after, p.account_id FROM posting AS p
       WHERE p.entry_id = added.entry_id AND p.balance_after IS NOT NULL
         AND (SELECT e.guarded FROM journal_entry AS e WHERE e.id = added.entry_id) OFFSET 0) AS p
     WHERE (p.amount > 0
            AND p.balance_after > (SELECT b.max_balance FROM account_balance AS b WHERE b.account_id = p.account_id))
        OR (p.amount < 0
            AND p.balance_after < (SELECT b.min_balance FROM account_balance AS b WHERE b.account_id = p.account_id))
  ) THEN
    RAISE EXCEPTION 'ledger: beyond the limit of the account';
  END IF;
  RETURN NULL;
END $$;
--;;
CREATE TRIGGER journal_seal_check AFTER INSERT ON journal_seal
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_seal();
