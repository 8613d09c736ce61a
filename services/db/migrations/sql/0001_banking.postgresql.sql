CREATE FUNCTION bank_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is never deleted or changed'; END $$
--;;
CREATE TRIGGER bank_statement_file_kept BEFORE DELETE ON bank_statement_file
FOR EACH ROW EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_statement_kept BEFORE DELETE ON bank_statement
FOR EACH ROW EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_line_kept BEFORE DELETE ON bank_line
FOR EACH ROW EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_statement_file_whole BEFORE TRUNCATE ON bank_statement_file
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_statement_whole BEFORE TRUNCATE ON bank_statement
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_line_whole BEFORE TRUNCATE ON bank_line
FOR EACH STATEMENT EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_statement_file_fixed BEFORE UPDATE ON bank_statement_file FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (NEW.id, NEW.sha256, NEW.content, NEW.name, NEW.format, NEW.imported_at, NEW.imported_by)
  IS DISTINCT FROM (OLD.id, OLD.sha256, OLD.content, OLD.name, OLD.format, OLD.imported_at, OLD.imported_by))
EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_statement_fixed BEFORE UPDATE ON bank_statement FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (NEW.id, NEW.file_id, NEW.bank_account, NEW.currency, NEW.opening_micros, NEW.closing_micros,
  NEW.ties, NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (OLD.id, OLD.file_id, OLD.bank_account, OLD.currency,
  OLD.opening_micros, OLD.closing_micros, OLD.ties, OLD.starts_on, OLD.ends_on))
EXECUTE FUNCTION bank_refuse()
--;;
CREATE TRIGGER bank_line_fixed BEFORE UPDATE ON bank_line FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id)
  OR (NEW.id, NEW.statement_id, NEW.bank_account, NEW.booked_on, NEW.value_on, NEW.amount_micros, NEW.currency,
  NEW.base_micros, NEW.counterparty, NEW.counterparty_account, NEW.remittance, NEW.bank_reference, NEW.end_to_end,
  NEW.fingerprint) IS DISTINCT FROM (OLD.id, OLD.statement_id, OLD.bank_account, OLD.booked_on, OLD.value_on,
  OLD.amount_micros, OLD.currency, OLD.base_micros, OLD.counterparty, OLD.counterparty_account, OLD.remittance,
  OLD.bank_reference, OLD.end_to_end, OLD.fingerprint))
EXECUTE FUNCTION bank_refuse()
