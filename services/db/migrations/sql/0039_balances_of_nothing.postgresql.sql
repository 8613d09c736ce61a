DROP TRIGGER bank_statement_fixed ON bank_statement
--;;
UPDATE bank_statement SET opening_micros = 0 WHERE opening_micros IS NULL AND ties IS NOT NULL
--;;
UPDATE bank_statement SET closing_micros = 0 WHERE closing_micros IS NULL AND ties IS NOT NULL
--;;
CREATE TRIGGER bank_statement_fixed BEFORE UPDATE ON bank_statement FOR EACH ROW
WHEN (OLD.undone_at IS NOT NULL OR (NEW.id, NEW.file_id, NEW.bank_account, NEW.currency, NEW.opening_micros, NEW.closing_micros,
  NEW.ties, NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (OLD.id, OLD.file_id, OLD.bank_account, OLD.currency,
  OLD.opening_micros, OLD.closing_micros, OLD.ties, OLD.starts_on, OLD.ends_on))
EXECUTE FUNCTION bank_refuse()
