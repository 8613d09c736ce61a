-- Which days an invoice in arrears is for, first and last.
ALTER TABLE invoice ADD COLUMN used_days TEXT DEFAULT '' NOT NULL;
--;;
CREATE TRIGGER invoice_used_days_is_frozen BEFORE UPDATE OF used_days ON invoice
BEGIN SELECT RAISE(ABORT, 'an issued invoice never changes'); END;
