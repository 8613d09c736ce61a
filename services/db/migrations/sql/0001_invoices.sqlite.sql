CREATE TRIGGER invoice_core_is_frozen BEFORE UPDATE OF
    id, nonce, request_hash, series, serial_no, number, reference, customer_id, account_id, username, country, currency,
    gross_micros, net_micros, tax_micros, issued_on, due_on, issued_at, issued_by, language, company_name, address,
    business_id, email, contact_name, contact_phone, seller, bank_account, bank_lines, tax_code, tax_title, tax_note, tax_label,
    shows_tax, minimum_micros, rate, rate_on, rate_source, aud_equivalent_micros, entry_id
ON invoice
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice never changes');
END
--;;
CREATE TRIGGER invoice_is_kept BEFORE DELETE ON invoice
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice is never deleted');
END
--;;
CREATE TRIGGER invoice_is_not_replaced BEFORE INSERT ON invoice
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = NEW.id OR number = NEW.number OR reference = NEW.reference OR nonce = NEW.nonce)
BEGIN
    SELECT RAISE(ABORT, 'an issued invoice is never replaced');
END
--;;
CREATE TRIGGER document_counter_counts BEFORE UPDATE ON document_counter
WHEN NEW.series <> OLD.series OR NEW.last_no <> OLD.last_no + 1
BEGIN
    SELECT RAISE(ABORT, 'a series of numbers has no gaps');
END
--;;
CREATE TRIGGER document_counter_is_kept BEFORE DELETE ON document_counter
BEGIN
    SELECT RAISE(ABORT, 'a series of numbers is never deleted');
END
--;;
CREATE TRIGGER document_counter_starts BEFORE INSERT ON document_counter
WHEN NEW.last_no <> 1
BEGIN
    SELECT RAISE(ABORT, 'a series of numbers starts at 1');
END
