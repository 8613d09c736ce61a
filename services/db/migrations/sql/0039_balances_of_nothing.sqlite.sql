DROP TRIGGER bank_statement_fixed;
--;;
UPDATE bank_statement SET opening_micros = 0 WHERE opening_micros IS NULL AND ties IS NOT NULL;
--;;
UPDATE bank_statement SET closing_micros = 0 WHERE closing_micros IS NULL AND ties IS NOT NULL;
--;;
CREATE TRIGGER bank_statement_fixed BEFORE UPDATE ON bank_statement
WHEN OLD.undone_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.file_id <> OLD.file_id OR NEW.bank_account <> OLD.bank_account
  OR NEW.currency <> OLD.currency OR NEW.opening_micros IS NOT OLD.opening_micros
  OR NEW.closing_micros IS NOT OLD.closing_micros OR NEW.ties IS NOT OLD.ties
  OR NEW.starts_on IS NOT OLD.starts_on OR NEW.ends_on IS NOT OLD.ends_on
BEGIN SELECT RAISE(ABORT, 'a bank statement is never changed'); END;
