CREATE TRIGGER bank_statement_file_kept BEFORE DELETE ON bank_statement_file
BEGIN SELECT RAISE(ABORT, 'an imported bank file is never deleted'); END;
--;;
CREATE TRIGGER bank_statement_file_fixed BEFORE UPDATE ON bank_statement_file
WHEN OLD.undone_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.sha256 <> OLD.sha256 OR NEW.content <> OLD.content
  OR NEW.name <> OLD.name OR NEW.format <> OLD.format OR NEW.imported_at <> OLD.imported_at OR NEW.imported_by <> OLD.imported_by
BEGIN SELECT RAISE(ABORT, 'an imported bank file is never changed, only undone once'); END;
--;;
CREATE TRIGGER bank_statement_kept BEFORE DELETE ON bank_statement
BEGIN SELECT RAISE(ABORT, 'a bank statement is never deleted'); END;
--;;
CREATE TRIGGER bank_statement_fixed BEFORE UPDATE ON bank_statement
WHEN OLD.undone_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.file_id <> OLD.file_id OR NEW.bank_account <> OLD.bank_account
  OR NEW.currency <> OLD.currency OR NEW.opening_micros IS NOT OLD.opening_micros
  OR NEW.closing_micros IS NOT OLD.closing_micros OR NEW.ties IS NOT OLD.ties
  OR NEW.starts_on IS NOT OLD.starts_on OR NEW.ends_on IS NOT OLD.ends_on
BEGIN SELECT RAISE(ABORT, 'a bank statement is never changed'); END;
--;;
CREATE TRIGGER bank_line_kept BEFORE DELETE ON bank_line
BEGIN SELECT RAISE(ABORT, 'a bank line is never deleted'); END;
--;;
CREATE TRIGGER bank_line_fixed BEFORE UPDATE ON bank_line
WHEN OLD.undone_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.statement_id <> OLD.statement_id
  OR NEW.bank_account <> OLD.bank_account OR NEW.booked_on <> OLD.booked_on OR NEW.value_on <> OLD.value_on
  OR NEW.amount_micros <> OLD.amount_micros OR NEW.currency <> OLD.currency OR NEW.base_micros <> OLD.base_micros
  OR NEW.counterparty <> OLD.counterparty OR NEW.counterparty_account <> OLD.counterparty_account
  OR NEW.remittance <> OLD.remittance OR NEW.bank_reference <> OLD.bank_reference
  OR NEW.end_to_end <> OLD.end_to_end OR NEW.fingerprint <> OLD.fingerprint
  OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id)
BEGIN SELECT RAISE(ABORT, 'what the bank wrote in a line is never changed'); END;
